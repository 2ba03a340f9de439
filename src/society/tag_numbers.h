// Tags as small numbers, which compare and mix more quickly than texts.

#ifndef MOYEO_SOCIETY_TAG_NUMBERS_H_
#define MOYEO_SOCIETY_TAG_NUMBERS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"

namespace moyeo::society {

// The numbers of the tags that are in use. Which number a tag has says nothing, and must not be
// told: it is another one after a restart.
class TagNumbers {
 public:
  // The number of a tag, which is in use once more.
  std::uint32_t Take(const std::string& folded) {
    const auto [entry, is_new] = entries_.try_emplace(folded);
    if (is_new) {
      if (free_.empty()) free_.push_back(static_cast<std::uint32_t>(entries_.size() - 1));
      entry->second.number = free_.back();
      free_.pop_back();
    }
    ++entry->second.uses;
    return entry->second.number;
  }

  // REQUIRES: it was taken and not released since
  void Release(const std::string& folded) {
    const auto entry = entries_.find(folded);
    if (--entry->second.uses > 0) return;
    free_.push_back(entry->second.number);
    entries_.erase(entry);
  }

  // Nullopt if it is not in use.
  std::optional<std::uint32_t> Find(std::string_view folded) const {
    const auto entry = entries_.find(absl::string_view(folded.data(), folded.size()));
    return entry == entries_.end() ? std::nullopt : std::optional(entry->second.number);
  }

  // In a mask of 32 bits, where others may have the same.
  static std::uint32_t BitOf(std::uint32_t number) { return std::uint32_t{1} << number % 32; }

 private:
  struct Entry {
    std::uint32_t number = 0;
    std::size_t uses = 0;
  };

  absl::flat_hash_map<std::string, Entry> entries_;
  std::vector<std::uint32_t> free_;  // given back; all others are below the number of entries
};

}  // namespace moyeo::society

#endif  // MOYEO_SOCIETY_TAG_NUMBERS_H_
