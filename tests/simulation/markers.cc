#include "simulation/markers.h"

#include <variant>

namespace moyeo::testing {

std::optional<std::string> Markers::Hear(const Event& event) {
  if (const auto* listed = std::get_if<MeetupListed>(&event.body)) {
    return Put(listed->meetup, event.audience);
  }
  if (const auto* unlisted = std::get_if<MeetupUnlisted>(&event.body)) {
    return TakeAway(unlisted->meetup, event.audience);
  }
  if (const auto* erased = std::get_if<UserErased>(&event.body)) {
    for (auto& [meetup, hidden_from] : hidden_from_) hidden_from.erase(erased->user);
  }
  return std::nullopt;
}

std::optional<std::string> Markers::Put(MeetupId meetup, const Audience& audience) {
  if (audience.everybody) {
    const std::set<UserId> except(audience.except.begin(), audience.except.end());
    if (!hidden_from_.emplace(meetup, except).second) return "listed twice";
    return std::nullopt;
  }
  const auto marker = hidden_from_.find(meetup);
  if (marker == hidden_from_.end()) return "listed for some, and not for all others";
  for (const UserId user : audience.users) {
    if (marker->second.erase(user) == 0) return "listed twice for a viewer";
  }
  return std::nullopt;
}

std::optional<std::string> Markers::TakeAway(MeetupId meetup, const Audience& audience) {
  const auto marker = hidden_from_.find(meetup);
  if (marker == hidden_from_.end()) return "unlisted twice";
  if (audience.everybody) {
    const std::set<UserId> except(audience.except.begin(), audience.except.end());
    if (marker->second != except) return "unlisted for others than it was listed for";
    hidden_from_.erase(marker);
    return std::nullopt;
  }
  for (const UserId user : audience.users) {
    if (!marker->second.insert(user).second) return "unlisted twice for a viewer";
  }
  return std::nullopt;
}

std::vector<MeetupId> Markers::Of(UserId viewer) const {
  std::vector<MeetupId> meetups;
  for (const auto& [meetup, hidden_from] : hidden_from_) {
    if (!hidden_from.contains(viewer)) meetups.push_back(meetup);
  }
  return meetups;
}

}  // namespace moyeo::testing
