#include "json/names.h"

#include <limits>
#include <type_traits>

namespace moyeo::json {
namespace {

constexpr std::string_view kUnknown = "unknown";

// Asks every number there can be, so that there is no second list to fall behind.
template <typename Enum>
const std::vector<Enum>& AllNamed() {
  static const auto* const all = [] {
    using Number = std::underlying_type_t<Enum>;
    auto* const named = new std::vector<Enum>;
    for (unsigned number = 0; number <= std::numeric_limits<Number>::max(); ++number) {
      const auto enumerator = static_cast<Enum>(number);
      if (NameOf(enumerator) != kUnknown) named->push_back(enumerator);
    }
    return named;
  }();
  return *all;
}

}  // namespace

std::string_view NameOf(Visibility visibility) {
  switch (visibility) {
    case Visibility::kExact:
      return "exact";
    case Visibility::kCloaked:
      return "cloaked";
    case Visibility::kHidden:
      return "hidden";
  }
  return kUnknown;
}

std::string_view NameOf(Relation relation) {
  switch (relation) {
    case Relation::kStranger:
      return "stranger";
    case Relation::kSameMeetup:
      return "same_meetup";
    case Relation::kFriend:
      return "friend";
    case Relation::kSelf:
      return "self";
  }
  return kUnknown;
}

template <>
const std::vector<Visibility>& Enumerators() {
  return AllNamed<Visibility>();
}

template <>
const std::vector<Relation>& Enumerators() {
  return AllNamed<Relation>();
}

template <>
const std::vector<Reject>& Enumerators() {
  return AllNamed<Reject>();
}

}  // namespace moyeo::json
