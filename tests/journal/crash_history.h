// Random histories of a journal on a disk that fails, beside a plain model of it.

#ifndef MOYEO_TESTS_JOURNAL_CRASH_HISTORY_H_
#define MOYEO_TESTS_JOURNAL_CRASH_HISTORY_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace moyeo::testing {

struct CrashCounts {
  std::size_t histories = 0;
  std::size_t crashes = 0;  // after each of which the journal was opened and compared
  std::size_t crashes_of_recovery =
      0;                   // those of them while an earlier one was being recovered from
  std::size_t kills = 0;   // of the process alone
  std::size_t faults = 0;  // calls that failed
  std::size_t flips = 0;
  std::size_t flips_detected = 0;  // the others made no difference

  CrashCounts& operator+=(const CrashCounts& other);
  std::string ToString() const;
};

// Each runs the history of a seed, and gives the first difference between journal and model.

// Loses power, or ends the process, before every write, truncation, flush, creation and deletion.
std::optional<std::string> RunCrashes(std::uint64_t seed, CrashCounts& counts);

// Runs it again and again, where each time another call of the disk fails, `stride` apart.
std::optional<std::string> RunFaults(std::uint64_t seed, std::size_t stride, CrashCounts& counts);

// Flips bits of what it leaves behind, `flips` in each file, or of what a crash does.
std::optional<std::string> RunFlips(std::uint64_t seed, std::size_t flips, CrashCounts& counts);

}  // namespace moyeo::testing

#endif  // MOYEO_TESTS_JOURNAL_CRASH_HISTORY_H_
