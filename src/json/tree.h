// JSON text as a tree: what is wrong with it whatever it is meant to be.

#ifndef MOYEO_JSON_TREE_H_
#define MOYEO_JSON_TREE_H_

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string_view>

#include "absl/status/statusor.h"

namespace moyeo::json {

using Tree = nlohmann::json;

// InvalidArgument if `text` is longer than `max_bytes`, is not JSON in UTF-8 or goes on after its
// end, is nested deeper than kMaxJsonDepth, or has an object with a field twice. It is refused
// where that is seen, before what follows takes memory.
absl::StatusOr<Tree> ParseTree(std::string_view text, std::size_t max_bytes);

}  // namespace moyeo::json

#endif  // MOYEO_JSON_TREE_H_
