#include <gtest/gtest.h>

#include <random>
#include <string>
#include <variant>

#include "stream_messages.h"

namespace moyeo::server {
namespace {

// What the reader of all messages makes of it; nullopt if it is no move, or a wrong one.
std::optional<LatLng> SlowMove(std::string_view text) {
  StreamMessage message;
  if (!ReadStreamMessage(text, {}, message).ok()) return std::nullopt;
  const auto* move = std::get_if<MoveTo>(&message.body);
  return move == nullptr ? std::nullopt : std::optional(move->position);
}

TEST(PlainMove, IsReadAsAnyOtherMessageIs) {
  for (const char* text :
       {R"({"type":"move","lat":37.5665,"lng":126.978})", R"({"type":"move","lat":-90,"lng":180})",
        R"({"type":"move","lat":0,"lng":-0.0000001})", R"({"type":"move","lat":-0,"lng":0.10})"}) {
    const auto move = ReadPlainMove(text);
    ASSERT_TRUE(move.has_value()) << text;
    EXPECT_EQ(move, SlowMove(text)) << text;
  }
}

TEST(PlainMove, AllElseIsLeftToTheOther) {
  for (const char* text :
       {"", "{}", R"({"type":"move"})", R"({"type":"move","lat":91,"lng":0})",
        R"({"type":"move","lat":0,"lng":-180.1})", R"({"type":"move","lat":.5,"lng":0})",
        R"({"type":"move","lat":5.,"lng":0})", R"({"type":"move","lat":05,"lng":0})",
        R"({"type":"move","lat":+5,"lng":0})", R"({"type":"move","lat":-,"lng":0})",
        R"({"type":"move","lat":1e1,"lng":0})", R"({"type":"move","lat":nan,"lng":0})",
        R"({"type":"move","lat":inf,"lng":0})", R"({"type":"move","lat":"5","lng":0})",
        R"({"type":"move","lat":5,"lng":0,"id":"x"})", R"({"type":"move","lng":5,"lat":0})",
        R"({"type":"move","lat":5,"lng":0}x)", R"( {"type":"move","lat":5,"lng":0})"}) {
    EXPECT_EQ(ReadPlainMove(text), std::nullopt) << text;
  }
}

TEST(PlainMove, WithAnyCharacterChangedItIsReadAlikeOrLeft) {
  std::mt19937_64 random(1);
  const std::string plain = R"({"type":"move","lat":-37.5665,"lng":126.978})";
  constexpr std::string_view kDrawn = "0123456789.-+eE ,:\"{}";
  for (int round = 0; round < 50'000; ++round) {
    std::string text = plain;
    for (int changes = 1 + static_cast<int>(random() % 3); changes > 0; --changes) {
      const std::size_t at = random() % text.size();
      switch (random() % 3) {
        case 0:
          text[at] = kDrawn[random() % kDrawn.size()];
          break;
        case 1:
          text.insert(at, 1, kDrawn[random() % kDrawn.size()]);
          break;
        default:
          text.erase(at, 1);
      }
    }
    if (const auto move = ReadPlainMove(text); move.has_value()) {
      EXPECT_EQ(move, SlowMove(text)) << text;
    }
  }
}

}  // namespace
}  // namespace moyeo::server
