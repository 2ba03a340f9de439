#include "bench/peers/chart.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "bench/support/well_formed.h"

namespace moyeo::bench {
namespace {

Result Of(std::string engine, std::string operation, std::size_t users, double ns) {
  return {.engine = std::move(engine),
          .operation = std::move(operation),
          .users = users,
          .distribution = "city",
          .threads = 1,
          .ns = {.median = ns, .p10 = ns, .p90 = ns},
          .bytes_per_user = 50};
}

bool Contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(ChartTest, IsWellFormedAndSmall) {
  std::vector<Result> results;
  for (const std::size_t users : {100'000, 1'000'000, 20'000'000}) {
    for (const char* operation : {"move", "nearest_50_5km", "nearest_50_700km", "mix_5km"}) {
      for (const char* engine : {"moyeo", "one", "two", "three", "four", "five", "six"}) {
        results.push_back(Of(engine, operation, users, 12'345));
      }
    }
  }
  const std::string svg = ToSvg(results, "a <machine> & \"its\" date");
  EXPECT_TRUE(IsWellFormed(svg)) << svg;
  EXPECT_TRUE(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""));
  EXPECT_LT(svg.size(), 60'000);
  EXPECT_TRUE(Contains(svg, "a &lt;machine&gt; &amp; \"its\" date"));
}

TEST(ChartTest, ShowsAMillionAndTheLargest) {
  const std::string svg =
      ToSvg(std::vector{Of("moyeo", "move", 100'000, 90), Of("moyeo", "move", 1'000'000, 100),
                        Of("moyeo", "move", 20'000'000, 110)},
            "");
  EXPECT_FALSE(Contains(svg, "100000 users"));
  EXPECT_TRUE(Contains(svg, ">1 million users<"));
  EXPECT_TRUE(Contains(svg, ">20 million users<"));
  EXPECT_TRUE(Contains(svg, ">110 ns<"));
}

TEST(ChartTest, BarsGrowWithTheLogarithm) {
  const std::string svg =
      ToSvg(std::vector{Of("moyeo", "move", 1'000'000, 100), Of("one", "move", 1'000'000, 1'000),
                        Of("two", "move", 1'000'000, 10'000)},
            "");
  EXPECT_TRUE(Contains(svg, "width=\"329.0\" height=\"11.0\""));
  EXPECT_TRUE(Contains(svg, "width=\"658.0\" height=\"11.0\""));
  EXPECT_TRUE(Contains(svg, ">1.00 µs<"));
}

TEST(ChartTest, LeavesOutWhatIsNotCompared) {
  Result two_threads = Of("moyeo", "mix_5km", 1'000'000, 100);
  two_threads.threads = 2;
  Result uniform = Of("moyeo", "move", 1'000'000, 100);
  uniform.distribution = "uniform";
  const std::string svg =
      ToSvg(std::vector{two_threads, uniform, Of("floor", "sincos", 0, 30)}, "caption");
  EXPECT_TRUE(IsWellFormed(svg));
  EXPECT_FALSE(Contains(svg, "<rect"));
}

}  // namespace
}  // namespace moyeo::bench
