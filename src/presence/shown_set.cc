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

// A set that has taken less than half of what is reserved for so many times gives the rest back: a
// feed that now looks with others and now alone takes no memory each time.
constexpr int kTimesBeforeSmaller = 2;

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

// What both forms begin with.
struct ShownSet::Header {
  std::uint32_t bytes;  // of all the memory
  std::uint16_t size;
  bool is_part;
  std::uint8_t times_small;  // how often in a row less than half was taken
};

// Of a set by itself: gaps between ids and positions follow, bit by bit.
struct ShownSet::Apart {
  Header header;
  std::uint8_t gap_bits;
  std::uint8_t lat_bits;
  std::uint8_t lng_bits;
  std::int32_t least_lat;
  std::int32_t least_lng;
  std::uint64_t first_id;
};

// Of a part of a scene: a bit for each of its users follows.
struct ShownSet::Part {
  Header header;
  Scene* scene;
};

namespace {

template <typename T>
T ReadFrom(const std::byte* memory) {
  T value;
  std::memcpy(&value, memory, sizeof(value));
  return value;
}

}  // namespace

ShownSet::Header ShownSet::ReadHeader() const {
  return memory_ == nullptr ? Header{} : ReadFrom<Header>(memory_.get());
}

Scene* ShownSet::scene() const {
  return ReadHeader().is_part ? ReadFrom<Part>(memory_.get()).scene : nullptr;
}

void ShownSet::LetGo() {
  Header header = ReadHeader();
  if (!header.is_part) return;
  ReadFrom<Part>(memory_.get()).scene->LetGo();
  header.is_part = false;
  std::memcpy(memory_.get(), &header, sizeof(header));
}

// Makes the memory large enough, and not far larger for long. Returns the header to begin with.
ShownSet::Header ShownSet::Reserve(std::size_t bytes) {
  Header header = ReadHeader();
  if (bytes >= header.bytes / 2) {
    header.times_small = 0;
  } else {
    ++header.times_small;
  }
  if (bytes <= header.bytes && header.times_small < kTimesBeforeSmaller) return header;
  const std::size_t rounded = (bytes + kBytesTogether - 1) / kBytesTogether * kBytesTogether;
  memory_ = std::make_unique_for_overwrite<std::byte[]>(rounded);
  return {
      .bytes = static_cast<std::uint32_t>(rounded), .size = 0, .is_part = false, .times_small = 0};
}

void ShownSet::Assign(Scene& scene, std::span<const std::uint32_t> numbers) {
  if (numbers.empty()) return Clear();
  scene.Hold();
  LetGo();
  const std::size_t words = (scene.users().size() + 63) / 64;
  Part part{.header = Reserve(sizeof(Part) + words * sizeof(std::uint64_t)), .scene = &scene};
  part.header.size = static_cast<std::uint16_t>(numbers.size());
  part.header.is_part = true;
  std::memcpy(memory_.get(), &part, sizeof(part));
  std::byte* at = memory_.get() + sizeof(part);
  auto number = numbers.begin();
  for (std::size_t end = 64; end <= words * 64; end += 64) {
    std::uint64_t word = 0;
    for (; number != numbers.end() && *number < end; ++number) {
      word |= std::uint64_t{1} << (*number & 63);
    }
    std::memcpy(at, &word, sizeof(word));
    at += sizeof(word);
  }
}

// Calls `use` with each number, ascending. REQUIRES: scene() != nullptr
template <typename Use>
void ShownSet::ForEachNumber(Use use) const {
  const std::byte* at = memory_.get() + sizeof(Part);
  std::uint32_t first = 0;
  for (std::size_t left = size(); left > 0; first += 64) {
    auto word = ReadFrom<std::uint64_t>(at);
    at += sizeof(word);
    for (; word != 0; word &= word - 1, --left) {
      use(first + static_cast<std::uint32_t>(std::countr_zero(word)));
    }
  }
}

void ShownSet::ReadNumbers(std::vector<std::uint32_t>& numbers) const {
  numbers.resize(size());
  auto next = numbers.begin();
  ForEachNumber([&](std::uint32_t number) { *next++ = number; });
}

void ShownSet::Assign(std::span<const Shown> shown) {
  if (shown.empty()) return Clear();
  LetGo();
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
  Apart apart{.header = {},
              .gap_bits = static_cast<std::uint8_t>(std::bit_width(gaps)),
              .lat_bits = static_cast<std::uint8_t>(std::bit_width(lats)),
              .lng_bits = static_cast<std::uint8_t>(std::bit_width(lngs)),
              .least_lat = least_lat,
              .least_lng = least_lng,
              .first_id = shown.front().id};
  const std::size_t bits =
      shown.size() * std::size_t{apart.gap_bits + 0u + apart.lat_bits + apart.lng_bits};
  apart.header = Reserve(sizeof(apart) + bits / 8 + 1 + kBytesBehind);
  apart.header.size = static_cast<std::uint16_t>(shown.size());
  std::memcpy(memory_.get(), &apart, sizeof(apart));
  BitWriter writer(memory_.get() + sizeof(apart));
  std::uint64_t before = apart.first_id;
  for (const Shown& s : shown) {
    writer.Write(s.id - before, apart.gap_bits);
    before = s.id;
    writer.Write(Above(least_lat, s.position.lat), apart.lat_bits);
    writer.Write(Above(least_lng, s.position.lng), apart.lng_bits);
  }
  writer.Finish();
}

void ShownSet::Read(std::vector<Shown>& shown) const {
  shown.clear();
  if (memory_ == nullptr) return;
  if (const Scene* scene = this->scene()) {
    shown.reserve(size());
    ForEachNumber([&](std::uint32_t number) { shown.push_back(scene->users()[number]); });
    return;
  }
  const auto apart = ReadFrom<Apart>(memory_.get());
  shown.resize(apart.header.size);
  BitReader reader(memory_.get() + sizeof(apart));
  std::uint64_t id = apart.first_id;
  if (apart.lat_bits + apart.lng_bits <= kBitsAtOnce) {  // as it mostly is
    const int position_bits = apart.lat_bits + apart.lng_bits;
    const std::uint64_t lat_mask = (std::uint64_t{1} << apart.lat_bits) - 1;
    for (Shown& s : shown) {
      id += reader.Read(apart.gap_bits);
      const std::uint64_t position = reader.Read(position_bits);
      s = {id,
           {Plus(apart.least_lat, position & lat_mask),
            Plus(apart.least_lng, position >> apart.lat_bits)}};
    }
    return;
  }
  for (Shown& s : shown) {
    id += reader.Read(apart.gap_bits);
    const std::uint64_t lat = reader.Read(apart.lat_bits);
    const std::uint64_t lng = reader.Read(apart.lng_bits);
    s = {id, {Plus(apart.least_lat, lat), Plus(apart.least_lng, lng)}};
  }
}

std::size_t ShownSet::size() const { return ReadHeader().size; }

std::size_t ShownSet::bytes() const { return ReadHeader().bytes; }

}  // namespace moyeo::presence
