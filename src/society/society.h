// The durable plane: people, meetups, rooms and tickets, as one deterministic state machine.

#ifndef MOYEO_SOCIETY_SOCIETY_H_
#define MOYEO_SOCIETY_SOCIETY_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "moyeo/command.h"
#include "moyeo/event.h"
#include "moyeo/matching.h"
#include "moyeo/meetup.h"
#include "moyeo/page.h"
#include "moyeo/people.h"
#include "moyeo/reject.h"
#include "moyeo/room.h"
#include "moyeo/types.h"
#include "society/message_store.h"
#include "society/rules.h"

namespace moyeo::society {

class Machine;
struct State;

// What the same commands in the same order make the same, byte for byte, in every process.
//
//   Society society;
//   MemoryMessageStore texts;
//   std::vector<Event> events;
//   society.Apply({.time = now, .actor = UserId{1}, .body = Register{.nickname = "Ada"}}, events);
//   const Outcome outcome = society.Apply(
//       {.time = now,
//        .actor = UserId{1},
//        .body = CreateMeetup{.title = "Chess", .start = now + 1h, .end = now + 3h}},
//       events);
//   if (!outcome.accepted()) std::cerr << SentenceOf(outcome.reject) << '\n';
//   for (const Event& event : events) texts.Take(event);
//
// Time is what commands say. Each rule looks at a command as of its time, or of the latest time
// seen if that is later; what has become due by then counts as done, although it is done, with its
// events, only when a command is accepted. Due are, in the order of (time, kind, id): the hour
// before the start of confirmed meetups, starts, ends, the end of what is kept, and the expiry of
// tickets. Tickets are matched by Advance, and only by it: see matching.h.
//
// Reads see the state after the last accepted command, and time as it was then.
//
// For one thread at a time; const methods may run beside each other.
class Society {
 public:
  Society();
  // Goes on from `state`.
  //
  // REQUIRES: it was a society's
  explicit Society(State state);
  ~Society();
  Society(Society&&) noexcept;
  Society& operator=(Society&&) noexcept;

  // Why Apply would refuse the command; kNone if it would not.
  Reject Validate(const Command& command) const;

  // `coming` is going to be applied, in this order: brings towards the processor what the first
  // ones will touch. To be called before each Apply, with what is left; worth less, but worth it,
  // with one command alone.
  void Prefetch(std::span<const Command> coming) const;

  // Does what the command asks for, or refuses it and changes nothing. What has happened is added
  // to `events`, in order of sequence.
  Outcome Apply(const Command& command, std::vector<Event>& events);

  // What the command came to when it was accepted before, as its request id tells: Apply gives the
  // same and does nothing. Nullopt if it was not.
  std::optional<Outcome> OutcomeBefore(const Command& command) const;

  // `command` as it is to be recorded: of where a ticket is opened, only what is kept. To apply
  // that comes to the same.
  Command AsKept(const Command& command) const;

  // The greatest time seen in accepted commands; kMinTimestamp before the first.
  Timestamp time() const;

  // When something is due next, so that Advance has something to do.
  std::optional<Timestamp> NextDue() const;

  // Of the latest event; 0 before the first.
  std::uint64_t sequence() const;

  const Settings& settings() const;

  // A digest of the whole state, the same on every machine. Reads all of it: a fraction of a second
  // for a million people.
  std::uint64_t Hash() const;

  // All that there is, in the order in which a snapshot has it: see state.h.
  const State& state() const;

  // ---- People. NotFound for a user, viewer or not, whom there is not or who was erased, and for
  // one whom the viewer never sees; InvalidArgument for a page that cannot be.

  absl::StatusOr<ProfileView> ViewProfile(UserId viewer, UserId user) const;

  // Those whose nickname has `text` in it under NFKC case folding, ascending by id. InvalidArgument
  // if `text` is not UTF-8, empty, or longer than a nickname may be.
  absl::StatusOr<Page<UserSummary>> SearchPeople(UserId viewer, std::string_view text,
                                                 const PageRequest& page) const;

  // By id, ascending.
  absl::StatusOr<Page<UserSummary>> Friends(UserId user, const PageRequest& page) const;
  absl::StatusOr<Page<UserSummary>> RequestsSent(UserId user, const PageRequest& page) const;
  absl::StatusOr<Page<UserSummary>> RequestsReceived(UserId user, const PageRequest& page) const;
  absl::StatusOr<Page<UserSummary>> Blocked(UserId user, const PageRequest& page) const;

  // The sets that the presence plane is to have, ascending: what SeesExactlyChanged and
  // NeverSeesChanged add up to. Empty for an unknown user.
  std::vector<UserId> SeesExactly(UserId viewer) const;
  std::vector<UserId> NeverSees(UserId viewer) const;

  absl::StatusOr<UserExport> Export(UserId user, const MessageStore& texts) const;

  // ---- Meetups. `viewer` may be nullopt, the host application, who sees everything. NotFound as
  // above, and for a meetup that there is not or whose host the viewer, who is no member, never
  // sees.

  absl::StatusOr<MeetupView> ViewMeetup(std::optional<UserId> viewer, MeetupId meetup) const;

  // In order of joining, at most Limits::kMostCapacity, without those whom the viewer never sees.
  absl::StatusOr<std::vector<MemberView>> Members(std::optional<UserId> viewer,
                                                  MeetupId meetup) const;

  // These are of listed meetups, without those whose host the viewer never sees, by start ascending
  // and id descending.
  absl::StatusOr<Page<MeetupSummary>> OpenMeetups(std::optional<UserId> viewer,
                                                  const PageRequest& page) const;
  // With a tag that equals `tag` under NFKC case folding. InvalidArgument if it cannot be a tag.
  absl::StatusOr<Page<MeetupSummary>> MeetupsWithTag(std::optional<UserId> viewer,
                                                     std::string_view tag,
                                                     const PageRequest& page) const;
  // That start at `from` or later and before `to`: a day, of the viewer's time zone. None if
  // to <= from.
  absl::StatusOr<Page<MeetupSummary>> MeetupsStartingWithin(std::optional<UserId> viewer,
                                                            Timestamp from, Timestamp to,
                                                            const PageRequest& page) const;

  // The same meetups, newest first (by id, descending): with `text` in the title or in a tag under
  // NFKC case folding. InvalidArgument if it is not UTF-8, empty, or longer than a title may be.
  absl::StatusOr<Page<MeetupSummary>> SearchMeetups(std::optional<UserId> viewer,
                                                    std::string_view text,
                                                    const PageRequest& page) const;

  // The same meetups, nearest to the centre of the area first, ties by id. A page passes over what
  // is nearer than its cursor, which costs a few nanoseconds each, and looks at a thousand of the
  // next ones at most, in the area or not: of a thin box it may be empty although there is more.
  // InvalidArgument if the area is not valid.
  absl::StatusOr<Page<MeetupSummary>> MeetupsOnMap(std::optional<UserId> viewer,
                                                   const MapArea& area,
                                                   const PageRequest& page) const;

  // By start ascending and id descending: of which they are a member, or the host, until forgotten;
  // to which they are invited.
  absl::StatusOr<Page<MeetupSummary>> MyMeetups(UserId user, const PageRequest& page) const;
  absl::StatusOr<Page<MeetupSummary>> HostedMeetups(UserId user, const PageRequest& page) const;
  absl::StatusOr<Page<MeetupSummary>> MyInvitations(UserId user, const PageRequest& page) const;

  // ---- Matching: see matching.h.

  // The same meetups as in lists, those that are wanted. By distance or by start, a page looks at a
  // thousand at most, and may be empty although there is more. InvalidArgument if an argument is
  // wrong: a place or a radius, an order that needs a place without one, too many tags or such as
  // cannot be, a text that is not UTF-8 or longer than a title may be.
  absl::StatusOr<Page<FoundMeetup>> Find(std::optional<UserId> viewer, const FindQuery& query,
                                         const PageRequest& page) const;

  // The best of the listed meetups with a place that they could join: of which they are no member,
  // whose host they may see, and from which they were not kicked, unless they are invited. The
  // greatest total first, ties by id. InvalidArgument as above.
  absl::StatusOr<std::vector<Recommendation>> Recommend(UserId user,
                                                        const RecommendQuery& query) const;

  // Those that are open, ascending, at most Limits::kTickets.
  absl::StatusOr<std::vector<TicketView>> Tickets(UserId user) const;

  // ---- Rooms. NotFound as above; PermissionDenied if the viewer is not a member; what `texts`
  // says, and DataLoss for a message that it does not have.

  absl::StatusOr<RoomView> ViewRoom(UserId viewer, MeetupId meetup) const;

  // Newest first, what was posted since they joined, without messages of users whom they never see.
  absl::StatusOr<Page<MessageView>> Messages(UserId viewer, MeetupId meetup,
                                             const MessageStore& texts,
                                             const PageRequest& page) const;

 private:
  std::unique_ptr<Machine> machine_;
};

// What Society::Hash says of a society with this state. Older `rules` have not all of it.
std::uint64_t HashOf(const State& state, std::uint32_t rules = kRulesVersion);

}  // namespace moyeo::society

#endif  // MOYEO_SOCIETY_SOCIETY_H_
