// The files beside the journal.

#ifndef MOYEO_EXAMPLES_SERVER_DATA_DIRECTORY_H_
#define MOYEO_EXAMPLES_SERVER_DATA_DIRECTORY_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "options.h"

namespace moyeo::server {

// Makes the data directory, unless nothing lasts. Unavailable if that cannot be done.
absl::Status MakeDataDirectory(const ProgramOptions& options);

// The key that tokens are signed with: from options.key_file if there is one, else from the data
// directory, where it is made as needed, for nobody else to read; in memory, a new one.
// InvalidArgument if it is too short, Unavailable if it cannot be read or made.
absl::StatusOr<std::string> KeyFor(const ProgramOptions& options);

}  // namespace moyeo::server

#endif  // MOYEO_EXAMPLES_SERVER_DATA_DIRECTORY_H_
