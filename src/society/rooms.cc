// Rooms: numbers and marks of messages, whose texts are elsewhere.

#include <algorithm>
#include <utility>

#include "society/checks.h"
#include "society/machine.h"
#include "society/text.h"

namespace moyeo::society {

Reject Machine::Check(const PostMessage& c, const User& actor, Timestamp now) const {
  const Meetup* const meetup = Kept(c.meetup, now);
  if (meetup == nullptr) return Reject::kUnknownMeetup;
  if (meetup->Find(actor.id) == nullptr) return Reject::kNotMember;
  if (!IsUtf8(c.text)) return Reject::kInvalidText;
  if (!HasLength(c.text, 1, Limits::kMessageLength)) return Reject::kMessageLength;
  if (meetup->room.last() >= Limits::kMessagesInRoom) return Reject::kRoomFull;
  return Reject::kNone;
}

void Machine::Change(const PostMessage& c, User& actor, Outcome& outcome) {
  Meetup& meetup = Get(c.meetup);
  Room& room = meetup.room;
  const auto author = std::ranges::find(room.authors, actor.id);
  const auto slot = static_cast<std::uint32_t>(author - room.authors.begin());
  if (author == room.authors.end()) room.authors.push_back(actor.id);
  room.messages.emplace_back(slot);
  TieTo(actor, meetup.id).posted = true;
  outcome.message = room.last();
  Emit(RoomAudience(meetup, actor),
       MessagePosted{
           .meetup = meetup.id, .number = room.last(), .author = actor.id, .text = Nfc(c.text)});
}

Reject Machine::Check(const DeleteMessage& c, const User& actor, Timestamp now) const {
  const Meetup* const meetup = Kept(c.meetup, now);
  if (meetup == nullptr) return Reject::kUnknownMeetup;
  const Member* const member = meetup->Find(actor.id);
  if (member == nullptr) return Reject::kNotMember;
  const Room& room = meetup->room;
  if (c.number <= member->joined_after || c.number > room.last()) return Reject::kUnknownMessage;
  if (room.At(c.number).deleted()) return Reject::kAlreadyDeleted;
  if (room.AuthorOf(c.number) != actor.id && meetup->host != actor.id) {
    return Reject::kNotAuthorOrHost;
  }
  return Reject::kNone;
}

void Machine::Change(const DeleteMessage& c, User&, Outcome&) {
  Meetup& meetup = Get(c.meetup);
  meetup.room.At(c.number).Delete();
  // Who was erased has no messages that could be deleted.
  const User& author = Get(meetup.room.AuthorOf(c.number));
  Emit(RoomAudience(meetup, author), MessageDeleted{.meetup = meetup.id, .number = c.number});
}

void Machine::EmptyMessages(Meetup& meetup, const User& author) {
  Room& room = meetup.room;
  MessagesEmptied emptied{.meetup = meetup.id, .numbers = {}};
  const auto slot =
      static_cast<std::uint32_t>(std::ranges::find(room.authors, author.id) - room.authors.begin());
  for (MessageNumber number = 1; number <= room.last(); ++number) {
    if (room.At(number).author() != slot || room.At(number).deleted()) continue;
    room.At(number).Delete();
    emptied.numbers.push_back(number);
  }
  if (!emptied.numbers.empty()) Emit(RoomAudience(meetup), std::move(emptied));
}

Reject Machine::Check(const MarkRead& c, const User& actor, Timestamp now) const {
  const Meetup* const meetup = Kept(c.meetup, now);
  if (meetup == nullptr) return Reject::kUnknownMeetup;
  const Member* const member = meetup->Find(actor.id);
  if (member == nullptr) return Reject::kNotMember;
  if (c.number > meetup->room.last()) return Reject::kUnknownMessage;
  if (c.number <= member->read) return Reject::kAlreadyRead;
  return Reject::kNone;
}

void Machine::Change(const MarkRead& c, User& actor, Outcome&) {
  Get(c.meetup).Find(actor.id)->read = c.number;
  Emit({.users = {actor.id}},
       ReadMarkMoved{.meetup = c.meetup, .user = actor.id, .number = c.number});
}

Reject Machine::Check(const ReportMessage& c, const User& actor, Timestamp now) const {
  const Meetup* const meetup = Kept(c.meetup, now);
  if (meetup == nullptr) return Reject::kUnknownMeetup;
  const Member* const member = meetup->Find(actor.id);
  if (member == nullptr) return Reject::kNotMember;
  const Room& room = meetup->room;
  if (c.number <= member->joined_after || c.number > room.last()) return Reject::kUnknownMessage;
  const UserId author = room.AuthorOf(c.number);
  if (AreBlocked(actor, author)) return Reject::kUnknownMessage;
  if (author == actor.id) return Reject::kOneself;
  return CheckReason(c.reason);
}

void Machine::Change(const ReportMessage& c, User& actor, Outcome&) {
  Emit({.moderators = true}, MessageReported{.by = actor.id,
                                             .meetup = c.meetup,
                                             .number = c.number,
                                             .author = Get(c.meetup).room.AuthorOf(c.number),
                                             .reason = Nfc(c.reason)});
}

}  // namespace moyeo::society
