#include "bench/support/result.h"

#include <cerrno>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <system_error>

namespace moyeo::bench {
namespace {

// What is beyond two decimals is noise.
double Rounded(double value) { return std::round(value * 100) / 100; }

absl::Status CannotWrite(const std::string& path) {
  const std::string reason = std::generic_category().message(errno);
  return absl::UnavailableError("cannot write " + path + ": " + reason);
}

}  // namespace

std::string ToJson(std::span<const Result> results) {
  auto array = nlohmann::ordered_json::array();
  for (const Result& result : results) {
    array.push_back({{"engine", result.engine},
                     {"operation", result.operation},
                     {"users", result.users},
                     {"distribution", result.distribution},
                     {"threads", result.threads},
                     {"ns_median", Rounded(result.ns.median)},
                     {"ns_p10", Rounded(result.ns.p10)},
                     {"ns_p90", Rounded(result.ns.p90)},
                     {"bytes_per_user", Rounded(result.bytes_per_user)}});
    if (result.sample > 0) array.back()["sample"] = result.sample;
  }
  return array.dump(2) + '\n';
}

absl::Status CheckWritable(const std::string& path) {
  std::ofstream file(path, std::ios::app);
  return file ? absl::OkStatus() : CannotWrite(path);
}

absl::Status WriteFile(const std::string& path, const std::string& content) {
  std::ofstream file(path, std::ios::trunc);
  file << content;
  file.close();
  return file ? absl::OkStatus() : CannotWrite(path);
}

}  // namespace moyeo::bench
