// The rules: what each command is refused for, and what it changes.

#ifndef MOYEO_SOCIETY_MACHINE_H_
#define MOYEO_SOCIETY_MACHINE_H_

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/btree_set.h"
#include "absl/container/flat_hash_map.h"
#include "moyeo/command.h"
#include "moyeo/event.h"
#include "moyeo/reject.h"
#include "society/gram_index.h"
#include "society/listing.h"
#include "society/matching_pool.h"
#include "society/requests.h"
#include "society/sorted.h"
#include "society/state.h"

namespace moyeo::society {

// For each command there is a Check, a ladder of rejections that changes nothing, and a Change,
// which cannot fail after it. A Check looks at the state as of `now`, which may be ahead of its
// time: through Kept, HasStarted and the like, never at what only Fire sets. By the time of the
// Change everything due has been fired.
class Machine {
 public:
  Machine() : requests_(state_) {}
  // REQUIRES: `state` was a machine's
  explicit Machine(State state);

  Reject Validate(const Command& command) const;
  void Prefetch(std::span<const Command> coming) const;
  Outcome Apply(const Command& command, std::vector<Event>& events);
  std::optional<Outcome> OutcomeBefore(const Command& command) const;
  std::optional<Timestamp> NextDue() const;

  // For queries.
  const State& state() const { return state_; }
  const Listing& listing() const { return listing_; }
  const GramIndex& nickname_texts() const { return nickname_texts_; }
  // Null if there is none, or they were erased.
  const User* Find(UserId user) const;
  // Null if there is none.
  const Meetup* Find(MeetupId meetup) const;
  // Some that are going to be looked up, all of what is told about them: they are waited for
  // together.
  void Prefetch(std::span<const MeetupId> meetups) const;
  void Prefetch(std::span<const UserId> users) const;
  // As much of them as scores are made of.
  void PrefetchScored(std::span<const MeetupId> meetups) const;
  void PrefetchScored(std::span<const UserId> friends) const;
  const Ticket* Find(TicketId ticket) const;
  // Where somebody at `location` is for strangers; the same if there is no such place.
  LatLng Cloaked(LatLng location) const;
  // Whether one has blocked the other.
  static bool AreBlocked(const User& user, UserId other);
  // Whom a viewer sees exactly and never sees, ascending.
  std::vector<UserId> SeesExactly(const User& viewer) const;
  static std::vector<UserId> NeverSees(const User& viewer);

 private:
  // ---- machine.cc: every command's way, and time

  Timestamp NowOf(const Command& command) const { return std::max(state_.time, command.time); }
  // What is refused before a command's own reasons. Tells of a command that was accepted before.
  Reject CheckHeader(const Command& command, const RememberedRequest*& repeated) const;
  Reject CheckBody(const Command& command) const;
  void ChangeBody(const Command& command, Outcome& outcome);

  Reject Check(const Configure& c) const;
  void Change(const Configure& c);

  // What may become due, in the order of firing at the same time.
  enum class Due : std::uint8_t { kSeen, kStart, kEnd, kForget, kExpire };
  struct NextFiring {
    Timestamp time;
    Due due;
    std::uint64_t number;  // of a meetup, or a ticket that expires
  };
  std::optional<NextFiring> Next() const;
  void Fire(Timestamp now);
  void Start(Meetup& meetup);
  void End(Meetup& meetup);
  void Forget(Meetup& meetup);

  User& Get(UserId user) { return *state_.users.find(user)->second; }
  Meetup& Get(MeetupId meetup) { return *state_.meetups.find(meetup)->second; }

  template <typename Body>
  void Emit(Audience&& audience, Body body) {
    events_->push_back({.sequence = ++state_.sequence,
                        .time = state_.time,
                        .audience = std::move(audience),
                        .body = std::move(body)});
  }

  // ---- restore.cc

  // Makes what follows from a meetup and the time of the society.
  void RestoreMeetup(Meetup& meetup);

  // ---- people.cc

  struct ProfileFields {
    const std::string* nickname = nullptr;
    const std::string* status = nullptr;
    const std::vector<std::string>* interests = nullptr;
    const std::string* image_url = nullptr;
  };
  Reject CheckProfile(const ProfileFields& fields, UserId user) const;
  void ChangeProfile(const ProfileFields& fields, User& user);
  void IndexNickname(const User& user);
  void UnindexNickname(const User& user);

  Reject Check(const Register& c, UserId user) const;
  Reject Check(const EditProfile& c, const User& actor, Timestamp now) const;
  Reject Check(const SetVisibility& c, const User& actor, Timestamp now) const;
  Reject Check(const RequestFriend& c, const User& actor, Timestamp now) const;
  Reject Check(const WithdrawFriendRequest& c, const User& actor, Timestamp now) const;
  Reject Check(const DeclineFriendRequest& c, const User& actor, Timestamp now) const;
  Reject Check(const EndFriendship& c, const User& actor, Timestamp now) const;
  Reject Check(const Block& c, const User& actor, Timestamp now) const;
  Reject Check(const Unblock& c, const User& actor, Timestamp now) const;
  Reject Check(const ReportUser& c, const User& actor, Timestamp now) const;
  Reject Check(const Erase& c, const User& actor, Timestamp now) const;

  void Change(const Register& c, UserId user);
  void Change(const EditProfile& c, User& actor, Outcome& outcome);
  void Change(const SetVisibility& c, User& actor, Outcome& outcome);
  void Change(const RequestFriend& c, User& actor, Outcome& outcome);
  void Change(const WithdrawFriendRequest& c, User& actor, Outcome& outcome);
  void Change(const DeclineFriendRequest& c, User& actor, Outcome& outcome);
  void Change(const EndFriendship& c, User& actor, Outcome& outcome);
  void Change(const Block& c, User& actor, Outcome& outcome);
  void Change(const Unblock& c, User& actor, Outcome& outcome);
  void Change(const ReportUser& c, User& actor, Outcome& outcome);
  void Change(const Erase& c, User& actor, Outcome& outcome);

  // These do nothing where there is nothing to end.
  void EndRequest(User& from, User& to);
  void EndFriendshipOf(User& first, User& second);
  void EndInvitationsBetween(User& host, User& user);
  void EraseMeetups(User& user);
  void ErasePeople(User& user);

  // ---- sight.cc

  static constexpr std::chrono::milliseconds kSeenBefore{kSeenExactlyBeforeStartMs};

  // Whether they are to see each other exactly.
  bool SeeEachOther(const User& a, const User& b) const;
  // Tells what has become of two users who did or did not see each other before.
  void TellSight(const User& a, const User& b, bool did_see);
  void TellNeverSees(const User& a, const User& b, bool did_not_see);
  void BeginSeeing(Meetup& meetup);
  void EndSeeing(Meetup& meetup);
  void StopSeeing(Meetup& meetup, User& leaver);

  // ---- meetups.cc

  const Meetup* Kept(MeetupId id, Timestamp now) const;
  static bool HasStarted(const Meetup& meetup, Timestamp now) { return meetup.start <= now; }
  static bool HasEnded(const Meetup& meetup, Timestamp now) { return meetup.end <= now; }
  static bool IsInvited(const Meetup& meetup, UserId user, Timestamp now);
  bool HasTooManyCurrentMeetups(const User& user, Timestamp now) const;
  bool HasTooManyKeptMeetups(const User& user, MeetupId next, Timestamp now) const;
  bool HasTooManyInvitations(const User& user, Timestamp now) const;
  static Reject CheckHost(const Meetup* meetup, const User& actor);
  Reject CheckJoin(const Meetup& meetup, const User& actor, Timestamp now) const;

  struct MeetupFields {
    const std::string* title = nullptr;
    const std::string* content = nullptr;
    const std::string* image_url = nullptr;
    const std::string* place_name = nullptr;
    const std::vector<std::string>* tags = nullptr;
    const std::string* bring = nullptr;
    std::optional<LatLng> location = std::nullopt;
    bool new_start = false;
    bool new_end = false;
    Timestamp start{};  // as it will be; like the rest
    Timestamp end{};
    std::uint32_t capacity = 0;
    bool has_started = false;
    std::size_t members = 0;
  };
  Reject CheckFields(const MeetupFields& fields, Timestamp now) const;

  Reject Check(const CreateMeetup& c, const User& actor, Timestamp now) const;
  Reject Check(const EditMeetup& c, const User& actor, Timestamp now) const;
  Reject Check(const CancelMeetup& c, const User& actor, Timestamp now) const;
  Reject Check(const TransferMeetup& c, const User& actor, Timestamp now) const;
  Reject Check(const JoinMeetup& c, const User& actor, Timestamp now) const;
  Reject Check(const LeaveMeetup& c, const User& actor, Timestamp now) const;
  Reject Check(const KickMember& c, const User& actor, Timestamp now) const;
  Reject Check(const Invite& c, const User& actor, Timestamp now) const;
  Reject Check(const WithdrawInvitation& c, const User& actor, Timestamp now) const;
  Reject Check(const AcceptInvitation& c, const User& actor, Timestamp now) const;
  Reject Check(const DeclineInvitation& c, const User& actor, Timestamp now) const;
  Reject Check(const ConfirmMeetup& c, const User& actor, Timestamp now) const;
  Reject Check(const WithdrawConfirmation& c, const User& actor, Timestamp now) const;
  Reject Check(const ReportMeetup& c, const User& actor, Timestamp now) const;

  void Change(const CreateMeetup& c, User& actor, Outcome& outcome);
  void Change(const EditMeetup& c, User& actor, Outcome& outcome);
  void Change(const CancelMeetup& c, User& actor, Outcome& outcome);
  void Change(const TransferMeetup& c, User& actor, Outcome& outcome);
  void Change(const JoinMeetup& c, User& actor, Outcome& outcome);
  void Change(const LeaveMeetup& c, User& actor, Outcome& outcome);
  void Change(const KickMember& c, User& actor, Outcome& outcome);
  void Change(const Invite& c, User& actor, Outcome& outcome);
  void Change(const WithdrawInvitation& c, User& actor, Outcome& outcome);
  void Change(const AcceptInvitation& c, User& actor, Outcome& outcome);
  void Change(const DeclineInvitation& c, User& actor, Outcome& outcome);
  void Change(const ConfirmMeetup& c, User& actor, Outcome& outcome);
  void Change(const WithdrawConfirmation& c, User& actor, Outcome& outcome);
  void Change(const ReportMeetup& c, User& actor, Outcome& outcome);

  // Null if there is none.
  static const Tie* FindTie(const User& user, MeetupId meetup);
  // Makes one if there is none.
  static Tie& TieTo(User& user, MeetupId meetup);
  static void DropTie(User& user, MeetupId meetup);
  void Join(Meetup& meetup, User& user);
  // Takes a member out, and tells nobody.
  void TakeOut(Meetup& meetup, User& user);
  void Cancel(Meetup& meetup);
  // What its host has written, who is erased.
  void EraseTexts(Meetup& meetup);
  void WithdrawInvitations(Meetup& meetup);
  void WithdrawInvitationOf(Meetup& meetup, User& user);
  // Whether it would be listed if it were not full and did not start just now.
  static bool IsOpen(const Meetup& meetup);
  // Puts a meetup on lists or takes it off, as is due after a change of whatever decides it, and
  // tells.
  void Relist(Meetup& meetup);
  // Tells an audience, unless it is nobody, that a meetup is listed or no more.
  void TellListed(const Meetup& meetup, bool is_listed, Audience&& audience);
  // Tells two users, who see each other again or no more, which listed meetups the other hosts.
  void TellListedBetween(const User& a, const User& b);
  // Everybody in the room, but those who are blocked with `about`.
  Audience RoomAudience(const Meetup& meetup, const User& about) const;
  static Audience RoomAudience(const Meetup& meetup);

  // A meetup with the next id.
  Meetup& AddMeetup();
  // Once everything is written about it: its host is the first member. Lists are left to Relist.
  void BeginMeetup(Meetup& meetup);
  void TakeIn(Meetup& meetup, User& user);

  // ---- matching.cc

  // Those that are open as of `now`.
  std::size_t OpenTickets(const User& user, Timestamp now) const;

  Reject Check(const CreateTicket& c, const User& actor, Timestamp now) const;
  Reject Check(const WithdrawTicket& c, const User& actor, Timestamp now) const;

  void Change(const CreateTicket& c, User& actor, Outcome& outcome);
  void Change(const WithdrawTicket& c, User& actor, Outcome& outcome);

  // Makes what follows from a ticket.
  void IndexTicket(const Ticket& ticket);
  void EraseTickets(User& user);
  void Expire(TicketId ticket);
  // Tells nobody.
  void CloseTicket(TicketId ticket);
  // After a ticket was opened or has gone.
  void WantMatching();
  void LookAgainAtTicketsOf(const User& user);
  void Match();
  void FormMeetup(const MatchedGroup& group);

  // ---- rooms.cc

  Reject Check(const PostMessage& c, const User& actor, Timestamp now) const;
  Reject Check(const DeleteMessage& c, const User& actor, Timestamp now) const;
  Reject Check(const MarkRead& c, const User& actor, Timestamp now) const;
  Reject Check(const ReportMessage& c, const User& actor, Timestamp now) const;

  void Change(const PostMessage& c, User& actor, Outcome& outcome);
  void Change(const DeleteMessage& c, User& actor, Outcome& outcome);
  void Change(const MarkRead& c, User& actor, Outcome& outcome);
  void Change(const ReportMessage& c, User& actor, Outcome& outcome);

  // Of an author who is erased. Looks at every message of a room in which they have posted: in the
  // worst case Limits::kMessagesInRoom in each of Limits::kKeptMeetups, a tenth of a second.
  void EmptyMessages(Meetup& meetup, const User& author);

  State state_;

  // All of this follows from the state.
  Requests requests_;
  absl::flat_hash_map<std::string, UserId> nicknames_;  // folded
  GramIndex nickname_texts_;                            // by user
  Listing listing_;
  using Agenda = absl::btree_set<std::pair<Timestamp, MeetupId>>;
  Agenda seen_from_;  // of confirmed meetups that are not seen yet: an hour before the start
  Agenda starts_;
  Agenda ends_;
  Agenda closed_;  // when what has ended or was cancelled did
  absl::btree_set<std::pair<Timestamp, TicketId>> expiries_;
  MatchingPool pool_;

  std::vector<Event>* events_ = nullptr;  // of the command that is under way
};

}  // namespace moyeo::society

#endif  // MOYEO_SOCIETY_MACHINE_H_
