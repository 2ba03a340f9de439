// A small world with a victim in it: an index, a crowd, and a phone that says where the victim is.

#ifndef MOYEO_TESTS_PRIVACY_WORLD_H_
#define MOYEO_TESTS_PRIVACY_WORLD_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "moyeo/feed.h"
#include "moyeo/presence.h"
#include "support/seeds.h"

namespace moyeo::testing {

inline constexpr UserId kVictim{4'711};
// Bits that nobody else has.
inline constexpr std::uint32_t kVictimsAttributes = 0x00a50000;

// What the victim's phone reports at a time; nullopt: nothing, since they are away.
using Path = std::function<std::optional<LatLng>(Timestamp)>;

// Somebody who stays at `place`, whose reports waver by `wavering_m` in each direction; the first
// of them is `first_report`, which decides where they really are.
struct Home {
  Home(LatLng first_report, double wavering_m, std::uint64_t seed);

  LatLng place;
  Path path;
};

// The reports of `path`, but only one in so long. Where that is more than the ttl, the victim is
// away in between and comes back with each of them.
Path Seldom(Path path, std::chrono::milliseconds between);

struct WorldOptions {
  PresenceOptions index = {};
  LatLng middle;                                 // of the crowd
  std::uint64_t crowd_seed = 0;                  // who is in it, and where
  Visibility visibility = Visibility::kCloaked;  // the victim's
  Path path;                                     // the victim's; empty: there is no victim
};

// Time begins at kBeginning and passes when the world is told.
class World {
 public:
  static constexpr Timestamp kBeginning{std::chrono::milliseconds{1'700'000'000'000}};
  static constexpr std::chrono::milliseconds kBetweenReports{10'000};

  explicit World(const WorldOptions& options);

  World(const World&) = delete;
  World& operator=(const World&) = delete;

  // Everybody in the crowd sees the victim exactly.
  void Befriend();

  // Whoever reports meanwhile has reported.
  void Pass(std::chrono::milliseconds time);

  PresenceIndex& index() { return index_; }
  NearbyFeeds& feeds() { return feeds_; }
  Timestamp now() const { return now_; }

 private:
  void Report();

  PresenceIndex index_;
  NearbyFeeds feeds_;
  Path path_;
  std::vector<UserId> crowd_;
  std::vector<LatLng> places_;
  std::vector<std::uint32_t> attributes_;
  Timestamp now_ = kBeginning;
  Timestamp next_report_ = kBeginning;
};

// ---- Where victims are ----

inline constexpr int kCloakLevel = 14;

// Somewhere in the cloak cell of `center`, every square metre alike.
LatLng InCellOf(LatLng center, Random& random);

// In that cell, and so near a border, or a corner where four cells meet, that a walk of `meters`
// leads across.
LatLng NearBorderOf(LatLng center, double meters, Random& random);
LatLng NearCornerOf(LatLng center, double meters, Random& random);

// The centres of cells in cities, in the country, at sea, around the poles, on the antimeridian,
// and where S2's faces meet.
LatLng SomeCell(Random& random);

}  // namespace moyeo::testing

#endif  // MOYEO_TESTS_PRIVACY_WORLD_H_
