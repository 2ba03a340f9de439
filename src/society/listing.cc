#include "society/listing.h"

#include <cstdint>

#include "absl/strings/string_view.h"
#include "society/text.h"

namespace moyeo::society {

void Listing::Put(const Meetup& meetup) {
  open_.insert(PlaceOf(meetup));
  for (const std::string& tag : meetup.tags) by_tag_[Fold(tag)].insert(PlaceOf(meetup));
  if (meetup.location) {
    map_.Put({.id = ToNumber(meetup.id), .position = *meetup.location, .stamp = 0, .mask = 0});
  }
}

void Listing::TakeOut(const Meetup& meetup) {
  open_.erase(PlaceOf(meetup));
  for (const std::string& tag : meetup.tags) {
    const auto places = by_tag_.find(Fold(tag));
    places->second.erase(PlaceOf(meetup));
    if (places->second.empty()) by_tag_.erase(places);
  }
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
