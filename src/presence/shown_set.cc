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

// Collects bits in a word: a write that overlaps the one before it would have to wait for that.
class BitWriter {
 public:
  explicit BitWriter(std::byte* bytes) : at_(bytes) {}

  // REQUIRES: value < 2^bits, bits <= 64
  void Write(std::uint64_t value, int bits) {
    word_ |= value << filled_;
    if (filled_ + bits < 64) {
      filled_ += bits;
      return;
    }
    std::memcpy(at_, &word_, sizeof(word_));
    at_ += sizeof(word_);
    const int written = 64 - filled_;
    word_ = written < 64 ? value >> written : 0;
    filled_ = bits - written;
  }

  // REQUIRES: nothing is written after this
  void Finish() { std::memcpy(at_, &word_, sizeof(word_)); }

 private:
  std::byte* at_;
  std::uint64_t word_ = 0;
  int filled_ = 0;  // below 64
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
  std::int32_t least_lat = shown.front().position.lat;
  std::int32_t least_lng = shown.front().position.lng;
  for (const Shown& s : shown) {
    least_lat = std::min(least_lat, s.position.lat);
    least_lng = std::min(least_lng, s.position.lng);
  }
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
  writer.Finish();
}

void ShownSet::Read(std::vector<Shown>& shown) const {
  shown.clear();
  if (memory_ == nullptr) return;
  Header header;
  std::memcpy(&header, memory_.get(), sizeof(header));
  shown.resize(header.size);
  BitReader reader(memory_.get() + sizeof(header));
  std::uint64_t id = header.first_id;
  if (header.lat_bits + header.lng_bits <= kBitsAtOnce) {  // as it mostly is
    const int position_bits = header.lat_bits + header.lng_bits;
    const std::uint64_t lat_mask = (std::uint64_t{1} << header.lat_bits) - 1;
    for (Shown& s : shown) {
      id += reader.Read(header.gap_bits);
      const std::uint64_t position = reader.Read(position_bits);
      s = {id,
           {Plus(header.least_lat, position & lat_mask),
            Plus(header.least_lng, position >> header.lat_bits)}};
    }
    return;
  }
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
