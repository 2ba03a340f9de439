// An archive (see state_fields.h) that reads.

#ifndef MOYEO_SOCIETY_FIELD_READER_H_
#define MOYEO_SOCIETY_FIELD_READER_H_

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "moyeo/types.h"
#include "society/state.h"

namespace moyeo::society {

// The opposite of FieldWriter, by calls of source.Number(std::uint64_t&) and
// source.Text(std::string&), which say whether there was one. After the first that there was not,
// or that cannot be what it should, nothing more is read.
template <typename Source>
class FieldReader {
 public:
  static constexpr bool kReads = true;

  FieldReader(Source& source, std::uint32_t rules) : source_(source), rules_(rules) {}

  std::uint32_t rules() const { return rules_; }

  // Everything so far was there.
  bool ok() const { return ok_; }

  template <typename T>
  requires std::unsigned_integral<T> || std::is_enum_v<T>
  void Number(T& value) { value = static_cast<T>(Word(MaxOf<T>())); }
  void Number(std::int32_t& value) {
    value = static_cast<std::int32_t>(static_cast<std::uint32_t>(Word(MaxOf<std::uint32_t>())));
  }
  void Number(std::int64_t& value) { value = static_cast<std::int64_t>(Word(MaxOf<UserId>())); }
  void Number(Timestamp& time) {
    std::int64_t ms = 0;
    Number(ms);
    time = Timestamp(std::chrono::milliseconds(ms));
    if (time < kMinTimestamp || time > kMaxTimestamp) ok_ = false;
  }
  void Number(MessageMark& mark) {
    std::uint32_t bits = 0;
    Number(bits);
    mark = MessageMark::FromBits(bits);
  }

  void Flags(bool& a, bool& b, bool& c) {
    const std::uint64_t flags = Word(7);
    a = (flags & 1) != 0;
    b = (flags & 2) != 0;
    c = (flags & 4) != 0;
  }

  void Text(std::string& text) { ok_ = ok_ && source_.Text(text); }

  template <typename Elements, typename Each>
  void List(Elements& list, Each each) {
    const std::uint64_t size = Word(MaxOf<std::uint64_t>());
    for (std::uint64_t i = 0; ok_ && i < size; ++i) {
      if constexpr (std::is_same_v<typename Elements::value_type, MessageMark>) {
        list.push_back(MessageMark(0));
      } else {
        list.emplace_back();
      }
      each(list.back());
    }
    list.shrink_to_fit();
  }

  template <typename T, typename Each>
  void Optional(std::optional<T>& value, Each each) {
    value.reset();
    if (Word(1) == 1) each(value.emplace());
  }

  template <typename Map, typename Each>
  void Records(Map& map, Each each) {
    const std::uint64_t size = Word(MaxOf<std::uint64_t>());
    for (std::uint64_t i = 0; ok_ && i < size; ++i) {
      auto record = std::make_unique<typename Map::mapped_type::element_type>();
      each(*record);
      const auto id = record->id;
      if (!map.emplace(id, std::move(record)).second) ok_ = false;
    }
  }

  template <typename Set>
  void Ids(Set& set) {
    const std::uint64_t size = Word(MaxOf<std::uint64_t>());
    for (std::uint64_t i = 0; ok_ && i < size; ++i) {
      typename Set::value_type id{};
      Number(id);
      set.insert(set.end(), id);
    }
  }

 private:
  template <typename T>
  static constexpr std::uint64_t MaxOf() {
    if constexpr (std::is_same_v<T, Visibility>) {
      return static_cast<std::uint64_t>(Visibility::kHidden);
    } else if constexpr (std::is_enum_v<T>) {
      return std::numeric_limits<std::uint64_t>::max();
    } else {
      return std::numeric_limits<T>::max();
    }
  }

  std::uint64_t Word(std::uint64_t most) {
    std::uint64_t word = 0;
    ok_ = ok_ && source_.Number(word) && word <= most;
    return ok_ ? word : 0;
  }

  Source& source_;
  const std::uint32_t rules_;
  bool ok_ = true;
};

}  // namespace moyeo::society

#endif  // MOYEO_SOCIETY_FIELD_READER_H_
