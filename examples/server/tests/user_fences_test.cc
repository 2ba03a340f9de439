#include "user_fences.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "server_fixture.h"

namespace moyeo::server {
namespace {

class UserFencesTest : public ServerFixture {
 protected:
  static FenceOptions Circle(const std::string& name, double radius_m = 100) {
    return {.region = FenceCircle{.center = {37.5, 127}, .radius_m = radius_m}, .name = name};
  }

  static FenceOptions Polygon(std::vector<LatLng> vertices) {
    return {.region = FencePolygon{.vertices = std::move(vertices)}, .name = "polygon"};
  }

  std::vector<std::string> NamesOf(UserId user) const {
    std::vector<std::string> names;
    for (const FenceOptions& fence : fences_->Of(user)) names.push_back(fence.name);
    return names;
  }
};

TEST_F(UserFencesTest, ANameIsOneFenceOfEachUser) {
  ASSERT_TRUE(fences_->Put(kAda, Circle("b")).ok());
  ASSERT_TRUE(fences_->Put(kAda, Circle("a")).ok());
  ASSERT_TRUE(fences_->Put(kBob, Circle("a")).ok());
  ASSERT_TRUE(fences_->Put(kAda, Circle("a", 50)).ok());
  EXPECT_THAT(NamesOf(kAda), ::testing::ElementsAre("a", "b"));
  EXPECT_EQ(std::get<FenceCircle>(fences_->Find(kAda, "a")->region).radius_m, 50);
  EXPECT_EQ(std::get<FenceCircle>(fences_->Find(kBob, "a")->region).radius_m, 100);
  EXPECT_EQ(engine_->fences().size(), 3U);
  fences_->RemoveAll(kAda);
  EXPECT_FALSE(fences_->Find(kAda, "a").has_value());
  EXPECT_THAT(NamesOf(kBob), ::testing::ElementsAre("a"));
  EXPECT_EQ(engine_->fences().size(), 1U);
  EXPECT_FALSE(fences_->Remove(kAda, "a"));
  EXPECT_TRUE(fences_->Remove(kBob, "a"));
  EXPECT_EQ(engine_->fences().size(), 0U);
}

TEST_F(UserFencesTest, TheOwnerIsWhoPutsIt) {
  FenceOptions fence = Circle("door");
  fence.owner = kBob;
  ASSERT_TRUE(fences_->Put(kAda, fence).ok());
  EXPECT_EQ(fences_->Find(kAda, "door")->owner, kAda);
  fence.owner.reset();
  ASSERT_TRUE(fences_->Put(kAda, fence).ok());
  EXPECT_EQ(fences_->Find(kAda, "door")->owner, kAda);
  EXPECT_FALSE(fences_->Find(kBob, "door").has_value());

  Register(kAda, "Ada");
  Register(kBob, "Bob");
  const auto tick = [&](FenceId& told) {
    const auto result =
        engine_->fences().Tick(now_, [&](const FenceEvent& event) { told = event.fence; });
    EXPECT_TRUE(result.ok());
  };
  FenceId told{};
  tick(told);
  ASSERT_TRUE(engine_->Move(kBob, {37.5, 127}, now_).ok());
  tick(told);
  ASSERT_TRUE(fences_->OwnerOf(told).has_value());
  EXPECT_EQ(fences_->OwnerOf(told)->user, kAda);
  EXPECT_EQ(fences_->OwnerOf(told)->name, "door");
  fences_->Remove(kAda, "door");
  EXPECT_FALSE(fences_->OwnerOf(told).has_value());
}

TEST_F(UserFencesTest, TheyAreBoundedAndWhatIsRefusedChangesNothing) {
  ASSERT_TRUE(fences_->Put(kAda, Circle("a")).ok());
  ASSERT_TRUE(fences_->Put(kAda, Circle("b")).ok());
  EXPECT_TRUE(absl::IsResourceExhausted(fences_->Put(kAda, Circle("c"))));
  EXPECT_TRUE(fences_->Put(kAda, Circle("b")).ok());
  EXPECT_TRUE(fences_->Put(kBob, Circle("b")).ok());

  FenceOptions wide = Circle("b");
  wide.margin_m = 1'001;
  FenceOptions endless = Circle("b");
  endless.dwell_ms = FenceOptions::kMaxDwellMs + 1;
  FenceOptions cells = Circle("b");
  cells.region = FenceCells{.ids = {std::uint64_t{1} << 60}};
  const std::vector<LatLng> many(101, LatLng{37.5, 127});
  for (const FenceOptions& wrong : {Circle("b", 5'001), wide, endless, cells, Polygon(many),
                                    Polygon({{37, 127}, {37, 127.01}, {37.05, 127}}),
                                    Polygon({{37, 127}, {91, 127}, {37.01, 127}})}) {
    EXPECT_TRUE(absl::IsInvalidArgument(fences_->Put(kAda, wrong)));
  }
  EXPECT_EQ(std::get<FenceCircle>(fences_->Find(kAda, "b")->region).radius_m, 100);
  EXPECT_EQ(engine_->fences().size(), 3U);

  // The engine's own bound.
  Fences few(engine_->presence(), {.max_fences = 1});
  UserFences fences(few, {});
  EXPECT_TRUE(fences.Put(kAda, Circle("a")).ok());
  EXPECT_TRUE(absl::IsResourceExhausted(fences.Put(kBob, Circle("a"))));
  EXPECT_TRUE(fences.Of(kBob).empty());
}

TEST(FenceNames, AreShortAndPlain) {
  for (const char* name : {"a", "Home-2", "a.b_c", "0"}) EXPECT_TRUE(IsFenceName(name)) << name;
  EXPECT_TRUE(IsFenceName(std::string(64, 'a')));
  EXPECT_FALSE(IsFenceName(std::string(65, 'a')));
  for (const char* name : {"", " ", "a b", "a\"", "\xff", "\xec\xa7\x91"}) {
    EXPECT_FALSE(IsFenceName(name)) << name;
  }
}

}  // namespace
}  // namespace moyeo::server
