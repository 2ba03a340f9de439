#include "support/markdown.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstddef>
#include <fstream>
#include <iterator>
#include <system_error>

namespace moyeo::testing {

std::vector<std::string> BlocksOf(const std::filesystem::path& page, const std::string& kind) {
  std::ifstream stream(page, std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(stream), {});
  const std::string begin = "```" + kind + "\n";
  std::vector<std::string> blocks;
  for (std::size_t at = text.find(begin); at != std::string::npos; at = text.find(begin, at)) {
    at += begin.size();
    blocks.push_back(text.substr(at, text.find("```", at) - at));
  }
  return blocks;
}

std::string BytesOf(const std::string& hex) {
  std::string bytes;
  bool in_words = false;
  for (std::size_t i = 0; i < hex.size(); ++i) {
    if (hex[i] == '\n') in_words = false;
    if (in_words || std::isspace(static_cast<unsigned char>(hex[i])) != 0) continue;
    unsigned byte = 0;
    const char* const begin = hex.data() + i;
    const char* const end = hex.data() + std::min(i + 2, hex.size());
    const auto [stop, error] = std::from_chars(begin, end, byte, 16);
    const bool is_alone =
        i + 2 >= hex.size() || std::isspace(static_cast<unsigned char>(hex[i + 2])) != 0;
    if (error == std::errc() && stop == begin + 2 && is_alone) {
      bytes += static_cast<char>(byte);
      ++i;
    } else {
      in_words = true;
    }
  }
  return bytes;
}

}  // namespace moyeo::testing
