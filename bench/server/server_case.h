// One measurement: so many sockets, and how often each is told.

#ifndef MOYEO_BENCH_SERVER_SERVER_CASE_H_
#define MOYEO_BENCH_SERVER_SERVER_CASE_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace moyeo::bench {

struct ServerCase {
  std::size_t sockets = 0;
  std::int64_t interval_ms = 0;

  friend bool operator==(const ServerCase&, const ServerCase&) = default;
};

// What was seen. Processor time is in cores.
struct ServerRecord {
  std::size_t sockets = 0;
  std::int64_t interval_ms = 0;
  double server_cpu = 0;
  double crowd_cpu = 0;
  double rss_bytes_per_socket = 0;

  // From a neighbour's move being sent to the first message that shows exactly it. Only of those
  // who are shown before and after it: whoever enters may have been there for long.
  double delay_p50_ms = 0;
  double delay_p99_ms = 0;

  double late_p99_ms = 0;    // how far past its interval a delivery came
  std::uint64_t missed = 0;  // deliveries late by more than an interval
};

// The record in what moyeo_crowd --out has written. InvalidArgument if it is something else, or if
// not everybody was connected and without errors.
absl::StatusOr<ServerRecord> ReadCrowdSummary(const std::string& json);

// A JSON array with one object a record, whose fields are called as above.
std::string ToJson(std::span<const ServerRecord> records);

}  // namespace moyeo::bench

#endif  // MOYEO_BENCH_SERVER_SERVER_CASE_H_
