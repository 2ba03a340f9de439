#include "json/place.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace moyeo::json {
namespace {

constexpr std::size_t kLongestFieldName = 64;

// As much of `text` as fits into `bytes` without cutting a character of UTF-8 in two.
std::string_view Beginning(std::string_view text, std::size_t bytes) {
  const auto continues = [&] { return (static_cast<unsigned char>(text[bytes]) & 0xC0) == 0x80; };
  while (bytes > 0 && continues()) --bytes;
  return text.substr(0, bytes);
}

}  // namespace

std::string Escaped(std::string_view text) {
  return absl::Utf8SafeCEscape({text.data(), text.size()});
}

void AppendField(std::string& place, std::string_view field) {
  if (!place.empty()) place += '.';
  if (field.size() <= kLongestFieldName) {
    place += Escaped(field);
  } else {
    place += Escaped(Beginning(field, kLongestFieldName));
    place += "...";
  }
}

void AppendItem(std::string& place, std::size_t index) { absl::StrAppend(&place, "[", index, "]"); }

absl::Status Wrong(std::string_view place, std::string_view why) {
  std::string message(place.empty() ? "the text" : place);
  message += ": ";
  message += why;
  return absl::InvalidArgumentError(message);
}

std::string Place::Name() const {
  if (within_ == nullptr) return "";
  std::string name = within_->Name();
  if (item_) {
    AppendItem(name, index_);
  } else {
    AppendField(name, field_);
  }
  return name;
}

}  // namespace moyeo::json
