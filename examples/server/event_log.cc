#include "event_log.h"

#include <algorithm>
#include <utility>

namespace moyeo::server {
namespace {

std::size_t BytesOf(const RoutedEvent& event) {
  return event.frame == nullptr ? 0 : event.frame->size();
}

}  // namespace

bool Contains(const MapBox& box, LatLng place) {
  if (place.lat < box.south || place.lat > box.north) return false;
  if (box.west <= box.east) return place.lng >= box.west && place.lng <= box.east;
  return place.lng >= box.west || place.lng <= box.east;
}

bool ConcernsWatcher(const RoutedEvent& event, UserId user, const std::optional<MapBox>& box) {
  if (!event.everybody || !box.has_value()) return false;
  if (event.place.has_value() && !Contains(*box, *event.place)) return false;
  return !std::binary_search(event.except.begin(), event.except.end(), user);
}

EventLog::EventLog(const Options& options) : options_(options) {}

void EventLog::Begin(std::uint64_t sequence) {
  events_.clear();
  of_user_.clear();
  of_everybody_.clear();
  recipients_ = 0;
  bytes_ = 0;
  last_ = sequence;
}

void EventLog::Add(RoutedEvent event) {
  last_ = event.sequence;
  for (const UserId user : event.users) of_user_[user].push_back(last_);
  if (event.everybody) of_everybody_.push_back(last_);
  recipients_ += event.users.size();
  bytes_ += BytesOf(event);
  events_.push_back(std::move(event));
  while (events_.size() > 1 && (events_.size() > options_.events ||
                                recipients_ > options_.recipients || bytes_ > options_.bytes)) {
    DropFirst();
  }
}

void EventLog::DropFirst() {
  const RoutedEvent& first = events_.front();
  for (const UserId user : first.users) {
    const auto of_user = of_user_.find(user);
    of_user->second.pop_front();
    if (of_user->second.empty()) of_user_.erase(of_user);
  }
  if (first.everybody) of_everybody_.pop_front();
  recipients_ -= first.users.size();
  bytes_ -= BytesOf(first);
  events_.pop_front();
}

const RoutedEvent& EventLog::At(std::uint64_t sequence) const {
  return events_[sequence - events_.front().sequence];
}

std::optional<std::vector<const RoutedEvent*>> EventLog::After(
    std::uint64_t after, UserId user, const std::optional<MapBox>& box) const {
  if (after > last_) return std::nullopt;
  std::vector<const RoutedEvent*> found;
  if (after == last_) return found;
  if (events_.empty() || after + 1 < events_.front().sequence) return std::nullopt;

  if (const auto of_user = of_user_.find(user); of_user != of_user_.end()) {
    const auto& sequences = of_user->second;
    for (auto at = std::upper_bound(sequences.begin(), sequences.end(), after);
         at != sequences.end(); ++at) {
      found.push_back(&At(*at));
    }
  }
  if (!box.has_value()) return found;

  const std::size_t own = found.size();
  for (auto at = std::upper_bound(of_everybody_.begin(), of_everybody_.end(), after);
       at != of_everybody_.end(); ++at) {
    const RoutedEvent& event = At(*at);
    const bool told = std::binary_search(event.users.begin(), event.users.end(), user);
    if (!told && ConcernsWatcher(event, user, box)) found.push_back(&event);
  }
  std::inplace_merge(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(own), found.end(),
                     [](const auto* a, const auto* b) { return a->sequence < b->sequence; });
  return found;
}

}  // namespace moyeo::server
