#include "presence/shown_set.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace moyeo::presence {
namespace {

// Words are read and written at any byte, eight at a time.
constexpr std::size_t kBytesBehind = 8;

// The most bits that a word has from any bit of its first byte on.
constexpr int kBitsAtOnce = 57;

// What is reserved comes in pieces of this, so that a set that changes a little fits in its place.
constexpr std::size_t kBytesTogether = 16;

class BitWriter {
 public:
  explicit BitWriter(std::byte* bytes) : bytes_(bytes) {}

  // REQUIRES: value < 2^bits
  void Write(std::uint64_t value, int bits) {
    if (bits > kBitsAtOnce) {
      Write(value & 0xFFFFFFFF, 32);
      value >>= 32;
      bits -= 32;
    }
    std::byte* const at = bytes_ + (bit_ >> 3);
    std::uint64_t word;
    std::memcpy(&word, at, sizeof(word));
    const std::uint64_t kept = (std::uint64_t{1} << (bit_ & 7)) - 1;
    word = (word & kept) | value << (bit_ & 7);
    std::memcpy(at, &word, sizeof(word));
    bit_ += static_cast<std::size_t>(bits);
  }

 private:
  std::byte* bytes_;
  std::size_t bit_ = 0;
};

class BitReader {
 public:
  explicit BitReader(const std::byte* bytes) : bytes_(bytes) {}

  std::uint64_t Read(int bits) {
    if (bits > kBitsAtOnce) {
      const std::uint64_t low = Read(32);
      return Read(bits - 32) << 32 | low;
    }
    std::uint64_t word;
    std::memcpy(&word, bytes_ + (bit_ >> 3), sizeof(word));
    word >>= bit_ & 7;
    bit_ += static_cast<std::size_t>(bits);
    return word & ((std::uint64_t{1} << bits) - 1);
  }

 private:
  const std::byte* bytes_;
  std::size_t bit_ = 0;
};

// How far apart two coordinates are, whatever their signs.
std::uint32_t Above(std::int32_t least, std::int32_t coordinate) {
  return static_cast<std::uint32_t>(coordinate) - static_cast<std::uint32_t>(least);
}

std::int32_t Plus(std::int32_t least, std::uint64_t above) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(least) +
                                   static_cast<std::uint32_t>(above));
}

}  // namespace

struct ShownSet::Header {
  std::uint64_t first_id;
  std::int32_t least_lat;
  std::int32_t least_lng;
  std::uint16_t size;
  std::uint8_t gap_bits;
  std::uint8_t lat_bits;
  std::uint8_t lng_bits;
  std::uint32_t bytes;  // of all the memory
};

void ShownSet::Assign(std::span<const Shown> shown) {
  if (shown.empty()) return Clear();
  const std::int32_t least_lat =
      std::ranges::min(shown, {}, [](const Shown& s) { return s.position.lat; }).position.lat;
  const std::int32_t least_lng =
      std::ranges::min(shown, {}, [](const Shown& s) { return s.position.lng; }).position.lng;
  std::uint64_t gaps = 0;
  std::uint32_t lats = 0;
  std::uint32_t lngs = 0;
  for (std::size_t i = 0; i < shown.size(); ++i) {
    if (i > 0) gaps |= shown[i].id - shown[i - 1].id;
    lats |= Above(least_lat, shown[i].position.lat);
    lngs |= Above(least_lng, shown[i].position.lng);
  }
  Header header{.first_id = shown.front().id,
                .least_lat = least_lat,
                .least_lng = least_lng,
                .size = static_cast<std::uint16_t>(shown.size()),
                .gap_bits = static_cast<std::uint8_t>(std::bit_width(gaps)),
                .lat_bits = static_cast<std::uint8_t>(std::bit_width(lats)),
                .lng_bits = static_cast<std::uint8_t>(std::bit_width(lngs)),
                .bytes = 0};
  const std::size_t bits =
      shown.size() * std::size_t{header.gap_bits + 0u + header.lat_bits + header.lng_bits};
  const std::size_t needed = sizeof(Header) + bits / 8 + 1 + kBytesBehind;
  if (needed > bytes() || needed < bytes() / 2) {
    header.bytes =
        static_cast<std::uint32_t>((needed + kBytesTogether - 1) / kBytesTogether * kBytesTogether);
    memory_ = std::make_unique_for_overwrite<std::byte[]>(header.bytes);
  } else {
    header.bytes = static_cast<std::uint32_t>(bytes());
  }
  std::memcpy(memory_.get(), &header, sizeof(header));
  BitWriter writer(memory_.get() + sizeof(header));
  std::uint64_t before = header.first_id;
  for (const Shown& s : shown) {
    writer.Write(s.id - before, header.gap_bits);
    before = s.id;
    writer.Write(Above(least_lat, s.position.lat), header.lat_bits);
    writer.Write(Above(least_lng, s.position.lng), header.lng_bits);
  }
}

void ShownSet::Read(std::vector<Shown>& shown) const {
  shown.clear();
  if (memory_ == nullptr) return;
  Header header;
  std::memcpy(&header, memory_.get(), sizeof(header));
  shown.resize(header.size);
  BitReader reader(memory_.get() + sizeof(header));
  std::uint64_t id = header.first_id;
  for (Shown& s : shown) {
    id += reader.Read(header.gap_bits);
    const std::uint64_t lat = reader.Read(header.lat_bits);
    const std::uint64_t lng = reader.Read(header.lng_bits);
    s = {id, {Plus(header.least_lat, lat), Plus(header.least_lng, lng)}};
  }
}

std::size_t ShownSet::size() const {
  if (memory_ == nullptr) return 0;
  Header header;
  std::memcpy(&header, memory_.get(), sizeof(header));
  return header.size;
}

std::size_t ShownSet::bytes() const {
  if (memory_ == nullptr) return 0;
  Header header;
  std::memcpy(&header, memory_.get(), sizeof(header));
  return header.bytes;
}

}  // namespace moyeo::presence
