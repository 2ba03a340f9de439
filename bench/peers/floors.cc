#include "bench/peers/floors.h"

#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <iomanip>
#include <iostream>
#include <numbers>
#include <numeric>
#include <span>
#include <string>
#include <utility>

#include "bench/support/random.h"
#include "s2/s2cell_id.h"
#include "s2/s2latlng.h"

namespace moyeo::bench {
namespace {

constexpr std::size_t kLineBytes = 64;
constexpr std::size_t kHugePageBytes = std::size_t{2} << 20;

// Keeps the compiler from leaving out what nobody looks at.
template <typename T>
void Use(const T& value) {
  asm volatile("" : : "g"(&value) : "memory");
}

// Cache lines in memory of their own, each of which names another: all of them are one circle, in
// an order that no processor foresees.
class Lines {
 public:
  Lines(std::span<const std::uint32_t> next, bool huge_pages)
      : bytes_(next.size() * kLineBytes + kHugePageBytes) {
    mapping_ = mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapping_ == MAP_FAILED) {
      std::cerr << "no memory to measure the floors in\n";
      std::exit(1);
    }
    // Refused, it stays as it is: the number then says so.
    madvise(mapping_, bytes_, huge_pages ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
    const auto address = reinterpret_cast<std::uintptr_t>(mapping_);
    const std::uintptr_t aligned = (address + kHugePageBytes - 1) / kHugePageBytes * kHugePageBytes;
    lines_ = reinterpret_cast<Line*>(aligned);
    for (std::size_t i = 0; i < next.size(); ++i) lines_[i].next = next[i];
  }
  ~Lines() { munmap(mapping_, bytes_); }

  Lines(const Lines&) = delete;
  Lines& operator=(const Lines&) = delete;

  std::uint32_t operator[](std::size_t i) const { return lines_[i].next; }

 private:
  struct alignas(kLineBytes) Line {
    std::uint32_t next;
  };

  const std::size_t bytes_;
  void* mapping_;
  Line* lines_;
};

// Sattolo's algorithm: a random permutation of one cycle.
std::vector<std::uint32_t> RandomCycle(std::size_t size, Random& random) {
  std::vector<std::uint32_t> next(size);
  std::iota(next.begin(), next.end(), 0);
  for (std::size_t i = size - 1; i > 0; --i) std::swap(next[i], next[random.Below(i)]);
  return next;
}

// What is worked on, drawn outside of what is timed.
struct Inputs {
  static constexpr std::size_t kCount = std::size_t{1} << 17;

  explicit Inputs(Random& random) {
    for (std::size_t i = 0; i < kCount; ++i) {
      places.push_back(
          {std::asin(random.Uniform(-1, 1)), random.Uniform(-1, 1) * std::numbers::pi});
      words.push_back(random.Bits());
    }
  }

  struct Radians {
    double lat;
    double lng;
  };
  std::vector<Radians> places;
  std::vector<std::uint64_t> words;
};

// Each of these does a number of pieces of work, and returns the number.

std::size_t DependentRead(const Lines& lines, std::uint32_t begin) {
  std::uint32_t at = begin;
  for (std::size_t i = 0; i < Inputs::kCount; ++i) at = lines[at];
  Use(at);
  return Inputs::kCount;
}

// The finalizer of SplitMix64 tells which lines: quicker than to look them up.
std::size_t IndependentLine(const Lines& lines, std::size_t count, std::uint64_t begin) {
  std::uint32_t sum = 0;
  for (std::uint64_t i = begin; i < begin + Inputs::kCount; ++i) {
    std::uint64_t line = i * 0x9e3779b97f4a7c15;
    line = (line ^ (line >> 30)) * 0xbf58476d1ce4e5b9;
    line = (line ^ (line >> 27)) * 0x94d049bb133111eb;
    sum += lines[(line ^ (line >> 31)) & (count - 1)];
  }
  Use(sum);
  return Inputs::kCount;
}

std::size_t UnitVectors(const Inputs& inputs) {
  for (const Inputs::Radians place : inputs.places) {
    const double outward = std::cos(place.lat);
    const std::array<double, 3> point = {outward * std::cos(place.lng),
                                         outward * std::sin(place.lng), std::sin(place.lat)};
    Use(point);
  }
  return inputs.places.size();
}

std::size_t CellIds(const Inputs& inputs) {
  for (const Inputs::Radians place : inputs.places) {
    const S2CellId id(S2LatLng::FromRadians(place.lat, place.lng));
    Use(id);
  }
  return inputs.places.size();
}

std::size_t Sort50Words(const Inputs& inputs) {
  constexpr std::size_t kWords = 50;
  std::array<std::uint64_t, kWords> words;
  std::size_t sorts = 0;
  for (std::size_t i = 0; i + kWords <= inputs.words.size(); i += kWords, ++sorts) {
    std::copy_n(&inputs.words[i], kWords, words.begin());
    std::sort(words.begin(), words.end());
    Use(words);
  }
  return sorts;
}

Result Measure(std::string_view operation, int rounds, const std::function<std::size_t()>& work) {
  std::vector<double> ns;
  for (int round = 0; round <= rounds; ++round) {
    const auto begin = std::chrono::steady_clock::now();
    const std::size_t pieces = work();
    const std::chrono::duration<double, std::nano> elapsed =
        std::chrono::steady_clock::now() - begin;
    if (round > 0) ns.push_back(elapsed.count() / static_cast<double>(pieces));
  }
  Result result;
  result.engine = kFloor;
  result.operation = operation;
  result.ns = Summarize(std::move(ns));
  return result;
}

}  // namespace

std::vector<Result> MeasureFloors(const FloorOptions& options, std::ostream& out) {
  Random random(1);
  const std::size_t count = options.bytes / kLineBytes;
  const std::vector<std::uint32_t> next = RandomCycle(count, random);
  const Inputs inputs(random);
  std::vector<Result> results;
  const auto add = [&](std::string_view operation, const std::function<std::size_t()>& work) {
    results.push_back(Measure(operation, options.rounds, work));
    const Result& result = results.back();
    out << std::left << std::setw(22) << operation << std::right << std::fixed
        << std::setprecision(1) << std::setw(12) << result.ns.median << "  [" << result.ns.p10
        << ".." << result.ns.p90 << ']' << std::endl;
  };
  // Each round goes on from another place, so as not to find the lines of the one before in cache.
  const auto chase = [&](const Lines& lines) {
    return DependentRead(lines, static_cast<std::uint32_t>(random.Below(count)));
  };

  out << "\nfloors: nanoseconds on one thread, memory of " << (options.bytes >> 20) << " MiB\n";
  {
    const Lines lines(next, false);
    add("dependent_read_4k", [&] { return chase(lines); });
  }
  {
    const Lines lines(next, true);
    add("dependent_read_huge", [&] { return chase(lines); });
    add("independent_line", [&] { return IndependentLine(lines, count, random.Bits()); });
  }
  add("sincos", [&] { return UnitVectors(inputs); });
  add("s2_cell_id", [&] { return CellIds(inputs); });
  add("sort_50_words", [&] { return Sort50Words(inputs); });
  return results;
}

}  // namespace moyeo::bench
