// What a process has used so far, as Linux tells it.

#ifndef MOYEO_EXAMPLES_CROWD_PROCESS_USAGE_H_
#define MOYEO_EXAMPLES_CROWD_PROCESS_USAGE_H_

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"

namespace moyeo_crowd {

struct ProcessUsage {
  double cpu_seconds = 0;      // of all threads, also of those that have ended; to 10 ms
  std::int64_t rss_bytes = 0;  // memory that it holds
};

// What /proc says of the process `pid`, or an error if there is none.
absl::StatusOr<ProcessUsage> ReadProcessUsage(pid_t pid);

// What `stat`, the text of /proc/PID/stat, says, where a second has so many ticks and a page so
// many bytes. InvalidArgument if it is not such a text.
absl::StatusOr<ProcessUsage> ParseProcessStat(const std::string& stat, long ticks_per_second,
                                              long page_bytes);

}  // namespace moyeo_crowd

#endif  // MOYEO_EXAMPLES_CROWD_PROCESS_USAGE_H_
