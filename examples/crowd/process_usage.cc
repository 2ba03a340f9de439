#include "examples/crowd/process_usage.h"

#include <unistd.h>

#include <fstream>
#include <iterator>
#include <sstream>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace moyeo_crowd {

absl::StatusOr<ProcessUsage> ParseProcessStat(const std::string& stat, long ticks_per_second,
                                              long page_bytes) {
  // The second field is the program's name in parentheses, which may itself contain some.
  const std::size_t name_end = stat.rfind(')');
  if (name_end == std::string::npos) return absl::InvalidArgumentError("no name of a program");
  std::istringstream fields(stat.substr(name_end + 1));
  // As proc(5) numbers them.
  constexpr int kFirst = 3;
  constexpr int kUserTicks = 14;
  constexpr int kSystemTicks = 15;
  constexpr int kResidentPages = 24;
  std::int64_t ticks = 0;
  std::int64_t pages = 0;
  std::string field;
  for (int number = kFirst; number <= kResidentPages; ++number) {
    if (!(fields >> field)) return absl::InvalidArgumentError("it ends too early");
    if (number != kUserTicks && number != kSystemTicks && number != kResidentPages) continue;
    std::int64_t value = 0;
    if (!(std::istringstream(field) >> value)) {
      return absl::InvalidArgumentError(absl::StrCat("'", field, "' is not a number"));
    }
    (number == kResidentPages ? pages : ticks) += value;
  }
  return ProcessUsage{static_cast<double>(ticks) / static_cast<double>(ticks_per_second),
                      pages * page_bytes};
}

absl::StatusOr<ProcessUsage> ReadProcessUsage(pid_t pid) {
  std::ifstream file(absl::StrCat("/proc/", pid, "/stat"));
  if (!file) return absl::NotFoundError(absl::StrCat("there is no process ", pid));
  const std::string stat((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  return ParseProcessStat(stat, sysconf(_SC_CLK_TCK), sysconf(_SC_PAGESIZE));
}

}  // namespace moyeo_crowd
