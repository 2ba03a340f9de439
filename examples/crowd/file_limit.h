// How many connections the system lets one process have.

#ifndef MOYEO_EXAMPLES_CROWD_FILE_LIMIT_H_
#define MOYEO_EXAMPLES_CROWD_FILE_LIMIT_H_

#include <cstddef>

#include "absl/status/status.h"

namespace moyeo_crowd {

// Files that the program needs besides its connections.
inline constexpr std::size_t kOtherFiles = 32;

// Sees to it that the program may open so many connections, raising its own limit if need be.
// ResourceExhausted, which says how many are possible, if the system does not allow it.
absl::Status AllowConnections(std::size_t connections);

}  // namespace moyeo_crowd

#endif  // MOYEO_EXAMPLES_CROWD_FILE_LIMIT_H_
