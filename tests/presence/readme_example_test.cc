// The fragments in README.md about feeds and visibility, compiled and run.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <fstream>
#include <span>
#include <sstream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "moyeo/feed.h"
#include "moyeo/presence.h"
#include "support/status.h"

namespace moyeo::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr moyeo::Timestamp now{std::chrono::milliseconds{1'700'000'000'000}};

std::size_t sent = 0;
void Send(FeedId, std::span<const FeedDelta> deltas) { sent += deltas.size(); }

// The text of README.md, to the letter but for its indentation.
absl::Status RunFeeds(NearbyFeeds& feeds) {
  // clang-format off
  auto feed = feeds.Subscribe({.center = moyeo::UserId{7}, .radius_m = 5'000, .limit = 50});
  if (!feed.ok()) return feed.status();
  auto tick = feeds.Tick(now, [](const moyeo::FeedUpdate& update) { Send(update.feed, update.deltas); });
  if (!tick.ok()) return tick.status();
  // clang-format on
  return absl::OkStatus();
}

absl::Status RunVisibility(PresenceIndex& index) {
  // clang-format off
  absl::Status status = index.SetVisibility(moyeo::UserId{7}, moyeo::Visibility::kCloaked);
  status.Update(index.AddToViewerSet(moyeo::ViewerSet::kSeesExactly, moyeo::UserId{8}, moyeo::UserId{7}));
  status.Update(index.AddToViewerSet(moyeo::ViewerSet::kNeverSees, moyeo::UserId{9}, moyeo::UserId{7}));
  if (!status.ok()) return status;
  // clang-format on
  return absl::OkStatus();
}

class ReadmeExampleTest : public ::testing::Test {
 protected:
  ReadmeExampleTest() {
    EXPECT_THAT(index_.Move(UserId{7}, {37.5665, 126.9780}, now), IsOk());
    EXPECT_THAT(index_.Move(UserId{8}, {37.5658, 126.9751}, now), IsOk());
  }

  std::vector<Neighbor> WhoIsNear(UserId user) {
    EXPECT_THAT(index_.Move(user, {37.5658, 126.9751}, now), IsOk());
    return index_.NearbyUser(user, {.radius_m = 5'000, .filter = {.any_of = 1}}, now).value();
  }

  PresenceIndex index_;
};

TEST_F(ReadmeExampleTest, AFeedTellsWhoIsNear) {
  NearbyFeeds feeds(index_);
  EXPECT_THAT(RunFeeds(feeds), IsOk());
  EXPECT_EQ(sent, 1u);
}

TEST_F(ReadmeExampleTest, AFriendSeesWhereSomebodyIsAStrangerTheirCellAndTheBlockedNothing) {
  const LatLng exact{37.5665, 126.9780};
  EXPECT_THAT(index_.Move(UserId{7}, exact, now, 1), IsOk());
  EXPECT_THAT(RunVisibility(index_), IsOk());
  ASSERT_THAT(WhoIsNear(UserId{8}), SizeIs(1));
  EXPECT_EQ(WhoIsNear(UserId{8})[0].position, Canonical(exact).value());
  ASSERT_THAT(WhoIsNear(UserId{10}), SizeIs(1));
  EXPECT_NE(WhoIsNear(UserId{10})[0].position, Canonical(exact).value());
  EXPECT_THAT(WhoIsNear(UserId{9}), IsEmpty());
}

std::string ReadFile(const char* path) {
  std::ifstream file(path);
  EXPECT_TRUE(file) << path;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(ReadmeFragmentsTest, AreTheOnesAbove) {
  const std::string readme = ReadFile(MOYEO_README);
  std::istringstream lines(ReadFile(MOYEO_THIS_FILE));
  std::size_t fragments = 0;
  std::string line;
  while (std::getline(lines, line)) {
    if (line != "  // clang-format off") continue;
    std::string fragment;
    while (std::getline(lines, line) && line != "  // clang-format on") {
      fragment += "  " + line + "\n";
    }
    EXPECT_THAT(readme, HasSubstr(fragment));
    ++fragments;
  }
  EXPECT_EQ(fragments, 2u);
}

}  // namespace
}  // namespace moyeo::testing
