#include "society/text.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>

namespace moyeo::society {
namespace {

const utf8proc_uint8_t* Bytes(std::string_view text) {
  return reinterpret_cast<const utf8proc_uint8_t*>(text.data());
}

// Eight bytes at a time: most texts are.
bool IsAscii(std::string_view text) {
  std::uint64_t any = 0;
  std::size_t at = 0;
  for (std::uint64_t word; at + sizeof(word) <= text.size(); at += sizeof(word)) {
    std::memcpy(&word, text.data() + at, sizeof(word));
    any |= word;
  }
  for (; at < text.size(); ++at) any |= static_cast<unsigned char>(text[at]);
  return (any & 0x8080808080808080) == 0;
}

// What utf8proc_iterate says of three bytes, as nearly all Hangul and Han has: the code point, or 0
// if it is to be asked.
char32_t DecodeThree(const char* bytes) {
  const auto byte = [&](int i) { return char32_t{static_cast<unsigned char>(bytes[i])}; };
  const char32_t code_point = (byte(0) & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F);
  const bool has_form =
      (byte(0) & 0xF0) == 0xE0 && (byte(1) & 0xC0) == 0x80 && (byte(2) & 0xC0) == 0x80;
  const bool is_surrogate = code_point >= 0xD800 && code_point <= 0xDFFF;
  return has_form && code_point >= 0x800 && !is_surrogate ? code_point : 0;
}

// Calls `each` with every code point until it returns false. False if it did, or at what is not
// UTF-8.
template <typename Each>
bool ForEachCodePoint(std::string_view text, Each each) {
  std::size_t at = 0;
  while (at < text.size()) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte < 0x80) {
      if (!each(char32_t{byte})) return false;
      ++at;
      continue;
    }
    if (at + 3 <= text.size()) {
      if (const char32_t three = DecodeThree(text.data() + at); three != 0) {
        if (!each(three)) return false;
        at += 3;
        continue;
      }
    }
    utf8proc_int32_t code_point = 0;
    const utf8proc_ssize_t length = utf8proc_iterate(
        Bytes(text) + at, static_cast<utf8proc_ssize_t>(text.size() - at), &code_point);
    if (length <= 0 || !each(static_cast<char32_t>(code_point))) return false;
    at += static_cast<std::size_t>(length);
  }
  return true;
}

bool IsHanOrHangulSyllable(char32_t c) {
  return (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x4E00 && c <= 0x9FFF) ||
         (c >= 0xAC00 && c <= 0xD7A3);
}

// A text of these alone is in NFC: none of them combines with another one.
bool IsPlain(char32_t c) { return c < 0x300 || IsHanOrHangulSyllable(c); }

std::size_t CountCodePoints(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string Map(std::string_view text, int options) {
  struct Free {
    void operator()(utf8proc_uint8_t* bytes) const { std::free(bytes); }
  };
  utf8proc_uint8_t* mapped = nullptr;
  const utf8proc_ssize_t length =
      utf8proc_map(Bytes(text), static_cast<utf8proc_ssize_t>(text.size()), &mapped,
                   static_cast<utf8proc_option_t>(options));
  const std::unique_ptr<utf8proc_uint8_t, Free> owned(mapped);
  // Of UTF-8 nothing else goes wrong.
  if (length < 0) throw std::bad_alloc();
  return std::string(reinterpret_cast<const char*>(mapped), static_cast<std::size_t>(length));
}

}  // namespace

bool IsUtf8(std::string_view text) {
  return IsAscii(text) || ForEachCodePoint(text, [](char32_t) { return true; });
}

bool HasLength(std::string_view text, std::size_t least, std::size_t most) {
  const std::size_t code_points = CountCodePoints(text);
  // No code point stands for more than four others.
  if (code_points > 4 * most) return false;
  const bool is_nfc = code_points == text.size() || ForEachCodePoint(text, IsPlain);
  const std::size_t length = is_nfc ? code_points : CountCodePoints(Nfc(text));
  return length >= least && length <= most;
}

std::string Nfc(std::string_view text) {
  if (IsAscii(text) || ForEachCodePoint(text, IsPlain)) return std::string(text);
  return Map(text, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
}

std::string Fold(std::string_view text) {
  const auto is_simple = [](char32_t c) { return c < 0x80 || IsHanOrHangulSyllable(c); };
  if (!IsAscii(text) && !ForEachCodePoint(text, is_simple)) {
    // Before NFC the folding of U+0345, an iota from then on, would depend on where it stands.
    return Map(Nfc(text), UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD |
                              UTF8PROC_IGNORE);
  }
  std::string folded(text);
  for (char& c : folded) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return folded;
}

void Decode(std::string_view text, std::u32string& out) {
  ForEachCodePoint(text, [&](char32_t c) {
    out.push_back(c);
    return true;
  });
}

}  // namespace moyeo::society
