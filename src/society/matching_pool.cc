#include "society/matching_pool.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <span>
#include <utility>

#include "society/machine.h"
#include "society/text.h"

namespace moyeo::society {
namespace {

using std::chrono::milliseconds;

std::int64_t StampOf(TicketId id) { return static_cast<std::int64_t>(ToNumber(id)); }

}  // namespace

// ---- A group

MatchingPool::Terms MatchingPool::Terms::With(const Terms& other) const {
  return {.start = std::max(start, other.start),
          .until = std::min(until, other.until),
          .length_ms = std::max(length_ms, other.length_ms),
          .least = std::max(least, other.least),
          .most = std::min(most, other.most)};
}

void MatchingPool::Group::Begin(Entry& first, Timestamp earliest) {
  entries.assign(1, &first);
  distances.assign(1, spatial::DistanceFrom(first.place));
  tags = first.tags;
  mask = first.mask;
  terms = first.terms;
  terms.start = std::max(terms.start, earliest);
}

// What is quickly seen comes first.
bool MatchingPool::Group::Admits(const Entry& candidate) const {
  if ((mask & candidate.mask) == 0) return false;
  if (!terms.With(candidate.terms).Admit(entries.size() + 1)) return false;
  const bool has_tag = std::ranges::any_of(
      tags, [&](std::uint32_t tag) { return std::ranges::count(candidate.tags, tag) > 0; });
  if (!has_tag) return false;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const Entry& entry = *entries[i];
    if (entry.owner == candidate.owner) return false;
    const double distance_m = distances[i](candidate.place);
    if (distance_m > std::min(entry.radius_m, candidate.radius_m)) return false;
    if (Machine::AreBlocked(*entry.owner, candidate.owner->id)) return false;
  }
  return true;
}

void MatchingPool::Group::Add(Entry& entry) {
  std::erase_if(tags, [&](std::uint32_t tag) { return std::ranges::count(entry.tags, tag) == 0; });
  mask &= entry.mask;
  terms = terms.With(entry.terms);
  entries.push_back(&entry);
  distances.emplace_back(entry.place);
}

// ---- Coming and going

void MatchingPool::Add(const Ticket& ticket, const User& owner) {
  auto made = std::make_unique<Entry>();
  Entry& entry = *made;
  entries_.emplace(ticket.id, std::move(made));
  entry.ticket = &ticket;
  entry.owner = &owner;
  entry.place = ticket.place;
  entry.radius_m = ticket.radius_m;
  entry.terms = {.start = ticket.from,
                 .until = ticket.until,
                 .length_ms = ticket.length_ms,
                 .least = ticket.least,
                 .most = ticket.most};
  for (const std::string& tag : ticket.tags) {
    const std::uint32_t number = tags_.Take(Fold(tag));
    entry.tags.push_back(number);
    entry.mask |= TagNumbers::BitOf(number);
    AddToSpot(number, entry);
  }
  again_.insert(again_.end(), ticket.id);
  added_.push_back(ticket.id);
}

void MatchingPool::AddToSpot(std::uint32_t tag, Entry& entry) {
  const auto [at, is_new] = spot_numbers_.try_emplace(KeyOf(tag, entry.place));
  if (is_new) {
    if (free_spots_.empty()) {
      free_spots_.push_back(static_cast<std::uint32_t>(spots_.size()));
      spots_.emplace_back();
    }
    at->second = free_spots_.back();
    free_spots_.pop_back();
    spots_[at->second].tag = tag;
  }
  Spot& spot = spots_[at->second];
  spot.tickets.push_back({.id = entry.id(), .entry = &entry});
  tree_.Put({.id = at->second,
             .position = entry.place,
             .stamp = StampOf(entry.id()),
             .mask = TagNumbers::BitOf(tag)});
  // LookAgainBecauseOf passes over who has so many behind them here.
  if (spot.tickets.size() > most_looked_at_) {
    cut_off_[spot.tickets[spot.tickets.size() - 1 - most_looked_at_].id] = TicketId{UINT64_MAX};
  }
}

void MatchingPool::Remove(const Ticket& ticket) {
  const auto found = entries_.find(ticket.id);
  Entry& entry = *found->second;
  for (std::size_t i = 0; i < entry.tags.size(); ++i) {
    RemoveFromSpot(entry.tags[i], entry);
    tags_.Release(Fold(ticket.tags[i]));
  }
  const std::vector<Entry*> beginners = std::exchange(entry.in_groups, {});
  for (Entry* const beginner : beginners) {
    std::erase(beginner->group, &entry);
    again_.insert(beginner->id());
  }
  ForgetGroupOf(entry);
  cut_off_.erase(ticket.id);
  LookFurtherThan(ticket.id);
  again_.erase(ticket.id);
  entries_.erase(found);
}

void MatchingPool::RemoveFromSpot(std::uint32_t tag, const Entry& entry) {
  const auto at = spot_numbers_.find(KeyOf(tag, entry.place));
  std::vector<Spot::Ticket>& tickets = spots_[at->second].tickets;
  tickets.erase(std::ranges::lower_bound(tickets, entry.id(), {}, &Spot::Ticket::id));
  if (!tickets.empty()) return;
  tickets.shrink_to_fit();
  tree_.Erase(at->second);
  free_spots_.push_back(at->second);
  spot_numbers_.erase(at);
}

void MatchingPool::LookFurtherThan(TicketId gone) {
  // Going through them all for each that goes must not take longer than if all looked again.
  const bool are_all = cut_off_steps_ > most_looked_at_ * entries_.size() / 8;
  for (auto at = cut_off_.begin(); at != cut_off_.end() && (are_all || at->first < gone);) {
    ++cut_off_steps_;
    if (are_all || at->second >= gone) {
      again_.insert(at->first);
      at = cut_off_.erase(at);
    } else {
      ++at;
    }
  }
}

void MatchingPool::LookAgainAt(TicketId ticket) {
  again_.insert(ticket);
  for (const Entry* const beginner : entries_.find(ticket)->second->in_groups) {
    again_.insert(beginner->id());
  }
}

void MatchingPool::LookAgainAtAll() {
  for (const auto& [id, entry] : entries_) again_.insert(id);
}

void MatchingPool::ForgetGroupOf(Entry& entry) {
  for (Entry* const other : entry.group) std::erase(other->in_groups, &entry);
  entry.group.clear();
  lasting_.erase({entry.group_terms.latest(), entry.id()});
}

void MatchingPool::Remember(const Group& group, Timestamp earliest) {
  Entry& first = *group.entries.front();
  first.group.assign(group.entries.begin() + 1, group.entries.end());
  for (Entry* const entry : first.group) entry->in_groups.push_back(&first);
  first.group_terms = group.terms;
  // Who does not fit now never will, until somebody goes; who does, until there is no time left.
  const Timestamp lasts_until = group.terms.latest();
  if (lasts_until >= earliest) lasting_.insert({lasts_until, first.id()});
}

// ---- Matching

const spatial::Search::Columns& MatchingPool::SpotsNear(const Entry& entry,
                                                        const spatial::ItemFilter& filter) {
  // A search for the nearest begins where they are, and seldom sees the top of the tree.
  constexpr std::size_t kMostNear = 4'096;
  search_.FindNearest(tree_, entry.place, entry.radius_m, kMostNear, filter);
  if (search_.Unmeasured().size() >= kMostNear) {
    search_.FindWithin(tree_, entry.place, entry.radius_m, filter);
  }
  return search_.Unmeasured();
}

std::optional<TicketId> MatchingPool::Grow(Entry& first, Timestamp earliest) {
  const TicketId id = first.id();
  group_.Begin(first, earliest);
  const spatial::Search::Columns& found =
      SpotsNear(first, {.stamp_above = StampOf(id), .any_of = first.mask});
  sources_.clear();
  for (std::size_t i = 0; i < found.size(); ++i) {
    const Spot& spot = spots_[found.id[i]];
    if (std::ranges::count(first.tags, spot.tag) == 0) continue;
    const auto next = spot.After(id);
    if (next == spot.tickets.end()) continue;
    sources_.push_back({.next = next->id,
                        .spot = &spot,
                        .at = static_cast<std::size_t>(next - spot.tickets.begin()),
                        .found = static_cast<std::uint32_t>(i)});
  }
  std::ranges::make_heap(sources_, std::greater());
  std::size_t looked_at = 0;
  TicketId last = id;
  while (!sources_.empty() && !group_.IsFull()) {
    std::ranges::pop_heap(sources_, std::greater());
    Source& source = sources_.back();
    if (source.reach == Source::Reach::kUnknown) {
      if (group_.distances.front()(found.PositionOf(source.found)) > first.radius_m) {
        sources_.pop_back();
        continue;
      }
      source.reach = Source::Reach::kWithin;
    }
    // Who has several of the tags comes from several spots.
    if (source.next != last) {
      if (looked_at == most_looked_at_) break;
      ++looked_at;
      last = source.next;
      Entry& candidate = *source.spot->tickets[source.at].entry;
      if (group_.Admits(candidate)) group_.Add(candidate);
    }
    if (++source.at == source.spot->tickets.size()) {
      sources_.pop_back();
    } else {
      source.next = source.spot->tickets[source.at].id;
      std::ranges::push_heap(sources_, std::greater());
    }
  }
  return looked_at == most_looked_at_ ? std::optional(last) : std::nullopt;
}

void MatchingPool::LookAgainBecauseOf(const Entry& added, Timestamp earliest) {
  const spatial::DistanceFrom distance(added.place);
  const spatial::Search::Columns& found = SpotsNear(added, {.any_of = added.mask});
  for (std::size_t i = 0; i < found.size(); ++i) {
    const Spot& spot = spots_[found.id[i]];
    if (std::ranges::count(added.tags, spot.tag) == 0) continue;
    const double distance_m = distance(found.PositionOf(i));
    if (distance_m > added.radius_m) continue;
    // Those before have looked at as many as they may.
    const auto end = std::ranges::lower_bound(spot.tickets, added.id(), {}, &Spot::Ticket::id);
    const auto before = static_cast<std::size_t>(end - spot.tickets.begin());
    const std::span<const Spot::Ticket> earlier = std::span(spot.tickets).first(before);
    for (const Spot::Ticket& ticket : earlier.last(std::min(before, most_looked_at_))) {
      Entry& first = *ticket.entry;
      if (distance_m > first.radius_m) continue;
      if (WouldJoin(added, first, earliest)) again_.insert(ticket.id);
    }
  }
}

bool MatchingPool::WouldJoin(const Entry& added, Entry& first, Timestamp earliest) {
  if (!first.group_terms.With(added.terms).Admit(first.group.size() + 2)) return false;
  group_.Begin(first, earliest);
  for (Entry* const entry : first.group) group_.Add(*entry);
  return group_.Admits(added);
}

MatchedGroup MatchingPool::Describe(const Group& group) const {
  MatchedGroup matched;
  matched.start = group.terms.start;
  matched.end = group.terms.start + milliseconds(group.terms.length_ms);
  matched.capacity = group.terms.most;
  for (const Entry* const entry : group.entries) matched.tickets.push_back(entry->ticket);
  const Entry& first = *group.entries.front();
  for (std::size_t i = 0; i < first.tags.size(); ++i) {
    if (std::ranges::count(group.tags, first.tags[i]) > 0) {
      matched.tags.push_back(first.ticket->tags[i]);
    }
  }
  return matched;
}

void MatchingPool::Match(Timestamp earliest, const std::function<void(const MatchedGroup&)>& form) {
  while (!lasting_.empty() && lasting_.begin()->first < earliest) {
    again_.insert(lasting_.begin()->second);
    lasting_.erase(lasting_.begin());
  }
  for (const TicketId id : std::exchange(added_, {})) {
    if (again_.size() == entries_.size()) break;
    const auto added = entries_.find(id);
    if (added != entries_.end()) LookAgainBecauseOf(*added->second, earliest);
  }
  // Groups that are formed make others look again: those that come later now, the rest next time.
  for (auto next = again_.begin(); next != again_.end();) {
    const TicketId id = *next;
    again_.erase(next);
    Entry& first = *entries_.find(id)->second;
    ForgetGroupOf(first);
    cut_off_.erase(id);
    const std::optional<TicketId> looked_until = Grow(first, earliest);
    if (group_.entries.size() >= group_.terms.least) {
      form(Describe(group_));
    } else {
      Remember(group_, earliest);
      if (looked_until) cut_off_[id] = *looked_until;
    }
    next = again_.upper_bound(id);
  }
  cut_off_steps_ = 0;
  constexpr std::size_t kBytesKept = std::size_t{1} << 20;
  search_.Trim(kBytesKept);
}

}  // namespace moyeo::society
