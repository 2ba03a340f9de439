#include "examples/crowd/near_scanner.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <random>
#include <string>

#include "absl/strings/str_cat.h"

namespace moyeo_crowd {
namespace {

constexpr const char* kExample =
    R"({"type":"near","feed":3,"time":1700000000123,"enter":[["8",37.5658,126.9751,131.2],)"
    R"(["18446744073709551615",-0.0000001,-180,0,1]],"move":[["9",90,0.5,12]],"leave":["10","11"]})";

// The same by way of a tree.
Near SlowScan(const std::string& message) {
  const auto json = nlohmann::json::parse(message);
  const auto shown = [](const nlohmann::json& item) {
    const auto e7 = [&](int i) {
      return static_cast<std::int32_t>(std::llround(item[i].get<double>() * 1e7));
    };
    return Shown{.user = std::stoull(item[0].get<std::string>()),
                 .position = {e7(1), e7(2)},
                 .distance_m = item[3].get<double>(),
                 .is_cloaked = item.size() > 4 && item[4] != 0};
  };
  Near near{.feed = json.at("feed"),
            .time_ms = json.at("time"),
            .is_reset = json.value("reset", false),
            .enter = {},
            .move = {},
            .leave = {}};
  const auto none = nlohmann::json::array();
  for (const auto& item : json.value("enter", none)) near.enter.push_back(shown(item));
  for (const auto& item : json.value("move", none)) near.move.push_back(shown(item));
  for (const auto& item : json.value("leave", none)) {
    near.leave.push_back(std::stoull(item.get<std::string>()));
  }
  return near;
}

Near Scan(const std::string& message) {
  Near near;
  EXPECT_TRUE(ScanNear(message, near)) << message;
  return near;
}

TEST(NearScannerTest, ReadsAllFields) {
  const Near near = Scan(kExample);
  EXPECT_EQ(near.feed, 3);
  EXPECT_EQ(near.time_ms, 1'700'000'000'123);
  EXPECT_FALSE(near.is_reset);
  ASSERT_EQ(near.enter.size(), 2);
  EXPECT_EQ(near.enter[0], (Shown{8, {375'658'000, 1'269'751'000}, 131.2, false}));
  EXPECT_EQ(near.enter[1], (Shown{~std::uint64_t{0}, {-1, -1'800'000'000}, 0, true}));
  ASSERT_EQ(near.move.size(), 1);
  EXPECT_EQ(near.move[0], (Shown{9, {900'000'000, 5'000'000}, 12, false}));
  EXPECT_EQ(near.leave, (std::vector<std::uint64_t>{10, 11}));
  EXPECT_EQ(near, SlowScan(kExample));
}

TEST(NearScannerTest, ForgetsWhatItReadBefore) {
  Near near = Scan(kExample);
  ASSERT_TRUE(ScanNear(R"({"type":"near","feed":1,"time":5,"reset":true,"enter":[]})", near));
  EXPECT_EQ(
      near,
      (Near{.feed = 1, .time_ms = 5, .is_reset = true, .enter = {}, .move = {}, .leave = {}}));
}

TEST(NearScannerTest, SkipsFieldsItDoesNotKnow) {
  const Near near = Scan(
      R"({"type":"near","new":{"a":[1,{"b":"x\"]}"}],"c":null},"feed":2,"old":-1.5e3,"time":7,)"
      R"("more":[],"none":{},"yes":true,"no":false})");
  EXPECT_EQ(near.feed, 2);
  EXPECT_EQ(near.time_ms, 7);
}

TEST(NearScannerTest, ReadsPositionsHoweverTheyAreWritten) {
  const Near near = Scan(R"({"type":"near","feed":1,"time":1,"move":[)"
                         R"(["1",-1e-7,1.5E1,0],["2",37.56579999999999,1e2,0]]})");
  ASSERT_EQ(near.move.size(), 2);
  EXPECT_EQ(near.move[0].position, (PositionE7{-1, 150'000'000}));
  EXPECT_EQ(near.move[1].position, (PositionE7{375'658'000, 1'000'000'000}));
}

TEST(NearScannerTest, RefusesWhatIsNotANearMessage) {
  Near near;
  for (const char* message : {"",
                              "{}",
                              "[]",
                              R"({"type":"event","event":{}})",
                              R"({"feed":1,"type":"near"})",
                              R"({"type":"near","feed":1,"time":1)",
                              R"({"type":"near","feed":1,"time":1}x)",
                              R"({"type":"near","feed":"1","time":1})",
                              R"({"type":"near","move":[["x",1,2,3]]})",
                              R"({"type":"near","move":[["1",1,2]]})",
                              R"({"type":"near","move":[["1",90.1,2,3]]})",
                              R"({"type":"near","move":[["1",1,180.0000001,3]]})",
                              R"({"type":"near","move":[["1",,2,3]]})",
                              R"({"type":"near","move":[["1",1,2,3,1,1]]})",
                              R"({"type":"near","move":[["-1",1,2,3]]})",
                              R"({"type":"near","leave":[1]})",
                              R"({"type":"near","reset":1})",
                              R"({"type":"near","x":"a\)",
                              R"({"type":"near","x":[1})",
                              R"({"type":"near","x":{1:2}})",
                              R"({"type":"near","x":[[[[[[[[[[[[[[[[[[[[0]]]]]]]]]]]]]]]]]]]]})"}) {
    EXPECT_FALSE(ScanNear(message, near)) << message;
  }
}

TEST(NearScannerTest, CutAnywhereItIsRefused) {
  const std::string whole = kExample;
  Near near;
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_FALSE(ScanNear(whole.substr(0, length), near)) << length;
  }
}

TEST(NearScannerTest, AgreesWithATreeOfTheSame) {
  std::mt19937_64 random(7);
  const auto draw = [&](std::int64_t least, std::int64_t most) {
    return std::uniform_int_distribution<std::int64_t>(least, most)(random);
  };
  for (int round = 0; round < 500; ++round) {
    const auto list = [&] {
      auto items = nlohmann::ordered_json::array();
      for (std::int64_t n = draw(0, 5); n > 0; --n) {
        auto item = nlohmann::ordered_json::array(
            {absl::StrCat(random() >> draw(0, 63)),
             static_cast<double>(draw(-900'000'000, 900'000'000)) / 1e7,
             static_cast<double>(draw(-1'800'000'000, 1'800'000'000)) / 1e7,
             static_cast<double>(draw(0, 50'000)) / 10});
        if (draw(0, 1) == 1) item.push_back(1);
        items.push_back(item);
      }
      return items;
    };
    auto leave = nlohmann::ordered_json::array();
    for (std::int64_t n = draw(0, 3); n > 0; --n) leave.push_back(absl::StrCat(random()));
    const nlohmann::ordered_json message = {{"type", "near"},
                                            {"feed", draw(0, 9)},
                                            {"time", draw(0, 1LL << 52)},
                                            {"reset", draw(0, 1) == 1},
                                            {"enter", list()},
                                            {"move", list()},
                                            {"leave", leave}};
    const std::string text = message.dump(draw(0, 1) == 1 ? 1 : -1);
    // Only the spaces within the lists: the type stands first, without any.
    const std::string told = R"({"type":"near")" + text.substr(text.find(','));
    EXPECT_EQ(Scan(told), SlowScan(told)) << told;
  }
}

TEST(TypeOfTest, IsWhatStandsFirst) {
  EXPECT_EQ(TypeOf(R"({"type":"welcome","user":"7"})"), "welcome");
  EXPECT_EQ(TypeOf(R"({"user":"7","type":"welcome"})"), "");
  EXPECT_EQ(TypeOf(R"({"type":")"), "");
}

}  // namespace
}  // namespace moyeo_crowd
