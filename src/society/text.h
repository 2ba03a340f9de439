// Text as moyeo keeps and compares it: UTF-8, in NFC, found under NFKC case folding.

#ifndef MOYEO_SOCIETY_TEXT_H_
#define MOYEO_SOCIETY_TEXT_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace moyeo::society {

bool IsUtf8(std::string_view text);

// Whether `text` has from `least` to `most` code points in NFC. What is far too long is not
// normalized to find out.
//
// REQUIRES: IsUtf8(text)
bool HasLength(std::string_view text, std::size_t least, std::size_t most);

// REQUIRES: IsUtf8(text)
std::string Nfc(std::string_view text);

// What two texts have in common that are the same for people: their NFKC_Casefold. May be empty.
//
// REQUIRES: IsUtf8(text)
std::string Fold(std::string_view text);

// The code points of `text`, appended to `out`.
//
// REQUIRES: IsUtf8(text)
void Decode(std::string_view text, std::u32string& out);

}  // namespace moyeo::society

#endif  // MOYEO_SOCIETY_TEXT_H_
