#include "http_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace moyeo::server {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST(ParseTarget, SplitsAndDecodes) {
  const auto target = ParseTarget("/v1/me%2Fets/%EB%AA%A8?text=a+b%26&x&y=1=2#z");
  ASSERT_TRUE(target.has_value());
  EXPECT_THAT(target->segments, ElementsAre("v1", "me/ets", "모"));
  EXPECT_THAT(target->query, ElementsAre(Pair("text", "a b&"), Pair("x", ""), Pair("y", "1=2")));
  EXPECT_EQ(target->Find("x"), "");
  EXPECT_EQ(target->Find("z"), std::nullopt);
}

TEST(ParseTarget, ARootHasOneEmptySegment) {
  EXPECT_THAT(ParseTarget("/")->segments, ElementsAre(""));
  EXPECT_THAT(ParseTarget("/docs/")->segments, ElementsAre("docs", ""));
  EXPECT_THAT(ParseTarget("/?&")->query, IsEmpty());
}

TEST(ParseTarget, RefusesWhatIsNoPath) {
  for (const char* text : {"", "*", "http://x/", "/%", "/%4", "/%4g", "/a?x=%zz"}) {
    EXPECT_EQ(ParseTarget(text), std::nullopt) << text;
  }
  EXPECT_TRUE(ParseTarget("/%41").has_value());
}

}  // namespace
}  // namespace moyeo::server
