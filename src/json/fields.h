// What the fields of a struct are called in JSON. Writer, reader and schema all follow from one
// description of each type:
//
//   constexpr auto FieldsOf(Type<Block>) { return std::tuple(Required("user", &Block::user)); }

#ifndef MOYEO_JSON_FIELDS_H_
#define MOYEO_JSON_FIELDS_H_

#include <cstddef>
#include <optional>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

namespace moyeo::json {

// Stands for T where there is no value of it.
template <typename T>
struct Type {};

template <typename T>
inline constexpr bool kIsOptional = false;
template <typename T>
inline constexpr bool kIsOptional<std::optional<T>> = true;

// A field of T. Of a std::optional, nullopt is left out when it is written.
template <typename T, typename Member>
struct Field {
  std::string_view name;
  Member T::*member;
  bool required;  // or else, if it is missing, as in T{}
};

template <typename T, typename Member>
constexpr Field<T, Member> Required(std::string_view name, Member T::*member) {
  static_assert(!kIsOptional<Member>);
  return {name, member, true};
}

template <typename T, typename Member>
constexpr Field<T, Member> Optional(std::string_view name, Member T::*member) {
  return {name, member, false};
}

// A variant of structs with kKind: two fields, "kind" with the name of the alternative, and "body".
template <typename T, typename Variant>
struct Body {
  Variant T::*member;
};

inline constexpr std::string_view kKindField = "kind";
inline constexpr std::string_view kBodyField = "body";

template <typename T, typename Variant>
constexpr Body<T, Variant> KindAndBody(Variant T::*member) {
  return {member};
}

template <typename T>
concept HasFields = requires {
  FieldsOf(Type<T>{});
};

template <HasFields T, typename Visit>
constexpr void ForEachField(Visit visit) {
  std::apply([&](const auto&... field) { (visit(field), ...); }, FieldsOf(Type<T>{}));
}

// Calls visit(Type<Alternative>{}) for each alternative of a variant.
template <typename Variant, typename Visit>
constexpr void ForEachAlternative(Visit visit) {
  // Also of what is derived from a variant.
  [&]<typename... Alternative>(const std::variant<Alternative...>*) {
    (visit(Type<Alternative>{}), ...);
  }(static_cast<const Variant*>(nullptr));
}

}  // namespace moyeo::json

#endif  // MOYEO_JSON_FIELDS_H_
