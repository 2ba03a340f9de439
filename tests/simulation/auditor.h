// The rules of people, meetups, rooms and tickets once more, in the plainest form: what the state
// machine is held against.

#ifndef MOYEO_TESTS_SIMULATION_AUDITOR_H_
#define MOYEO_TESTS_SIMULATION_AUDITOR_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/btree_set.h"
#include "absl/status/statusor.h"
#include "moyeo/command.h"
#include "moyeo/event.h"
#include "moyeo/matching.h"
#include "moyeo/meetup.h"
#include "moyeo/people.h"
#include "moyeo/room.h"
#include "moyeo/types.h"

namespace moyeo::testing {

// What an auditor has written down. Text is in NFC.
struct Books {
  using Users = absl::btree_set<UserId>;

  struct Person {
    Timestamp registered{};
    Timestamp last_active{};
    Visibility visibility = Visibility::kCloaked;
    std::string nickname;
    std::string status;
    std::vector<std::string> interests;
    std::string image_url;
    bool erased = false;

    Users friends = {};
    Users requested = {};
    Users requested_by = {};
    Users blocked = {};
    Users blocked_by = {};

    // What the events about their sets add up to, ascending.
    std::vector<UserId> told_exactly = {};
    std::vector<UserId> told_never = {};
  };

  struct Member {
    UserId user{};
    Timestamp joined{};
    bool confirmed = false;
    MessageNumber joined_at = 0;
    MessageNumber read = 0;
  };

  // The message of number n is messages[n - 1].
  struct Message {
    UserId author{};
    Timestamp time{};
    std::string text;
    bool deleted = false;
  };

  struct Meetup {
    std::optional<UserId> host;  // nullopt once they were erased
    std::string title;
    std::string content;
    std::string image_url;
    std::string place_name;
    std::optional<LatLng> location;
    Timestamp created{};
    Timestamp start{};
    Timestamp end{};
    std::uint32_t capacity = 0;
    std::vector<std::string> tags;
    std::string bring;

    bool confirmed = false;
    bool cancelled = false;
    bool started = false;
    bool ended = false;
    bool hour_has_come = false;       // in which members of a confirmed meetup see each other
    std::optional<Timestamp> over{};  // when it ended or was cancelled

    std::vector<Member> members;  // in order of joining
    Users invited;
    Users kicked;
    std::vector<Message> messages;

    bool told_listed = false;              // the last that was said about it
    std::vector<UserId> told_not_to = {};  // and who did not hear of it, ascending

    const Member* Find(UserId user) const;
    Member* Find(UserId user);
    bool IsOver() const { return ended || cancelled; }
  };

  struct Ticket {
    UserId owner{};
    TicketView view;
  };

  Timestamp now = kMinTimestamp;
  Settings settings;
  std::map<UserId, Person> people;
  std::map<std::string, UserId> nicknames;  // under NFKC case folding
  std::map<MeetupId, Meetup> meetups;
  std::uint64_t meetups_made = 0;
  std::map<TicketId, Ticket> tickets;
  std::uint64_t tickets_made = 0;
  std::optional<Timestamp> matching_due;

  bool Knows(UserId user) const;
  bool AreBlocked(UserId a, UserId b) const;  // either has blocked the other
  std::vector<TicketView> TicketsOf(UserId user) const;
  bool HasBusinessWith(UserId user, const Meetup& meetup) const;
  bool IsListed(const Meetup& meetup) const;
  std::vector<UserId> SeesExactly(UserId viewer) const;  // ascending
  std::vector<UserId> NeverSees(UserId viewer) const;    // ascending
};

// Predicts what becomes of every command, and answers every question, by looking at everything.
class Auditor {
 public:
  // An event, and who is to hear of it. Those who are left out of a room or of everybody, since one
  // has blocked the other, are not the auditor's concern.
  struct Told {
    EventBody event;
    Audience audience;
  };

  // What happens at one time for one reason: something became due, or what a command asks for.
  struct Step {
    Timestamp time{};
    std::vector<Told> events;
  };

  struct Verdict {
    Outcome outcome;
    bool repeated = false;  // it was accepted before, and does nothing
    std::vector<Step> steps = {};
  };

  // What must become of the command. If it is accepted, it is done.
  Verdict Judge(const Command& command);

  const Books& books() const { return books_; }
  std::optional<Timestamp> NextDue() const;

  // ---- The questions of Society. Lists are given whole; of an error only the code means anything.

  absl::StatusOr<ProfileView> Profile(UserId viewer, UserId user) const;
  absl::StatusOr<std::vector<UserSummary>> SearchPeople(UserId viewer, std::string_view text) const;
  absl::StatusOr<std::vector<UserSummary>> Friends(UserId user) const;
  absl::StatusOr<std::vector<UserSummary>> RequestsSent(UserId user) const;
  absl::StatusOr<std::vector<UserSummary>> RequestsReceived(UserId user) const;
  absl::StatusOr<std::vector<UserSummary>> Blocked(UserId user) const;
  absl::StatusOr<UserExport> Export(UserId user) const;

  using Viewer = std::optional<UserId>;
  absl::StatusOr<MeetupView> Meetup(Viewer viewer, MeetupId meetup) const;
  absl::StatusOr<std::vector<MemberView>> Members(Viewer viewer, MeetupId meetup) const;
  absl::StatusOr<std::vector<MeetupSummary>> OpenMeetups(Viewer viewer) const;
  absl::StatusOr<std::vector<MeetupSummary>> MeetupsWithTag(Viewer viewer,
                                                            std::string_view tag) const;
  absl::StatusOr<std::vector<MeetupSummary>> MeetupsStartingWithin(Viewer viewer, Timestamp from,
                                                                   Timestamp to) const;
  absl::StatusOr<std::vector<MeetupSummary>> SearchMeetups(Viewer viewer,
                                                           std::string_view text) const;
  absl::StatusOr<std::vector<MeetupSummary>> MeetupsOnMap(Viewer viewer, const MapArea& area) const;
  absl::StatusOr<std::vector<MeetupSummary>> MyMeetups(UserId user) const;
  absl::StatusOr<std::vector<MeetupSummary>> HostedMeetups(UserId user) const;
  absl::StatusOr<std::vector<MeetupSummary>> MyInvitations(UserId user) const;

  absl::StatusOr<std::vector<FoundMeetup>> Find(Viewer viewer, const FindQuery& query) const;
  absl::StatusOr<std::vector<Recommendation>> Recommend(UserId user,
                                                        const RecommendQuery& query) const;
  absl::StatusOr<std::vector<TicketView>> Tickets(UserId user) const;

  absl::StatusOr<RoomView> Room(UserId viewer, MeetupId meetup) const;
  absl::StatusOr<std::vector<MessageView>> Messages(UserId viewer, MeetupId meetup) const;

 private:
  struct Remembered {
    CommandBody body;
    Outcome outcome;
  };
  using RequestKey = std::pair<std::optional<UserId>, RequestId>;

  bool Sees(Viewer viewer, UserId user) const;
  bool MayLookAt(Viewer viewer, const Books::Meetup& meetup) const;
  Score ScoreOf(Viewer viewer, MeetupId id, double distance_m) const;
  UserSummary Summary(UserId user) const;
  MeetupSummary Summary(Viewer viewer, MeetupId id, const Books::Meetup& meetup) const;
  // The listed meetups that the viewer may find and that `admits` admits.
  template <typename Admits>
  absl::StatusOr<std::vector<MeetupSummary>> Open(Viewer viewer, Admits admits) const;
  // All meetups, listed or not, of which `admits` says so.
  template <typename Admits>
  absl::StatusOr<std::vector<MeetupSummary>> Mine(UserId user, Admits admits) const;
  absl::StatusOr<std::vector<UserSummary>> Summaries(UserId user,
                                                     Books::Users Books::Person::*set) const;

  Books books_;
  std::map<RequestKey, Remembered> remembered_;
  std::deque<RequestKey> remembered_in_order_;
};

}  // namespace moyeo::testing

#endif  // MOYEO_TESTS_SIMULATION_AUDITOR_H_
