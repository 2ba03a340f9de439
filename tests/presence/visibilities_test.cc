#include "presence/visibilities.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>

namespace moyeo::presence {
namespace {

TEST(VisibilitiesTest, WithoutRoomThoseAreForgottenForWhomItWasDecidedLongestAgo) {
  const Visibilities visibilities(Visibility::kCloaked, 1);
  constexpr std::uint64_t kUsers = 200'000;
  std::size_t remembered = 0;
  for (std::uint64_t user = 0; user < kUsers; ++user) {
    visibilities.Remember(user, {{1, 2}, static_cast<std::int64_t>(user)});
    ASSERT_NE(visibilities.WhereShown(user), nullptr);
  }
  for (std::uint64_t user = 0; user < kUsers; ++user) {
    remembered += visibilities.WhereShown(user) != nullptr;
  }
  EXPECT_EQ(visibilities.WhereShown(0), nullptr);
  // 64 in each of 1,024 shards, and 2 for the one user that there may be.
  EXPECT_LE(remembered, 66u * 1'024);
  EXPECT_GE(remembered, 30u * 1'024);
  for (std::uint64_t user = kUsers - 20'000; user < kUsers; ++user) {
    EXPECT_NE(visibilities.WhereShown(user), nullptr);
  }
}

TEST(VisibilitiesTest, MemoryIsCounted) {
  const Visibilities visibilities(Visibility::kCloaked, 100);
  EXPECT_EQ(visibilities.bytes(), 0u);
  visibilities.Remember(7, {{1, 2}, 3});
  EXPECT_GT(visibilities.bytes(), sizeof(Visibilities::Cloaked));
}

}  // namespace
}  // namespace moyeo::presence
