// Results, as every benchmark of moyeo writes them.

#ifndef MOYEO_BENCH_SUPPORT_RESULT_H_
#define MOYEO_BENCH_SUPPORT_RESULT_H_

#include <cstddef>
#include <span>
#include <string>

#include "absl/status/status.h"
#include "bench/support/statistics.h"

namespace moyeo::bench {

// One operation on one engine.
struct Result {
  std::string engine;
  std::string operation;
  std::size_t users = 0;
  std::string distribution;
  int threads = 1;
  Summary ns;  // nanoseconds per operation
  double bytes_per_user = 0;
  std::size_t sample = 0;  // how many users `ns` was scaled up from; 0: it was not
};

// A JSON array with one object a result:
//
//   {"engine": "moyeo", "operation": "move", "users": 1000000, "distribution": "city",
//    "threads": 1, "ns_median": 108.5, "ns_p10": 101.2, "ns_p90": 121.9, "bytes_per_user": 52.3}
//
// and, if there is a sample, "sample".
std::string ToJson(std::span<const Result> results);

// Whether a file can be written at `path`. Found out before measuring starts rather than after.
// Creates the file if there is none; otherwise leaves it as it is.
absl::Status CheckWritable(const std::string& path);

// Replaces the content of the file at `path`.
absl::Status WriteFile(const std::string& path, const std::string& content);

}  // namespace moyeo::bench

#endif  // MOYEO_BENCH_SUPPORT_RESULT_H_
