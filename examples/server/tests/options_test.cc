#include "options.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

namespace moyeo::server {
namespace {

class OptionsTest : public ::testing::Test {
 protected:
  ~OptionsTest() override {
    for (const std::string& name : set_) unsetenv(name.c_str());
    std::filesystem::remove(file_);
  }

  void Set(const std::string& name, const std::string& value) {
    set_.push_back(name);
    setenv(name.c_str(), value.c_str(), 1);
  }

  void Write(const std::string& text) { std::ofstream(file_) << text; }

  ParsedOptions Parse(std::vector<const char*> flags) {
    flags.insert(flags.begin(), "moyeo-server");
    return ParseOptions(static_cast<int>(flags.size()), flags.data(), out_, err_);
  }

  // One of its own for each test: they run side by side.
  const std::string file_ =
      ::testing::TempDir() + ::testing::UnitTest::GetInstance()->current_test_info()->name();
  std::vector<std::string> set_;
  std::ostringstream out_;
  std::ostringstream err_;
};

// Each row: what the three say of the port, and what it is then.
TEST_F(OptionsTest, FlagsGoBeforeTheEnvironmentAndThatBeforeTheFile) {
  struct Row {
    const char* flag;
    const char* environment;
    const char* file;
    int port;
  };
  const Row rows[] = {{nullptr, nullptr, nullptr, 8080},
                      {nullptr, nullptr, "3", 3},
                      {nullptr, "2", nullptr, 2},
                      {nullptr, "2", "3", 2},
                      {"1", nullptr, nullptr, 1},
                      {"1", nullptr, "3", 1},
                      {"1", "2", nullptr, 1},
                      {"1", "2", "3", 1}};
  for (const Row& row : rows) {
    for (const bool named_by_flag : {true, false}) {
      std::vector<const char*> flags = {"--memory"};
      if (row.flag != nullptr) flags.insert(flags.end(), {"--port", row.flag});
      if (row.environment != nullptr) Set("MOYEO_PORT", row.environment);
      Write(row.file != nullptr ? std::string("port = ") + row.file + "\n" : "");
      if (named_by_flag) {
        flags.insert(flags.end(), {"--config", file_.c_str()});
      } else {
        Set("MOYEO_CONFIG", file_);
      }
      const ParsedOptions parsed = Parse(flags);
      EXPECT_EQ(parsed.exit, std::nullopt) << err_.str();
      EXPECT_EQ(parsed.options.server.port, row.port) << named_by_flag;
      unsetenv("MOYEO_PORT");
      unsetenv("MOYEO_CONFIG");
    }
  }
}

TEST_F(OptionsTest, EachIsFilledByItself) {
  Write("port = 3\nmax-fences = 7\nguests = true\ncors-origin = [\"https://a\", \"https://b\"]\n");
  Set("MOYEO_PORT", "2");
  Set("MOYEO_MEMORY", "true");
  const ParsedOptions parsed = Parse({"--config", file_.c_str(), "--max-connections", "5"});
  ASSERT_EQ(parsed.exit, std::nullopt) << err_.str();
  const ProgramOptions& options = parsed.options;
  EXPECT_TRUE(options.memory);
  EXPECT_EQ(options.server.port, 2);
  EXPECT_EQ(options.server.most_connections, 5U);
  EXPECT_EQ(options.server.fences.fences_per_user, 7U);
  EXPECT_TRUE(options.server.api.guests);
  EXPECT_EQ(options.server.cors_origins, (std::vector<std::string>{"https://a", "https://b"}));
}

TEST_F(OptionsTest, TheGreatestRadiusIsThatOfFeedsAndOfWhoIsNear) {
  const ParsedOptions parsed = Parse({"--memory", "--max-radius-m", "700"});
  EXPECT_EQ(parsed.options.server.hub.watch.radius_m, 700);
  EXPECT_EQ(parsed.options.server.api.most_radius_m, 700);
}

TEST_F(OptionsTest, HelpBeginsWithWhatGoesBeforeWhat) {
  EXPECT_EQ(Parse({"--help"}).exit, 0);
  const std::string help = out_.str();
  const std::size_t rule = help.find("A flag goes before the environment");
  EXPECT_LT(rule, help.find("Usage:")) << help;
  EXPECT_NE(help.find("and the environment before the file", rule), std::string::npos) << help;
}

TEST_F(OptionsTest, AFileThatIsNamedMustBeThereAndRight) {
  EXPECT_EQ(Parse({"--memory", "--config", "/nowhere"}).exit, 2);
  Set("MOYEO_CONFIG", "/nowhere");
  EXPECT_EQ(Parse({"--memory"}).exit, 2);
  Set("MOYEO_CONFIG", file_);
  Write("prot = 3\n");
  EXPECT_EQ(Parse({"--memory"}).exit, 2) << "a misspelt name would get lost";
  Write("port = many\n");
  EXPECT_EQ(Parse({"--memory"}).exit, 2);
}

TEST_F(OptionsTest, SomethingMustBeSaidOfWhereThingsLast) {
  EXPECT_EQ(Parse({}).exit, 2);
  EXPECT_EQ(Parse({"--data", "x", "--memory"}).exit, 2);
  EXPECT_EQ(Parse({"--help"}).exit, 0);
}

}  // namespace
}  // namespace moyeo::server
