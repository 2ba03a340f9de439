// From a state alone: all that follows from it.

#include <algorithm>
#include <utility>
#include <vector>

#include "society/machine.h"

namespace moyeo::society {

Machine::Machine(State state) : state_(std::move(state)), requests_(state_) {
  // In order of ids, in which long lists grow at their ends.
  std::vector<User*> users;
  users.reserve(state_.users.size());
  for (const auto& [id, user] : state_.users) users.push_back(user.get());
  std::ranges::sort(users, {}, &User::id);
  nicknames_.reserve(users.size());
  for (User* const user : users) IndexNickname(*user);

  std::vector<Meetup*> meetups;
  meetups.reserve(state_.meetups.size());
  for (const auto& [id, meetup] : state_.meetups) meetups.push_back(meetup.get());
  std::ranges::sort(meetups, {}, &Meetup::id);
  for (Meetup* const meetup : meetups) RestoreMeetup(*meetup);

  std::vector<const Ticket*> tickets;
  tickets.reserve(state_.tickets.size());
  for (const auto& [id, ticket] : state_.tickets) tickets.push_back(ticket.get());
  std::ranges::sort(tickets, {}, &Ticket::id);
  for (const Ticket* const ticket : tickets) IndexTicket(*ticket);
}

void Machine::RestoreMeetup(Meetup& meetup) {
  const bool is_cancelled = meetup.cancelled.has_value();
  // What was cancelled stays as far as it had come.
  meetup.started = HasStarted(meetup, meetup.cancelled.value_or(state_.time));
  meetup.ended = !is_cancelled && HasEnded(meetup, state_.time);
  meetup.listed = IsOpen(meetup) && meetup.members.size() < meetup.capacity;

  const bool is_current = !is_cancelled && !meetup.ended;
  const bool will_be_seen = meetup.confirmed && is_current;
  meetup.seen = will_be_seen && meetup.start - kSeenBefore <= state_.time;
  for (const Member& member : meetup.members) {
    User& user = Get(member.user);
    if (is_current) ++user.current_meetups;
    if (meetup.seen) user.seen_in.push_back(meetup.id);
  }

  if (will_be_seen && !meetup.seen) seen_from_.insert({meetup.start - kSeenBefore, meetup.id});
  if (!is_cancelled && !meetup.started) starts_.insert({meetup.start, meetup.id});
  if (is_current) {
    ends_.insert({meetup.end, meetup.id});
  } else {
    closed_.insert({meetup.closed(), meetup.id});
  }
  if (IsOpen(meetup)) listing_.PutTexts(meetup);
  if (meetup.listed) listing_.Put(meetup);
}

}  // namespace moyeo::society
