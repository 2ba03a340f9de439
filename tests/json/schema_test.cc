#include "json/schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

namespace moyeo::testing {
namespace {

namespace fs = std::filesystem;

const fs::path kSchemas = MOYEO_SCHEMAS;

TEST(SchemaTest, FilesSayWhatTheCodecDoes) {
  for (const SchemaFile& schema : Schemas()) {
    std::ifstream file(kSchemas / schema.name, std::ios::binary);
    const std::string text(std::istreambuf_iterator<char>(file), {});
    EXPECT_EQ(text, schema.text) << schema.name << " is of the past: moyeo_write_schemas "
                                 << kSchemas.string() << " writes it anew";
  }
}

TEST(SchemaTest, ThereAreNoOtherFiles) {
  std::set<std::string> expected;
  for (const SchemaFile& schema : Schemas()) expected.insert(schema.name);
  std::set<std::string> found;
  for (const auto& file : fs::directory_iterator(kSchemas)) found.insert(file.path().filename());
  EXPECT_EQ(found, expected);
}

}  // namespace
}  // namespace moyeo::testing
