#include "near_frames.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "nlohmann/json.hpp"

namespace moyeo::server {
namespace {

using Json = nlohmann::json;

constexpr Timestamp kNow{std::chrono::milliseconds{1'700'000'000'000}};
constexpr auto kNobody = [](UserId) { return false; };

TEST(NearFrames, ADeltaIsWrittenAsTheDocumentSays) {
  const std::vector<FeedDelta> deltas = {{.kind = FeedDelta::Kind::kLeave,
                                          .user = UserId{10},
                                          .position = {},
                                          .distance_m = 0,
                                          .last_seen = {}},
                                         {.kind = FeedDelta::Kind::kEnter,
                                          .user = UserId{8},
                                          .position = {37.5658, 126.9751},
                                          .distance_m = 131.24,
                                          .last_seen = {}},
                                         {.kind = FeedDelta::Kind::kMove,
                                          .user = UserId{9},
                                          .position = {-0.0000001, -126.9},
                                          .distance_m = 20,
                                          .last_seen = {}}};
  EXPECT_EQ(NearFrame(1, kNow, deltas, false, [](UserId user) { return user == UserId{9}; }),
            R"({"type":"near","feed":1,"time":1700000000000,"leave":["10"],)"
            R"("enter":[["8",37.5658000,126.9751000,131.2]],)"
            R"("move":[["9",-0.0000001,-126.9000000,20.0,1]]})");
}

TEST(NearFrames, ASnapshotResets) {
  const std::vector<Neighbor> nobody;
  EXPECT_EQ(NearResetFrame(1, kNow, nobody, kNobody),
            R"({"type":"near","feed":1,"time":1700000000000,"reset":true,"enter":[]})");
  const std::vector<Neighbor> somebody = {
      {.user = UserId{8}, .position = {1, 2}, .distance_m = 3, .last_seen = {}}};
  EXPECT_EQ(NearResetFrame(1, kNow, somebody, kNobody),
            R"({"type":"near","feed":1,"time":1700000000000,"reset":true,)"
            R"("enter":[["8",1.0000000,2.0000000,3.0]]})");
}

// The slow twin: what a JSON library makes of the text is what went in.
TEST(NearFrames, WhatIsWrittenReadsBackExactly) {
  for (std::uint32_t seed = 1; seed <= 50; ++seed) {
    std::mt19937_64 random(seed);
    std::uniform_real_distribution<double> lat(-90, 90);
    std::uniform_real_distribution<double> lng(-180, 180);
    std::uniform_real_distribution<double> meters(0, 2.1e7);
    std::vector<FeedDelta> deltas;
    for (const auto kind :
         {FeedDelta::Kind::kLeave, FeedDelta::Kind::kEnter, FeedDelta::Kind::kMove}) {
      const std::uint64_t count = random() % 20;
      for (std::uint64_t i = 0; i < count; ++i) {
        const auto position = Canonical({lat(random), lng(random)});
        deltas.push_back({.kind = kind,
                          .user = UserId{random()},
                          .position = *position,
                          .distance_m = meters(random),
                          .last_seen = {}});
      }
    }
    const auto is_area = [](UserId user) { return ToNumber(user) % 2 == 0; };
    const Json frame = Json::parse(NearFrame(seed, kNow, deltas, seed % 2 == 0, is_area));
    EXPECT_EQ(frame["feed"], seed);
    EXPECT_EQ(frame.contains("reset"), seed % 2 == 0);

    Json expected = {{"leave", Json::array()}, {"enter", Json::array()}, {"move", Json::array()}};
    for (const FeedDelta& delta : deltas) {
      const std::string user = std::to_string(ToNumber(delta.user));
      if (delta.kind == FeedDelta::Kind::kLeave) {
        expected["leave"].push_back(user);
        continue;
      }
      Json entry = {user, delta.position.lat, delta.position.lng,
                    static_cast<double>(std::llround(delta.distance_m * 10)) / 10};
      if (is_area(delta.user)) entry.push_back(1);
      expected[delta.kind == FeedDelta::Kind::kEnter ? "enter" : "move"].push_back(entry);
    }
    for (const char* list : {"leave", "enter", "move"}) {
      EXPECT_EQ(frame.value(list, Json::array()), expected[list]) << list << ", seed " << seed;
    }
  }
}

TEST(NearFrames, TheLongestEntriesHaveRoom) {
  const FeedDelta longest{.kind = FeedDelta::Kind::kEnter,
                          .user = UserId{std::numeric_limits<std::uint64_t>::max()},
                          .position = {-89.9999999, -179.9999999},
                          .distance_m = 20'015'086.7,
                          .last_seen = {}};
  const std::vector<FeedDelta> deltas(200, longest);
  const std::string frame = NearFrame(std::numeric_limits<std::uint64_t>::max(), kMaxTimestamp,
                                      deltas, true, [](UserId) { return true; });
  EXPECT_EQ(Json::parse(frame)["enter"].size(), 200U);
}

}  // namespace
}  // namespace moyeo::server
