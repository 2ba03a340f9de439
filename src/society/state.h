// What the durable plane holds, as plain data. All else in this folder can be made from it again;
// state_fields.h goes through all of it.

#ifndef MOYEO_SOCIETY_STATE_H_
#define MOYEO_SOCIETY_STATE_H_

#include <algorithm>
#include <chrono>
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

// What most commands look at comes first, so that it is in few cache lines; like in Meetup.
struct User {
  UserId id{};
  Timestamp last_active{};
  std::vector<Tie> ties;  // ascending, like the lists below
  std::vector<UserId> blocks;
  std::vector<UserId> blocked_by;
  std::vector<UserId> friends;
  std::vector<UserId> requests_sent;
  std::vector<UserId> requests_received;
  std::vector<MeetupId> invitations;

  // Follow from the ties: those whose members see each other exactly, and how many are current.
  std::vector<MeetupId> seen_in;
  std::uint32_t current_meetups = 0;

  // Follow from the tickets: those that are open, ascending.
  std::vector<TicketId> tickets;

  Visibility visibility = Visibility::kCloaked;
  Timestamp registered{};
  std::string nickname;
  std::string status;
  std::vector<std::string> interests;
  std::string image_url;
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
  static MessageMark FromBits(std::uint32_t bits) {
    MessageMark mark(0);
    mark.bits_ = bits;
    return mark;
  }

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
  Timestamp start{};
  Timestamp end{};
  std::optional<Timestamp> cancelled;
  std::uint32_t capacity = 0;
  bool confirmed = false;

  // Follow from the rest and the time of the society.
  bool started = false;
  bool ended = false;
  bool listed = false;
  bool seen = false;                       // its members see each other exactly
  std::vector<std::uint32_t> tag_numbers;  // in the listing, while it is listed; ascending

  std::vector<Member> members;  // in order of joining
  Room room;
  std::vector<UserId> invitations;  // ascending
  std::vector<UserId> kicked;       // ascending

  std::optional<spatial::Position> location;
  std::string title;
  std::string image_url;
  std::string place_name;
  std::vector<std::string> tags;
  std::string content;
  std::string bring;
  Timestamp created{};

  // When it began to be kept for no more than the retention.
  Timestamp closed() const { return cancelled.value_or(end); }

  Member* Find(UserId user) {
    const auto found = std::ranges::find(members, user, &Member::user);
    return found == members.end() ? nullptr : &*found;
  }
  const Member* Find(UserId user) const { return const_cast<Meetup*>(this)->Find(user); }

  std::uint32_t member_count() const { return static_cast<std::uint32_t>(members.size()); }
};

// An open ticket.
struct Ticket {
  TicketId id{};
  UserId user{};
  Timestamp created{};
  spatial::Position place;  // the centre of a cell
  std::uint32_t radius_m = 0;
  Timestamp from{};
  Timestamp until{};
  std::int64_t length_ms = 0;
  std::vector<std::string> tags;
  std::uint32_t least = 0;
  std::uint32_t most = 0;

  // When it could begin at the latest.
  Timestamp expires() const { return until - std::chrono::milliseconds(length_ms); }
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
  std::uint64_t last_ticket = 0;
  absl::flat_hash_map<TicketId, std::unique_ptr<Ticket>> tickets;
  std::optional<Timestamp> matching_due;  // from when on an Advance matches them
};

}  // namespace moyeo::society

#endif  // MOYEO_SOCIETY_STATE_H_
