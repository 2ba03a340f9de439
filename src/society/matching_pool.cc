#include "society/matching_pool.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "society/machine.h"
#include "society/text.h"

namespace moyeo::society {
namespace {

using std::chrono::milliseconds;

std::int64_t StampOf(TicketId id) { return static_cast<std::int64_t>(ToNumber(id)); }

}  // namespace

// ---- A group

MatchingPool::Group::Group(Entry& first, Timestamp earliest)
    : entries({&first}),
      tags(first.tags),
      start(std::max(first.ticket->from, earliest)),
      until(first.ticket->until),
      length_ms(first.ticket->length_ms),
      least(first.ticket->least),
      most(first.ticket->most) {}

bool MatchingPool::AreInReach(const Ticket& a, const Ticket& b) {
  return spatial::DistanceFrom(a.place)(b.place) <= std::min(a.radius_m, b.radius_m);
}

// What is quickly seen comes first.
bool MatchingPool::Group::Admits(const Entry& candidate) const {
  const Ticket& ticket = *candidate.ticket;
  const std::uint32_t new_most = std::min(most, ticket.most);
  if (entries.size() >= new_most || std::max(least, ticket.least) > new_most) return false;
  const Timestamp latest =
      std::min(until, ticket.until) - milliseconds(std::max(length_ms, ticket.length_ms));
  if (std::max(start, ticket.from) > latest) return false;
  const bool has_tag = std::ranges::any_of(
      tags, [&](std::uint32_t tag) { return std::ranges::count(candidate.tags, tag) > 0; });
  if (!has_tag) return false;
  return std::ranges::all_of(entries, [&](const Entry* entry) {
    return entry->owner != candidate.owner && AreInReach(*entry->ticket, ticket) &&
           !Machine::AreBlocked(*entry->owner, candidate.owner->id);
  });
}

void MatchingPool::Group::Add(Entry& entry) {
  const Ticket& ticket = *entry.ticket;
  std::erase_if(tags, [&](std::uint32_t tag) { return std::ranges::count(entry.tags, tag) == 0; });
  start = std::max(start, ticket.from);
  until = std::min(until, ticket.until);
  length_ms = std::max(length_ms, ticket.length_ms);
  least = std::max(least, ticket.least);
  most = std::min(most, ticket.most);
  entries.push_back(&entry);
}

// ---- Coming and going

void MatchingPool::Add(const Ticket& ticket, const User& owner) {
  auto entry = std::make_unique<Entry>();
  entry->ticket = &ticket;
  entry->owner = &owner;
  for (const std::string& tag : ticket.tags) {
    const std::uint32_t number = tags_.Take(Fold(tag));
    entry->tags.push_back(number);
    entry->mask |= TagNumbers::BitOf(number);
  }
  tree_.Put({.id = ToNumber(ticket.id),
             .position = ticket.place,
             .stamp = StampOf(ticket.id),
             .mask = entry->mask});
  again_.insert(again_.end(), ticket.id);
  added_.push_back(ticket.id);
  entries_.emplace(ticket.id, std::move(entry));
}

void MatchingPool::Remove(const Ticket& ticket) {
  const auto found = entries_.find(ticket.id);
  Entry& entry = *found->second;
  for (const std::string& tag : ticket.tags) tags_.Release(Fold(tag));
  tree_.Erase(ToNumber(ticket.id));
  const std::vector<Entry*> beginners = std::exchange(entry.in_groups, {});
  for (Entry* const beginner : beginners) {
    std::erase(beginner->group, &entry);
    again_.insert(beginner->id());
  }
  ForgetGroupOf(entry);
  again_.erase(ticket.id);
  entries_.erase(found);
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
  lasting_.erase({entry.lasts_until, entry.id()});
}

void MatchingPool::Remember(const Group& group, Timestamp earliest) {
  Entry& first = *group.entries.front();
  first.group.assign(group.entries.begin() + 1, group.entries.end());
  for (Entry* const entry : first.group) entry->in_groups.push_back(&first);
  // Who does not fit now never will, until somebody goes; who does, until there is no time left.
  first.lasts_until = group.until - milliseconds(group.length_ms);
  if (first.lasts_until >= earliest) lasting_.insert({first.lasts_until, first.id()});
}

// ---- Matching

MatchingPool::Group MatchingPool::Grow(Entry& first, Timestamp earliest) {
  Group group(first, earliest);
  const Ticket& ticket = *first.ticket;
  search_.FindWithin(tree_, ticket.place, ticket.radius_m,
                     {.stamp_above = StampOf(ticket.id), .any_of = first.mask});
  const spatial::Search::Columns& found = search_.Unmeasured();
  near_.clear();
  for (std::size_t i = 0; i < found.size(); ++i) {
    near_.emplace_back(TicketId{found.id[i]}, nullptr);
  }
  std::ranges::sort(near_);
  for (const auto& [id, unused] : near_) {
    if (group.IsFull()) break;
    Entry& candidate = *entries_.find(id)->second;
    if (group.Admits(candidate)) group.Add(candidate);
  }
  return group;
}

void MatchingPool::LookAgainBecauseOf(const Entry& added, Timestamp earliest) {
  const Ticket& ticket = *added.ticket;
  search_.FindWithin(tree_, ticket.place, ticket.radius_m, {.any_of = added.mask});
  const spatial::Search::Columns& found = search_.Unmeasured();
  for (std::size_t i = 0; i < found.size(); ++i) {
    const TicketId id{found.id[i]};
    if (id >= ticket.id || again_.contains(id)) continue;
    Entry& first = *entries_.find(id)->second;
    Group group(first, earliest);
    for (Entry* const entry : first.group) group.Add(*entry);
    if (group.Admits(added)) again_.insert(id);
  }
}

MatchedGroup MatchingPool::Describe(const Group& group) const {
  MatchedGroup matched;
  matched.start = group.start;
  matched.end = group.start + milliseconds(group.length_ms);
  matched.capacity = group.most;
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
    const auto added = entries_.find(id);
    if (added != entries_.end()) LookAgainBecauseOf(*added->second, earliest);
  }
  // Groups that are formed make others look again: those that come later now, the rest next time.
  for (auto next = again_.begin(); next != again_.end();) {
    const TicketId id = *next;
    again_.erase(next);
    Entry& first = *entries_.find(id)->second;
    ForgetGroupOf(first);
    const Group group = Grow(first, earliest);
    if (group.entries.size() >= group.least) {
      form(Describe(group));
    } else {
      Remember(group, earliest);
    }
    next = again_.upper_bound(id);
  }
  constexpr std::size_t kBytesKept = std::size_t{1} << 20;
  search_.Trim(kBytesKept);
}

}  // namespace moyeo::society
