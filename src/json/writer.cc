#include "json/writer.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

namespace moyeo::json {
namespace {

bool IsPlain(char c) { return c >= 0x20 && c < 0x7F && c != '"' && c != '\\'; }

}  // namespace

void AppendText(std::string& out, std::string_view text) {
  if (std::all_of(text.begin(), text.end(), IsPlain)) {
    out += '"';
    out += text;
    out += '"';
  } else {
    constexpr int kNoIndentation = -1;
    out += nlohmann::json(text).dump(kNoIndentation, ' ', /*ensure_ascii=*/false,
                                     nlohmann::json::error_handler_t::replace);
  }
}

void AppendDouble(std::string& out, double number) {
  if (!std::isfinite(number)) {
    out += "null";
    return;
  }
  char digits[32];
  const char* const end = std::to_chars(std::begin(digits), std::end(digits), number).ptr;
  const std::string_view written(digits, static_cast<std::size_t>(end - digits));
  out += written;
  // So that -0.0 keeps its sign: -0 is an integer.
  if (written.find_first_of(".e") == std::string_view::npos) out += ".0";
}

}  // namespace moyeo::json
