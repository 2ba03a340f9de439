#include "spatial/item_tree.h"

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "spatial/support.h"
#include "support/scale.h"
#include "support/seeds.h"

namespace moyeo::spatial {
namespace {

class ItemTreeTest : public testing::SeededTest {
 protected:
  void Put(std::uint64_t id, Position position, std::int64_t stamp = 0) {
    tree_->Put({id, position, stamp});
    twin_[id] = {id, position, stamp, 0};
  }

  void Erase(std::uint64_t id) {
    tree_->Erase(id);
    twin_.erase(id);
  }

  // Sweeps in small steps to the end of a round that begins here.
  std::size_t SweepAll(std::int64_t stamp_through) {
    while (!tree_->Sweep(INT64_MIN, 10).round_complete) {
    }
    std::size_t erased = 0;
    for (;;) {
      const ItemTree::SweepResult result = tree_->Sweep(stamp_through, 10);
      erased += result.erased;
      if (result.round_complete) return erased;
    }
  }

  void ExpectAgreement() {
    ASSERT_EQ(tree_->CheckInvariants(), "");
    ASSERT_EQ(tree_->size(), twin_.size());
    for (const auto& [id, item] : twin_) {
      const std::optional<Item> found = tree_->Find(id);
      ASSERT_TRUE(found);
      ASSERT_EQ(found->position, item.position);
      ASSERT_EQ(found->stamp, item.stamp);
    }
  }

  std::optional<ItemTree> tree_{std::in_place};
  std::map<std::uint64_t, Item> twin_;
};

// Whoever marks the leaves is told of every change since, and of none where there was none.
TEST_F(ItemTreeTest, MarksTellWhetherAnythingHasChanged) {
  std::vector<ItemTree::LeafMark> marks;
  const auto has_changed = [&](std::int64_t above, std::int64_t through) {
    bool changed = false;
    std::uint32_t leaf = 0;
    do {
      changed |= tree_->Mark(marks, leaf, above, through);
    } while (leaf != 0);
    return changed;
  };
  EXPECT_FALSE(has_changed(0, 0));
  for (std::size_t i = 0; i < testing::Scaled(20'000); ++i) {
    const std::uint64_t id = random_.Below(3'000);
    const bool held = twin_.contains(id);
    switch (random_.Below(4)) {
      case 0:
        Erase(id);
        ASSERT_EQ(has_changed(0, 0), held);
        break;
      case 1:
        ASSERT_FALSE(has_changed(0, 0));
        break;
      default:
        Put(id, AnyPosition(random_), 10);
        ASSERT_TRUE(has_changed(0, 0));
    }
  }
  Put(7, At(1, 2), 20);
  EXPECT_TRUE(has_changed(0, 0));
  EXPECT_FALSE(has_changed(10, 19));
  EXPECT_TRUE(has_changed(10, 20));
  EXPECT_FALSE(has_changed(20, 30));
}

// Two leaves that merge leave one behind which is not of the tree any more.
TEST_F(ItemTreeTest, MarksTellNothingOfALeafThatIsNoMore) {
  for (std::uint64_t id = 0; id < 2 * kMaxItems; ++id) Put(id, At(id % 2 == 0 ? 10 : -10, 20), 5);
  for (std::uint64_t id = 20; id < 2 * kMaxItems; ++id) Erase(id);
  for (std::uint64_t id = 0; id < 20; ++id) Put(id, At(10, 20), 50);
  std::vector<ItemTree::LeafMark> marks;
  std::uint32_t leaf = 0;
  tree_->Mark(marks, leaf, 0, 0);
  ASSERT_EQ(leaf, 0u);
  EXPECT_FALSE(tree_->Mark(marks, leaf, 4, 5));
}

TEST_F(ItemTreeTest, AnEmptyTreeIsInOrder) { ExpectAgreement(); }

TEST_F(ItemTreeTest, AnOlderPutIsStaleAndChangesNothing) {
  Put(7, At(1, 2), 100);
  EXPECT_EQ(tree_->Put({7, At(3, 4), 99, 5}), ItemTree::PutResult::kStale);
  EXPECT_EQ(tree_->Find(7)->position, At(1, 2));
  EXPECT_EQ(tree_->Find(7)->mask, 0u);
}

TEST_F(ItemTreeTest, AMaskIsKeptUntilAnotherIsGiven) {
  tree_->Put({7, At(1, 2), 0, 5});
  tree_->Put({7, At(-50, 100), 0});
  EXPECT_EQ(tree_->Find(7)->mask, 5u);
  tree_->Put({7, At(-50, 100), 0, 6});
  EXPECT_EQ(tree_->Find(7)->mask, 6u);
}

TEST_F(ItemTreeTest, OneSpotHoldsAnyNumber) {
  const std::size_t many = testing::Scaled(20'000);
  for (std::uint64_t id = 0; id < many; ++id) Put(id, At(37.5, 127));
  ExpectAgreement();
  for (std::uint64_t id = 0; id < many; id += 2) Erase(id);
  ExpectAgreement();
  for (std::uint64_t id = 1; id < many; id += 2) Erase(id);
  ExpectAgreement();
}

TEST_F(ItemTreeTest, MemoryGoesBackWhenACrowdHasLeft) {
  // The arenas give back no less than a huge page, and keep a few to spare.
  constexpr std::size_t kToSpare = 5 * kHugePageBytes;
  constexpr std::size_t many = 800'000;
  const auto bytes = [&] { return tree_->block_bytes() + tree_->map_bytes(); };
  const std::size_t at_first = bytes();
  for (std::uint64_t id = 0; id < many; ++id) {
    Put(id, AnyPosition(random_), id % 16 == 0 ? 2 : 1);
  }
  const std::size_t crowded = bytes();
  EXPECT_GT(crowded - at_first, many * (ItemBlock::kBytesPerItem + 12));
  SweepAll(1);
  SweepAll(1);
  std::erase_if(twin_, [](const auto& e) { return e.second.stamp == 1; });
  ExpectAgreement();
  EXPECT_LT(bytes() - at_first, (crowded - at_first) / 10 + kToSpare);

  for (std::uint64_t id = 0; id < many; id += 16) Erase(id);
  SweepAll(0);
  ExpectAgreement();
  EXPECT_LE(bytes() - at_first, kToSpare);
}

TEST_F(ItemTreeTest, ASweepErasesWhatIsDueAndNothingElse) {
  for (std::uint64_t id = 0; id < 5'000; ++id) {
    Put(id, AnyPosition(random_), random_.Between(0, 99));
  }
  const std::size_t due = std::erase_if(twin_, [](const auto& e) { return e.second.stamp <= 40; });
  EXPECT_EQ(SweepAll(40), due);
  ExpectAgreement();
  EXPECT_EQ(SweepAll(40), 0u);
}

TEST_F(ItemTreeTest, ASweepOfOneSpotIsBoundedAndComplete) {
  for (std::uint64_t id = 0; id < 5'000; ++id) Put(id, At(0, 0), random_.Between(0, 99));
  const std::size_t due = std::erase_if(twin_, [](const auto& e) { return e.second.stamp <= 90; });
  EXPECT_LE(tree_->Sweep(INT64_MIN, 10).erased, 0u);
  const ItemTree::SweepResult first = tree_->Sweep(90, 300);
  EXPECT_LE(first.erased, 300 + kMaxItems);
  EXPECT_EQ(first.erased + SweepAll(90), due);
  ExpectAgreement();
}

// Whoever is due when a round begins is gone when it ends, whatever splits and merges in between.
TEST_F(ItemTreeTest, ARoundOfSweepsMissesNobodyWhileTheTreeChanges) {
  for (int repeat = 0; repeat < 10; ++repeat) {
    tree_.emplace();
    twin_.clear();
    const Position city = AnyPosition(random_);
    for (std::uint64_t id = 0; id < 3'000; ++id) {
      Put(id, *ToPosition(testing::NearTo(ToDegrees(city), 5'000, random_)), 0);
    }
    for (bool complete = false; !complete;) {
      complete = tree_->Sweep(0, 200).round_complete;
      for (int i = 0; i < 50; ++i) {
        Put(3'000 + random_.Below(2'000),
            *ToPosition(testing::NearTo(ToDegrees(city), 5'000, random_)), 1);
        tree_->Erase(random_.Below(3'000));
      }
    }
    for (std::uint64_t id = 0; id < 3'000; ++id) {
      ASSERT_FALSE(tree_->Contains(id));
      twin_.erase(id);
    }
    ExpectAgreement();
  }
}

// Phases in which the crowd gathers and scatters, so that the tree splits and merges all over.
TEST_F(ItemTreeTest, StaysInOrderThroughRandomHistories) {
  for (const testing::Crowd& crowd : testing::Crowds()) {
    SCOPED_TRACE(crowd.name);
    tree_.emplace();
    twin_.clear();
    for (int phase = 0; phase < 8; ++phase) {
      const testing::Crowd& towards = random_.OneIn(2) ? crowd : random_.Pick(testing::Crowds());
      const std::size_t ids = random_.Pick(std::vector<std::size_t>{50, 500, 5'000});
      const std::size_t erase_one_in = random_.Pick(std::vector<std::size_t>{2, 3, 20});
      for (std::size_t i = 0; i < testing::Scaled(6'000); ++i) {
        const std::uint64_t id = random_.Below(ids);
        if (random_.OneIn(erase_one_in)) {
          Erase(id);
        } else {
          Put(id, *ToPosition(towards.place(random_)), phase);
        }
        // Whoever has not been put for three phases goes, whenever a sweep comes by.
        if (random_.OneIn(100)) tree_->Sweep(phase - 3, 200);
      }
      SweepAll(phase - 3);
      std::erase_if(twin_, [&](const auto& e) { return e.second.stamp <= phase - 3; });
      ExpectAgreement();
    }
  }
}

}  // namespace
}  // namespace moyeo::spatial
