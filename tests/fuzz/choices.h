// Bytes as a series of choices. When they have run out, every choice is the first.

#ifndef MOYEO_TESTS_FUZZ_CHOICES_H_
#define MOYEO_TESTS_FUZZ_CHOICES_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace moyeo::testing {

class Choices {
 public:
  Choices(const std::uint8_t* data, std::size_t size)
      : bytes_(reinterpret_cast<const char*>(data), size) {}

  bool empty() const { return bytes_.empty(); }

  // In [0, n).
  // REQUIRES: 0 < n <= 256
  std::size_t Below(std::size_t n) { return Byte() % n; }

  bool OneIn(std::size_t n) { return Below(n) == n - 1; }

  std::uint64_t Bits() {
    std::uint64_t bits = 0;
    for (int i = 0; i < 8; ++i) bits = bits << 8 | Byte();
    return bits;
  }

  double Double() { return std::bit_cast<double>(Bits()); }

  // At most 255 bytes, whatever they are.
  std::string Text() {
    const std::string_view text = bytes_.substr(0, Byte());
    bytes_.remove_prefix(text.size());
    return std::string(text);
  }

  // REQUIRES: 0 < choices.size() <= 256
  template <typename All>
  const auto& Pick(const All& choices) {
    return choices[Below(choices.size())];
  }

 private:
  std::uint8_t Byte() {
    if (bytes_.empty()) return 0;
    const auto byte = static_cast<std::uint8_t>(bytes_.front());
    bytes_.remove_prefix(1);
    return byte;
  }

  std::string_view bytes_;
};

}  // namespace moyeo::testing

#endif  // MOYEO_TESTS_FUZZ_CHOICES_H_
