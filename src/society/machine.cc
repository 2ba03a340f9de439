#include "society/machine.h"

#include <algorithm>
#include <type_traits>
#include <variant>

#include "society/checks.h"
#include "society/fingerprint.h"

namespace moyeo::society {
namespace {

template <typename Body>
constexpr bool kIsOfHost = std::is_same_v<Body, Advance> || std::is_same_v<Body, Configure>;

}  // namespace

// ---- Every command's way

Reject Machine::CheckHeader(const Command& command, const RememberedRequest*& repeated) const {
  if (!IsTime(command.time)) return Reject::kInvalidTime;
  if (command.request_id) {
    const RememberedRequest* const before = requests_.Find(command.actor, *command.request_id);
    if (before != nullptr) {
      if (before->fingerprint != FingerprintOf(command.body)) return Reject::kRequestIdReused;
      repeated = before;
    }
  }
  return Reject::kNone;
}

Reject Machine::CheckBody(const Command& command) const {
  return std::visit(
      [&](const auto& c) {
        using Body = std::decay_t<decltype(c)>;
        if constexpr (kIsOfHost<Body>) {
          if (command.actor) return Reject::kActorNotWanted;
          if constexpr (std::is_same_v<Body, Configure>) return Check(c);
          return Reject::kNone;
        } else {
          if (!command.actor) return Reject::kActorMissing;
          if (state_.erased.contains(*command.actor)) return Reject::kErasedActor;
          if constexpr (std::is_same_v<Body, Register>) {
            return Check(c, *command.actor);
          } else {
            const User* const actor = Find(*command.actor);
            if (actor == nullptr) return Reject::kUnknownActor;
            return Check(c, *actor, NowOf(command));
          }
        }
      },
      command.body);
}

void Machine::ChangeBody(const Command& command, Outcome& outcome) {
  std::visit(
      [&](const auto& c) {
        using Body = std::decay_t<decltype(c)>;
        if constexpr (std::is_same_v<Body, Advance>) {
          if (state_.matching_due && *state_.matching_due <= state_.time) Match();
        } else if constexpr (std::is_same_v<Body, Configure>) {
          Change(c);
        } else if constexpr (std::is_same_v<Body, Register>) {
          Change(c, *command.actor);
        } else if constexpr (!kIsOfHost<Body>) {
          User& actor = Get(*command.actor);
          actor.last_active = state_.time;
          Change(c, actor, outcome);
        }
      },
      command.body);
}

Reject Machine::Validate(const Command& command) const {
  const RememberedRequest* repeated = nullptr;
  if (const Reject reject = CheckHeader(command, repeated); reject != Reject::kNone) return reject;
  return repeated == nullptr ? CheckBody(command) : Reject::kNone;
}

Outcome Machine::Apply(const Command& command, std::vector<Event>& events) {
  const RememberedRequest* repeated = nullptr;
  if (const Reject reject = CheckHeader(command, repeated); reject != Reject::kNone) {
    return {.reject = reject};
  }
  if (repeated != nullptr) return repeated->outcome;
  if (const Reject reject = CheckBody(command); reject != Reject::kNone) return {.reject = reject};

  events_ = &events;
  const Timestamp now = NowOf(command);
  Fire(now);
  Outcome outcome;
  ChangeBody(command, outcome);
  // What the command has set for now or before.
  Fire(now);
  events_ = nullptr;
  if (command.request_id) {
    requests_.Remember({.actor = command.actor,
                        .request_id = *command.request_id,
                        .fingerprint = FingerprintOf(command.body),
                        .outcome = outcome});
  }
  return outcome;
}

std::optional<Outcome> Machine::OutcomeBefore(const Command& command) const {
  const RememberedRequest* repeated = nullptr;
  if (CheckHeader(command, repeated) != Reject::kNone || repeated == nullptr) return std::nullopt;
  return repeated->outcome;
}

const User* Machine::Find(UserId user) const {
  const auto found = state_.users.find(user);
  return found == state_.users.end() ? nullptr : found->second.get();
}

const Meetup* Machine::Find(MeetupId meetup) const {
  const auto found = state_.meetups.find(meetup);
  return found == state_.meetups.end() ? nullptr : found->second.get();
}

const Ticket* Machine::Find(TicketId ticket) const {
  const auto found = state_.tickets.find(ticket);
  return found == state_.tickets.end() ? nullptr : found->second.get();
}

Reject Machine::Check(const Configure& c) const {
  const Settings& s = c.settings;
  for (const std::int64_t ms :
       {s.start_from_ms, s.start_before_ms, s.length_from_ms, s.end_before_ms, s.retention_ms,
        s.presence_ttl_ms, s.matching_delay_ms}) {
    if (ms < 0 || ms > Limits::kLongestSettingMs) return Reject::kInvalidSettings;
  }
  if (s.length_from_ms == 0 || s.presence_ttl_ms == 0) return Reject::kInvalidSettings;
  if (s.cloak_level < 0 || s.cloak_level > Limits::kMostCloakLevel) {
    return Reject::kInvalidSettings;
  }
  for (const std::uint32_t weight :
       {s.distance_weight, s.interests_weight, s.soon_weight, s.seats_weight, s.friends_weight}) {
    if (weight > Limits::kMostWeight) return Reject::kInvalidSettings;
  }
  return Reject::kNone;
}

void Machine::Change(const Configure& c) {
  if (c.settings.start_from_ms != state_.settings.start_from_ms) pool_.LookAgainAtAll();
  state_.settings = c.settings;
  Emit({.everybody = true}, Configured{.settings = c.settings});
}

// ---- Time

std::optional<Machine::NextFiring> Machine::Next() const {
  std::optional<NextFiring> next;
  const auto consider = [&](const auto& agenda, Due due, std::int64_t after_ms) {
    if (agenda.empty()) return;
    const auto& [time, id] = *agenda.begin();
    const Timestamp when = time + std::chrono::milliseconds(after_ms);
    if (!next || when < next->time) next = {.time = when, .due = due, .number = ToNumber(id)};
  };
  consider(seen_from_, Due::kSeen, 0);
  consider(starts_, Due::kStart, 0);
  consider(ends_, Due::kEnd, 0);
  consider(closed_, Due::kForget, state_.settings.retention_ms);
  consider(expiries_, Due::kExpire, 0);
  return next;
}

std::optional<Timestamp> Machine::NextDue() const {
  std::optional<Timestamp> due = state_.matching_due;
  if (const std::optional<NextFiring> next = Next())
    due = std::min(next->time, due.value_or(next->time));
  return due ? std::optional(std::max(*due, state_.time)) : std::nullopt;
}

void Machine::Fire(Timestamp now) {
  for (auto next = Next(); next && next->time <= now; next = Next()) {
    state_.time = std::max(state_.time, next->time);
    const MeetupId meetup{next->number};
    switch (next->due) {
      case Due::kSeen:
        BeginSeeing(Get(meetup));
        break;
      case Due::kStart:
        Start(Get(meetup));
        break;
      case Due::kEnd:
        End(Get(meetup));
        break;
      case Due::kForget:
        Forget(Get(meetup));
        break;
      case Due::kExpire:
        Expire(TicketId{next->number});
        break;
    }
  }
  state_.time = now;
}

void Machine::Start(Meetup& meetup) {
  starts_.erase({meetup.start, meetup.id});
  const bool was_open = IsOpen(meetup);
  meetup.started = true;
  Emit(RoomAudience(meetup), MeetupStarted{.meetup = meetup.id});
  if (was_open) listing_.TakeOutTexts(meetup);
  Relist(meetup);
  WithdrawInvitations(meetup);
}

void Machine::End(Meetup& meetup) {
  ends_.erase({meetup.end, meetup.id});
  closed_.insert({meetup.end, meetup.id});
  meetup.ended = true;
  for (const Member& member : meetup.members) --Get(member.user).current_meetups;
  Emit(RoomAudience(meetup), MeetupEnded{.meetup = meetup.id});
  EndSeeing(meetup);
}

void Machine::Forget(Meetup& meetup) {
  closed_.erase({meetup.closed(), meetup.id});
  Audience audience;
  for (const Member& member : meetup.members) audience.users.push_back(member.user);
  // Who has posted may have been erased since.
  const auto drop = [&](UserId id) {
    const auto user = state_.users.find(id);
    if (user != state_.users.end()) DropTie(*user->second, meetup.id);
  };
  for (const Member& member : meetup.members) drop(member.user);
  for (const UserId author : meetup.room.authors) drop(author);
  for (const UserId kicked : meetup.kicked) drop(kicked);
  const MeetupId id = meetup.id;
  state_.meetups.erase(id);
  Emit(std::move(audience), MeetupForgotten{.meetup = id});
}

}  // namespace moyeo::society
