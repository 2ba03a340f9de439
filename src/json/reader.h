// Values from JSON text.

#ifndef MOYEO_JSON_READER_H_
#define MOYEO_JSON_READER_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "json/fields.h"
#include "json/forms.h"
#include "json/place.h"
#include "json/tree.h"
#include "moyeo/types.h"

namespace moyeo::json {

// Each sets `value` to what `tree` says, or returns InvalidArgument that names `place`.
absl::Status Read(const Tree& tree, const Place& place, bool& value);
absl::Status Read(const Tree& tree, const Place& place, double& value);
absl::Status Read(const Tree& tree, const Place& place, std::string& value);
absl::Status Read(const Tree& tree, const Place& place, Timestamp& value);
template <Whole T>
absl::Status Read(const Tree& tree, const Place& place, T& value);
template <Id T>
absl::Status Read(const Tree& tree, const Place& place, T& value);
template <Name T>
absl::Status Read(const Tree& tree, const Place& place, T& value);
template <typename T>
absl::Status Read(const Tree& tree, const Place& place, std::optional<T>& value);
template <typename T>
absl::Status Read(const Tree& tree, const Place& place, std::vector<T>& value);
template <HasFields T>
absl::Status Read(const Tree& tree, const Place& place, T& value);

absl::StatusOr<std::int64_t> ReadWhole(const Tree& tree, const Place& place, std::int64_t least,
                                       std::int64_t most);
absl::StatusOr<std::uint64_t> ReadId(const Tree& tree, const Place& place);
absl::Status UnknownName(const Place& place, std::string_view name);

template <Whole T>
absl::Status Read(const Tree& tree, const Place& place, T& value) {
  const auto number = ReadWhole(tree, place, kLeast<T>, kMost<T>);
  if (!number.ok()) return number.status();
  value = static_cast<T>(*number);
  return absl::OkStatus();
}

template <Id T>
absl::Status Read(const Tree& tree, const Place& place, T& value) {
  const auto number = ReadId(tree, place);
  if (!number.ok()) return number.status();
  value = T{*number};
  return absl::OkStatus();
}

template <Name T>
absl::Status Read(const Tree& tree, const Place& place, T& value) {
  std::string name;
  if (absl::Status status = Read(tree, place, name); !status.ok()) return status;
  const std::optional<T> named = Named<T>(name);
  if (!named.has_value()) return UnknownName(place, name);
  value = *named;
  return absl::OkStatus();
}

// Null is only for optionals within optionals: see ReadField.
template <typename T>
absl::Status Read(const Tree& tree, const Place& place, std::optional<T>& value) {
  if (tree.is_null()) {
    value.reset();
    return absl::OkStatus();
  }
  return Read(tree, place, value.emplace());
}

template <typename T>
absl::Status Read(const Tree& tree, const Place& place, std::vector<T>& value) {
  if (!tree.is_array()) return Wrong(place, "must be an array");
  value.resize(tree.size());
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (absl::Status status = Read(tree[i], Place(place, i), value[i]); !status.ok()) return status;
  }
  return absl::OkStatus();
}

template <typename T, typename Member>
bool Owns(const Field<T, Member>& field, std::string_view name) {
  return field.name == name;
}

template <typename T, typename Variant>
bool Owns(const Body<T, Variant>&, std::string_view name) {
  return name == kKindField || name == kBodyField;
}

template <typename T, typename Member>
absl::Status ReadField(const Tree& object, const Place& place, const Field<T, Member>& field,
                       T& value) {
  const Place inside(place, field.name);
  const auto found = object.find(field.name);
  if (found == object.end()) {
    return field.required ? Wrong(inside, "missing") : absl::OkStatus();
  }
  Member& member = value.*field.member;
  if constexpr (kIsOptional<Member>) {
    return Read(*found, inside, member.emplace());
  } else {
    return Read(*found, inside, member);
  }
}

template <typename T, typename Variant>
absl::Status ReadField(const Tree& object, const Place& place, const Body<T, Variant>& field,
                       T& value) {
  const Place kind_inside(place, kKindField);
  const Place body_inside(place, kBodyField);
  const auto kind = object.find(kKindField);
  if (kind == object.end()) return Wrong(kind_inside, "missing");
  std::string name;
  if (absl::Status status = Read(*kind, kind_inside, name); !status.ok()) return status;
  const auto body = object.find(kBodyField);

  std::optional<absl::Status> status;
  ForEachAlternative<Variant>([&]<typename Alternative>(Type<Alternative>) {
    if (NameOf(Alternative::kKind) != name) return;
    status = body == object.end()
                 ? Wrong(body_inside, "missing")
                 : Read(*body, body_inside, (value.*field.member).template emplace<Alternative>());
  });
  return status.has_value() ? *status : UnknownName(kind_inside, name);
}

template <HasFields T>
absl::Status Read(const Tree& tree, const Place& place, T& value) {
  if (!tree.is_object()) return Wrong(place, "must be an object");
  for (const auto& item : tree.items()) {
    bool known = false;
    ForEachField<T>([&](const auto& field) { known = known || Owns(field, item.key()); });
    if (!known) return Wrong(Place(place, item.key()), "unknown field");
  }
  absl::Status status;
  ForEachField<T>([&](const auto& field) {
    if (status.ok()) status = ReadField(tree, place, field, value);
  });
  return status;
}

template <typename T>
absl::Status ReadText(std::string_view text, std::size_t max_bytes, T& value) {
  const absl::StatusOr<Tree> tree = ParseTree(text, max_bytes);
  if (!tree.ok()) return tree.status();
  T read{};
  if (absl::Status status = Read(*tree, Place(), read); !status.ok()) return status;
  value = std::move(read);
  return absl::OkStatus();
}

}  // namespace moyeo::json

#endif  // MOYEO_JSON_READER_H_
