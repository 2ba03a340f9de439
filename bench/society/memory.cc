#include "bench/society/memory.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "bench/society/busy_people.h"
#include "bench/society/clock.h"
#include "bench/society/matching.h"
#include "bench/society/report.h"
#include "bench/society/town.h"
#include "bench/support/machine.h"
#include "society/society.h"

namespace moyeo::bench {
namespace {

using society::Society;

constexpr std::size_t kCommandsPerRound = 200'000;
constexpr std::size_t kPagesPerRound = 2'000;
const PageRequest kPage{.limit = 50, .cursor = {}};

// Applies all, as one who has them all at hand, and returns how many were accepted.
std::size_t ApplyAll(Society& society, std::span<const Command> commands) {
  std::size_t accepted = 0;
  std::vector<Event> events;
  for (; !commands.empty(); commands = commands.subspan(1)) {
    events.clear();
    society.Prefetch(commands);
    if (society.Apply(commands.front(), events).accepted()) ++accepted;
  }
  return accepted;
}

// The same by one who has one command at a time.
std::size_t ApplyEach(Society& society, std::span<const Command> commands) {
  std::size_t accepted = 0;
  std::vector<Event> events;
  for (const Command& command : commands) {
    events.clear();
    society.Prefetch({&command, 1});
    if (society.Apply(command, events).accepted()) ++accepted;
  }
  return accepted;
}

template <typename Item>
std::size_t CountOf(const Page<Item>& page) {
  return page.items.size();
}

template <typename Item>
std::size_t CountOf(const std::vector<Item>& all) {
  return all.size();
}

class Measuring {
 public:
  explicit Measuring(const SocietyBenchOptions& options)
      : options_(options), town_(options.users, options.meetups, options.seed) {}

  std::vector<Result> Run() {
    const std::vector<Command> founding = town_.Founding();
    MeasureReplay(founding);
    MeasureApply("apply_memory", ApplyAll);
    MeasureApply("apply_single", ApplyEach);
    MeasurePages("list_open", [&] {
      const Timestamp from = town_.AnyStart();
      return society_->MeetupsStartingWithin(UserId{1}, from, kMaxTimestamp, kPage);
    });
    MeasurePages("map_box", [&] {
      const LatLng place = town_.AnyPlace();
      // Some six kilometres from north to south, and at most that from west to east.
      constexpr double kDegrees = 0.03;
      const MapBox box{std::max(place.lat - kDegrees, -90.0),
                       std::max(place.lng - kDegrees, -180.0), std::min(place.lat + kDegrees, 90.0),
                       std::min(place.lng + kDegrees, 180.0)};
      return society_->MeetupsOnMap(UserId{1}, box, kPage);
    });
    MeasurePages("search_text",
                 [&] { return society_->SearchMeetups(UserId{1}, town_.AnyWord(), kPage); });
    MeasurePages("search_people", [&] {
      return society_->SearchPeople(UserId{1}, town_.AnyPieceOfNickname(), kPage);
    });
    for (Result& result : MeasureMatching(options_, *society_, town_)) {
      result.bytes_per_user = bytes_per_user_;
      results_.push_back(std::move(result));
    }
    MeasureTagAndDay();
    MeasureListsOfTheBusy();
    return results_;
  }

 private:
  // The commands that made the town, from the first one on, each time into a new society.
  void MeasureReplay(const std::vector<Command>& founding) {
    std::vector<double> ns;
    for (std::size_t round = 0; round < std::min<std::size_t>(options_.rounds, 3); ++round) {
      society_.reset();
      const std::size_t bytes_before = HeapBytes();
      society_.emplace();
      ns.push_back(NanosecondsOf([&] { ApplyAll(*society_, founding); }) /
                   static_cast<double>(founding.size()));
      bytes_per_user_ =
          static_cast<double>(HeapBytes() - bytes_before) / static_cast<double>(options_.users);
    }
    Add("replay", std::move(ns));
  }

  template <typename ApplyThem>
  void MeasureApply(const std::string& operation, ApplyThem apply) {
    std::vector<double> ns;
    std::size_t accepted = 0;
    for (std::size_t round = 0; round < options_.rounds; ++round) {
      const std::vector<Command> commands = town_.Evening(kCommandsPerRound);
      ns.push_back(NanosecondsOf([&] { accepted += apply(*society_, commands); }) /
                   static_cast<double>(commands.size()));
    }
    std::cout << accepted * 100 / (options_.rounds * kCommandsPerRound)
              << " of a hundred commands were accepted\n";
    Add(operation, std::move(ns));
  }

  void MeasureTagAndDay() {
    MeasurePages("list_tag",
                 [&] { return society_->MeetupsWithTag(UserId{1}, town_.AnyWord(), kPage); });
    MeasurePages("list_day", [&] {
      constexpr std::chrono::hours kDay{24};
      const Timestamp from = town_.AnyStart();
      return society_->MeetupsStartingWithin(UserId{1}, from, from + kDay, kPage);
    });
  }

  // After all else: there are more people who know each other, and more meetups, from here on.
  void MeasureListsOfTheBusy() {
    BusyPeople busy(*society_, town_, options_.users, options_.seed);
    if (busy.empty()) {
      std::cout << "no lists of busy people: nobody can host one more meetup in so small a town\n";
      return;
    }
    MeasurePages("list_mine", [&] { return society_->MyMeetups(busy.Any().user, kPage); });
    MeasurePages("list_hosted", [&] { return society_->HostedMeetups(busy.Any().user, kPage); });
    MeasurePages("list_invitations",
                 [&] { return society_->MyInvitations(busy.Any().user, kPage); });
    MeasurePages("list_friends", [&] { return society_->Friends(busy.Any().user, kPage); });
    MeasurePages("list_requests",
                 [&] { return society_->RequestsReceived(busy.Any().user, kPage); });
    MeasurePages("list_members", [&] {
      const BusyPeople::Person& person = busy.Any();
      return society_->Members(person.user, person.meetup);
    });
    MeasurePages("list_messages", [&] {
      const BusyPeople::Person& person = busy.Any();
      return society_->Messages(person.user, person.meetup, busy.texts(), kPage);
    });
  }

  template <typename Ask>
  void MeasurePages(const std::string& operation, Ask ask) {
    std::vector<double> ns;
    std::size_t items = 0;
    for (std::size_t round = 0; round < options_.rounds; ++round) {
      ns.push_back(NanosecondsOf([&] {
                     for (std::size_t i = 0; i < kPagesPerRound; ++i) {
                       const auto page = ask();
                       if (!page.ok()) {
                         std::cerr << "moyeo_bench_society: " << page.status() << '\n';
                         std::exit(1);
                       }
                       items += CountOf(*page);
                     }
                   }) /
                   kPagesPerRound);
    }
    std::cout << operation << ": "
              << static_cast<double>(items) / static_cast<double>(options_.rounds * kPagesPerRound)
              << " a page\n";
    Add(operation, std::move(ns));
  }

  void Add(const std::string& operation, std::vector<double> ns) {
    results_.push_back({.engine = "moyeo",
                        .operation = operation,
                        .users = options_.users,
                        .distribution = "city",
                        .threads = 1,
                        .ns = Summarize(std::move(ns)),
                        .bytes_per_user = bytes_per_user_});
    Print(results_.back());
  }

  const SocietyBenchOptions options_;
  Town town_;
  std::optional<Society> society_;
  std::vector<Result> results_;
  double bytes_per_user_ = 0;
};

}  // namespace

std::vector<Result> MeasureInMemory(const SocietyBenchOptions& options) {
  return Measuring(options).Run();
}

}  // namespace moyeo::bench
