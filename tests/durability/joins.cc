#include "durability/joins.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "support/seeds.h"
#include "support/together.h"

namespace moyeo::testing {
namespace {

using Difference = std::optional<std::string>;

constexpr std::size_t kUsers = 200;
constexpr std::size_t kMeetups = 50;  // in a round; of a user there may be a hundred
constexpr std::uint32_t kMostSeats = 12;
constexpr std::chrono::hours kDay{24};

// What became of a meetup's seats.
struct Seats {
  MeetupId meetup{};
  UserId host{};
  std::uint32_t capacity = 0;
  std::vector<std::atomic<bool>> has_joined = std::vector<std::atomic<bool>>(kUsers);
  std::atomic<std::size_t> full = 0;
  // By a clock that ticks whenever somebody begins to ask or is answered.
  std::atomic<std::uint64_t> first_refused = UINT64_MAX;  // when the answer came
  std::atomic<std::uint64_t> last_joined = 0;             // when it was asked
};

UserId UserAt(std::size_t i) { return UserId{i + 1}; }

void RaiseTo(std::atomic<std::uint64_t>& greatest, std::uint64_t value) {
  std::uint64_t seen = greatest;
  while (seen < value && !greatest.compare_exchange_weak(seen, value)) continue;
}

void LowerTo(std::atomic<std::uint64_t>& least, std::uint64_t value) {
  std::uint64_t seen = least;
  while (seen > value && !least.compare_exchange_weak(seen, value)) continue;
}

class Rush {
 public:
  Rush(Engine& engine, const JoinOptions& options)
      : engine_(engine), options_(options), random_(options.seed) {}

  Difference Begin() {
    for (std::size_t i = 0; i < kUsers; ++i) {
      const auto outcome = Give(UserAt(i), Register{.nickname = absl::StrCat("user ", i)});
      if (!outcome.ok()) return outcome.status().ToString();
    }
    return std::nullopt;
  }

  Difference Round(JoinCounts& counts) {
    std::vector<Seats> all(kMeetups);
    for (Seats& seats : all) {
      seats.host = UserAt(random_.Below(kUsers));
      seats.capacity = static_cast<std::uint32_t>(2 + random_.Below(kMostSeats - 1));
      const auto made = Give(seats.host, CreateMeetup{.title = "Chess",
                                                      .start = now_ + kDay,
                                                      .end = now_ + 2 * kDay,
                                                      .capacity = seats.capacity});
      if (!made.ok()) return made.status().ToString();
      seats.meetup = *made->meetup;
    }
    Complaints complaints;
    std::vector<std::function<void()>> jobs;
    for (std::size_t thread = 0; thread < options_.threads; ++thread) {
      jobs.emplace_back([&, thread, seed = random_.Bits()] { Ask(thread, seed, all, complaints); });
    }
    RunTogether(jobs);
    for (const std::string& complaint : complaints.Take()) return complaint;
    for (const Seats& seats : all) {
      if (Difference difference = Check(seats, counts)) {
        return absl::StrCat("meetup ", ToNumber(seats.meetup), " of ", seats.capacity,
                            " seats: ", *difference);
      }
    }
    // Meetups that are over are forgotten, so that nobody has too many.
    now_ += 12 * kDay;
    return Give(std::nullopt, Advance{}).ok() ? std::nullopt : Difference("time stands still");
  }

 private:
  absl::StatusOr<Outcome> Give(std::optional<UserId> actor, CommandBody body) {
    auto outcome = engine_.Apply({.time = now_, .actor = actor, .body = std::move(body)});
    if (outcome.ok() && !outcome->accepted()) {
      return absl::InternalError(absl::StrCat("refused: ", static_cast<int>(outcome->reject)));
    }
    return outcome;
  }

  // One thread asks for every so manieth user.
  void Ask(std::size_t thread, std::uint64_t seed, std::vector<Seats>& all,
           Complaints& complaints) {
    std::vector<std::pair<std::size_t, std::size_t>> wishes;  // user, meetup
    for (std::size_t user = thread; user < kUsers; user += options_.threads) {
      for (std::size_t i = 0; i < all.size(); ++i) {
        if (all[i].host != UserAt(user)) wishes.emplace_back(user, i);
      }
    }
    Random random(seed);
    // All begin with the same meetups, for there to be a rush, and not in the same order.
    std::ranges::sort(wishes, {}, &std::pair<std::size_t, std::size_t>::second);
    constexpr std::size_t kNear = 40;
    for (std::size_t i = 0; i < wishes.size(); ++i) {
      const std::size_t other = i + random.Below(std::min(kNear, wishes.size() - i));
      std::swap(wishes[i], wishes[other]);
    }
    for (const auto& [user, i] : wishes) {
      Seats& seats = all[i];
      const std::uint64_t asked = clock_++;
      const auto outcome =
          engine_.Apply({.time = now_, .actor = UserAt(user), .body = JoinMeetup{seats.meetup}});
      const std::uint64_t answered = clock_++;
      if (!outcome.ok()) {
        complaints.Add(outcome.status().ToString());
      } else if (outcome->accepted()) {
        seats.has_joined[user] = true;
        RaiseTo(seats.last_joined, asked);
      } else if (outcome->reject == Reject::kFull) {
        ++seats.full;
        LowerTo(seats.first_refused, answered);
      } else {
        complaints.Add(absl::StrCat("refused: ", static_cast<int>(outcome->reject)));
      }
    }
  }

  Difference Check(const Seats& seats, JoinCounts& counts) const {
    std::vector<UserId> told = {seats.host};
    for (std::size_t user = 0; user < kUsers; ++user) {
      if (seats.has_joined[user]) told.push_back(UserAt(user));
    }
    std::ranges::sort(told);
    if (told.size() != seats.capacity) return absl::StrCat(told.size(), " were told they have one");
    const auto members = engine_.Members(std::nullopt, seats.meetup);
    if (!members.ok()) return members.status().ToString();
    std::vector<UserId> found;
    for (const MemberView& member : *members) found.push_back(member.user);
    std::ranges::sort(found);
    if (found != told) return "those who have one are not those who were told so";
    if (seats.full != kUsers - told.size())
      return absl::StrCat(seats.full.load(), " found it full");
    if (seats.first_refused < seats.last_joined) return "one was refused when a seat was free";
    counts.joins += kUsers - 1;
    counts.seats += told.size() - 1;
    counts.full += seats.full;
    return std::nullopt;
  }

  Engine& engine_;
  const JoinOptions options_;
  Random random_;
  Timestamp now_{std::chrono::milliseconds{1'700'000'000'000}};
  std::atomic<std::uint64_t> clock_ = 0;
};

}  // namespace

std::string JoinCounts::ToString() const {
  return absl::StrCat(joins, " joins: ", seats, " seats taken, ", full, " times full");
}

std::optional<std::string> RunJoins(Engine& engine, const JoinOptions& options,
                                    JoinCounts& counts) {
  Rush rush(engine, options);
  if (Difference difference = rush.Begin()) return difference;
  for (std::size_t round = 1; counts.joins < options.joins; ++round) {
    if (const Difference difference = rush.Round(counts)) {
      return absl::StrCat("joins of seed ", options.seed, ", round ", round, ": ", *difference);
    }
  }
  return std::nullopt;
}

}  // namespace moyeo::testing
