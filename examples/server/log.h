// The log of the program, which goes to stderr.
//
// It says nothing of where anybody is, who asked, or with which token: of a request its route is
// told, not its path.

#ifndef MOYEO_EXAMPLES_SERVER_LOG_H_
#define MOYEO_EXAMPLES_SERVER_LOG_H_

#include <spdlog/common.h>

#include <initializer_list>
#include <string>
#include <string_view>

#include "log_line.h"

namespace moyeo::server {

using LogLevel = spdlog::level::level_enum;

// Before the first line: `level` is "debug", "info", "warn", "error" or "off".
void StartLog(const std::string& level, bool as_json);

// From any thread.
bool IsLogged(LogLevel level);
void Log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields = {});

}  // namespace moyeo::server

#endif  // MOYEO_EXAMPLES_SERVER_LOG_H_
