#include "examples/crowd/names.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace moyeo_crowd {
namespace {

TEST(NamesTest, EverybodyHasANameOfTheirOwn) {
  for (const bool is_korean : {false, true}) {
    std::set<std::string> names;
    for (std::uint64_t user = 0; user < 20'000; ++user) names.insert(NameOf(user, is_korean));
    EXPECT_EQ(names.size(), 20'000);
  }
}

TEST(NamesTest, KoreansHaveKoreanNames) {
  EXPECT_EQ(NameOf(1'000'000'000, true), "김민준");
  EXPECT_EQ(NameOf(1'000'000'001, true), "이서연");
  EXPECT_EQ(NameOf(1'000'000'000 + 24 * 49, true), "김민준 2");
  EXPECT_EQ(NameOf(0, false), "Ada A.");
}

}  // namespace
}  // namespace moyeo_crowd
