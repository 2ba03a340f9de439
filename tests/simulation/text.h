// Text as the rules speak of it, by direct calls of libutf8proc.

#ifndef MOYEO_TESTS_SIMULATION_TEXT_H_
#define MOYEO_TESTS_SIMULATION_TEXT_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace moyeo::testing {

// `text` in NFC; nullopt if it is not UTF-8.
std::optional<std::string> Nfc(std::string_view text);

// How many code points there are in `text`, which is UTF-8.
std::size_t CodePoints(std::string_view text);

// `text`, which is UTF-8, under NFKC case folding.
std::string Fold(std::string_view text);

// Whether `part` is somewhere in `whole` under NFKC case folding. Both are in NFC.
bool FoundIn(std::string_view whole, std::string_view part);

}  // namespace moyeo::testing

#endif  // MOYEO_TESTS_SIMULATION_TEXT_H_
