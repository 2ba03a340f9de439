// The files beside the journal.

#ifndef MOYEO_EXAMPLES_SERVER_DATA_DIRECTORY_H_
#define MOYEO_EXAMPLES_SERVER_DATA_DIRECTORY_H_

#include <string>

#include "absl/status/statusor.h"
#include "options.h"

namespace moyeo::server {

// The key that tokens are signed with: from options.key_file if there is one, else from the data
// directory, which are made as needed, for nobody else to read; in memory, a new one.
// InvalidArgument if it is too short, Unavailable if it cannot be read or made.
absl::StatusOr<std::string> KeyFor(const ProgramOptions& options);

}  // namespace moyeo::server

#endif  // MOYEO_EXAMPLES_SERVER_DATA_DIRECTORY_H_
