#include "support/fence_history.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iterator>
#include <numbers>
#include <tuple>

#include "support/print.h"
#include "support/region_twin.h"

namespace moyeo::testing {
namespace {

using std::chrono::milliseconds;

constexpr int kCloakLevel = 14;
constexpr Timestamp kStart{milliseconds{1'700'000'000'000}};

std::string Describe(const FenceEvent& event) {
  const char* const kind = event.kind == FenceEvent::Kind::kExit    ? "exit"
                           : event.kind == FenceEvent::Kind::kEnter ? "enter"
                                                                    : "dwell";
  return std::string(kind) + " of fence " + std::to_string(ToNumber(event.fence)) + " by user " +
         moyeo::Describe(event.user) + " at " + moyeo::Describe(event.position) + ", seen " +
         moyeo::Describe(event.last_seen) + ", since " + moyeo::Describe(event.since);
}

std::string Describe(const std::vector<FenceEvent>& events) {
  std::string text;
  for (const FenceEvent& event : events) text += "\n  " + Describe(event);
  return text.empty() ? " nothing" : text;
}

}  // namespace

FenceHistory::Counts& FenceHistory::Counts::operator+=(const Counts& other) {
  events += other.events;
  ticks += other.ticks;
  enters += other.enters;
  exits += other.exits;
  dwells += other.dwells;
  return *this;
}

FenceHistory::FenceHistory(std::uint64_t seed, const FenceHistoryOptions& options)
    : random_(seed),
      options_(options),
      // Every move to a later time begins another interval: the rest of the schedule has tests of
      // its own.
      index_({.ttl_ms = options.ttl_ms, .cloak_level = kCloakLevel, .cloak_interval_ms = 1}),
      fences_(index_, {.max_fences = options.fences}),
      cloaks_(kCloakLevel),
      crowd_(&random_.Pick(Crowds())),
      now_(kStart) {
  // Ids as hosts give them: counted up, and hashed.
  for (std::size_t i = 0; i < options.users; ++i) {
    users_.push_back(UserId{i % 2 == 0 ? i : random_.Bits()});
  }
}

std::optional<std::string> FenceHistory::Event() {
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
        difference = AddFence();
        break;
      case 6:
        difference = RemoveFence();
        break;
      case 7:
      case 8:
        difference = ChangeSets();
        break;
      case 9:
        if (options_.with_visibilities) difference = ChangeVisibility();
        break;
      case 10:
        if (random_.OneIn(20)) Clear();
        break;
      default:
        Move();
    }
  }
  if (!difference) return std::nullopt;
  return "after " + std::to_string(counts_.events) + " events, at " + moyeo::Describe(now_) + ": " +
         *difference;
}

// ---- What users and hosts do ----

LatLng FenceHistory::SomePlaceFor(UserId user) {
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

void FenceHistory::Move() {
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
  person.shown = VisibilityOf(user) == Visibility::kCloaked
                     ? cloaks_.Show(user, person.position, seen)
                     : person.position;
  person.last_seen = seen;
  person.attributes = attributes.value_or(person.attributes);
}

std::optional<std::string> FenceHistory::Remove() {
  const UserId user = SomeUser();
  if (!index_.Remove(user) && people_.contains(user)) return "a user was not held";
  people_.erase(user);
  return std::nullopt;
}

// To the end of a round and another one, so that all who have expired are gone.
void FenceHistory::Sweep() {
  for (int rounds = 0; rounds < 2; rounds += index_.Expire(now_).complete) {
  }
  std::erase_if(people_, [&](const auto& person) {
    return person.second.last_seen + milliseconds(options_.ttl_ms) <= now_;
  });
}

void FenceHistory::Clear() {
  index_.Clear();
  people_.clear();
}

// Time passes: mostly a little, now and then past everybody's ttl, and now and then back.
void FenceHistory::Pass() {
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

// Like a star: seen from its centre, the vertices follow each other.
FencePolygon FenceHistory::SomePolygon(LatLng center, double size_m) {
  FencePolygon polygon;
  const std::size_t vertices = 3 + random_.Below(random_.OneIn(4) ? 100 : 6);
  for (std::size_t i = 0; i < vertices; ++i) {
    const double turn = (static_cast<double>(i) + random_.Uniform(0.1, 0.9)) /
                        static_cast<double>(vertices) * 2 * std::numbers::pi;
    polygon.vertices.push_back(Offset(center, size_m * random_.Uniform(0.2, 1), turn));
  }
  if (random_.OneIn(2)) std::ranges::reverse(polygon.vertices);
  return polygon;
}

FenceCells FenceHistory::SomeCells(LatLng center) {
  FenceCells cells;
  const double size_m = std::pow(10, random_.Uniform(0, 6));
  for (std::size_t i = 1 + random_.Below(random_.OneIn(4) ? 60 : 4); i > 0; --i) {
    cells.ids.push_back(
        CellIdAt(NearTo(center, size_m, random_), static_cast<int>(random_.Between(1, 30))));
  }
  return cells;
}

FenceOptions FenceHistory::SomeOptions() {
  const LatLng center = random_.OneIn(2) ? crowd_->place(random_) : SomePlaceFor(SomeUser());
  const double size_m = std::pow(10, random_.Uniform(-1, std::log10(options_.largest_m)));
  FenceOptions options{.region = FenceCircle{center, size_m}};
  switch (random_.Below(4)) {
    case 0:
      options.region = SomePolygon(center, std::min(size_m, 5e6));
      break;
    case 1:
      options.region = SomeCells(center);
      break;
    case 2:
      if (random_.OneIn(8)) options.region = FenceCircle{center, 0};
      break;
    default:
      break;
  }
  if (random_.OneIn(2)) options.owner = SomeUser();
  if (random_.OneIn(3)) {
    options.filter = {.all_of = random_.Bits32() & 1,
                      .any_of = random_.Bits32() & 0b110,
                      .none_of = random_.OneIn(2) ? 0 : random_.Bits32() & 0b100};
  }
  if (random_.OneIn(2)) options.margin_m = std::pow(10, random_.Uniform(-2, 5));
  if (random_.OneIn(2)) options.dwell_ms = random_.Between(1, options_.ttl_ms);
  options.tells_those_inside = random_.OneIn(2);
  return options;
}

std::optional<std::string> FenceHistory::AddFence() {
  FenceOptions options = SomeOptions();
  // Roundings may make the edges of a tiny polygon cross.
  if (!options.Validate().ok()) options.region = FenceCircle{crowd_->place(random_), 100};
  options.name = std::to_string(counts_.events);
  const absl::StatusOr<FenceId> fence = fences_.Add(options);
  if (watched_.size() == options_.fences) {
    if (fence.status().code() == absl::StatusCode::kResourceExhausted) return std::nullopt;
    return "one fence too many: " + fence.status().ToString();
  }
  if (!fence.ok()) return fence.status().ToString();
  if (fences_.NameOf(*fence) != options.name) return "a fence has another name";
  if (!watched_.try_emplace(*fence, Watched{options, RegionTwin(options)}).second)
    return "a fence id twice";
  return std::nullopt;
}

std::optional<std::string> FenceHistory::RemoveFence() {
  if (watched_.empty() || random_.OneIn(2)) return std::nullopt;
  const auto fence =
      std::next(watched_.begin(), static_cast<std::ptrdiff_t>(random_.Below(watched_.size())));
  if (!fences_.Remove(fence->first)) return "a fence could not be removed";
  if (fences_.Remove(fence->first)) return "a fence could be removed twice";
  watched_.erase(fence);
  if (fences_.size() != watched_.size()) return "the number of fences is wrong";
  return std::nullopt;
}

std::optional<std::string> FenceHistory::ChangeSets() {
  const UserId viewer = SomeUser();
  const UserId member = SomeUser();
  const ViewerSet kind = random_.OneIn(2) ? ViewerSet::kNeverSees : ViewerSet::kSeesExactly;
  std::set<UserId>& set =
      kind == ViewerSet::kNeverSees ? never_sees_[viewer] : sees_exactly_[viewer];
  if (random_.OneIn(3)) {
    set.erase(member);
    index_.RemoveFromViewerSet(kind, viewer, member);
    return std::nullopt;
  }
  set.insert(member);
  const absl::Status status = index_.AddToViewerSet(kind, viewer, member);
  if (!status.ok()) return status.ToString();
  return std::nullopt;
}

std::optional<std::string> FenceHistory::ChangeVisibility() {
  const UserId user = SomeUser();
  const Visibility before = VisibilityOf(user);
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

// ---- The twin ----

Visibility FenceHistory::VisibilityOf(UserId user) const {
  const auto found = visibilities_.find(user);
  return found == visibilities_.end() ? Visibility::kExact : found->second;
}

std::optional<LatLng> FenceHistory::PositionFor(const FenceOptions& options, UserId user,
                                                const Person& person) const {
  if (VisibilityOf(user) == Visibility::kHidden) return std::nullopt;
  if (!options.owner) return person.position;
  const auto is_in = [&](const std::map<UserId, std::set<UserId>>& sets) {
    const auto set = sets.find(*options.owner);
    return set != sets.end() && set->second.contains(user);
  };
  if (user == *options.owner || is_in(never_sees_)) return std::nullopt;
  return is_in(sees_exactly_) ? person.position : person.shown;
}

std::optional<LatLng> FenceHistory::Considered(const FenceOptions& options, UserId user,
                                               const Person& person) const {
  if (person.last_seen + milliseconds(options_.ttl_ms) <= now_) return std::nullopt;
  const AttributeFilter& filter = options.filter;
  if ((person.attributes & filter.all_of) != filter.all_of) return std::nullopt;
  if (filter.any_of != 0 && (person.attributes & filter.any_of) == 0) return std::nullopt;
  if ((person.attributes & filter.none_of) != 0) return std::nullopt;
  return PositionFor(options, user, person);
}

void FenceHistory::TickOf(FenceId id, Watched& watched, std::vector<FenceEvent>& events) const {
  const FenceOptions& options = watched.options;
  const auto tell = [&](FenceEvent::Kind kind, UserId user, const Stay& stay) {
    events.push_back({.kind = kind,
                      .fence = id,
                      .user = user,
                      .position = stay.position,
                      .last_seen = stay.last_seen,
                      .since = stay.since});
  };
  std::map<UserId, Stay> inside;
  for (const auto& [user, person] : people_) {
    const std::optional<LatLng> position = Considered(options, user, person);
    if (!position) continue;
    const auto before = watched.inside.find(user);
    const bool was_inside = before != watched.inside.end();
    const bool is_inside = was_inside && options.margin_m > 0
                               ? watched.region.IsNear(*position, options.margin_m)
                               : watched.region.Contains(*position);
    if (!is_inside) continue;
    Stay& stay = inside[user];
    stay = {*position, person.last_seen, was_inside ? before->second.since : now_,
            was_inside && before->second.has_dwelt};
    if (!was_inside) {
      if (!watched.is_new || options.tells_those_inside) tell(FenceEvent::Kind::kEnter, user, stay);
    } else if (options.dwell_ms && !stay.has_dwelt &&
               now_ - stay.since >= milliseconds(*options.dwell_ms)) {
      stay.has_dwelt = true;
      tell(FenceEvent::Kind::kDwell, user, stay);
    } else if (options.owner) {
      stay.position = before->second.position;
    }
  }
  for (const auto& [user, stay] : watched.inside) {
    if (!inside.contains(user)) tell(FenceEvent::Kind::kExit, user, stay);
  }
  watched.inside = std::move(inside);
  watched.is_new = false;
}

std::optional<std::string> FenceHistory::Tick() {
  ++counts_.ticks;
  std::vector<FenceEvent> told;
  const auto result = fences_.Tick(now_, [&](const FenceEvent& event) { told.push_back(event); });
  if (!result.ok()) return result.status().ToString();

  std::vector<FenceEvent> expected;
  std::size_t inside = 0;
  for (auto& [id, watched] : watched_) {
    TickOf(id, watched, expected);
    inside += watched.inside.size();
  }
  std::ranges::sort(expected, {}, [](const FenceEvent& event) {
    return std::tuple(event.kind, event.fence, event.user);
  });
  if (told != expected) {
    return "a tick told" + Describe(told) + "\nand should have told" + Describe(expected);
  }
  if (*result != FenceTickResult{.events = told.size(), .inside = inside, .left_out = 0}) {
    return "a tick counted otherwise";
  }
  for (const FenceEvent& event : told) {
    counts_.enters += event.kind == FenceEvent::Kind::kEnter;
    counts_.exits += event.kind == FenceEvent::Kind::kExit;
    counts_.dwells += event.kind == FenceEvent::Kind::kDwell;
  }
  return std::nullopt;
}

}  // namespace moyeo::testing
