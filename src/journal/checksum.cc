#include "journal/checksum.h"

// All of it is in the header then, and nothing is linked.
#define XXH_INLINE_ALL
#include <xxhash.h>

namespace moyeo::journal {

std::uint64_t Xxh3(std::string_view bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

Checksum& Checksum::Number(std::uint64_t number) {
  for (int shift = 0; shift < 64; shift += 8) bytes_ += static_cast<char>(number >> shift & 0xff);
  return *this;
}

Checksum& Checksum::Text(std::string_view text) {
  bytes_.reserve(bytes_.size() + text.size() + 64);
  Number(std::uint64_t{text.size()});
  bytes_ += text;
  return *this;
}

}  // namespace moyeo::journal
