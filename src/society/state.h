// What the durable plane holds, as plain data. All else in this folder can be made from it again.

#ifndef MOYEO_SOCIETY_STATE_H_
#define MOYEO_SOCIETY_STATE_H_

#include <algorithm>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/btree_set.h"
#include "absl/container/flat_hash_map.h"
#include "moyeo/command.h"
#include "moyeo/types.h"
#include "spatial/position.h"

namespace moyeo::society {

// What a user has to do with a meetup that is kept.
struct Tie {
  MeetupId meetup{};
  bool member = false;
  bool posted = false;
  bool kicked = false;  // and has not joined since
};

struct User {
  UserId id{};
  Timestamp registered{};
  Timestamp last_active{};
  Visibility visibility = Visibility::kCloaked;
  std::string nickname;
  std::string status;
  std::vector<std::string> interests;
  std::string image_url;

  // All of these ascending.
  std::vector<UserId> friends;
  std::vector<UserId> requests_sent;
  std::vector<UserId> requests_received;
  std::vector<UserId> blocks;
  std::vector<UserId> blocked_by;
  std::vector<MeetupId> invitations;
  std::vector<Tie> ties;

  // Follow from the ties: how many meetups are current, and those whose members see each other
  // exactly, ascending.
  std::uint32_t current_meetups = 0;
  std::vector<MeetupId> seen_in;
};

struct Member {
  UserId user{};
  Timestamp joined{};
  bool confirmed = false;
  MessageNumber joined_after = 0;
  MessageNumber read = 0;
};

// A message, as far as rules ask for it: its author's place among the authors of the room.
class MessageMark {
 public:
  explicit MessageMark(std::uint32_t author) : bits_(author << 1) {}

  std::uint32_t author() const { return bits_ >> 1; }
  bool deleted() const { return (bits_ & 1) != 0; }
  void Delete() { bits_ |= 1; }
  std::uint32_t bits() const { return bits_; }

 private:
  std::uint32_t bits_;
};

struct Room {
  std::vector<UserId> authors;        // in order of their first message
  std::vector<MessageMark> messages;  // number 1 first

  MessageNumber last() const { return messages.size(); }
  MessageMark& At(MessageNumber number) { return messages[number - 1]; }
  const MessageMark& At(MessageNumber number) const { return messages[number - 1]; }
  UserId AuthorOf(MessageNumber number) const { return authors[At(number).author()]; }
};

struct Meetup {
  MeetupId id{};
  UserId host{};
  std::string title;
  std::string content;
  std::string image_url;
  std::string place_name;
  std::optional<spatial::Position> location;
  Timestamp start{};
  Timestamp end{};
  std::uint32_t capacity = 0;
  std::vector<std::string> tags;
  std::string bring;
  Timestamp created{};
  std::optional<Timestamp> cancelled;
  bool confirmed = false;
  std::vector<Member> members;      // in order of joining
  std::vector<UserId> invitations;  // ascending
  std::vector<UserId> kicked;       // ascending
  Room room;

  // Follow from the rest and the time of the society.
  bool started = false;
  bool ended = false;
  bool listed = false;
  bool seen = false;  // its members see each other exactly

  // When it began to be kept for no more than the retention.
  Timestamp closed() const { return cancelled.value_or(end); }

  Member* Find(UserId user) {
    const auto found = std::ranges::find(members, user, &Member::user);
    return found == members.end() ? nullptr : &*found;
  }
  const Member* Find(UserId user) const { return const_cast<Meetup*>(this)->Find(user); }

  std::uint32_t member_count() const { return static_cast<std::uint32_t>(members.size()); }
};

// An accepted command that had a request id.
struct RememberedRequest {
  std::optional<UserId> actor;
  RequestId request_id{};
  std::uint64_t fingerprint = 0;  // of what was asked for
  Outcome outcome;
};

struct State {
  Timestamp time = kMinTimestamp;
  std::uint64_t sequence = 0;
  std::uint64_t last_meetup = 0;
  Settings settings;
  absl::flat_hash_map<UserId, std::unique_ptr<User>> users;
  absl::btree_set<UserId> erased;
  absl::flat_hash_map<MeetupId, std::unique_ptr<Meetup>> meetups;
  std::deque<RememberedRequest> requests;  // the oldest first

  // Tells `sink` everything, always in the same order, as calls of sink.Number(std::uint64_t) and
  // sink.Text(const std::string&). Lists are preceded by their lengths, and what may be missing by
  // whether it is there. What follows from the rest is left out.
  template <typename Sink>
  void Visit(Sink& sink) const;
};

namespace visit {

template <typename Sink>
void Time(Sink& sink, Timestamp time) {
  sink.Number(static_cast<std::uint64_t>(time.time_since_epoch().count()));
}

template <typename Sink>
void Texts(Sink& sink, const std::vector<std::string>& texts) {
  sink.Number(texts.size());
  for (const std::string& text : texts) sink.Text(text);
}

template <typename Sink, typename Id>
void Ids(Sink& sink, const std::vector<Id>& ids) {
  sink.Number(ids.size());
  for (const Id id : ids) sink.Number(ToNumber(id));
}

template <typename Sink>
void All(Sink& sink, const Settings& settings) {
  for (const std::int64_t value :
       {settings.start_from_ms, settings.start_before_ms, settings.length_from_ms,
        settings.end_before_ms, settings.retention_ms, settings.presence_ttl_ms,
        std::int64_t{settings.cloak_level}}) {
    sink.Number(static_cast<std::uint64_t>(value));
  }
}

template <typename Sink>
void All(Sink& sink, const User& user) {
  sink.Number(ToNumber(user.id));
  Time(sink, user.registered);
  Time(sink, user.last_active);
  sink.Number(static_cast<std::uint64_t>(user.visibility));
  sink.Text(user.nickname);
  sink.Text(user.status);
  Texts(sink, user.interests);
  sink.Text(user.image_url);
  Ids(sink, user.friends);
  Ids(sink, user.requests_sent);
  Ids(sink, user.requests_received);
  Ids(sink, user.blocks);
  Ids(sink, user.blocked_by);
  Ids(sink, user.invitations);
  sink.Number(user.ties.size());
  for (const Tie& tie : user.ties) {
    sink.Number(ToNumber(tie.meetup));
    sink.Number(tie.member | tie.posted << 1 | tie.kicked << 2);
  }
}

template <typename Sink>
void All(Sink& sink, const Meetup& meetup) {
  sink.Number(ToNumber(meetup.id));
  sink.Number(ToNumber(meetup.host));
  sink.Text(meetup.title);
  sink.Text(meetup.content);
  sink.Text(meetup.image_url);
  sink.Text(meetup.place_name);
  sink.Number(meetup.location.has_value());
  if (meetup.location) {
    sink.Number(static_cast<std::uint32_t>(meetup.location->lat));
    sink.Number(static_cast<std::uint32_t>(meetup.location->lng));
  }
  Time(sink, meetup.start);
  Time(sink, meetup.end);
  sink.Number(meetup.capacity);
  Texts(sink, meetup.tags);
  sink.Text(meetup.bring);
  Time(sink, meetup.created);
  sink.Number(meetup.cancelled.has_value());
  if (meetup.cancelled) Time(sink, *meetup.cancelled);
  sink.Number(meetup.confirmed);
  sink.Number(meetup.members.size());
  for (const Member& member : meetup.members) {
    sink.Number(ToNumber(member.user));
    Time(sink, member.joined);
    sink.Number(member.confirmed);
    sink.Number(member.joined_after);
    sink.Number(member.read);
  }
  Ids(sink, meetup.invitations);
  Ids(sink, meetup.kicked);
  Ids(sink, meetup.room.authors);
  sink.Number(meetup.room.messages.size());
  for (const MessageMark mark : meetup.room.messages) sink.Number(mark.bits());
}

template <typename Sink>
void All(Sink& sink, const RememberedRequest& request) {
  sink.Number(request.actor.has_value());
  if (request.actor) sink.Number(ToNumber(*request.actor));
  sink.Number(ToNumber(request.request_id));
  sink.Number(request.fingerprint);
  sink.Number(request.outcome.meetup.has_value());
  if (request.outcome.meetup) sink.Number(ToNumber(*request.outcome.meetup));
  sink.Number(request.outcome.message.has_value());
  if (request.outcome.message) sink.Number(*request.outcome.message);
}

// The records of a map, in order of their ids.
template <typename Sink, typename Map>
void AllOf(Sink& sink, const Map& map) {
  std::vector<typename Map::key_type> ids;
  ids.reserve(map.size());
  for (const auto& [id, record] : map) ids.push_back(id);
  std::ranges::sort(ids);
  sink.Number(ids.size());
  for (const auto id : ids) All(sink, *map.find(id)->second);
}

}  // namespace visit

template <typename Sink>
void State::Visit(Sink& sink) const {
  visit::Time(sink, time);
  sink.Number(sequence);
  sink.Number(last_meetup);
  visit::All(sink, settings);
  visit::AllOf(sink, users);
  sink.Number(erased.size());
  for (const UserId user : erased) sink.Number(ToNumber(user));
  visit::AllOf(sink, meetups);
  sink.Number(requests.size());
  for (const RememberedRequest& request : requests) visit::All(sink, request);
}

}  // namespace moyeo::society

#endif  // MOYEO_SOCIETY_STATE_H_
