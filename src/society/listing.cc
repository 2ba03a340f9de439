#include "society/listing.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "society/text.h"

namespace moyeo::society {

void Listing::Put(Meetup& meetup) {
  open_.insert(PlaceOf(meetup));
  std::uint32_t mask = 0;
  for (const std::string& tag : meetup.tags) {
    const std::string folded = Fold(tag);
    by_tag_[folded].insert(PlaceOf(meetup));
    const std::uint32_t number = tags_.Take(folded);
    meetup.tag_numbers.push_back(number);
    mask |= TagNumbers::BitOf(number);
  }
  std::ranges::sort(meetup.tag_numbers);
  if (meetup.location) {
    map_.Put({.id = ToNumber(meetup.id),
              .position = *meetup.location,
              .stamp = meetup.start.time_since_epoch().count(),
              .mask = mask});
  }
}

void Listing::TakeOut(Meetup& meetup) {
  open_.erase(PlaceOf(meetup));
  for (const std::string& tag : meetup.tags) {
    const std::string folded = Fold(tag);
    const auto places = by_tag_.find(folded);
    places->second.erase(PlaceOf(meetup));
    if (places->second.empty()) by_tag_.erase(places);
    tags_.Release(folded);
  }
  meetup.tag_numbers.clear();
  map_.Erase(ToNumber(meetup.id));
}

void Listing::PutTexts(const Meetup& meetup) { texts_.Add(TextNumber(meetup.id), TextsOf(meetup)); }

void Listing::TakeOutTexts(const Meetup& meetup) {
  texts_.Remove(TextNumber(meetup.id), TextsOf(meetup));
}

const Listing::Places* Listing::WithTag(std::string_view tag) const {
  const auto found = by_tag_.find(absl::string_view(tag.data(), tag.size()));
  return found == by_tag_.end() ? nullptr : &found->second;
}

std::vector<std::string> Listing::TextsOf(const Meetup& meetup) {
  std::vector<std::string> texts = {Fold(meetup.title)};
  for (const std::string& tag : meetup.tags) texts.push_back(Fold(tag));
  return texts;
}

}  // namespace moyeo::society
