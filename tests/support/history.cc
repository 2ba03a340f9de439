#include "support/history.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <limits>
#include <span>

#include "support/arguments.h"
#include "support/comparison.h"
#include "support/print.h"

namespace moyeo::testing {
namespace {

using std::chrono::milliseconds;

constexpr Timestamp kStart{milliseconds{1'700'000'000'000}};
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

LatLng Faulty(Random& random) {
  static constexpr std::array<LatLng, 8> kFaulty = {{{kNaN, 0},
                                                     {0, kNaN},
                                                     {kInfinity, 0},
                                                     {0, -kInfinity},
                                                     {90.0000001, 0},
                                                     {-91, 0},
                                                     {0, 180.0000001},
                                                     {0, -360}}};
  return random.Pick(kFaulty);
}

absl::StatusCode CodeOf(Oracle::Outcome outcome) {
  switch (outcome) {
    case Oracle::Outcome::kApplied:
    case Oracle::Outcome::kIgnored:
      return absl::StatusCode::kOk;
    case Oracle::Outcome::kInvalid:
      return absl::StatusCode::kInvalidArgument;
    case Oracle::Outcome::kFull:
      return absl::StatusCode::kResourceExhausted;
  }
  return absl::StatusCode::kUnknown;
}

}  // namespace

History::History(std::uint64_t seed, const HistoryOptions& options)
    : random_(seed),
      options_(options),
      index_(options.index),
      oracle_(options.index),
      users_(SomeIds(options.users, random_)),
      crowd_(&random_.Pick(Crowds())),
      now_(kStart) {}

std::optional<std::string> History::At(const std::optional<std::string>& what) const {
  if (!what) return std::nullopt;
  return "after " + std::to_string(changes_) + " changes, at " + Describe(now_) + ": " + *what;
}

LatLng History::SomePlaceFor(UserId user) {
  if (random_.OneIn(50)) return Faulty(random_);
  const auto held = oracle_.users().find(user);
  if (held == oracle_.users().end() || random_.OneIn(4)) return crowd_->place(random_);
  const LatLng position = held->second.position;
  // Mostly the steps of a walker, now and then a flight or no step at all.
  switch (random_.Below(8)) {
    case 0:
      return position;
    case 1:
      return NearTo(position, 500'000, random_);
    default:
      return NearTo(position, 30, random_);
  }
}

Timestamp History::SomeTimeToSee() {
  switch (random_.Below(40)) {
    case 0:
      return kMaxTimestamp + milliseconds(1);
    case 1:
      return kMinTimestamp - milliseconds(1);
    case 2:
    case 3:
    case 4:
      return now_ - milliseconds(random_.Between(0, 2 * options_.index.ttl_ms));
    case 5:
      return now_ + milliseconds(random_.Between(0, options_.index.ttl_ms));
    default:
      return now_;
  }
}

Timestamp History::SomeTimeToAsk() {
  if (random_.OneIn(2) || oracle_.users().empty()) return now_;
  const milliseconds ttl(options_.index.ttl_ms);
  const auto held = oracle_.users().lower_bound(SomeUser());
  const Timestamp seen = held == oracle_.users().end() ? now_ : held->second.last_seen;
  switch (random_.Below(4)) {
    case 0:
      return seen + ttl;
    case 1:
      return seen + ttl - milliseconds(1);
    case 2:
      return seen - milliseconds(random_.Between(0, 1000));
    default:
      return now_ + milliseconds(random_.Between(-2 * ttl.count(), 2 * ttl.count()));
  }
}

LatLng History::SomeCenter() {
  switch (random_.Below(6)) {
    case 0:
      return Anywhere(random_);
    case 1:
      return random_.Pick(Crowds()).place(random_);
    case 2:
      return AntipodeOf(crowd_->place(random_));
    case 3: {
      const auto held = oracle_.users().lower_bound(SomeUser());
      if (held != oracle_.users().end()) return held->second.position;
      return crowd_->place(random_);
    }
    default:
      return crowd_->place(random_);
  }
}

std::optional<std::string> History::MoveOne() {
  const UserId user = SomeUser();
  const LatLng position = SomePlaceFor(user);
  const Timestamp seen = SomeTimeToSee();
  std::optional<std::uint32_t> attributes;
  if (random_.OneIn(3)) attributes = random_.Bits32() & 0xff;

  const absl::Status status = index_.Move(user, position, seen, attributes);
  const Oracle::Outcome outcome = oracle_.Move(user, position, seen, attributes);
  if (status.code() == CodeOf(outcome)) return std::nullopt;
  return At("moving user " + Describe(user) + " to " + Describe(position) + ", seen " +
            Describe(seen) + ", gives " + status.ToString() + " instead of " +
            absl::StatusCodeToString(CodeOf(outcome)));
}

std::optional<std::string> History::MoveMany(std::size_t count) {
  std::vector<UserId> users;
  std::vector<LatLng> positions;
  std::vector<std::uint32_t> attributes;
  const bool has_attributes = random_.OneIn(2);
  for (std::size_t i = 0; i < count; ++i) {
    users.push_back(SomeUser());
    positions.push_back(SomePlaceFor(users.back()));
    if (has_attributes) attributes.push_back(random_.Bits32() & 0xff);
  }
  return MoveBatch(users, positions, SomeTimeToSee(), attributes);
}

std::optional<std::string> History::MoveBatch(const std::vector<UserId>& users,
                                              const std::vector<LatLng>& positions, Timestamp seen,
                                              const std::vector<std::uint32_t>& attributes) {
  const absl::StatusOr<MoveBatchResult> result =
      index_.MoveBatch(users, positions, seen, attributes);
  if (seen < kMinTimestamp || seen > kMaxTimestamp) {
    if (absl::IsInvalidArgument(result.status())) return std::nullopt;
    return At("a batch seen out of range gives " + result.status().ToString());
  }
  if (!result.ok()) return At("a batch gives " + result.status().ToString());

  std::size_t applied = 0;
  std::size_t ignored = 0;
  std::size_t refused = 0;
  for (std::size_t i = 0; i < users.size(); ++i) {
    const Oracle::Outcome outcome = oracle_.Move(
        users[i], positions[i], seen,
        attributes.empty() ? std::nullopt : std::optional<std::uint32_t>(attributes[i]));
    if (outcome == Oracle::Outcome::kApplied) {
      ++applied;
    } else if (outcome == Oracle::Outcome::kIgnored) {
      ++ignored;
    } else {
      if (refused >= result->refusals.size() || result->refusals[refused].index != i ||
          result->refusals[refused].why.code() != CodeOf(outcome)) {
        return At("a batch should refuse number " + std::to_string(i) + " with " +
                  absl::StatusCodeToString(CodeOf(outcome)));
      }
      ++refused;
    }
  }
  if (result->applied != applied || result->ignored != ignored ||
      result->refusals.size() != refused) {
    return At("a batch of " + std::to_string(users.size()) + " has applied " +
              std::to_string(result->applied) + ", ignored " + std::to_string(result->ignored) +
              ", refused " + std::to_string(result->refusals.size()) + " instead of " +
              std::to_string(applied) + ", " + std::to_string(ignored) + ", " +
              std::to_string(refused));
  }
  return std::nullopt;
}

std::optional<std::string> History::RemoveOne() {
  const UserId user = SomeUser();
  const bool held = oracle_.Remove(user);
  if (index_.Remove(user) == held) return std::nullopt;
  return At("removing user " + Describe(user) + " tells that they were " +
            (held ? "not held" : "held"));
}

// Which of the expired a single call takes out is the index's affair: the twin learns it from Find
// at the time when they were last seen, which shows everybody who is held.
std::optional<std::string> History::SweepSome() {
  const Timestamp now = SomeTimeToAsk();
  const ExpireResult result = index_.Expire(now);
  std::vector<UserId> removed;
  for (const auto& [user, held] : oracle_.users()) {
    if (oracle_.IsExpired(held, now) && !index_.Find(user, held.last_seen)) removed.push_back(user);
  }
  for (const UserId user : removed) oracle_.Remove(user);
  if (result.removed == removed.size()) return std::nullopt;
  return At("a sweep at " + Describe(now) + " tells of " + std::to_string(result.removed) +
            " removed, but " + std::to_string(removed.size()) + " expired users are gone");
}

std::optional<std::string> History::SweepAll() {
  ++changes_;
  return At(SweepBoth(index_, oracle_, now_));
}

std::optional<std::string> History::Change() {
  ++changes_;
  switch (random_.Below(100)) {
    case 0:
      now_ += milliseconds(random_.Between(0, 2 * options_.index.ttl_ms));
      return std::nullopt;
    case 1:
      return SweepAll();
    case 2:
    case 3:
      return SweepSome();
    case 4:
    case 5:
    case 6:
    case 7:
      return MoveMany(random_.Below(300));
    case 8:
    case 9:
    case 10:
    case 11:
    case 12:
    case 13:
      return RemoveOne();
    default:
      now_ += milliseconds(random_.Between(0, 50));
      return MoveOne();
  }
}

std::optional<std::string> History::Migrate(const Crowd& crowd) {
  crowd_ = &crowd;
  for (std::size_t begin = 0; begin < users_.size(); begin += 256) {
    ++changes_;
    const std::size_t end = std::min(begin + 256, users_.size());
    const std::vector<UserId> users(users_.begin() + static_cast<std::ptrdiff_t>(begin),
                                    users_.begin() + static_cast<std::ptrdiff_t>(end));
    std::vector<LatLng> positions;
    for (std::size_t i = begin; i < end; ++i) positions.push_back(crowd.place(random_));
    now_ += milliseconds(1);
    if (auto difference = MoveBatch(users, positions, now_, {})) return difference;
  }
  return std::nullopt;
}

std::optional<std::string> History::Clear() {
  ++changes_;
  index_.Clear();
  oracle_.Clear();
  if (index_.size() == 0) return std::nullopt;
  return At("a cleared index holds " + std::to_string(index_.size()));
}

std::optional<std::string> History::Check(std::size_t questions) {
  const std::array<Timestamp, 3> times = {kMinTimestamp, now_, SomeTimeToAsk()};
  std::optional<std::string> difference = CompareHeld(index_, oracle_, users_, times);
  for (std::size_t i = 0; i < questions && !difference; ++i) {
    const Timestamp now = SomeTimeToAsk();
    const NearbyQuery query = SomeQuery(oracle_.size(), random_);
    const std::array<LatLng, 3> centers = {SomeCenter(), SomeCenter(), SomeCenter()};
    difference = CompareAnswers(index_, oracle_, centers, SomeUser(), query, now, tally_);
  }
  return At(difference);
}

}  // namespace moyeo::testing
