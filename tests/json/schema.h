// JSON Schema of what json.h reads and writes, from the description that reader and writer follow.

#ifndef MOYEO_TESTS_JSON_SCHEMA_H_
#define MOYEO_TESTS_JSON_SCHEMA_H_

#include <string>
#include <vector>

namespace moyeo::testing {

struct SchemaFile {
  std::string name;  // "command.json"
  std::string text;
};

// One for each document.
std::vector<SchemaFile> Schemas();

}  // namespace moyeo::testing

#endif  // MOYEO_TESTS_JSON_SCHEMA_H_
