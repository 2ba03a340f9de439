#include "cloak_memory.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "moyeo/presence.h"

namespace moyeo::server {
namespace {

constexpr UserId kUser{7};
constexpr LatLng kHere{37.5665, 126.978};
constexpr LatLng kThere{37.5666, 126.978};

TEST(CloakMemory, AnswersAsTheIndexDoes) {
  PresenceIndex index;
  CloakMemory memory(index);
  EXPECT_FALSE(memory.IsCloaked(kUser, kHere));
  ASSERT_TRUE(index.SetVisibility(UserId{8}, Visibility::kCloaked).ok());
  EXPECT_TRUE(memory.IsCloaked(UserId{8}, kHere));
}

TEST(CloakMemory, AsksAnewOfWhoIsShownElsewhere) {
  PresenceIndex index;
  CloakMemory memory(index);
  EXPECT_FALSE(memory.IsCloaked(kUser, kHere));
  ASSERT_TRUE(index.SetVisibility(kUser, Visibility::kCloaked).ok());
  EXPECT_TRUE(memory.IsCloaked(kUser, kThere));
  ASSERT_TRUE(index.SetVisibility(kUser, Visibility::kExact).ok());
  EXPECT_FALSE(memory.IsCloaked(kUser, kHere));
}

TEST(CloakMemory, IsBounded) {
  PresenceIndex index;
  CloakMemory memory(index, 10);
  for (std::uint64_t user = 1; user <= 100; ++user) {
    memory.IsCloaked(UserId{user}, kHere);
    EXPECT_LE(memory.size(), 10);
  }
}

// What is shown of a user, and by that whether they are cloaked, as a stranger finds them.
TEST(CloakMemory, IsNeverWrongAboutWhatIsShown) {
  const Timestamp now{std::chrono::milliseconds{1'700'000'000'000}};
  std::mt19937_64 random(1);
  PresenceIndex index;
  CloakMemory memory(index, 5);
  const auto draw = [&](std::size_t n) { return random() % n; };
  for (int step = 0; step < 5'000; ++step) {
    const UserId user{1 + draw(8)};
    if (draw(3) == 0) {
      constexpr Visibility kAny[] = {Visibility::kExact, Visibility::kCloaked, Visibility::kHidden};
      ASSERT_TRUE(index.SetVisibility(user, kAny[draw(3)]).ok());
    } else {
      const LatLng position{37.5 + 0.001 * static_cast<double>(draw(100)), 127};
      ASSERT_TRUE(index.Move(user, position, now).ok());
    }
    const auto found = index.Nearby(kHere, {.limit = 100}, now);
    ASSERT_TRUE(found.ok());
    for (const Neighbor& shown : *found) {
      EXPECT_EQ(memory.IsCloaked(shown.user, shown.position),
                index.VisibilityOf(shown.user) == Visibility::kCloaked)
          << step;
    }
  }
}

}  // namespace
}  // namespace moyeo::server
