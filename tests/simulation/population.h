// People who do everything that commands allow, and much that they do not.

#ifndef MOYEO_TESTS_SIMULATION_POPULATION_H_
#define MOYEO_TESTS_SIMULATION_POPULATION_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "moyeo/command.h"
#include "moyeo/matching.h"
#include "moyeo/meetup.h"
#include "moyeo/types.h"
#include "simulation/auditor.h"
#include "support/places.h"
#include "support/seeds.h"

namespace moyeo::testing {

// What people want, and how often: each as its share of the whole.
struct Mix {
  static constexpr std::size_t kWishes = 17;
  std::array<double, kWishes> shares = {
      20,   // to register
      40,   // to change their profile
      140,  // to make friends, and to end it
      50,   // to block, to unblock, to report
      2,    // to be erased
      10,   // to create a meetup
      68,   // to edit one
      60,   // to transfer, cancel or report one
      130,  // to join one, and to leave
      100,  // to invite and to kick
      70,   // to answer an invitation
      110,  // to confirm, and to take it back
      100,  // to talk and to read
      50,   // to open a ticket
      10,   // to withdraw one
      3,    // to configure everything
      37,   // nothing but that time goes on
  };
};

struct PopulationOptions {
  std::size_t users = 30;    // how many have an account or could have one
  std::size_t meetups = 30;  // about as many are kept at a time
  Timestamp start{std::chrono::milliseconds{1'700'000'000'000}};
  double pace_ms = 120'000;  // from one command to the next, about
  Mix mix = {};
};

// Everything random follows from the seed and from what the books say.
class Population {
 public:
  Population(std::uint64_t seed, const PopulationOptions& options);

  // What somebody wants next. `due` is when something is due next.
  Command Next(const Books& books, std::optional<Timestamp> due);

  // What has become of it: accepted commands are given again, refused ones tried again.
  void Hear(const Command& command, const Outcome& outcome);

  // ---- Arguments of questions, sensible more often than not.

  UserId SomeUser();
  std::optional<UserId> SomeViewer();
  MeetupId SomeMeetup(const Books& books);
  std::string SomeWantedText(const Books& books);
  std::string SomeWantedTag(const Books& books);
  Timestamp SomeTimeNear(Timestamp now);
  MapArea SomeArea(const Books& books);
  FindQuery SomeQuery(const Books& books);
  RecommendQuery SomeRecommendQuery(const Books& books);

 private:
  struct Wish {
    std::optional<UserId> actor;
    CommandBody body;
  };
  using MeetupEntry = std::pair<const MeetupId, Books::Meetup>;

  Wish SomeWish();
  Wish RegisterSomebody();
  Wish ChangeProfile();
  Wish DealWithFriends();
  Wish BlockOrReport();
  Wish EraseSomebody();
  Wish Create();
  Wish EditOne();
  Wish HostOne();
  Wish Join();
  Wish JoinTheHotOne();
  Wish InviteOrKick();
  Wish AnswerInvitation();
  Wish Confirm();
  Wish Talk();
  Wish OpenTicket();
  Wish DropTicket();
  Wish ConfigureAll();
  Wish LetTimeGoOn();

  Timestamp SomeTime(std::optional<Timestamp> due);
  UserId SomebodyKnown();
  UserId SomeoneOf(const Books::Users& users);
  const MeetupEntry* SomeMeetupKept();
  MeetupId IdOf(const MeetupEntry* entry);
  UserId HostOf(const MeetupEntry* entry);
  UserId MemberOf(const MeetupEntry* entry);
  MessageNumber SomeMessageOf(const MeetupEntry* entry);

  std::string SomeText(std::size_t least, std::size_t most);
  std::string SomeNickname();
  std::vector<std::string> SomeTags();
  std::optional<LatLng> SomeLocation();
  Timestamp SomeStart();
  Timestamp SomeEnd(Timestamp start);
  std::uint32_t SomeCapacity();
  Visibility SomeVisibility();
  Settings SomeSettings();
  template <typename Value>
  std::optional<Value> Perhaps(Value value);

  Random random_;
  PopulationOptions options_;
  std::vector<UserId> users_;
  const Crowd& crowd_;
  const Books* books_ = nullptr;  // while Next looks at them
  Timestamp now_;
  std::optional<MeetupId> hot_;  // everybody wants to join it
  std::deque<Command> sent_;     // lately, with request ids or refused
};

}  // namespace moyeo::testing

#endif  // MOYEO_TESTS_SIMULATION_POPULATION_H_
