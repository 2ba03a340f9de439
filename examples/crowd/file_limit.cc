#include "examples/crowd/file_limit.h"

#include <sys/resource.h>

#include <algorithm>
#include <cerrno>

#include "absl/strings/str_cat.h"

namespace moyeo_crowd {

absl::Status AllowConnections(std::size_t connections) {
  rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) {
    return absl::ErrnoToStatus(errno, "cannot read the limit of open files");
  }
  const rlim_t wanted = connections + kOtherFiles;
  if (limit.rlim_cur >= wanted) return absl::OkStatus();
  const rlim_t before = limit.rlim_max;
  limit.rlim_cur = wanted;
  // Whoever may raise the hard limit, does.
  limit.rlim_max = std::max(limit.rlim_max, wanted);
  if (setrlimit(RLIMIT_NOFILE, &limit) == 0) return absl::OkStatus();
  const rlim_t possible = before > kOtherFiles ? before - kOtherFiles : 0;
  return absl::ResourceExhaustedError(absl::StrCat(
      connections, " connections need ", wanted, " open files, but the system's hard limit is ",
      before, " (ulimit -Hn): ", possible, " connections are possible"));
}

}  // namespace moyeo_crowd
