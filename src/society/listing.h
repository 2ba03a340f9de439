// The lists that listed meetups are found in.

#ifndef MOYEO_SOCIETY_LISTING_H_
#define MOYEO_SOCIETY_LISTING_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/btree_set.h"
#include "absl/container/flat_hash_map.h"
#include "moyeo/types.h"
#include "society/gram_index.h"
#include "society/state.h"
#include "society/tag_numbers.h"
#include "spatial/item_tree.h"

namespace moyeo::society {

// The order of lists: start ascending, id descending.
struct ListPlace {
  Timestamp start{};
  MeetupId meetup{};

  friend bool operator==(const ListPlace&, const ListPlace&) = default;
  friend bool operator<(const ListPlace& a, const ListPlace& b) {
    return a.start != b.start ? a.start < b.start : a.meetup > b.meetup;
  }
};

inline ListPlace PlaceOf(const Meetup& meetup) {
  return {.start = meetup.start, .meetup = meetup.id};
}

// Follows from the state. A meetup must be the same when it is taken out as when it was put in.
class Listing {
 public:
  using Places = absl::btree_set<ListPlace>;

  // Both set the numbers of its tags.
  void Put(Meetup& meetup);
  void TakeOut(Meetup& meetup);

  // The texts are in another index, which keeps full meetups too: there are many, and seats come
  // and go.
  void PutTexts(const Meetup& meetup);
  void TakeOutTexts(const Meetup& meetup);

  const Places& open() const { return open_; }
  // Null if there is none. `tag` is folded.
  const Places* WithTag(std::string_view tag) const;
  // Its stamps are the milliseconds of starts, its masks have the bits of tags.
  const spatial::ItemTree& map() const { return map_; }

  // Tags of listed meetups have numbers, while there is one with the tag. Nullopt if there is none.
  // `tag` is folded.
  std::optional<std::uint32_t> NumberOf(std::string_view tag) const { return tags_.Find(tag); }

  // By TextNumber, so that the newest come first.
  const GramIndex& texts() const { return texts_; }
  static std::uint64_t TextNumber(MeetupId meetup) { return ~ToNumber(meetup); }
  static MeetupId FromTextNumber(std::uint64_t number) { return MeetupId{~number}; }

  // Title and tags, folded.
  static std::vector<std::string> TextsOf(const Meetup& meetup);

 private:
  Places open_;
  absl::flat_hash_map<std::string, Places> by_tag_;
  TagNumbers tags_;
  spatial::ItemTree map_;
  GramIndex texts_;
};

}  // namespace moyeo::society

#endif  // MOYEO_SOCIETY_LISTING_H_
