// A population before the state machine, and the auditor beside it.

#ifndef MOYEO_TESTS_SIMULATION_SIMULATION_H_
#define MOYEO_TESTS_SIMULATION_SIMULATION_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "moyeo/command.h"
#include "moyeo/event.h"
#include "moyeo/page.h"
#include "simulation/auditor.h"
#include "simulation/markers.h"
#include "simulation/population.h"
#include "society/message_store.h"
#include "society/society.h"
#include "support/seeds.h"

namespace moyeo::testing {

struct SimulationOptions {
  PopulationOptions population = {};

  // From page to page while others change things: what is expected is looked at after every
  // command. When one has ended, the next begins after so many commands, about.
  bool walks = true;
  std::size_t commands_per_walk = 1;

  // After so many commands, one question, one look at the hash, every question. A look at the hash
  // compares it with that before the command if that was refused, and with that of the replica.
  std::size_t commands_per_question = 1;
  std::size_t commands_per_hash = 4;
  std::size_t commands_per_check = 2'000;

  // After so many accepted commands, the replica begins anew from a snapshot.
  std::size_t commands_per_restart = 200;
};

// Everything random follows from the seed. Each method returns nullopt if machine and auditor
// agreed, else what differed, in words; after that the simulation is over.
class Simulation {
 public:
  Simulation(std::uint64_t seed, const SimulationOptions& options);

  // What somebody of the population wants next.
  std::optional<std::string> Step();

  // One command, of which outcome, events and what follows from them are compared; then some
  // questions.
  std::optional<std::string> Do(const Command& command);

  // Every question, by everybody, about everything.
  std::optional<std::string> CompareAll();

  // What has become of the last command.
  const Outcome& last() const { return last_; }

  const society::Society& society() const { return society_; }
  const Books& books() const { return auditor_.books(); }

  // A digest of all events so far.
  std::uint64_t history() const { return history_; }

  struct Counts {
    std::size_t commands = 0;
    std::size_t accepted = 0;
    std::size_t repeated = 0;
    std::size_t questions = 0;
    std::size_t walks = 0;  // from page to page while things change
    std::map<CommandKind, std::size_t> accepted_of;
    std::map<Reject, std::size_t> rejects;
    std::map<EventKind, std::size_t> events;

    Counts& operator+=(const Counts& other);
  };
  const Counts& counts() const { return counts_; }

 private:
  enum class List {
    kPeopleFound,
    kFriends,
    kRequestsSent,
    kRequestsReceived,
    kBlocked,
    kOpen,
    kWithTag,
    kStartingWithin,
    kFound,
    kOnMap,
    kMine,
    kHosted,
    kInvitations,
    kMessages,
    kWanted,
  };
  static constexpr std::size_t kLists = 15;

  struct Question {
    List list{};
    std::optional<UserId> viewer = std::nullopt;
    UserId user{};
    MeetupId meetup{};
    std::string text = {};
    Timestamp from{};
    Timestamp to{};
    MapArea area = {};
    FindQuery query = {};
  };

  // Something in a list, and its place in the order as far as that can change.
  using Place = std::string;
  using Entries = std::map<std::uint64_t, Place>;

  // One goes from page to page while others change things.
  struct Walk {
    Question question;
    std::size_t limit = 0;
    std::string cursor = {};
    Entries unchanged = {};  // there from the beginning, with the same place
    Entries seen = {};
    std::size_t pages = 0;
  };

  std::optional<std::string> CompareEvents(std::span<const Event> events,
                                           const Auditor::Verdict& verdict, std::uint64_t sequence,
                                           bool is_erasing);
  std::optional<std::string> CompareStep(std::span<const Event>& events, const Auditor::Step& step);
  std::optional<std::string> CheckOrder(std::span<const Event> events) const;
  std::optional<std::string> CheckAudience(const Event& event) const;
  std::optional<std::string> CheckExceptions(const Event& event) const;
  std::vector<UserId> SubjectsOf(const EventBody& event) const;
  std::optional<std::string> CompareState();

  std::optional<std::string> AskSomething();
  std::optional<std::string> CompareMarkers(UserId viewer) const;
  std::optional<std::string> CompareRecommendations(UserId user);
  std::optional<std::string> CompareExports(UserId user);
  std::optional<std::string> CompareViews(UserId viewer, UserId user, MeetupId meetup);
  std::optional<std::string> CompareList(const Question& question);
  std::optional<std::string> CheckWrongPages(const Question& question);
  Question SomeQuestion(List list);
  static std::string DescribeQuestion(const Question& question);

  // Calls visit(ask, expect): the machine's pages of a list, and the auditor's whole list.
  template <typename Visit>
  auto VisitList(const Question& question, Visit visit) const;

  // The replica is what a snapshot of the society is read as.
  std::optional<std::string> Restart();

  void BeginWalk();
  std::optional<Entries> ExpectedEntries(const Question& question) const;
  std::optional<std::string> GoOn();

  Random random_;
  SimulationOptions options_;
  Population population_;
  society::Society society_;
  // Hears of accepted commands only, as a replay does.
  society::Society replica_;
  std::size_t since_restart_ = 0;
  society::MemoryMessageStore texts_;
  Auditor auditor_;
  Markers markers_;
  std::optional<Timestamp> due_;  // next, as the auditor says
  Outcome last_;
  std::vector<Event> events_;
  std::vector<Event> replica_events_;
  std::optional<Walk> walk_;
  std::uint64_t history_ = 0;
  Counts counts_;
};

}  // namespace moyeo::testing

#endif  // MOYEO_TESTS_SIMULATION_SIMULATION_H_
