// A digest of numbers and texts, the same on every machine. Not against an adversary.

#ifndef MOYEO_SOCIETY_DIGEST_H_
#define MOYEO_SOCIETY_DIGEST_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace moyeo::society {

class Digest {
 public:
  void Number(std::uint64_t number) {
    state_ = (std::rotl(state_, 27) ^ Mix(number + kStep)) * kMultiplier;
  }

  void Text(std::string_view text) {
    Number(text.size());
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
      word = word << 8 | static_cast<unsigned char>(text[i]);
      if (i % 8 == 7) Number(word);
    }
    if (text.size() % 8 != 0) Number(word & ((std::uint64_t{1} << text.size() % 8 * 8) - 1));
  }

  std::uint64_t value() const { return Mix(state_); }

 private:
  static constexpr std::uint64_t kStep = 0x9E3779B97F4A7C15;
  static constexpr std::uint64_t kMultiplier = 0xD6E8FEB86659FD93;

  // The finalizer of SplitMix64: every bit of the number has a say in every bit of the result.
  static std::uint64_t Mix(std::uint64_t x) {
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9;
    x = (x ^ x >> 27) * 0x94D049BB133111EB;
    return x ^ x >> 31;
  }

  std::uint64_t state_ = kStep;
};

}  // namespace moyeo::society

#endif  // MOYEO_SOCIETY_DIGEST_H_
