#include "support/feed_history.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "support/print.h"

namespace moyeo::testing {
namespace {

using std::chrono::milliseconds;

constexpr int kCloakLevel = 14;
constexpr Timestamp kStart{milliseconds{1'700'000'000'000}};

std::string Describe(const FeedReplay::Shown& shown) {
  std::string text = "{";
  for (const auto& [user, position] : shown) {
    absl::StrAppend(&text, " ", moyeo::Describe(user), " at ", moyeo::Describe(position));
  }
  absl::StrAppend(&text, " }");
  return text;
}

}  // namespace

// ---- A reader ----

std::optional<std::string> FeedReplay::Apply(std::uint64_t sequence,
                                             std::span<const FeedDelta> deltas) {
  if (sequence != sequence_ + 1) {
    return "after " + std::to_string(sequence_) + " comes " + std::to_string(sequence);
  }
  sequence_ = sequence;
  if (deltas.empty()) return "an update without a delta";
  for (std::size_t i = 0; i < deltas.size(); ++i) {
    if (i > 0 && std::pair(deltas[i - 1].kind, deltas[i - 1].user) >=
                     std::pair(deltas[i].kind, deltas[i].user)) {
      return "deltas are out of order";
    }
    if (auto wrong = Apply(deltas[i])) return wrong;
  }
  return std::nullopt;
}

std::optional<std::string> FeedReplay::Apply(const FeedDelta& delta) {
  const auto found = shown_.find(delta.user);
  const bool is_shown = found != shown_.end();
  const std::string who = "user " + moyeo::Describe(delta.user);
  switch (delta.kind) {
    case FeedDelta::Kind::kLeave:
      if (!is_shown) return who + " leaves, but is not shown";
      if (found->second != delta.position) return who + " leaves from elsewhere";
      if (delta.distance_m != 0 || delta.last_seen != kMinTimestamp) {
        return who + " leaves, and is told about";
      }
      shown_.erase(found);
      return std::nullopt;
    case FeedDelta::Kind::kEnter:
      if (is_shown) return who + " enters, but is shown already";
      shown_[delta.user] = delta.position;
      return std::nullopt;
    case FeedDelta::Kind::kMove:
      if (!is_shown) return who + " moves, but is not shown";
      if (found->second == delta.position) return who + " moves to where they are";
      found->second = delta.position;
      return std::nullopt;
  }
  return who + " does what nobody knows";
}

std::optional<std::string> FeedReplay::Apply(const FeedSnapshot& snapshot) {
  if (snapshot.sequence != sequence_ + 1) {
    return "after " + std::to_string(sequence_) + " comes a snapshot " +
           std::to_string(snapshot.sequence);
  }
  sequence_ = snapshot.sequence;
  shown_.clear();
  for (const Neighbor& n : snapshot.neighbors) shown_[n.user] = n.position;
  return std::nullopt;
}

// ---- A history ----

FeedHistory::Counts& FeedHistory::Counts::operator+=(const Counts& other) {
  events += other.events;
  ticks += other.ticks;
  compared += other.compared;
  enters += other.enters;
  moves += other.moves;
  leaves += other.leaves;
  resyncs += other.resyncs;
  return *this;
}

FeedHistory::FeedHistory(std::uint64_t seed, const FeedHistoryOptions& options)
    : random_(seed),
      options_(options),
      // Every move to a later time begins another interval: the rest of the schedule has tests of
      // its own.
      index_({.ttl_ms = options.ttl_ms, .cloak_level = kCloakLevel, .cloak_interval_ms = 1}),
      feeds_(index_, {.max_feeds = options.feeds, .max_pending = options.max_pending}),
      cloaks_(kCloakLevel),
      crowd_(&random_.Pick(Crowds())),
      now_(kStart) {
  // Ids as hosts give them: counted up, and hashed.
  for (std::size_t i = 0; i < options.users; ++i) {
    users_.push_back(UserId{i % 2 == 0 ? i : random_.Bits()});
  }
}

std::string FeedHistory::At(const std::string& what) const {
  return "after " + std::to_string(counts_.events) + " events, at " + moyeo::Describe(now_) + ": " +
         what;
}

std::optional<std::string> FeedHistory::Event() {
  ++counts_.events;
  std::optional<std::string> difference;
  if (random_.OneIn(static_cast<std::size_t>(options_.events_per_tick))) {
    difference = Tick();
  } else {
    switch (random_.Below(32)) {
      case 0:
        difference = Remove();
        break;
      case 1:
        Sweep();
        break;
      case 2:
      case 3:
        Pass();
        break;
      case 4:
      case 5:
        difference = Subscribe();
        break;
      case 6:
        difference = Change();
        break;
      case 7:
        difference = random_.OneIn(2) ? End() : std::nullopt;
        break;
      case 8:
        difference =
            options_.with_visibilities && random_.OneIn(2) ? ChangeVisibility() : ChangeSets();
        break;
      case 12:
        difference = Ask();
        break;
      case 9:
      case 10:
        difference = Collect();
        break;
      case 11:
        difference = Resync();
        break;
      default:
        Move();
    }
  }
  if (!difference) return std::nullopt;
  return At(*difference);
}

std::optional<std::string> FeedHistory::Fill() {
  for (std::size_t i = 0; i < 4 * users_.size(); ++i) Move();
  while (watched_.size() < options_.feeds) {
    if (auto wrong = Subscribe()) return wrong;
  }
  return std::nullopt;
}

LatLng FeedHistory::SomePlaceFor(UserId user) {
  const auto held = people_.find(user);
  if (held == people_.end() || random_.OneIn(6)) return crowd_->place(random_);
  const LatLng position = held->second.position;
  switch (random_.Below(8)) {
    case 0:
      return position;
    case 1:
      return NearTo(position, 500'000, random_);
    case 2:
      return NearTo(position, 0.02, random_);
    default:
      return NearTo(position, 30, random_);
  }
}

void FeedHistory::Move() {
  const UserId user = SomeUser();
  const LatLng place = SomePlaceFor(user);
  Timestamp seen = now_;
  if (random_.OneIn(12)) seen -= milliseconds(random_.Between(0, 2 * options_.ttl_ms));
  if (random_.OneIn(12)) seen += milliseconds(random_.Between(0, options_.ttl_ms));
  std::optional<std::uint32_t> attributes;
  if (random_.OneIn(3)) attributes = random_.Bits32() & 0b111;
  if (!index_.Move(user, place, seen, attributes).ok()) return;
  Person& person = people_.try_emplace(user, Person{{}, kMinTimestamp, 0, {}}).first->second;
  if (seen < person.last_seen) return;
  // Whoever comes back after their ttl is new.
  if (person.last_seen + milliseconds(options_.ttl_ms) <= seen) person.attributes = 0;
  person.position = Canonical(place).value();
  person.last_seen = seen;
  person.attributes = attributes.value_or(person.attributes);
  person.shown = VisibilityOf(user) == Visibility::kCloaked
                     ? cloaks_.Show(user, person.position, seen)
                     : person.position;
}

std::optional<std::string> FeedHistory::Remove() {
  const UserId user = SomeUser();
  if (!index_.Remove(user) && people_.contains(user)) return "a user was not held";
  people_.erase(user);
  return std::nullopt;
}

// To the end of a round and another one, so that all who have expired are gone.
void FeedHistory::Sweep() {
  for (int rounds = 0; rounds < 2; rounds += index_.Expire(now_).complete) {
  }
  std::erase_if(people_, [&](const auto& person) {
    return person.second.last_seen + milliseconds(options_.ttl_ms) <= now_;
  });
}

// Time passes: mostly a little, now and then past everybody's ttl, and now and then back.
void FeedHistory::Pass() {
  switch (random_.Below(10)) {
    case 0:
      now_ += milliseconds(options_.ttl_ms);
      break;
    case 1:
      now_ -= milliseconds(random_.Between(0, options_.ttl_ms));
      break;
    default:
      now_ += milliseconds(random_.Between(0, options_.ttl_ms / 4));
  }
}

FeedOptions FeedHistory::SomeOptions() {
  FeedOptions options{.center = SomeUser()};
  if (random_.OneIn(3)) {
    options.center = crowd_->place(random_);
    if (random_.OneIn(2)) options.viewer = SomeUser();
  }
  if (!random_.OneIn(4)) options.radius_m = std::pow(10, random_.Uniform(-1, 7.3));
  options.limit = random_.OneIn(3) ? 50 : 1 + random_.Below(8);
  if (options_.alike) {
    options.radius_m = random_.OneIn(8) ? 20'000 : 5'000;
    if (!random_.OneIn(8)) options.limit = 50;
  } else if (random_.OneIn(4)) {
    options.filter = {.all_of = random_.Bits32() & 1,
                      .any_of = random_.Bits32() & 0b110,
                      .none_of = random_.OneIn(2) ? 0 : random_.Bits32() & 0b100};
  }
  if (options_.with_intervals && random_.OneIn(2)) {
    options.interval_ms = random_.Between(1, options_.ttl_ms);
  }
  if (random_.OneIn(3)) options.delivery = FeedDelivery::kCollect;
  return options;
}

FeedId FeedHistory::SomeFeed() {
  auto feed = watched_.begin();
  std::advance(feed, random_.Below(watched_.size()));
  return feed->first;
}

std::optional<std::string> FeedHistory::Subscribe() {
  const FeedOptions options = SomeOptions();
  const absl::StatusOr<FeedId> feed = feeds_.Subscribe(options);
  if (watched_.size() == options_.feeds) {
    if (feed.status().code() == absl::StatusCode::kResourceExhausted) return std::nullopt;
    return "one feed too many: " + feed.status().ToString();
  }
  if (!feed.ok()) return feed.status().ToString();
  if (!watched_.try_emplace(*feed, Watched{options, {}, {}}).second) return "a feed id twice";
  return std::nullopt;
}

std::optional<std::string> FeedHistory::Change() {
  if (watched_.empty()) return std::nullopt;
  const FeedId id = SomeFeed();
  Watched& watched = watched_.at(id);
  FeedOptions options = SomeOptions();
  if (random_.OneIn(2)) {  // only a part
    const FeedOptions other = std::exchange(options, watched.options);
    options.limit = other.limit;
    if (random_.OneIn(2)) options.radius_m = other.radius_m;
  }
  options.delivery = watched.options.delivery;
  const absl::Status status = feeds_.Change(id, options);
  if (!status.ok()) return status.ToString();
  watched.options = options;
  watched.answers.clear();
  return std::nullopt;
}

std::optional<std::string> FeedHistory::End() {
  if (watched_.empty()) return std::nullopt;
  const FeedId id = SomeFeed();
  if (!feeds_.End(id)) return "a feed could not be ended";
  if (feeds_.End(id)) return "a feed could be ended twice";
  watched_.erase(id);
  return std::nullopt;
}

std::optional<std::string> FeedHistory::ChangeSets() {
  const UserId viewer = SomeUser();
  const UserId member = SomeUser();
  const ViewerSet kind = random_.OneIn(2) ? ViewerSet::kNeverSees : ViewerSet::kSeesExactly;
  std::set<UserId>& set =
      kind == ViewerSet::kNeverSees ? never_sees_[viewer] : sees_exactly_[viewer];
  switch (random_.Below(4)) {
    case 0:
    case 1: {
      set.insert(member);
      const absl::Status status = index_.AddToViewerSet(kind, viewer, member);
      if (!status.ok()) return status.ToString();
      break;
    }
    case 2:
      set.erase(member);
      index_.RemoveFromViewerSet(kind, viewer, member);
      break;
    default: {
      std::vector<UserId> members;
      for (std::size_t i = random_.Below(6); i > 0; --i) members.push_back(SomeUser());
      set = {members.begin(), members.end()};
      const absl::Status status = index_.SetViewerSet(kind, viewer, members);
      if (!status.ok()) return status.ToString();
    }
  }
  const std::vector<UserId> held = index_.MembersOf(kind, viewer);
  if (!std::ranges::equal(held, set)) return "a set has other members";
  return std::nullopt;
}

std::optional<std::string> FeedHistory::ChangeVisibility() {
  const UserId user = SomeUser();
  const Visibility before = VisibilityOf(user);
  if (index_.VisibilityOf(user) != before) return "a user has another visibility";
  const auto visibility = random_.Pick(
      std::vector<Visibility>{Visibility::kExact, Visibility::kCloaked, Visibility::kHidden});
  const absl::Status status = index_.SetVisibility(user, visibility);
  if (!status.ok()) return status.ToString();
  visibilities_[user] = visibility;
  if (visibility == Visibility::kExact) cloaks_.Forget(user);
  const auto found = people_.find(user);
  if (visibility == before || found == people_.end()) return std::nullopt;
  Person& person = found->second;
  person.shown = visibility == Visibility::kCloaked
                     ? cloaks_.Show(user, person.position, person.last_seen)
                     : person.position;
  return std::nullopt;
}

// The query that a feed stands for.
std::optional<std::string> FeedHistory::Ask() {
  const FeedOptions options = SomeOptions();
  NearbyQuery query{.radius_m = options.radius_m, .limit = options.limit, .filter = options.filter};
  std::vector<Neighbor> answer;
  absl::Status status;
  if (const UserId* user = std::get_if<UserId>(&options.center)) {
    status = index_.NearbyUser(*user, query, now_, answer);
    const bool is_here = CenterOf(options).has_value();
    if (status.code() == absl::StatusCode::kNotFound && !is_here) return std::nullopt;
  } else {
    query.viewer = options.viewer;
    status = index_.Nearby(std::get<LatLng>(options.center), query, now_, answer);
  }
  if (!status.ok()) return status.ToString();
  if (answer != Nearby(options)) return "an answer is wrong";
  return std::nullopt;
}

// ---- The twin ----

std::optional<LatLng> FeedHistory::CenterOf(const FeedOptions& options) const {
  if (const LatLng* point = std::get_if<LatLng>(&options.center)) return Canonical(*point).value();
  const auto person = people_.find(std::get<UserId>(options.center));
  if (person == people_.end()) return std::nullopt;
  if (person->second.last_seen + milliseconds(options_.ttl_ms) <= now_) return std::nullopt;
  return person->second.position;
}

Visibility FeedHistory::VisibilityOf(UserId user) const {
  const auto found = visibilities_.find(user);
  return found == visibilities_.end() ? Visibility::kExact : found->second;
}

std::optional<LatLng> FeedHistory::PositionFor(const FeedOptions& options, UserId user,
                                               const Person& person) const {
  const UserId* centered = std::get_if<UserId>(&options.center);
  const std::optional<UserId> viewer = centered != nullptr ? *centered : options.viewer;
  const auto is_in = [&](const std::map<UserId, std::set<UserId>>& sets) {
    const auto set = viewer ? sets.find(*viewer) : sets.end();
    return set != sets.end() && set->second.contains(user);
  };
  if (user == viewer || VisibilityOf(user) == Visibility::kHidden || is_in(never_sees_)) {
    return std::nullopt;
  }
  return is_in(sees_exactly_) ? person.position : person.shown;
}

std::vector<Neighbor> FeedHistory::Nearby(const FeedOptions& options) const {
  const std::optional<LatLng> center = CenterOf(options);
  if (!center) return {};
  std::vector<Neighbor> near;
  for (const auto& [id, person] : people_) {
    if (person.last_seen + milliseconds(options_.ttl_ms) <= now_) continue;
    const std::optional<LatLng> position = PositionFor(options, id, person);
    if (!position) continue;
    const AttributeFilter& filter = options.filter;
    if ((person.attributes & filter.all_of) != filter.all_of) continue;
    if (filter.any_of != 0 && (person.attributes & filter.any_of) == 0) continue;
    if ((person.attributes & filter.none_of) != 0) continue;
    const double distance_m = DistanceMeters(*center, *position).value();
    if (options.radius_m && distance_m > *options.radius_m) continue;
    near.push_back({id, *position, distance_m, person.last_seen});
  }
  std::ranges::sort(near, {}, [](const Neighbor& n) { return std::pair(n.distance_m, n.user); });
  if (near.size() > options.limit) near.resize(options.limit);
  return near;
}

FeedReplay::Shown FeedHistory::Show(const FeedOptions& options) const {
  FeedReplay::Shown shown;
  for (const Neighbor& n : Nearby(options)) shown[n.user] = n.position;
  return shown;
}

// ---- Comparing ----

void FeedHistory::Count(std::span<const FeedDelta> deltas) {
  for (const FeedDelta& delta : deltas) {
    counts_.leaves += delta.kind == FeedDelta::Kind::kLeave;
    counts_.enters += delta.kind == FeedDelta::Kind::kEnter;
    counts_.moves += delta.kind == FeedDelta::Kind::kMove;
  }
}

// Whether what is told of those who come or move is what is so now.
std::optional<std::string> FeedHistory::CheckDeltas(const Watched& watched,
                                                    std::span<const FeedDelta> deltas) const {
  const std::optional<LatLng> center = CenterOf(watched.options);
  for (const FeedDelta& delta : deltas) {
    if (delta.kind == FeedDelta::Kind::kLeave) continue;
    const std::string who = "user " + moyeo::Describe(delta.user);
    const auto person = people_.find(delta.user);
    if (!center || person == people_.end()) return who + " is told of and not here";
    if (delta.position != PositionFor(watched.options, delta.user, person->second)) {
      return who + " is elsewhere";
    }
    if (delta.last_seen != person->second.last_seen) return who + " was seen at another time";
    if (delta.distance_m != DistanceMeters(*center, delta.position).value()) {
      return who + " is not so far";
    }
  }
  return std::nullopt;
}

std::optional<std::string> FeedHistory::Tick() {
  ++counts_.ticks;
  std::optional<std::string> wrong;
  std::set<FeedId> told;
  const auto result = feeds_.Tick(now_, [&](const FeedUpdate& update) {
    if (wrong) return;
    const auto found = watched_.find(update.feed);
    if (found == watched_.end() || !told.insert(update.feed).second ||
        found->second.options.delivery != FeedDelivery::kSink) {
      wrong = "an update of a feed that has none";
      return;
    }
    Watched& watched = found->second;
    wrong = CheckDeltas(watched, update.deltas);
    if (!wrong) wrong = watched.replay.Apply(update.sequence, update.deltas);
    Count(update.deltas);
  });
  if (wrong) return wrong;
  if (!result.ok()) return result.status().ToString();
  if (result->updates != told.size()) return "the number of updates is wrong";
  return CompareAll();
}

std::optional<std::string> FeedHistory::CompareAll() {
  const bool went_back = now_ < last_tick_;
  last_tick_ = now_;
  for (auto& [id, watched] : watched_) {
    const milliseconds interval(watched.options.interval_ms);
    std::erase_if(watched.answers,
                  [&](const Answer& answer) { return went_back || answer.at + interval <= now_; });
    watched.answers.push_back({now_, Show(watched.options)});
    if (watched.options.delivery == FeedDelivery::kCollect) continue;
    if (auto difference = Compare(id, watched)) return difference;
  }
  if (feeds_.size() != watched_.size()) return "the number of feeds is wrong";
  return std::nullopt;
}

std::optional<std::string> FeedHistory::Compare(FeedId id, Watched& watched) {
  ++counts_.compared;
  // Whichever of the ticks since was the last that looked at the feed: what it showed before cannot
  // come again.
  while (!watched.answers.empty()) {
    if (watched.answers.front().shown == watched.replay.shown()) return std::nullopt;
    if (watched.answers.size() == 1) break;
    watched.answers.pop_front();
  }
  if (watched.answers.empty()) return std::nullopt;  // no tick yet
  return "feed " + std::to_string(ToNumber(id)) + " shows " + Describe(watched.replay.shown()) +
         " and should show " + Describe(watched.answers.back().shown);
}

std::optional<std::string> FeedHistory::Collect() {
  for (auto& [id, watched] : watched_) {
    if (watched.options.delivery != FeedDelivery::kCollect || random_.OneIn(2)) continue;
    if (auto difference = Collect(id, watched)) return difference;
  }
  return std::nullopt;
}

std::optional<std::string> FeedHistory::Collect(FeedId id, Watched& watched) {
  const absl::Status status = feeds_.Collect(id, collection_);
  if (!status.ok()) return status.ToString();
  if (collection_.needs_resync) {
    if (!collection_.deltas.empty()) return "deltas where a resync is needed";
    ++counts_.resyncs;
    return random_.OneIn(2) ? Resync(id, watched) : std::nullopt;
  }
  if (collection_.deltas.size() > options_.max_pending) return "more is pending than may be";
  if (!collection_.deltas.empty()) {
    Count(collection_.deltas);
    if (auto wrong = watched.replay.Apply(collection_.sequence, collection_.deltas)) return wrong;
  } else if (collection_.sequence != watched.replay.sequence()) {
    return "a number was left out";
  }
  // Since the tick, the twin's answer may have changed: what counts is that of the tick.
  return Compare(id, watched);
}

std::optional<std::string> FeedHistory::Resync() {
  if (watched_.empty()) return std::nullopt;
  const FeedId id = SomeFeed();
  return Resync(id, watched_.at(id));
}

std::optional<std::string> FeedHistory::Resync(FeedId id, Watched& watched) {
  const absl::Status status = feeds_.Resync(id, now_, snapshot_);
  if (!status.ok()) return status.ToString();
  if (snapshot_.neighbors != Nearby(watched.options)) return "a snapshot is wrong";
  watched.answers.clear();
  watched.answers.push_back({now_, Show(watched.options)});
  return watched.replay.Apply(snapshot_);
}

}  // namespace moyeo::testing
