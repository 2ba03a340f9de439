// A set of numbers, beside std::set.

#include "society/postings.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <iterator>
#include <limits>
#include <optional>
#include <set>

#include "support/scale.h"
#include "support/seeds.h"

namespace moyeo::society {
namespace {

class PostingsTest : public testing::SeededTest {
 protected:
  void Insert(std::uint64_t number) {
    if (twin_.insert(number).second) postings_.Insert(postings_.Locate(number), number);
  }

  void Erase(std::uint64_t number) {
    if (twin_.erase(number) > 0) postings_.Erase(postings_.Locate(number), number);
  }

  std::optional<std::uint64_t> TwinNextFrom(std::uint64_t from) const {
    const auto next = twin_.lower_bound(from);
    return next == twin_.end() ? std::nullopt : std::optional(*next);
  }

  // Everything, one after the other.
  void ExpectSame() const {
    ASSERT_EQ(postings_.CheckInvariants(), "");
    ASSERT_EQ(postings_.size(), twin_.size());
    ASSERT_EQ(postings_.empty(), twin_.empty());
    std::optional<std::uint64_t> at = postings_.NextFrom(0);
    for (const std::uint64_t number : twin_) {
      ASSERT_EQ(at, number);
      at = number == kLast ? std::nullopt : postings_.NextFrom(number + 1);
    }
    ASSERT_EQ(at, std::nullopt);
  }

  static constexpr std::uint64_t kLast = std::numeric_limits<std::uint64_t>::max();
  Postings postings_;
  std::set<std::uint64_t> twin_;
};

TEST_F(PostingsTest, IsWhatASetIs) {
  // Grows and shrinks between nothing and thousands.
  for (int round = 0; round < 20; ++round) {
    const std::uint64_t range = random_.OneIn(4) ? kLast : 1 + random_.Below(20'000);
    const std::size_t inserts = random_.OneIn(2) ? 9 : 1;
    for (std::size_t step = 0; step < testing::Scaled(3'000); ++step) {
      if (random_.Below(10) < inserts) {
        Insert(random_.Bits() % range);
      } else {
        const auto some = twin_.lower_bound(random_.Bits() % range);
        if (some != twin_.end()) Erase(*some);
      }
      const std::uint64_t from = random_.Bits() % range;
      ASSERT_EQ(postings_.NextFrom(from), TwinNextFrom(from));
      if (step % 100 == 0) {
        ASSERT_NO_FATAL_FAILURE(ExpectSame());
      }
    }
  }
}

TEST_F(PostingsTest, GrowsAtEitherEnd) {
  for (std::uint64_t i = 0; i < 3'000; ++i) {
    Insert(1'000'000 + i);
    Insert(1'000'000 - i);
  }
  Insert(0);
  Insert(kLast);
  ExpectSame();
}

TEST_F(PostingsTest, ShrinksToNothingFromAnywhere) {
  for (std::uint64_t i = 0; i < 5'000; ++i) Insert(i);
  while (!twin_.empty()) {
    const auto some = twin_.lower_bound(random_.Below(5'000));
    Erase(some == twin_.end() ? *std::prev(twin_.end()) : *some);
    if (twin_.size() % 50 == 0) {
      ASSERT_NO_FATAL_FAILURE(ExpectSame());
    }
  }
}

TEST_F(PostingsTest, ANumberIsLocatedBeforeOtherSetsChange) {
  Postings other;
  for (std::uint64_t i = 0; i < 2'000; ++i) {
    const Postings::Place here = postings_.Locate(i);
    const Postings::Place there = other.Locate(i);
    postings_.Insert(here, i);
    other.Insert(there, i);
    twin_.insert(i);
  }
  ExpectSame();
  EXPECT_EQ(other.CheckInvariants(), "");
  EXPECT_EQ(other.size(), 2'000);
}

}  // namespace
}  // namespace moyeo::society
