// What pages in Markdown say in blocks, for tests that hold them to it.

#ifndef MOYEO_TESTS_SUPPORT_MARKDOWN_H_
#define MOYEO_TESTS_SUPPORT_MARKDOWN_H_

#include <filesystem>
#include <string>
#include <vector>

namespace moyeo::testing {

// What stands between ```<kind> and ```.
std::vector<std::string> BlocksOf(const std::filesystem::path& page, const std::string& kind);

// The bytes of lines as "01 ff  20   what they are".
std::string BytesOf(const std::string& hex);

}  // namespace moyeo::testing

#endif  // MOYEO_TESTS_SUPPORT_MARKDOWN_H_
