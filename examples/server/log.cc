#include "log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <span>

namespace moyeo::server {
namespace {

std::atomic<bool> is_json = false;

}  // namespace

void StartLog(const std::string& level, bool as_json) {
  is_json = as_json;
  spdlog::set_default_logger(spdlog::stderr_logger_mt("moyeo-server"));
  spdlog::set_level(spdlog::level::from_str(level));
  spdlog::set_pattern(as_json ? R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})"
                              : "%Y-%m-%dT%H:%M:%S.%eZ %l %v",
                      spdlog::pattern_time_type::utc);
}

bool IsLogged(LogLevel level) { return spdlog::should_log(level); }

void Log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) {
  if (!IsLogged(level)) return;
  const std::span<const LogField> all(fields.begin(), fields.size());
  const std::string line = is_json ? JsonLogLine(message, all) : PlainLogLine(message, all);
  spdlog::log(level, spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace moyeo::server
