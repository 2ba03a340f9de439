#include "support/parallel_history.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <utility>

#include "support/arguments.h"
#include "support/comparison.h"
#include "support/heap.h"
#include "support/print.h"

namespace moyeo::testing {
namespace {

using std::chrono::milliseconds;

constexpr std::int64_t kStartMs = 1'700'000'000'000;

// So many acts a writer is at most ahead of those who ask: a bound for what is kept.
constexpr std::size_t kMaxActs = 100'000;

// What may come on top of what was enough before: an index takes memory by the megabyte, and all
// the more of it the longer a thread that reads has to wait for a processor; a few things of
// threads and of the C library.
constexpr std::size_t kIndexBytesSpare = std::size_t{16} << 20;
constexpr std::size_t kHeapBytesSpare = std::size_t{1} << 20;

}  // namespace

std::string Name(Scene scene) {
  switch (scene) {
    case Scene::kWander:
      return "Wander";
    case Scene::kGather:
      return "Gather";
    case Scene::kCommute:
      return "Commute";
    case Scene::kStorm:
      return "Storm";
    case Scene::kExpire:
      return "Expire";
    case Scene::kClear:
      return "Clear";
  }
  return "";
}

void PrintTo(Scene scene, std::ostream* out) { *out << Name(scene); }

ParallelTally& ParallelTally::operator+=(const ParallelTally& other) {
  rounds += other.rounds;
  moves += other.moves;
  sweeps += other.sweeps;
  clears += other.clears;
  answers += other.answers;
  at_rest += other.at_rest;
  return *this;
}

ParallelHistory::ParallelHistory(std::uint64_t seed, const ParallelHistoryOptions& options)
    : random_(seed),
      options_(options),
      index_({.ttl_ms = options.ttl_ms}),
      chronicle_(SomeIds(options.users, random_), options.threads / 2, options.ttl_ms),
      oracle_({.ttl_ms = options.ttl_ms}),
      time_(kStartMs) {}

std::optional<std::string> ParallelHistory::Round(Scene scene) {
  Cast();
  const std::string when = "in round " + std::to_string(tally_.rounds) + ", scene " + Name(scene) +
                           ", crowd " + crowd_->name + ": ";
  std::vector<std::function<void()>> jobs;
  for (Writer& writer : writers_) jobs.push_back([&] { Write(writer, scene); });
  for (Asker& asker : askers_) jobs.push_back([&] { Ask(asker); });
  RunTogether(jobs);

  jobs.clear();
  for (Asker& asker : askers_) jobs.push_back([&] { Judge(asker); });
  RunTogether(jobs);
  for (const Writer& writer : writers_) {
    if (auto wrong = askers_.front().witness.JudgeRemovals(writer.number)) complaints_.Add(*wrong);
  }
  ++tally_.rounds;
  for (const Writer& writer : writers_) {
    tally_.moves += writer.moves;
    tally_.sweeps += writer.sweeps;
    tally_.clears += writer.clears;
  }
  for (const Asker& asker : askers_) tally_.answers += asker.witness.tally();

  if (const auto complaints = complaints_.Take(); !complaints.empty()) {
    return when + complaints.front();
  }
  writers_.clear();
  askers_.clear();
  std::optional<std::string> difference = Rest();
  if (!difference) difference = Settle();
  if (!difference) return std::nullopt;
  return when + "at rest: " + *difference;
}

// The roles and the place of a round.
void ParallelHistory::Cast() {
  crowd_ = &random_.Pick(Crowds());
  spot_ = crowd_->place(random_);
  for (std::size_t i = 0; i < options_.threads; ++i) {
    const Random random(random_.Bits());
    if (i < options_.threads / 2) {
      writers_.push_back({.number = i, .random = random});
    } else {
      askers_.push_back({.random = random, .witness = Witness(chronicle_)});
    }
  }
  for (std::size_t user = 0; user < chronicle_.users().size(); ++user) {
    Writer& writer = writers_[chronicle_.WriterOf(user)];
    (random_.OneIn(3) ? writer.resting : writer.restless).push_back(user);
  }
  asking_ = askers_.size();
}

// ---- Those who change the index ----

void ParallelHistory::Write(Writer& writer, Scene scene) {
  if (writer.restless.empty()) return;
  for (const std::size_t user : writer.resting) {
    if (scene == Scene::kGather && writer.random.OneIn(2)) {
      MoveOne(writer, user, spot_);
    } else if (chronicle_.LastOf(user).kind == Chronicle::Entry::Kind::kGone) {
      MoveOne(writer, user, crowd_->place(writer.random));
    }
  }
  for (std::size_t i = 0; i < kMaxActs && asking_ > 0; ++i) {
    time_.fetch_add(writer.random.OneIn(8) ? 1 : 0, std::memory_order_relaxed);
    Step(writer, scene);
    if (writer.random.OneIn(8)) Report(writer);
    if (writer.random.OneIn(16)) Wander(writer);
    if (writer.random.OneIn(scene == Scene::kExpire ? 8 : 64)) Sweep(writer);
  }
}

void ParallelHistory::Step(Writer& writer, Scene scene) {
  switch (scene) {
    case Scene::kWander:
      return Wander(writer);
    case Scene::kGather:
      return Gather(writer);
    case Scene::kCommute:
      return Commute(writer);
    case Scene::kStorm:
      return Storm(writer);
    case Scene::kExpire:
      return Expire(writer);
    case Scene::kClear:
      return ClearBeside(writer);
  }
}

void ParallelHistory::Wander(Writer& writer) {
  Random& random = writer.random;
  switch (random.Below(16)) {
    case 0:
      return Remove(writer, random.Pick(writer.restless));
    case 1: {
      std::vector<std::size_t> users;
      std::vector<LatLng> places;
      for (std::size_t i = 0; i < 40; ++i) {
        users.push_back(random.Pick(writer.restless));
        places.push_back(SomeStep(writer, users.back()));
      }
      return MoveMany(writer, users, places);
    }
    default: {
      const std::size_t user = random.Pick(writer.restless);
      return MoveOne(writer, user, SomeStep(writer, user));
    }
  }
}

void ParallelHistory::Gather(Writer& writer) {
  const bool to_spot = writer.times_around % 2 == 0;
  const std::span<const std::size_t> users = Next(writer, 1 + writer.random.Below(60));
  std::vector<LatLng> places;
  for (std::size_t i = 0; i < users.size(); ++i) {
    places.push_back(to_spot ? spot_ : crowd_->place(writer.random));
  }
  MoveMany(writer, users, places);
}

void ParallelHistory::Commute(Writer& writer) {
  const bool to_second = writer.times_around % 2 == 0;
  const std::span<const std::size_t> users = Next(writer, 1 + writer.random.Below(3));
  if (users.size() == 1) return MoveOne(writer, users[0], HomeOf(users[0], to_second));
  std::vector<LatLng> places;
  for (const std::size_t user : users) places.push_back(HomeOf(user, to_second));
  MoveMany(writer, users, places);
}

void ParallelHistory::Storm(Writer& writer) {
  const bool to_vanish = writer.times_around % 2 == 0;
  const std::span<const std::size_t> users = Next(writer, 1 + writer.random.Below(60));
  if (to_vanish) {
    for (const std::size_t user : users) Remove(writer, user);
    return;
  }
  std::vector<LatLng> places;
  for (std::size_t i = 0; i < users.size(); ++i) places.push_back(crowd_->place(writer.random));
  if (writer.random.OneIn(2)) return MoveMany(writer, users, places);
  for (std::size_t i = 0; i < users.size(); ++i) MoveOne(writer, users[i], places[i]);
}

void ParallelHistory::Expire(Writer& writer) {
  if (writer.number == 0 && writer.random.OneIn(200)) {
    time_.fetch_add(options_.ttl_ms * 3 / 4, std::memory_order_relaxed);
  }
  Wander(writer);
}

void ParallelHistory::ClearBeside(Writer& writer) {
  if (writer.number == 0 && writer.random.OneIn(100)) {
    chronicle_.BeginClear();
    index_.Clear();
    chronicle_.EndClear();
    ++writer.clears;
  }
  // They come back from everywhere.
  if (writer.random.OneIn(4)) return Commute(writer);
  Wander(writer);
}

std::span<const std::size_t> ParallelHistory::Next(Writer& writer, std::size_t count) {
  if (writer.next == writer.restless.size()) {
    writer.next = 0;
    ++writer.times_around;
  }
  const std::size_t begin = writer.next;
  writer.next = std::min(begin + count, writer.restless.size());
  return std::span(writer.restless).subspan(begin, writer.next - begin);
}

void ParallelHistory::MoveOne(Writer& writer, std::size_t user, LatLng place) {
  using Kind = Chronicle::Entry::Kind;
  const Chronicle::Entry& last = chronicle_.LastOf(user);
  const Timestamp now = this->now();
  const bool is_held = last.kind == Kind::kSeen;
  // Now and then late by a little or by much, or at the same time again.
  const Timestamp seen = writer.random.OneIn(16)
                             ? now - milliseconds(writer.random.Between(0, 2 * options_.ttl_ms))
                             : now;
  std::optional<std::uint32_t> mask;
  if (!is_held || writer.random.OneIn(3)) mask = writer.random.Bits32() & 0xff;
  if (is_held && seen < last.seen) mask = last.mask;

  Chronicle::Act act(chronicle_, writer.number);
  act.Move(user, place, seen, mask);
  complaints_.Expect(index_.Move(chronicle_.users()[user], place, seen, mask));
  ++writer.moves;
}

void ParallelHistory::MoveMany(Writer& writer, std::span<const std::size_t> users,
                               std::span<const LatLng> places) {
  const Timestamp seen = now();
  std::vector<UserId> ids;
  std::vector<std::uint32_t> masks;
  for (const std::size_t user : users) {
    ids.push_back(chronicle_.users()[user]);
    masks.push_back(writer.random.Bits32() & 0xff);
  }
  absl::StatusOr<MoveBatchResult> result;
  {
    Chronicle::Act act(chronicle_, writer.number);
    for (std::size_t i = 0; i < users.size(); ++i) act.Move(users[i], places[i], seen, masks[i]);
    result = index_.MoveBatch(ids, places, seen, masks);
  }
  writer.moves += users.size();
  if (!result.ok()) return complaints_.Expect(result.status());
  if (result->applied != users.size()) {
    complaints_.Add("of a batch of " + std::to_string(users.size()) + " only " +
                    std::to_string(result->applied) + " were applied, " +
                    std::to_string(result->ignored) + " ignored");
  }
}

void ParallelHistory::Remove(Writer& writer, std::size_t user) {
  Chronicle::Act act(chronicle_, writer.number);
  act.Remove(user, index_.Remove(chronicle_.users()[user]));
}

// Somebody who rests reports in from where they are.
void ParallelHistory::Report(Writer& writer) {
  if (writer.resting.empty()) return;
  const std::size_t user = writer.random.Pick(writer.resting);
  const LatLng place = chronicle_.LastOf(user).position;
  const Timestamp seen = now();
  Chronicle::Act act(chronicle_, writer.number);
  act.Move(user, place, seen, std::nullopt);
  complaints_.Expect(index_.Move(chronicle_.users()[user], place, seen));
  ++writer.moves;
}

void ParallelHistory::Sweep(Writer& writer) {
  const Timestamp now = this->now();
  chronicle_.BeginSweep(now);
  index_.Expire(now);
  ++writer.sweeps;
}

LatLng ParallelHistory::SomeStep(Writer& writer, std::size_t user) {
  Random& random = writer.random;
  const Chronicle::Entry& last = chronicle_.LastOf(user);
  if (last.kind == Chronicle::Entry::Kind::kGone || random.OneIn(6)) return crowd_->place(random);
  switch (random.Below(8)) {
    case 0:
      return spot_;
    case 1:
      return NearTo(last.position, 500'000, random);
    case 2:
      return last.position;
    default:
      return NearTo(last.position, 30, random);
  }
}

LatLng ParallelHistory::HomeOf(std::size_t user, bool is_second) const {
  Random random(2 * user + (is_second ? 1 : 0));
  return is_second ? Anywhere(random) : crowd_->place(random);
}

// ---- Those who ask ----

void ParallelHistory::Ask(Asker& asker) {
  NearbyBatchResult batch;
  std::vector<Neighbor> answer;
  while (asker.questions.size() < options_.questions) AskOne(asker, batch, answer);
  --asking_;
}

void ParallelHistory::AskOne(Asker& asker, NearbyBatchResult& batch,
                             std::vector<Neighbor>& neighbors) {
  Random& random = asker.random;
  const std::vector<UserId>& users = chronicle_.users();
  Question question;
  question.user = random.Below(users.size());
  question.query = SomeQuery(users.size(), random);
  const auto some_center = [&] {
    switch (random.Below(6)) {
      case 0:
        return Anywhere(random);
      case 1:
        return AntipodeOf(spot_);
      case 2:
        return spot_;
      case 3:
        return NearTo(spot_, 1'000, random);
      default:
        return crowd_->place(random);
    }
  };
  question.center = some_center();
  question.now = now();
  if (random.OneIn(8)) {
    question.now += milliseconds(random.Between(-options_.ttl_ms, options_.ttl_ms));
  }

  Answer answer;
  question.before = chronicle_.Done();
  switch (random.Below(12)) {
    case 0: {  // everybody, however far away
      question.query = {.limit = std::nullopt};
      complaints_.Expect(index_.Nearby(question.center, question.query, question.now, neighbors));
      question.after = chronicle_.Begun();
      return Keep(asker, question, answer, neighbors);
    }
    case 1: {
      question.kind = Question::Kind::kCountWithin;
      question.query.radius_m = question.query.radius_m.value_or(1e6);
      const absl::StatusOr<std::size_t> count = index_.CountWithin(
          question.center, *question.query.radius_m, question.now, question.query.filter);
      question.after = chronicle_.Begun();
      complaints_.Expect(count.status());
      answer.count = count.value_or(0);
      return Keep(asker, question, answer, {});
    }
    case 2:
    case 3: {
      question.kind = Question::Kind::kFind;
      const std::optional<Presence> found = index_.Find(users[question.user], question.now);
      question.after = chronicle_.Begun();
      answer.is_found = found.has_value();
      if (found) answer.presence = *found;
      return Keep(asker, question, answer, {});
    }
    case 4: {
      question.kind = Question::Kind::kSize;
      answer.count = index_.size();
      question.after = chronicle_.Begun();
      return Keep(asker, question, answer, {});
    }
    case 5:
    case 6: {
      question.kind = Question::Kind::kNearbyUser;
      neighbors.clear();
      const absl::Status status =
          index_.NearbyUser(users[question.user], question.query, question.now, neighbors);
      question.after = chronicle_.Begun();
      answer.is_found = !absl::IsNotFound(status);
      if (answer.is_found) complaints_.Expect(status);
      return Keep(asker, question, answer, neighbors);
    }
    case 7: {
      const std::array centers = {question.center, some_center(), some_center()};
      complaints_.Expect(index_.NearbyBatch(centers, question.query, question.now, batch));
      question.after = chronicle_.Begun();
      if (batch.size() != centers.size()) return complaints_.Add("a batch lacks answers");
      for (std::size_t i = 0; i < centers.size(); ++i) {
        question.center = centers[i];
        Keep(asker, question, answer, batch[i]);
      }
      return;
    }
    default: {
      complaints_.Expect(index_.Nearby(question.center, question.query, question.now, neighbors));
      question.after = chronicle_.Begun();
      return Keep(asker, question, answer, neighbors);
    }
  }
}

void ParallelHistory::Keep(Asker& asker, const Question& question, const Answer& answer,
                           std::span<const Neighbor> neighbors) {
  asker.questions.push_back(question);
  asker.answers.push_back(answer);
  asker.neighbors.insert(asker.neighbors.end(), neighbors.begin(), neighbors.end());
  asker.neighbor_ends.push_back(asker.neighbors.size());
}

void ParallelHistory::Judge(Asker& asker) {
  std::size_t begin = 0;
  for (std::size_t i = 0; i < asker.questions.size(); ++i) {
    const std::size_t end = asker.neighbor_ends[i];
    asker.answers[i].neighbors = std::span(asker.neighbors).subspan(begin, end - begin);
    begin = end;
    if (auto wrong = asker.witness.Judge(asker.questions[i], asker.answers[i])) {
      return complaints_.Add(*std::move(wrong));
    }
  }
}

// ---- Between the rounds ----

// What of the undecided has come to pass is learnt from Find, which the twin then believes.
std::optional<std::string> ParallelHistory::Rest() {
  const std::vector<UserId>& users = chronicle_.users();
  Witness witness(chronicle_);
  std::vector<std::optional<Presence>> held;
  oracle_.Clear();
  for (std::size_t user = 0; user < users.size(); ++user) {
    held.push_back(index_.Find(users[user], kMinTimestamp));
    const Question question{.kind = Question::Kind::kFind,
                            .user = user,
                            .now = kMinTimestamp,
                            .before = chronicle_.Done(),
                            .after = chronicle_.Begun()};
    Answer answer{.is_found = held.back().has_value()};
    if (held.back()) {
      answer.presence = *held.back();
      oracle_.Move(users[user], held.back()->position, held.back()->last_seen,
                   held.back()->attributes);
    }
    if (auto wrong = witness.Judge(question, answer)) return wrong;
  }
  if (auto difference = SweepBoth(index_, oracle_, now())) return difference;
  for (std::size_t user = 0; user < users.size(); ++user) {
    held[user] = oracle_.Find(users[user], kMinTimestamp);
  }
  chronicle_.Begin(held);

  const std::array<Timestamp, 2> times = {kMinTimestamp, now()};
  if (auto difference = CompareHeld(index_, oracle_, users, times)) return difference;
  for (int i = 0; i < 4; ++i) {
    const std::array<LatLng, 3> centers = {crowd_->place(random_), spot_, Anywhere(random_)};
    const NearbyQuery query =
        i == 0 ? NearbyQuery{.limit = std::nullopt} : SomeQuery(oracle_.size(), random_);
    if (auto difference = CompareAnswers(index_, oracle_, centers, random_.Pick(users), query,
                                         now(), tally_.at_rest)) {
      return difference;
    }
  }
  return std::nullopt;
}

std::optional<std::string> ParallelHistory::Settle() {
  const std::size_t bytes = index_.MemoryUsage().total();
  const std::size_t heap_bytes = HeapBytes();
  if (tally_.rounds <= kRoundsToSettle) {
    settled_bytes_ = std::max(settled_bytes_, bytes);
    settled_heap_bytes_ = std::max(settled_heap_bytes_, heap_bytes);
  }
  if (bytes > settled_bytes_ + kIndexBytesSpare) {
    return "the index takes " + std::to_string(bytes) + " bytes, where " +
           std::to_string(settled_bytes_) + " were enough before";
  }
  if (heap_bytes > settled_heap_bytes_ + kHeapBytesSpare) {
    return "the process takes " + std::to_string(heap_bytes) + " bytes, where " +
           std::to_string(settled_heap_bytes_) + " were enough before";
  }
  return std::nullopt;
}

std::optional<std::string> ParallelHistory::Clear() {
  index_.Clear();
  oracle_.Clear();
  chronicle_.Begin(std::vector<std::optional<Presence>>(chronicle_.users().size()));
  if (index_.size() != 0) return "a cleared index holds " + std::to_string(index_.size());
  const std::size_t bytes = index_.MemoryUsage().total();
  if (!cleared_bytes_) cleared_bytes_ = bytes;
  if (bytes <= *cleared_bytes_) return std::nullopt;
  return "a cleared index keeps " + std::to_string(bytes) + " bytes, after it kept " +
         std::to_string(*cleared_bytes_) + " before";
}

}  // namespace moyeo::testing
