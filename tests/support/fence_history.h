// Random histories of Fences, beside the obvious slow twin: a list of users, and at each tick every
// one of them tested for every fence.

#ifndef MOYEO_TESTS_SUPPORT_FENCE_HISTORY_H_
#define MOYEO_TESTS_SUPPORT_FENCE_HISTORY_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "moyeo/fence.h"
#include "moyeo/presence.h"
#include "support/cloak_twin.h"
#include "support/places.h"
#include "support/region_twin.h"
#include "support/seeds.h"

namespace moyeo::testing {

struct FenceHistoryOptions {
  std::size_t users = 30;   // how many different ones take part
  std::size_t fences = 10;  // how many there are at a time, at most
  std::int64_t ttl_ms = 60'000;
  bool with_visibilities = false;  // cloaked and hidden users, and some who see them exactly
  int events_per_tick = 8;
  double largest_m = 1e7;  // how wide a fence is, at most
};

// Everything random follows from the seed.
class FenceHistory {
 public:
  FenceHistory(std::uint64_t seed, const FenceHistoryOptions& options);

  // One event: something that users or hosts do, or a tick, of which all that is told is compared
  // with the twin. nullopt if they agree, else what differed, in words; after that the history is
  // over.
  std::optional<std::string> Event();

  // The crowd whose places moves and fences lead to.
  void Gather(const Crowd& crowd) { crowd_ = &crowd; }

  struct Counts {
    std::size_t events = 0;
    std::size_t ticks = 0;
    std::size_t enters = 0;
    std::size_t exits = 0;
    std::size_t dwells = 0;

    Counts& operator+=(const Counts& other);
  };
  const Counts& counts() const { return counts_; }

 private:
  struct Person {
    LatLng position;
    Timestamp last_seen;
    std::uint32_t attributes;
    LatLng shown;  // to strangers, if anywhere
  };

  struct Stay {
    LatLng position;
    Timestamp last_seen;
    Timestamp since;
    bool has_dwelt = false;
  };

  struct Watched {
    FenceOptions options;
    RegionTwin region;
    std::map<UserId, Stay> inside = {};
    bool is_new = true;
  };

  void Move();
  std::optional<std::string> Remove();
  void Sweep();
  void Clear();
  void Pass();
  std::optional<std::string> AddFence();
  std::optional<std::string> RemoveFence();
  std::optional<std::string> ChangeSets();
  std::optional<std::string> ChangeVisibility();
  std::optional<std::string> Tick();

  Visibility VisibilityOf(UserId user) const;
  // Where `person` is to the eyes of the owner; nullopt if they do not see them.
  std::optional<LatLng> PositionFor(const FenceOptions& options, UserId user,
                                    const Person& person) const;
  // The same if the fence is to know of them at all.
  std::optional<LatLng> Considered(const FenceOptions& options, UserId user,
                                   const Person& person) const;
  void TickOf(FenceId id, Watched& watched, std::vector<FenceEvent>& events) const;

  UserId SomeUser() { return random_.Pick(users_); }
  LatLng SomePlaceFor(UserId user);
  FenceOptions SomeOptions();
  FencePolygon SomePolygon(LatLng center, double size_m);
  FenceCells SomeCells(LatLng center);

  Random random_;
  FenceHistoryOptions options_;
  PresenceIndex index_;
  Fences fences_;
  std::vector<UserId> users_;
  std::map<UserId, Person> people_;
  std::map<UserId, Visibility> visibilities_;  // where it is not the default
  CloakTwin cloaks_;
  std::map<UserId, std::set<UserId>> never_sees_;
  std::map<UserId, std::set<UserId>> sees_exactly_;
  std::map<FenceId, Watched> watched_;
  const Crowd* crowd_;
  Timestamp now_;
  Counts counts_;
};

}  // namespace moyeo::testing

#endif  // MOYEO_TESTS_SUPPORT_FENCE_HISTORY_H_
