// An archive (see state_fields.h) that writes.

#ifndef MOYEO_SOCIETY_FIELD_WRITER_H_
#define MOYEO_SOCIETY_FIELD_WRITER_H_

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "moyeo/types.h"
#include "society/rules.h"
#include "society/state.h"

namespace moyeo::society {

// Makes all of it calls of sink.Number(std::uint64_t) and sink.Text(const std::string&).
template <typename Sink>
class FieldWriter {
 public:
  static constexpr bool kReads = false;

  explicit FieldWriter(Sink& sink, std::uint32_t rules = kRulesVersion)
      : sink_(sink), rules_(rules) {}

  std::uint32_t rules() const { return rules_; }

  template <typename T>
  requires std::integral<T> || std::is_enum_v<T>
  void Number(T value) { sink_.Number(static_cast<std::uint64_t>(value)); }
  // Coordinates may be negative: as 32 bits.
  void Number(std::int32_t value) { Number(static_cast<std::uint32_t>(value)); }
  void Number(Timestamp time) { Number(std::int64_t{time.time_since_epoch().count()}); }
  void Number(MessageMark mark) { Number(mark.bits()); }

  void Flags(bool a, bool b, bool c) { Number(a | b << 1 | c << 2); }
  void Text(const std::string& text) { sink_.Text(text); }

  template <typename Elements, typename Each>
  void List(const Elements& list, Each each) {
    Number(list.size());
    for (const auto& element : list) each(element);
  }

  template <typename T, typename Each>
  void Optional(const std::optional<T>& value, Each each) {
    Number(value.has_value());
    if (value) each(*value);
  }

  template <typename Map, typename Each>
  void Records(const Map& map, Each each) {
    std::vector<typename Map::key_type> ids;
    ids.reserve(map.size());
    for (const auto& [id, record] : map) ids.push_back(id);
    std::ranges::sort(ids);
    List(ids, [&](auto id) { each(std::as_const(*map.find(id)->second)); });
  }

  template <typename Set>
  void Ids(const Set& set) {
    List(set, [&](auto id) { Number(id); });
  }

 private:
  Sink& sink_;
  const std::uint32_t rules_;
};

}  // namespace moyeo::society

#endif  // MOYEO_SOCIETY_FIELD_WRITER_H_
