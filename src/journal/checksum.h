// The checksum of a row: over its table's name, its key and its other fields.

#ifndef MOYEO_JOURNAL_CHECKSUM_H_
#define MOYEO_JOURNAL_CHECKSUM_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace moyeo::journal {

// XXH3, 64 bits, without seed or secret.
std::uint64_t Xxh3(std::string_view bytes);

// FORMAT.md says how fields become bytes.
class Checksum {
 public:
  explicit Checksum(std::string_view table) { Text(table); }

  Checksum& Number(std::uint64_t number);
  Checksum& Number(std::int64_t number) { return Number(static_cast<std::uint64_t>(number)); }
  Checksum& Text(std::string_view text);

  template <typename T>
  Checksum& Optional(const std::optional<T>& number) {
    bytes_ += number.has_value() ? '\1' : '\0';
    return number.has_value() ? Number(*number) : *this;
  }

  std::uint64_t value() const { return Xxh3(bytes_); }

 private:
  std::string bytes_;
};

}  // namespace moyeo::journal

#endif  // MOYEO_JOURNAL_CHECKSUM_H_
