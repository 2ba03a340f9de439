#include "bench/support/result.h"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

namespace moyeo::bench {
namespace {

std::string ReadFile(const std::string& path) {
  std::ostringstream content;
  content << std::ifstream(path).rdbuf();
  return content.str();
}

TEST(ToJsonTest, HasOneObjectPerResultWithKeysInOrder) {
  const std::vector<Result> results = {{.engine = "moyeo",
                                        .operation = "move",
                                        .users = 20'000'000,
                                        .distribution = "city",
                                        .threads = 2,
                                        .ns = {.median = 108.456, .p10 = 100, .p90 = 1e6},
                                        .bytes_per_user = 52.5},
                                       {}};
  const auto json = nlohmann::ordered_json::parse(ToJson(results));
  ASSERT_EQ(json.size(), 2);
  EXPECT_EQ(json[0].dump(),
            R"({"engine":"moyeo","operation":"move","users":20000000,"distribution":"city",)"
            R"("threads":2,"ns_median":108.46,"ns_p10":100.0,"ns_p90":1000000.0,)"
            R"("bytes_per_user":52.5})");
}

TEST(ToJsonTest, TellsOfASampleIfThereIsOne) {
  std::vector<Result> results(2);
  results[0].sample = 5'000;
  const auto json = nlohmann::json::parse(ToJson(results));
  EXPECT_EQ(json[0]["sample"], 5'000);
  EXPECT_FALSE(json[1].contains("sample"));
}

TEST(ToJsonTest, OfNothingIsAnEmptyArray) { EXPECT_EQ(ToJson({}), "[]\n"); }

TEST(ToJsonTest, EscapesText) {
  Result result;
  result.engine = "a\"b\\c\n";
  EXPECT_EQ(nlohmann::json::parse(ToJson(std::vector{result}))[0]["engine"], result.engine);
}

TEST(WriteFileTest, ReplacesWhatWasThere) {
  const std::string path = testing::TempDir() + "/moyeo_bench_result_test.json";
  ASSERT_TRUE(WriteFile(path, "a longer text").ok());
  ASSERT_TRUE(CheckWritable(path).ok());
  EXPECT_EQ(ReadFile(path), "a longer text");
  ASSERT_TRUE(WriteFile(path, "short").ok());
  EXPECT_EQ(ReadFile(path), "short");
  std::remove(path.c_str());
}

TEST(WriteFileTest, SaysWhichPathCannotBeWrittenAndWhy) {
  const std::string path = testing::TempDir() + "/no/such/folder/out.json";
  for (const absl::Status& status : {CheckWritable(path), WriteFile(path, "")}) {
    EXPECT_EQ(status.message(), "cannot write " + path + ": No such file or directory");
  }
}

}  // namespace
}  // namespace moyeo::bench
