// Everything in a state, in one order: for its digest, and to and from the bytes of a snapshot.

#ifndef MOYEO_SOCIETY_STATE_FIELDS_H_
#define MOYEO_SOCIETY_STATE_FIELDS_H_

#include <type_traits>

#include "society/rules.h"
#include "society/state.h"

namespace moyeo::society {

// Takes `archive` through `state`. An archive writes what it is shown or reads into it, and has
//
//   kReads                whether it reads
//   rules()               the version of the rules: what a state has only by later ones is left out
//   Number(value)         of a number, an enumerator, a time, a flag or a mark
//   Flags(a, b, c)        three flags in one number
//   Text(string)
//   List(list, each)      its length, and each(element) for all of them
//   Optional(value, each) whether it is there, and each(*value) if it is
//   Records(map, each)    like a list of its records, in order of their ids
//   Ids(set)              like a list of numbers
//
// What follows from the rest is left out.
template <typename Archive, typename Record>
using Shown = std::conditional_t<Archive::kReads, Record, const Record>;

template <typename Archive, typename List>
void Numbers(Archive& archive, List& list) {
  archive.List(list, [&](auto& value) { archive.Number(value); });
}

template <typename Archive>
void Texts(Archive& archive, Shown<Archive, std::vector<std::string>>& texts) {
  archive.List(texts, [&](auto& text) { archive.Text(text); });
}

template <typename Archive>
void Fields(Archive& archive, Shown<Archive, Settings>& settings) {
  archive.Number(settings.start_from_ms);
  archive.Number(settings.start_before_ms);
  archive.Number(settings.length_from_ms);
  archive.Number(settings.end_before_ms);
  archive.Number(settings.retention_ms);
  archive.Number(settings.presence_ttl_ms);
  archive.Number(settings.cloak_level);
  if (archive.rules() < kRulesWithTickets) return;
  archive.Number(settings.matching_delay_ms);
  archive.Number(settings.distance_weight);
  archive.Number(settings.interests_weight);
  archive.Number(settings.soon_weight);
  archive.Number(settings.seats_weight);
  archive.Number(settings.friends_weight);
}

template <typename Archive>
void Fields(Archive& archive, Shown<Archive, User>& user) {
  archive.Number(user.id);
  archive.Number(user.registered);
  archive.Number(user.last_active);
  archive.Number(user.visibility);
  archive.Text(user.nickname);
  archive.Text(user.status);
  Texts(archive, user.interests);
  archive.Text(user.image_url);
  Numbers(archive, user.friends);
  Numbers(archive, user.requests_sent);
  Numbers(archive, user.requests_received);
  Numbers(archive, user.blocks);
  Numbers(archive, user.blocked_by);
  Numbers(archive, user.invitations);
  archive.List(user.ties, [&](auto& tie) {
    archive.Number(tie.meetup);
    archive.Flags(tie.member, tie.posted, tie.kicked);
  });
}

template <typename Archive>
void Fields(Archive& archive, Shown<Archive, Meetup>& meetup) {
  archive.Number(meetup.id);
  archive.Number(meetup.host);
  archive.Text(meetup.title);
  archive.Text(meetup.content);
  archive.Text(meetup.image_url);
  archive.Text(meetup.place_name);
  archive.Optional(meetup.location, [&](auto& location) {
    archive.Number(location.lat);
    archive.Number(location.lng);
  });
  archive.Number(meetup.start);
  archive.Number(meetup.end);
  archive.Number(meetup.capacity);
  Texts(archive, meetup.tags);
  archive.Text(meetup.bring);
  archive.Number(meetup.created);
  archive.Optional(meetup.cancelled, [&](auto& cancelled) { archive.Number(cancelled); });
  archive.Number(meetup.confirmed);
  archive.List(meetup.members, [&](auto& member) {
    archive.Number(member.user);
    archive.Number(member.joined);
    archive.Number(member.confirmed);
    archive.Number(member.joined_after);
    archive.Number(member.read);
  });
  Numbers(archive, meetup.invitations);
  Numbers(archive, meetup.kicked);
  Numbers(archive, meetup.room.authors);
  Numbers(archive, meetup.room.messages);
}

template <typename Archive>
void Fields(Archive& archive, Shown<Archive, RememberedRequest>& request) {
  archive.Optional(request.actor, [&](auto& actor) { archive.Number(actor); });
  archive.Number(request.request_id);
  archive.Number(request.fingerprint);
  archive.Optional(request.outcome.meetup, [&](auto& meetup) { archive.Number(meetup); });
  archive.Optional(request.outcome.message, [&](auto& message) { archive.Number(message); });
  if (archive.rules() < kRulesWithTickets) return;
  archive.Optional(request.outcome.ticket, [&](auto& ticket) { archive.Number(ticket); });
}

template <typename Archive>
void Fields(Archive& archive, Shown<Archive, Ticket>& ticket) {
  archive.Number(ticket.id);
  archive.Number(ticket.user);
  archive.Number(ticket.created);
  archive.Number(ticket.place.lat);
  archive.Number(ticket.place.lng);
  archive.Number(ticket.radius_m);
  archive.Number(ticket.from);
  archive.Number(ticket.until);
  archive.Number(ticket.length_ms);
  Texts(archive, ticket.tags);
  archive.Number(ticket.least);
  archive.Number(ticket.most);
}

template <typename Archive>
void Fields(Archive& archive, Shown<Archive, State>& state) {
  archive.Number(state.time);
  archive.Number(state.sequence);
  archive.Number(state.last_meetup);
  Fields(archive, state.settings);
  archive.Records(state.users, [&](auto& user) { Fields(archive, user); });
  archive.Ids(state.erased);
  archive.Records(state.meetups, [&](auto& meetup) { Fields(archive, meetup); });
  archive.List(state.requests, [&](auto& request) { Fields(archive, request); });
  if (archive.rules() < kRulesWithTickets) return;
  archive.Number(state.last_ticket);
  archive.Records(state.tickets, [&](auto& ticket) { Fields(archive, ticket); });
  archive.Optional(state.matching_due, [&](auto& due) { archive.Number(due); });
}

}  // namespace moyeo::society

#endif  // MOYEO_SOCIETY_STATE_FIELDS_H_
