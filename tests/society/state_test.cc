// The digest of a state has everything in it that does not follow from the rest.

#include "society/state.h"

#include <boost/pfr/tuple_size.hpp>
#include <functional>
#include <memory>

#include "society/society_fixture.h"

namespace moyeo::society {
namespace {

constexpr MeetupId kMeetup{1};
constexpr TicketId kTicket{1};

// What is counted here is changed below, or follows from the rest: of User three fields, of Meetup
// five.
static_assert(boost::pfr::tuple_size_v<Settings> == 7 + 6);
static_assert(boost::pfr::tuple_size_v<Tie> == 4);
static_assert(boost::pfr::tuple_size_v<User> == 15 + 3);
static_assert(boost::pfr::tuple_size_v<Member> == 5);
static_assert(boost::pfr::tuple_size_v<Meetup> == 19 + 5);
static_assert(boost::pfr::tuple_size_v<Outcome> == 4);
static_assert(boost::pfr::tuple_size_v<RememberedRequest> == 4);
static_assert(boost::pfr::tuple_size_v<Ticket> == 11);
static_assert(boost::pfr::tuple_size_v<State> == 11);

State Sample() {
  State state;
  auto user = std::make_unique<User>();
  user->id = kAda;
  user->ties = {{.meetup = kMeetup}};
  state.users.emplace(kAda, std::move(user));
  auto meetup = std::make_unique<Meetup>();
  meetup->id = kMeetup;
  meetup->location = spatial::Position{1, 2};
  meetup->members = {{.user = kAda}};
  meetup->room.authors = {kAda};
  meetup->room.messages = {MessageMark(0)};
  state.meetups.emplace(kMeetup, std::move(meetup));
  state.requests.push_back({.actor = kAda, .outcome = {}});
  auto ticket = std::make_unique<Ticket>();
  ticket->id = kTicket;
  state.tickets.emplace(kTicket, std::move(ticket));
  return state;
}

using Change = std::function<void(State&)>;

void ExpectAllCount(const std::vector<Change>& changes) {
  const std::uint64_t before = HashOf(Sample());
  for (std::size_t i = 0; i < changes.size(); ++i) {
    State state = Sample();
    changes[i](state);
    EXPECT_NE(HashOf(state), before) << "change " << i;
  }
}

template <typename What>
Change OfUser(What what) {
  return [what](State& state) { what(*state.users.at(kAda)); };
}

template <typename What>
Change OfMeetup(What what) {
  return [what](State& state) { what(*state.meetups.at(kMeetup)); };
}

template <typename What>
Change OfMember(What what) {
  return OfMeetup([what](Meetup& meetup) { what(meetup.members[0]); });
}

template <typename What>
Change OfRequest(What what) {
  return [what](State& state) { what(state.requests[0]); };
}

TEST(StateTest, EveryFieldOfAUserCounts) {
  ExpectAllCount({
      OfUser([](User& u) { u.id = kBob; }),
      OfUser([](User& u) { u.registered += kMs; }),
      OfUser([](User& u) { u.last_active += kMs; }),
      OfUser([](User& u) { u.visibility = Visibility::kHidden; }),
      OfUser([](User& u) { u.nickname = "a"; }),
      OfUser([](User& u) { u.status = "a"; }),
      OfUser([](User& u) { u.interests = {"a"}; }),
      OfUser([](User& u) { u.image_url = "a"; }),
      OfUser([](User& u) { u.friends = {kBob}; }),
      OfUser([](User& u) { u.requests_sent = {kBob}; }),
      OfUser([](User& u) { u.requests_received = {kBob}; }),
      OfUser([](User& u) { u.blocks = {kBob}; }),
      OfUser([](User& u) { u.blocked_by = {kBob}; }),
      OfUser([](User& u) { u.invitations = {kMeetup}; }),
      OfUser([](User& u) { u.ties[0].meetup = kNoMeetup; }),
      OfUser([](User& u) { u.ties[0].member = true; }),
      OfUser([](User& u) { u.ties[0].posted = true; }),
      OfUser([](User& u) { u.ties[0].kicked = true; }),
  });
}

TEST(StateTest, EveryFieldOfAMeetupCounts) {
  ExpectAllCount({
      OfMeetup([](Meetup& m) { m.id = kNoMeetup; }),
      OfMeetup([](Meetup& m) { m.host = kBob; }),
      OfMeetup([](Meetup& m) { m.title = "a"; }),
      OfMeetup([](Meetup& m) { m.content = "a"; }),
      OfMeetup([](Meetup& m) { m.image_url = "a"; }),
      OfMeetup([](Meetup& m) { m.place_name = "a"; }),
      OfMeetup([](Meetup& m) { m.location.reset(); }),
      OfMeetup([](Meetup& m) { ++m.location->lat; }),
      OfMeetup([](Meetup& m) { ++m.location->lng; }),
      OfMeetup([](Meetup& m) { m.start += kMs; }),
      OfMeetup([](Meetup& m) { m.end += kMs; }),
      OfMeetup([](Meetup& m) { m.capacity = 2; }),
      OfMeetup([](Meetup& m) { m.tags = {"a"}; }),
      OfMeetup([](Meetup& m) { m.bring = "a"; }),
      OfMeetup([](Meetup& m) { m.created += kMs; }),
      OfMeetup([](Meetup& m) { m.cancelled = kNow; }),
      OfMeetup([](Meetup& m) { m.confirmed = true; }),
      OfMeetup([](Meetup& m) { m.members.clear(); }),
      OfMember([](Member& m) { m.user = kBob; }),
      OfMember([](Member& m) { m.joined += kMs; }),
      OfMember([](Member& m) { m.confirmed = true; }),
      OfMember([](Member& m) { m.joined_after = 1; }),
      OfMember([](Member& m) { m.read = 1; }),
      OfMeetup([](Meetup& m) { m.invitations = {kBob}; }),
      OfMeetup([](Meetup& m) { m.kicked = {kBob}; }),
      OfMeetup([](Meetup& m) { m.room.authors = {kBob}; }),
      OfMeetup([](Meetup& m) { m.room.messages[0].Delete(); }),
      OfMeetup([](Meetup& m) { m.room.messages[0] = MessageMark(1); }),
  });
}

template <typename What>
Change OfTicket(What what) {
  return [what](State& state) { what(*state.tickets.at(kTicket)); };
}

TEST(StateTest, EveryFieldOfATicketCounts) {
  ExpectAllCount({
      OfTicket([](Ticket& t) { t.id = TicketId{2}; }),
      OfTicket([](Ticket& t) { t.user = kBob; }),
      OfTicket([](Ticket& t) { t.created += kMs; }),
      OfTicket([](Ticket& t) { ++t.place.lat; }),
      OfTicket([](Ticket& t) { ++t.place.lng; }),
      OfTicket([](Ticket& t) { t.radius_m = 1; }),
      OfTicket([](Ticket& t) { t.from += kMs; }),
      OfTicket([](Ticket& t) { t.until += kMs; }),
      OfTicket([](Ticket& t) { t.length_ms = 1; }),
      OfTicket([](Ticket& t) { t.tags = {"a"}; }),
      OfTicket([](Ticket& t) { t.least = 1; }),
      OfTicket([](Ticket& t) { t.most = 1; }),
  });
}

TEST(StateTest, EveryFieldOfTheRestCounts) {
  ExpectAllCount({
      [](State& s) { s.time += kMs; },
      [](State& s) { s.sequence = 1; },
      [](State& s) { s.last_meetup = 1; },
      [](State& s) { ++s.settings.start_from_ms; },
      [](State& s) { ++s.settings.start_before_ms; },
      [](State& s) { ++s.settings.length_from_ms; },
      [](State& s) { ++s.settings.end_before_ms; },
      [](State& s) { ++s.settings.retention_ms; },
      [](State& s) { ++s.settings.presence_ttl_ms; },
      [](State& s) { ++s.settings.cloak_level; },
      [](State& s) { ++s.settings.matching_delay_ms; },
      [](State& s) { ++s.settings.distance_weight; },
      [](State& s) { ++s.settings.interests_weight; },
      [](State& s) { ++s.settings.soon_weight; },
      [](State& s) { ++s.settings.seats_weight; },
      [](State& s) { ++s.settings.friends_weight; },
      [](State& s) { s.last_ticket = 1; },
      [](State& s) { s.tickets.clear(); },
      [](State& s) { s.matching_due = kNow; },
      [](State& s) { s.users.clear(); },
      [](State& s) { s.erased.insert(kBob); },
      [](State& s) { s.meetups.clear(); },
      [](State& s) { s.requests.clear(); },
      OfRequest([](RememberedRequest& r) { r.actor.reset(); }),
      OfRequest([](RememberedRequest& r) { r.actor = kBob; }),
      OfRequest([](RememberedRequest& r) { r.request_id = RequestId{1}; }),
      OfRequest([](RememberedRequest& r) { r.fingerprint = 1; }),
      // Only what was accepted is remembered: there is no reason to tell.
      OfRequest([](RememberedRequest& r) { r.outcome.meetup = kMeetup; }),
      OfRequest([](RememberedRequest& r) { r.outcome.message = 1; }),
      OfRequest([](RememberedRequest& r) { r.outcome.ticket = kTicket; }),
  });
}

}  // namespace
}  // namespace moyeo::society
