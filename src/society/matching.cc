// Tickets: how they are opened and closed, and become meetups.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <utility>

#include "society/checks.h"
#include "society/machine.h"
#include "society/text.h"
#include "spatial/cloak.h"

namespace moyeo::society {
namespace {

using spatial::Position;
using std::chrono::milliseconds;

}  // namespace

LatLng Machine::Cloaked(LatLng location) const {
  const std::optional<Position> position = spatial::ToPosition(location);
  if (!position) return location;
  const Position center = spatial::Cloak(state_.settings.cloak_level).CenterOf(*position);
  // What was kept stays as it is where another machine would have rounded the centre otherwise.
  const bool is_center = std::abs(std::int64_t{position->lat} - center.lat) <= 1 &&
                         std::abs(std::int64_t{position->lng} - center.lng) <= 1;
  return spatial::ToDegrees(is_center ? *position : center);
}

std::size_t Machine::OpenTickets(const User& user, Timestamp now) const {
  const auto open = std::ranges::count_if(
      user.tickets, [&](TicketId ticket) { return Find(ticket)->expires() > now; });
  return static_cast<std::size_t>(open);
}

Reject Machine::Check(const CreateTicket& c, const User& actor, Timestamp now) const {
  if (!AreUtf8(c.tags)) return Reject::kInvalidText;
  if (const Reject reject = CheckTags(c.tags); reject != Reject::kNone) return reject;
  if (c.tags.empty()) return Reject::kNoTags;
  if (!spatial::ToPosition(c.location)) return Reject::kInvalidLocation;
  if (c.radius_m < 1 || c.radius_m > Limits::kMostTicketRadiusMeters) {
    return Reject::kRadiusOutOfRange;
  }
  const Settings& settings = state_.settings;
  if (!IsTime(c.from) || !IsTime(c.until)) return Reject::kInvalidTime;
  if (c.length_ms < settings.length_from_ms) return Reject::kEndTooEarly;
  if (milliseconds(c.length_ms) > c.until - c.from) return Reject::kWindowTooShort;
  const Timestamp latest = c.until - milliseconds(c.length_ms);
  if (latest <= now || latest < now + milliseconds(settings.start_from_ms)) {
    return Reject::kWindowTooShort;
  }
  if (c.from >= now + milliseconds(settings.start_before_ms)) return Reject::kStartTooLate;
  if (c.until >= now + milliseconds(settings.end_before_ms)) return Reject::kEndTooLate;
  if (c.least < Limits::kLeastCapacity || c.least > c.most || c.most > Limits::kMostCapacity) {
    return Reject::kGroupSizeOutOfRange;
  }
  if (OpenTickets(actor, now) >= Limits::kTickets) return Reject::kTooManyTickets;
  if (HasTooManyCurrentMeetups(actor, now)) return Reject::kTooManyCurrentMeetups;
  if (HasTooManyKeptMeetups(actor, MeetupId{}, now)) return Reject::kTooManyKeptMeetups;
  return Reject::kNone;
}

void Machine::Change(const CreateTicket& c, User& actor, Outcome& outcome) {
  const TicketId id{++state_.last_ticket};
  auto made = std::make_unique<Ticket>();
  Ticket& ticket = *made;
  state_.tickets.emplace(id, std::move(made));
  ticket.id = id;
  ticket.user = actor.id;
  ticket.created = state_.time;
  ticket.place = *spatial::ToPosition(Cloaked(c.location));
  ticket.radius_m = c.radius_m;
  ticket.from = c.from;
  ticket.until = c.until;
  ticket.length_ms = c.length_ms;
  ticket.tags = NfcOf(c.tags);
  ticket.least = c.least;
  ticket.most = c.most;
  IndexTicket(ticket);
  Emit({.users = {actor.id}}, TicketOpened{.ticket = id, .user = actor.id});
  WantMatching();
  outcome.ticket = id;
}

void Machine::IndexTicket(const Ticket& ticket) {
  User& user = Get(ticket.user);
  Insert(user.tickets, ticket.id);
  expiries_.insert({ticket.expires(), ticket.id});
  pool_.Add(ticket, user);
}

Reject Machine::Check(const WithdrawTicket& c, const User& actor, Timestamp now) const {
  if (!Contains(actor.tickets, c.ticket)) return Reject::kUnknownTicket;
  return Find(c.ticket)->expires() > now ? Reject::kNone : Reject::kUnknownTicket;
}

void Machine::Change(const WithdrawTicket& c, User& actor, Outcome&) {
  CloseTicket(c.ticket);
  Emit({.users = {actor.id}}, TicketWithdrawn{.ticket = c.ticket, .user = actor.id});
}

void Machine::EraseTickets(User& user) {
  const std::vector<TicketId> tickets = user.tickets;
  for (const TicketId ticket : tickets) {
    CloseTicket(ticket);
    Emit({.users = {user.id}}, TicketWithdrawn{.ticket = ticket, .user = user.id});
  }
}

void Machine::Expire(TicketId id) {
  const UserId user = Find(id)->user;
  CloseTicket(id);
  Emit({.users = {user}}, TicketExpired{.ticket = id, .user = user});
}

void Machine::CloseTicket(TicketId id) {
  const auto found = state_.tickets.find(id);
  const Ticket& ticket = *found->second;
  pool_.Remove(ticket);
  expiries_.erase({ticket.expires(), id});
  Remove(Get(ticket.user).tickets, id);
  state_.tickets.erase(found);
  WantMatching();
}

void Machine::WantMatching() {
  if (state_.tickets.empty()) {
    state_.matching_due.reset();
  } else if (!state_.matching_due) {
    state_.matching_due =
        std::min(state_.time + milliseconds(state_.settings.matching_delay_ms), kMaxTimestamp);
  }
}

void Machine::LookAgainAtTicketsOf(const User& user) {
  for (const TicketId ticket : user.tickets) pool_.LookAgainAt(ticket);
}

void Machine::Match() {
  state_.matching_due.reset();
  pool_.Match(state_.time + milliseconds(state_.settings.start_from_ms),
              [this](const MatchedGroup& group) { FormMeetup(group); });
}

void Machine::FormMeetup(const MatchedGroup& group) {
  struct Owner {
    TicketId ticket;
    UserId user;
  };
  std::vector<Owner> owners;
  for (const Ticket* const ticket : group.tickets) owners.push_back({ticket->id, ticket->user});

  Meetup& meetup = AddMeetup();
  meetup.host = owners.front().user;
  meetup.title = group.tags.front();
  meetup.location = group.tickets.front()->place;
  meetup.start = group.start;
  meetup.end = group.end;
  meetup.capacity = group.capacity;
  meetup.tags = group.tags;
  BeginMeetup(meetup);
  for (std::size_t i = 1; i < owners.size(); ++i) TakeIn(meetup, Get(owners[i].user));
  for (const Owner& owner : owners) {
    CloseTicket(owner.ticket);
    Emit({.users = {owner.user}},
         TicketMatched{.ticket = owner.ticket, .user = owner.user, .meetup = meetup.id});
  }
  Relist(meetup);
}

}  // namespace moyeo::society
