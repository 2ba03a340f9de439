#include "support/history.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <limits>
#include <span>

#include "support/print.h"

namespace moyeo::testing {
namespace {

using std::chrono::milliseconds;

constexpr Timestamp kStart{milliseconds{1'700'000'000'000}};
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Ids as hosts give them: counted up, hashed, and the two ends of the range.
std::vector<UserId> SomeIds(std::size_t count, Random& random) {
  std::vector<UserId> ids;
  for (std::size_t i = 0; i < count; ++i) {
    ids.push_back(UserId{i % 2 == 0 ? i / 2 : random.Bits()});
  }
  if (count > 1) ids.back() = UserId{std::numeric_limits<std::uint64_t>::max()};
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

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

std::string Describe(const std::optional<Presence>& presence) {
  return presence ? moyeo::Describe(*presence) : "nobody";
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

std::string History::At(const std::string& what) const {
  return "after " + std::to_string(changes_) + " changes, at " + moyeo::Describe(now_) + ": " +
         what;
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

NearbyQuery History::SomeQuery() {
  NearbyQuery query;
  switch (random_.Below(6)) {
    case 0:
      break;
    case 1:
      query.radius_m = 0;
      break;
    default:
      // From a millimetre to past half the globe, every order of magnitude alike.
      query.radius_m = std::pow(10, random_.Uniform(-3, 7.5));
  }
  switch (random_.Below(4)) {
    case 0:
      query.limit = std::nullopt;
      break;
    case 1:
      query.limit = 1 + random_.Below(3);
      break;
    case 2:
      query.limit = 1 + random_.Below(std::max<std::size_t>(2 * oracle_.size(), 1));
      break;
    default:
      break;
  }
  if (random_.OneIn(3)) {
    // A few bits each, as a host's filters have.
    const auto bits = [&] { return random_.Bits32() & random_.Bits32() & random_.Bits32() & 0xff; };
    query.filter = {.all_of = bits() & bits(), .any_of = bits(), .none_of = bits() & bits()};
  }
  return query;
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
  return At("moving user " + moyeo::Describe(user) + " to " + moyeo::Describe(position) +
            ", seen " + moyeo::Describe(seen) + ", gives " + status.ToString() + " instead of " +
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
  return At("removing user " + moyeo::Describe(user) + " tells that they were " +
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
  return At("a sweep at " + moyeo::Describe(now) + " tells of " + std::to_string(result.removed) +
            " removed, but " + std::to_string(removed.size()) + " expired users are gone");
}

std::optional<std::string> History::SweepAll() {
  ++changes_;
  std::size_t removed = 0;
  // Each call looks at some of the users, so that this many calls are more than enough.
  std::size_t calls = 2 * oracle_.size() + 1'000;
  for (int rounds = 0; rounds < 2; --calls) {
    if (calls == 0) return At("sweeping comes to no end");
    const ExpireResult result = index_.Expire(now_);
    removed += result.removed;
    if (result.complete) ++rounds;
  }
  const std::size_t expired = oracle_.ForgetExpired(now_);
  if (removed == expired) return std::nullopt;
  return At("sweeping everything removes " + std::to_string(removed) + " of " +
            std::to_string(expired));
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
  if (index_.size() != oracle_.size()) {
    return At("size is " + std::to_string(index_.size()) + " instead of " +
              std::to_string(oracle_.size()));
  }
  const Timestamp then = SomeTimeToAsk();
  for (const UserId user : users_) {
    for (const Timestamp time : {kMinTimestamp, now_, then}) {
      const std::optional<Presence> found = index_.Find(user, time);
      const std::optional<Presence> expected = oracle_.Find(user, time);
      if (found == expected) continue;
      return At("user " + moyeo::Describe(user) + " is found at " + moyeo::Describe(time) + " " +
                Describe(found) + " instead of " + Describe(expected));
    }
  }

  std::vector<Neighbor> answer;
  NearbyBatchResult batch;
  for (std::size_t i = 0; i < questions; ++i) {
    const Timestamp now = SomeTimeToAsk();
    const NearbyQuery query = SomeQuery();

    const LatLng center = SomeCenter();
    const Survey survey(oracle_, center);
    if (const absl::Status status = index_.Nearby(center, query, now, answer); !status.ok()) {
      return At("nearby gives " + status.ToString());
    }
    if (auto difference = survey.Difference(query, now, answer, tally_)) return At(*difference);

    const double radius = query.radius_m.value_or(1'000);
    const auto count = index_.CountWithin(center, radius, now, query.filter);
    if (!count.ok()) return At("counting gives " + count.status().ToString());
    const std::size_t expected =
        survey.Answer({.radius_m = radius, .limit = std::nullopt, .filter = query.filter}, now)
            .size();
    if (*count != expected) {
      return At("within " + std::to_string(radius) + " m of " + moyeo::Describe(center) + " at " +
                moyeo::Describe(now) + " are " + std::to_string(*count) + " instead of " +
                std::to_string(expected));
    }

    const UserId user = SomeUser();
    const std::optional<Presence> asking = oracle_.Find(user, now);
    const absl::Status status = index_.NearbyUser(user, query, now, answer);
    if (!asking) {
      if (!absl::IsNotFound(status)) {
        return At("near user " + moyeo::Describe(user) + ", who is not there, gives " +
                  status.ToString());
      }
    } else if (!status.ok()) {
      return At("near user " + moyeo::Describe(user) + " gives " + status.ToString());
    } else if (auto difference = testing::Difference(oracle_, asking->position, query, now, answer,
                                                     tally_, user)) {
      return At(*difference);
    }

    const std::array<LatLng, 3> centers = {SomeCenter(), center, SomeCenter()};
    if (const absl::Status batched = index_.NearbyBatch(centers, query, now, batch);
        !batched.ok()) {
      return At("a batch of questions gives " + batched.ToString());
    }
    if (batch.size() != centers.size()) {
      return At("a batch of questions has " + std::to_string(batch.size()) + " answers");
    }
    for (std::size_t j = 0; j < centers.size(); ++j) {
      if (auto difference =
              testing::Difference(oracle_, centers[j], query, now, batch[j], tally_)) {
        return At("number " + std::to_string(j) + " of a batch: " + *difference);
      }
    }
  }
  return std::nullopt;
}

}  // namespace moyeo::testing
