#include "bench/society/matching.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "bench/society/clock.h"
#include "bench/society/postgis.h"
#include "bench/society/report.h"
#include "bench/society/sqlite_rtree.h"
#include "bench/society/sqlite_tickets.h"
#include "society/state.h"

namespace moyeo::bench {
namespace {

using society::Society;
using std::chrono::milliseconds;

constexpr std::size_t kAskers = 500;
constexpr std::size_t kFriends = 20;
constexpr std::size_t kQuestionsPerRound = 2'000;
constexpr std::size_t kOthersQuestionsPerRound = 200;
constexpr std::size_t kTickets = 100'000;
constexpr std::size_t kNewTickets = 1'000;
constexpr milliseconds kHour{3'600'000};

void Fail(const std::string& what) {
  std::cerr << "moyeo_bench_society: " << what << '\n';
  std::exit(1);
}

class Measuring {
 public:
  Measuring(const SocietyBenchOptions& options, Society& society, Town& town)
      : options_(options), society_(society), town_(town) {}

  std::vector<Result> Run() {
    for (std::size_t i = 0; i < kAskers; ++i) MakeAsker();
    MeasureQuestions();
    MeasureTickets();
    return results_;
  }

 private:
  void Apply(UserId actor, CommandBody body) {
    events_.clear();
    society_.Apply({.time = town_.now(), .actor = actor, .body = std::move(body)}, events_);
  }

  // Somebody with interests and friends.
  void MakeAsker() {
    const UserId user = town_.AnyUser();
    askers_.push_back(user);
    std::vector<std::string> interests = {town_.AnyWord(), town_.AnyWord(), town_.AnyWord()};
    std::ranges::sort(interests);
    interests.erase(std::unique(interests.begin(), interests.end()), interests.end());
    Apply(user, EditProfile{.interests = interests});
    for (std::size_t i = 0; i < kFriends; ++i) {
      const UserId other = town_.AnyUser();
      Apply(user, RequestFriend{other});
      Apply(other, RequestFriend{user});
    }
    std::ranges::sort(askers_);
    askers_.erase(std::unique(askers_.begin(), askers_.end()), askers_.end());
  }

  // Two days from some hour on, of which one tag of two is wanted.
  FindQuery SomeFind() {
    const Timestamp from = town_.AnyStart();
    return {.within = MapCircle{town_.AnyPlace(), 5'000},
            .from = from,
            .to = from + 48 * kHour,
            .any_of = {town_.AnyWord(), town_.AnyWord()},
            .order = FindOrder::kDistance};
  }

  struct Question {
    UserId user;
    RecommendQuery query;
  };
  Question SomeRecommend() {
    return {askers_[ToNumber(town_.AnyUser()) % askers_.size()], {.place = town_.AnyPlace()}};
  }

  std::vector<MeetupId> Find(const FindQuery& query) const {
    const auto page = society_.Find(UserId{1}, query, {.limit = 50});
    if (!page.ok()) Fail(page.status().ToString());
    std::vector<MeetupId> ids;
    for (const FoundMeetup& found : page->items) ids.push_back(found.meetup.meetup);
    return ids;
  }

  std::vector<MeetupId> Recommend(const Question& question) const {
    const auto recommended = society_.Recommend(question.user, question.query);
    if (!recommended.ok()) Fail(recommended.status().ToString());
    std::vector<MeetupId> ids;
    for (const Recommendation& one : *recommended) ids.push_back(one.meetup.meetup);
    return ids;
  }

  // Another engine, and how it is asked.
  template <typename Asked>
  struct Other {
    std::string name;
    std::function<std::vector<MeetupId>(const Asked&)> ask;
    double (*time)(const std::function<void()>& work);
    std::vector<double> ns = {};
  };

  // Gives all the same questions, compares their answers, and times them in turn.
  template <typename Asked, typename Draw, typename Ask>
  void MeasureAll(const std::string& operation, Draw draw, Ask ask,
                  std::vector<Other<Asked>> others) {
    std::vector<double> ns;
    std::size_t items = 0;
    for (std::size_t round = 0; round < options_.rounds; ++round) {
      std::vector<Asked> questions;
      for (std::size_t i = 0; i < kQuestionsPerRound; ++i) questions.push_back(draw());
      std::vector<std::vector<MeetupId>> answers;
      answers.reserve(questions.size());
      ns.push_back(NanosecondsOf([&] {
                     for (const auto& question : questions) answers.push_back(ask(question));
                   }) /
                   kQuestionsPerRound);
      for (const auto& answer : answers) items += answer.size();
      answers.resize(kOthersQuestionsPerRound);
      for (Other<Asked>& other : others) {
        std::vector<std::vector<MeetupId>> same;
        other.ns.push_back(other.time([&] {
          for (std::size_t i = 0; i < kOthersQuestionsPerRound; ++i) {
            same.push_back(other.ask(questions[i]));
          }
        }) / kOthersQuestionsPerRound);
        if (answers != same) Fail(operation + ": " + other.name + " answers otherwise");
      }
    }
    std::cout << operation << ": "
              << static_cast<double>(items) /
                     static_cast<double>(options_.rounds * kQuestionsPerRound)
              << " an answer, the same from all\n";
    Add("moyeo", operation, options_.users, std::move(ns));
    for (Other<Asked>& other : others) {
      Add(other.name, operation, options_.users, std::move(other.ns));
    }
  }

  void MeasureQuestions() {
    SqliteRtree sqlite(society_, askers_);
    // Static, for the server is to be stopped wherever the program ends.
    static std::unique_ptr<Postgis> postgis;
    if (options_.postgis) {
      absl::StatusOr<std::unique_ptr<Postgis>> started = StartPostgis(society_, askers_);
      if (!started.ok()) Fail(started.status().ToString());
      postgis = *std::move(started);
    }
    MeasureFind(sqlite, postgis.get());
    MeasureRecommend(sqlite, postgis.get());
    postgis.reset();
  }

  void MeasureFind(SqliteRtree& sqlite, Postgis* postgis) {
    std::vector<Other<FindQuery>> others;
    others.push_back({.name = "sqlite_rtree",
                      .ask = [&](const FindQuery& query) { return sqlite.Find(query); },
                      .time = NanosecondsOf});
    if (postgis != nullptr) {
      others.push_back({.name = "postgis",
                        .ask = [postgis](const FindQuery& query) { return postgis->Find(query); },
                        .time = WallNanosecondsOf});
    }
    MeasureAll(
        "find_5km", [&] { return SomeFind(); }, [&](const FindQuery& query) { return Find(query); },
        std::move(others));
  }

  void MeasureRecommend(SqliteRtree& sqlite, Postgis* postgis) {
    std::vector<Other<Question>> others;
    others.push_back({.name = "sqlite_rtree",
                      .ask =
                          [&](const Question& question) {
                            return sqlite.Recommend(question.user, question.query, society_.time());
                          },
                      .time = NanosecondsOf});
    if (postgis != nullptr) {
      others.push_back({.name = "postgis",
                        .ask =
                            [this, postgis](const Question& question) {
                              return postgis->Recommend(question.user, question.query,
                                                        society_.time());
                            },
                        .time = WallNanosecondsOf});
    }
    MeasureAll(
        "recommend", [&] { return SomeRecommend(); },
        [&](const Question& question) { return Recommend(question); }, std::move(others));
  }

  // An evening's tickets: two hours some time in the next eight, one or two tags of twenty, three
  // to six people within three to ten kilometres.
  CreateTicket SomeTicket(std::size_t i) {
    const Timestamp from = town_.now() + kHour * static_cast<std::int64_t>(i % 3);
    LatLng place = town_.AnyPlace();
    // Of which a box in SQLite knows nothing.
    while (std::abs(place.lng) > 179) place = town_.AnyPlace();
    CreateTicket ticket{.location = place,
                        .radius_m = static_cast<std::uint32_t>(3'000 + i % 8 * 1'000),
                        .from = from,
                        .until = from + 5 * kHour,
                        .length_ms = milliseconds(2 * kHour).count(),
                        .tags = {town_.AnyWord()},
                        .least = static_cast<std::uint32_t>(3 + i % 2),
                        .most = static_cast<std::uint32_t>(4 + i % 3)};
    const std::string another = town_.AnyWord();
    if (another != ticket.tags[0]) ticket.tags.push_back(another);
    return ticket;
  }

  // A society of its own, whose people do nothing but open tickets.
  class Seekers {
   public:
    Seekers(std::size_t users, Timestamp now) : now_(now) {
      for (std::size_t i = 1; i <= users; ++i) {
        Give(UserId{i}, Register{.nickname = std::to_string(i)});
      }
    }

    void Give(std::optional<UserId> actor, CommandBody body) {
      events_.clear();
      const Outcome outcome =
          society_.Apply({.time = now_, .actor = actor, .body = std::move(body)}, events_);
      if (!outcome.accepted()) Fail(std::string(SentenceOf(outcome.reject)));
    }

    // How long a run takes.
    double Match() {
      now_ += milliseconds(society_.settings().matching_delay_ms);
      return NanosecondsOf([&] { Give(std::nullopt, Advance{}); });
    }

    // Of the last run.
    std::vector<std::vector<TicketId>> Groups() const {
      std::vector<std::vector<TicketId>> groups;
      MeetupId last{};
      for (const Event& event : events_) {
        const auto* const matched = std::get_if<TicketMatched>(&event.body);
        if (matched == nullptr) continue;
        if (matched->meetup != last) groups.emplace_back();
        groups.back().push_back(matched->ticket);
        last = matched->meetup;
      }
      return groups;
    }

    const Society& society() const { return society_; }
    Timestamp now() const { return now_; }

   private:
    Society society_;
    Timestamp now_;
    std::vector<Event> events_;
  };

  void MeasureTickets() {
    const std::size_t tickets = std::min(options_.users, kTickets);
    std::vector<double> all_ns;
    std::vector<double> sqlite_ns;
    std::vector<double> new_ns;
    std::size_t left = 0;
    const std::size_t rounds = std::min<std::size_t>(options_.rounds, 3);
    for (std::size_t round = 0; round < rounds; ++round) {
      Seekers seekers(tickets + 10 * kNewTickets, town_.now());
      for (std::size_t i = 1; i <= tickets; ++i) seekers.Give(UserId{i}, SomeTicket(i));
      SqliteTickets sqlite(seekers.society());
      all_ns.push_back(seekers.Match());
      std::vector<std::vector<TicketId>> groups;
      sqlite_ns.push_back(NanosecondsOf([&] { groups = sqlite.Match(seekers.now()); }));
      if (groups != seekers.Groups()) Fail("match_100k: SQLite matches others");
      left += seekers.society().state().tickets.size();
      std::size_t next = tickets;
      for (std::size_t batch = 0; batch < 10; ++batch) {
        for (std::size_t i = 0; i < kNewTickets; ++i) {
          ++next;
          seekers.Give(UserId{next}, SomeTicket(next));
        }
        new_ns.push_back(seekers.Match());
      }
    }
    std::cout << "of " << tickets << " tickets " << left / rounds << " are not matched at once\n";
    Add("moyeo", "match_100k", tickets, std::move(all_ns));
    Add("sqlite_rtree", "match_100k", tickets, std::move(sqlite_ns));
    Add("moyeo", "match_1k_new", tickets, std::move(new_ns));
    MeasureTicketsOnASpot();
  }

  // Everybody is in one place, has the same tag, and can have a meetup with hardly anybody.
  void MeasureTicketsOnASpot() {
    const std::size_t tickets = std::min(options_.users, kTickets);
    Seekers seekers(tickets, town_.now());
    CreateTicket ticket = SomeTicket(0);
    ticket.tags = {"chess"};
    ticket.length_ms = kHour.count();
    ticket.least = 200;
    ticket.most = 255;
    for (std::size_t i = 1; i <= tickets; ++i) {
      constexpr std::size_t kStarts = 10'000;
      ticket.from = town_.now() + kHour + milliseconds(60'000 * (i % kStarts));
      ticket.until = ticket.from + kHour;
      seekers.Give(UserId{i}, ticket);
    }
    Add("moyeo", "match_100k_same_spot", tickets, {seekers.Match()});
  }

  void Add(const std::string& engine, const std::string& operation, std::size_t users,
           std::vector<double> ns) {
    results_.push_back({.engine = engine,
                        .operation = operation,
                        .users = users,
                        .distribution = "city",
                        .threads = 1,
                        .ns = Summarize(std::move(ns)),
                        .bytes_per_user = 0});
    Print(results_.back());
  }

  const SocietyBenchOptions& options_;
  Society& society_;
  Town& town_;
  std::vector<UserId> askers_;  // ascending
  std::vector<Event> events_;
  std::vector<Result> results_;
};

}  // namespace

std::vector<Result> MeasureMatching(const SocietyBenchOptions& options, Society& society,
                                    Town& town) {
  return Measuring(options, society, town).Run();
}

}  // namespace moyeo::bench
