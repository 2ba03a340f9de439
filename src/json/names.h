// Enumerators by their names.

#ifndef MOYEO_JSON_NAMES_H_
#define MOYEO_JSON_NAMES_H_

#include <optional>
#include <string_view>
#include <vector>

#include "moyeo/people.h"
#include "moyeo/reject.h"
#include "moyeo/types.h"

namespace moyeo::json {

// The name of an enumerator; "unknown" if it has none. Reject has NameOf of its own.
std::string_view NameOf(Visibility visibility);
std::string_view NameOf(Relation relation);
using moyeo::NameOf;

// All that have a name, in the order of their numbers.
template <typename Enum>
const std::vector<Enum>& Enumerators();
template <>
const std::vector<Visibility>& Enumerators();
template <>
const std::vector<Relation>& Enumerators();
template <>
const std::vector<Reject>& Enumerators();

template <typename Enum>
std::optional<Enum> Named(std::string_view name) {
  for (const Enum enumerator : Enumerators<Enum>()) {
    if (NameOf(enumerator) == name) return enumerator;
  }
  return std::nullopt;
}

}  // namespace moyeo::json

#endif  // MOYEO_JSON_NAMES_H_
