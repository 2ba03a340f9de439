#include "bench/server/server_case.h"

#include <nlohmann/json.hpp>

#include "absl/status/status.h"

namespace moyeo::bench {

absl::StatusOr<ServerRecord> ReadCrowdSummary(const std::string& json) {
  const auto summary = nlohmann::json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (!summary.is_object()) return absl::InvalidArgumentError("the crowd's summary is not JSON");
  for (const char* field :
       {"users", "connected", "errors", "interval_ms", "server_cpu", "crowd_cpu",
        "server_rss_bytes_per_socket", "delay_p50_ms", "delay_p99_ms", "late_p99_ms", "missed"}) {
    const auto found = summary.find(field);
    if (found == summary.end() || !found->is_number()) {
      return absl::InvalidArgumentError(std::string("the crowd's summary has no ") + field);
    }
  }
  if (summary["errors"] != 0 || summary["connected"] != summary["users"]) {
    return absl::InvalidArgumentError("of " + summary["users"].dump() + " users " +
                                      summary["connected"].dump() + " were connected, with " +
                                      summary["errors"].dump() + " errors");
  }
  return ServerRecord{.sockets = summary["connected"],
                      .interval_ms = summary["interval_ms"],
                      .server_cpu = summary["server_cpu"],
                      .crowd_cpu = summary["crowd_cpu"],
                      .rss_bytes_per_socket = summary["server_rss_bytes_per_socket"],
                      .delay_p50_ms = summary["delay_p50_ms"],
                      .delay_p99_ms = summary["delay_p99_ms"],
                      .late_p99_ms = summary["late_p99_ms"],
                      .missed = summary["missed"]};
}

std::string ToJson(std::span<const ServerRecord> records) {
  auto array = nlohmann::ordered_json::array();
  for (const ServerRecord& record : records) {
    array.push_back({{"sockets", record.sockets},
                     {"interval_ms", record.interval_ms},
                     {"server_cpu", record.server_cpu},
                     {"crowd_cpu", record.crowd_cpu},
                     {"rss_bytes_per_socket", record.rss_bytes_per_socket},
                     {"delay_p50_ms", record.delay_p50_ms},
                     {"delay_p99_ms", record.delay_p99_ms},
                     {"late_p99_ms", record.late_p99_ms},
                     {"missed", record.missed}});
  }
  return array.dump(2) + '\n';
}

}  // namespace moyeo::bench
