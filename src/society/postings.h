// Which documents have a gram: a set of numbers, for very many of them or very few.

#ifndef MOYEO_SOCIETY_POSTINGS_H_
#define MOYEO_SOCIETY_POSTINGS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/container/btree_map.h"

namespace moyeo::society {

// Numbers in order.
//
// A few are in one array; many are in runs, under a tree that is so small that the processor has
// most of it at hand. What remains to be waited for is the beginning of a run, and several sets can
// be waited for at once: Locate brings it towards the processor, Insert changes it later.
class Postings {
  struct Run;

 public:
  // Where a number is or would be. Valid until this set changes.
  class Place {
   private:
    friend class Postings;
    Run* run_ = nullptr;  // null: among few
  };

  bool empty() const { return size() == 0; }
  std::size_t size() const { return many_ == nullptr ? few_.size() : many_->size; }

  // The first one that is `from` or more.
  std::optional<std::uint64_t> NextFrom(std::uint64_t from) const;

  // Brings towards the processor what Locate begins with.
  void Prefetch() const;
  Place Locate(std::uint64_t number);

  // REQUIRES: `place` is that of `number`; Insert: it is not here; Erase: it is
  void Insert(Place place, std::uint64_t number);
  void Erase(Place place, std::uint64_t number);

  // Empty if all is as the source says; otherwise what is not. For tests.
  std::string CheckInvariants() const;

 private:
  static constexpr std::size_t kRunLength = 480;
  static constexpr std::size_t kMostLoose = 30;

  // Four kilobytes. What is inserted is loose at first, near the counts, so that a line or two are
  // touched; the rest is when so many are loose that they are put in order together.
  struct alignas(64) Run {
    std::uint64_t key = 0;
    std::uint32_t sorted = 0;
    std::uint32_t loose = 0;
    std::array<std::uint64_t, kMostLoose> loose_numbers;
    std::array<std::uint64_t, kRunLength> numbers;

    std::size_t count() const { return sorted + loose; }
    std::span<std::uint64_t> Sorted() { return {numbers.data(), sorted}; }
    std::span<const std::uint64_t> Sorted() const { return {numbers.data(), sorted}; }
    std::span<std::uint64_t> Loose() { return {loose_numbers.data(), loose}; }
    std::span<const std::uint64_t> Loose() const { return {loose_numbers.data(), loose}; }

    // REQUIRES: count() < kRunLength
    void Insert(std::uint64_t number);
    void Erase(std::uint64_t number);
    // Leaves none loose.
    void Settle();
    // REQUIRES: none is loose; `more` are greater than all here, ascending, and not too many
    void Append(std::span<const std::uint64_t> more);
    std::optional<std::uint64_t> NextFrom(std::uint64_t from) const;
  };

  // Runs by the least number that each may have: one has the numbers up to the next one's key. The
  // first key is 0. Two that follow each other have more than half of what one can have; a single
  // one has more than a quarter.
  struct Runs {
    absl::btree_map<std::uint64_t, std::unique_ptr<Run>> by_key;
    std::size_t size = 0;
  };

  Run& AddRun(std::uint64_t key);
  // Makes room in a full run, of which it may leave another one to be that of `number`.
  Run& Split(Run& run, std::uint64_t number);
  // Makes one of two that are sparse, or goes back to a few.
  void Merge(Run& run);

  std::vector<std::uint64_t> few_;  // ascending; none if there are many
  std::unique_ptr<Runs> many_;
};

}  // namespace moyeo::society

#endif  // MOYEO_SOCIETY_POSTINGS_H_
