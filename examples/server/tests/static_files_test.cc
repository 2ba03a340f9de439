#include "static_files.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

namespace moyeo::server {
namespace {

class StaticFilesTest : public ::testing::Test {
 protected:
  StaticFilesTest() {
    std::filesystem::create_directories(root_);
    Write("one");
  }
  ~StaticFilesTest() override { std::filesystem::remove_all(root_); }

  void Write(const std::string& text) const { std::ofstream(root_ + "/a.txt") << text; }

  std::optional<Response> Serve(const std::optional<std::string>& tag = std::nullopt) {
    return files_.Serve(root_, std::vector<std::string>{"a.txt"}, tag);
  }

  const std::string root_ = ::testing::TempDir() + "/static_files_test";
  StaticFiles files_;
};

TEST_F(StaticFilesTest, AllWhoAreGivenAFileShareOneCopy) {
  const auto first = Serve();
  const auto second = Serve();
  ASSERT_TRUE(first.has_value() && second.has_value());
  EXPECT_EQ(first->Body(), "one");
  EXPECT_EQ(first->shared, second->shared);
}

TEST_F(StaticFilesTest, NothingIsHeldThatNobodyIsGiven) {
  auto first = Serve();
  const std::weak_ptr<const std::string> held = first->shared;
  first.reset();
  EXPECT_TRUE(held.expired());
  EXPECT_EQ(Serve()->Body(), "one");
}

TEST_F(StaticFilesTest, AChangedFileIsReadAnew) {
  const auto first = Serve();
  Write("another");
  const auto second = Serve();
  EXPECT_EQ(first->Body(), "one");
  EXPECT_EQ(second->Body(), "another");
  EXPECT_EQ(Serve(second->headers[0].second)->status, 304);
  EXPECT_EQ(Serve(first->headers[0].second)->status, 200);
}

}  // namespace
}  // namespace moyeo::server
