#include "support/chronicle.h"

#include <cassert>
#include <utility>

namespace moyeo::testing {

Chronicle::Chronicle(std::vector<UserId> users, std::size_t writers, std::int64_t ttl_ms)
    : users_(std::move(users)), writers_(writers), ttl_(ttl_ms), entries_(users_.size()) {
  assert(writers > 0 && writers <= kMaxWriters);
  for (std::size_t i = 0; i < users_.size(); ++i) numbers_[users_[i]] = i;
  Begin(std::vector<std::optional<Presence>>(users_.size()));
}

void Chronicle::Begin(std::span<const std::optional<Presence>> held) {
  for (std::size_t i = 0; i < users_.size(); ++i) {
    Entry entry;
    if (held[i]) {
      entry.kind = Entry::Kind::kSeen;
      entry.mask = held[i]->attributes;
      entry.position = held[i]->position;
      entry.seen = held[i]->last_seen;
    }
    entries_[i] = std::vector<Entry>(1, entry);
  }
  for (WriterState& state : writer_states_) {
    state.begun = 0;
    state.done = 0;
    state.beside = std::vector<Beside>(1);
  }
  clears_begun_ = 0;
  clears_done_ = 0;
  swept_ = Timestamp::min();
}

Chronicle::Act::Act(Chronicle& chronicle, std::size_t writer)
    : chronicle_(chronicle),
      writer_(writer),
      number_(static_cast<std::uint32_t>(chronicle.writer_states_[writer].beside.size())),
      clears_before_(chronicle.clears_done_.load(std::memory_order_acquire)) {
  chronicle_.writer_states_[writer_].begun.store(number_, std::memory_order_release);
}

Chronicle::Act::~Act() {
  WriterState& state = chronicle_.writer_states_[writer_];
  state.beside.push_back({.clears_before = clears_before_,
                          .clears_after = chronicle_.clears_begun_.load(std::memory_order_acquire),
                          .swept = chronicle_.swept_.load(std::memory_order_acquire)});
  state.done.store(number_, std::memory_order_release);
}

void Chronicle::Act::Move(std::size_t user, LatLng position, Timestamp seen,
                          std::optional<std::uint32_t> mask) {
  const Entry& last = chronicle_.LastOf(user);
  const bool is_late = last.kind == Entry::Kind::kSeen && seen < last.seen;
  assert(mask || (last.kind == Entry::Kind::kSeen && last.act < number_ && !is_late));
  // Whose ttl has passed is new.
  if (last.seen + chronicle_.ttl_ <= seen) mask = mask.value_or(0);
  chronicle_.entries_[user].push_back({.kind = is_late ? Entry::Kind::kLate : Entry::Kind::kSeen,
                                       .keeps_mask = !mask,
                                       .act = number_,
                                       .mask = mask.value_or(last.mask),
                                       .position = Canonical(position).value(),
                                       .seen = seen});
}

void Chronicle::Act::Remove(std::size_t user, bool was_held) {
  chronicle_.entries_[user].push_back(
      {.kind = Entry::Kind::kGone, .was_held = was_held, .act = number_});
}

void Chronicle::BeginSweep(Timestamp now) {
  Timestamp greatest = swept_.load();
  while (greatest < now && !swept_.compare_exchange_weak(greatest, now)) {
  }
}

Chronicle::Moment Chronicle::Done() const {
  Moment moment;
  for (std::size_t i = 0; i < writers_; ++i) {
    moment.acts[i] = writer_states_[i].done.load(std::memory_order_acquire);
  }
  moment.clears = clears_done_.load(std::memory_order_acquire);
  return moment;
}

Chronicle::Moment Chronicle::Begun() const {
  Moment moment;
  for (std::size_t i = 0; i < writers_; ++i) {
    moment.acts[i] = writer_states_[i].begun.load(std::memory_order_acquire);
  }
  moment.clears = clears_begun_.load(std::memory_order_acquire);
  moment.swept = swept_.load(std::memory_order_acquire);
  return moment;
}

std::optional<std::size_t> Chronicle::NumberOf(UserId user) const {
  const auto found = numbers_.find(user);
  return found == numbers_.end() ? std::nullopt : std::optional(found->second);
}

std::size_t Chronicle::LastOf(std::size_t user, std::size_t end) const {
  std::size_t number = end - 1;
  while (entries_[user][number].kind == Entry::Kind::kLate) --number;
  return number;
}

bool Chronicle::MayBeGone(std::size_t user, const Entry& entry, std::uint32_t clears,
                          Timestamp swept) const {
  return entry.kind == Entry::Kind::kGone || clears > BesideOf(user, entry).clears_before ||
         entry.seen + ttl_ <= swept;
}

bool Chronicle::IsCleared(std::size_t user, const Entry& entry, std::uint32_t clears) const {
  return clears > BesideOf(user, entry).clears_after;
}

bool Chronicle::MaskMayBe0(std::size_t user, std::size_t number) const {
  const std::vector<Entry>& entries = entries_[user];
  while (entries[number].keeps_mask) {
    const Beside& beside = BesideOf(user, entries[number]);
    number = LastOf(user, number);
    if (MayBeGone(user, entries[number], beside.clears_after, beside.swept)) return true;
  }
  return false;
}

std::optional<bool> Chronicle::MustHaveBeenHeld(std::size_t user, std::size_t number) const {
  const std::vector<Entry>& entries = entries_[user];
  const Beside& beside = BesideOf(user, entries[number]);
  const std::size_t last = LastOf(user, number);
  if (!MayBeGone(user, entries[last], beside.clears_after, beside.swept)) return true;
  if (last + 1 < number) return std::nullopt;  // a late move may have brought them back
  const bool is_gone = entries[last].kind == Entry::Kind::kGone ||
                       IsCleared(user, entries[last], beside.clears_before);
  return is_gone ? std::optional(false) : std::nullopt;
}

}  // namespace moyeo::testing
