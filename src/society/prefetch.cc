// What commands will touch, on its way to the processor before they do. Nothing depends on it but
// time: a command at random among a million people waits for memory most of the time.

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <variant>
#include <vector>

#include "society/machine.h"

namespace moyeo::society {
namespace {

constexpr std::size_t kCacheLine = 64;
// Of a record, what most commands look at.
constexpr std::size_t kBeginning = 4 * kCacheLine;

template <std::size_t kBytes, typename Record>
void PrefetchBytes(const Record& record) {
  static_assert(kBytes <= sizeof(Record));
  const char* const bytes = reinterpret_cast<const char*>(&record);
  for (std::size_t at = 0; at < kBytes; at += kCacheLine) __builtin_prefetch(bytes + at);
}

template <typename T>
void PrefetchFirst(const std::vector<T>& list) {
  __builtin_prefetch(list.data(), 1);
}

void PrefetchLists(const User& user) {
  PrefetchFirst(user.ties);
  PrefetchFirst(user.friends);
  PrefetchFirst(user.requests_sent);
  PrefetchFirst(user.requests_received);
}

void PrefetchLists(const Meetup& meetup) {
  PrefetchFirst(meetup.members);
  PrefetchFirst(meetup.invitations);
  PrefetchFirst(meetup.room.authors);
  // Where the next message goes.
  __builtin_prefetch(meetup.room.messages.data() + meetup.room.messages.size(), 1);
}

// Calls `each` with the users and meetups that a command names: with where they are kept, and the
// id.
template <typename Each>
void ForEachNamed(const State& state, const Command& command, Each each) {
  if (command.actor) each(state.users, *command.actor);
  std::visit(
      [&](const auto& c) {
        if constexpr (requires { c.meetup; }) each(state.meetups, c.meetup);
        if constexpr (requires { c.user; }) each(state.users, c.user);
      },
      command.body);
}

}  // namespace

// A record is three steps away: its slot in a table, itself, its lists. Each step is taken so many
// commands after the one before that it need not wait for it. Who has one command alone waits, but
// for all that it names together.
void Machine::Prefetch(std::span<const Command> coming) const {
  const bool is_alone = coming.size() == 1;
  const std::size_t to_slots = is_alone ? 0 : 9;
  const std::size_t to_records = is_alone ? 0 : 5;
  const std::size_t to_lists = is_alone ? 0 : 2;
  if (coming.size() > to_slots) {
    ForEachNamed(state_, coming[to_slots],
                 [](const auto& records, auto id) { records.prefetch(id); });
  }
  if (coming.size() > to_records) {
    ForEachNamed(state_, coming[to_records], [](const auto& records, auto id) {
      const auto found = records.find(id);
      if (found != records.end()) PrefetchBytes<kBeginning>(*found->second);
    });
  }
  if (coming.size() > to_lists) {
    ForEachNamed(state_, coming[to_lists], [](const auto& records, auto id) {
      const auto found = records.find(id);
      if (found != records.end()) PrefetchLists(*found->second);
    });
  }
}

void Machine::Prefetch(std::span<const MeetupId> meetups) const {
  for (const MeetupId id : meetups) state_.meetups.prefetch(id);
  for (const MeetupId id : meetups) {
    if (const Meetup* const meetup = Find(id); meetup != nullptr) {
      PrefetchBytes<sizeof(Meetup)>(*meetup);
    }
  }
  for (const MeetupId id : meetups) {
    const Meetup* const meetup = Find(id);
    if (meetup == nullptr) continue;
    state_.users.prefetch(meetup->host);
    __builtin_prefetch(meetup->title.data());
    __builtin_prefetch(meetup->tags.data());
  }
}

void Machine::Prefetch(std::span<const UserId> users) const {
  for (const UserId id : users) state_.users.prefetch(id);
  for (const UserId id : users) {
    if (const User* const user = Find(id); user != nullptr) PrefetchBytes<sizeof(User)>(*user);
  }
}

void Machine::PrefetchScored(std::span<const MeetupId> meetups) const {
  constexpr std::size_t kUpToMembers = 2 * kCacheLine;
  static_assert(offsetof(Meetup, members) < kUpToMembers - sizeof(std::vector<Member>));
  for (const MeetupId id : meetups) state_.meetups.prefetch(id);
  for (const MeetupId id : meetups) PrefetchBytes<kUpToMembers>(*Find(id));
  for (const MeetupId id : meetups) __builtin_prefetch(Find(id)->tag_numbers.data());
}

void Machine::PrefetchScored(std::span<const UserId> friends) const {
  for (const UserId id : friends) state_.users.prefetch(id);
  for (const UserId id : friends) PrefetchBytes<kCacheLine>(*Find(id));
  for (const UserId id : friends) __builtin_prefetch(Find(id)->ties.data());
}

}  // namespace moyeo::society
