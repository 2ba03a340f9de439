// Random histories of NearbyFeeds and of the queries that they stand for, beside the obvious slow
// twin: a list of users, and for each feed all of them measured and sorted.

#ifndef MOYEO_TESTS_SUPPORT_FEED_HISTORY_H_
#define MOYEO_TESTS_SUPPORT_FEED_HISTORY_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "moyeo/feed.h"
#include "moyeo/presence.h"
#include "support/cloak_twin.h"
#include "support/places.h"
#include "support/seeds.h"

namespace moyeo::testing {

// What a reader of one feed has made of the deltas that they were given.
class FeedReplay {
 public:
  using Shown = std::map<UserId, LatLng>;

  // Both return nullopt, or what is wrong with what was told, in words.
  std::optional<std::string> Apply(std::uint64_t sequence, std::span<const FeedDelta> deltas);
  std::optional<std::string> Apply(const FeedSnapshot& snapshot);

  const Shown& shown() const { return shown_; }
  std::uint64_t sequence() const { return sequence_; }

 private:
  std::optional<std::string> Apply(const FeedDelta& delta);

  Shown shown_;
  std::uint64_t sequence_ = 0;
};

struct FeedHistoryOptions {
  std::size_t users = 30;  // how many different ones take part
  std::size_t feeds = 10;  // how many there are at a time, at most
  std::int64_t ttl_ms = 60'000;
  std::size_t max_pending = 1'000;
  bool with_intervals = false;
  bool with_visibilities = false;  // cloaked and hidden users, and some who see them exactly
  bool alike = false;              // feeds of one filter and mostly one radius: many look together
  int events_per_tick = 8;
};

// Everything random follows from the seed.
class FeedHistory {
 public:
  FeedHistory(std::uint64_t seed, const FeedHistoryOptions& options);

  // One event: something that users or hosts do, or a tick, after which every feed is compared with
  // the twin. nullopt if they agree, else what differed, in words; after that the history is over.
  std::optional<std::string> Event();

  // Everybody moves about, and there are as many feeds as may be. Returns as Event does.
  std::optional<std::string> Fill();

  const NearbyFeeds& feeds() const { return feeds_; }

  // The crowd whose places moves lead to.
  void Gather(const Crowd& crowd) { crowd_ = &crowd; }

  struct Counts {
    std::size_t events = 0;
    std::size_t ticks = 0;
    std::size_t compared = 0;  // feeds with the twin
    std::size_t enters = 0;
    std::size_t moves = 0;
    std::size_t leaves = 0;
    std::size_t resyncs = 0;

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

  struct Answer {
    Timestamp at;
    FeedReplay::Shown shown;
  };

  struct Watched {
    FeedOptions options;
    FeedReplay replay;
    // What the twin showed after each tick that may have been the last to look at the feed.
    std::deque<Answer> answers;
  };

  void Move();
  std::optional<std::string> Remove();
  void Sweep();
  void Pass();
  std::optional<std::string> Subscribe();
  std::optional<std::string> Change();
  std::optional<std::string> End();
  std::optional<std::string> ChangeSets();
  std::optional<std::string> ChangeVisibility();
  std::optional<std::string> Ask();
  std::optional<std::string> Tick();
  std::optional<std::string> Collect();
  std::optional<std::string> Collect(FeedId id, Watched& watched);
  std::optional<std::string> Resync();
  std::optional<std::string> Resync(FeedId id, Watched& watched);

  // Where the centre of a feed is; nullopt while its user is not here.
  std::optional<LatLng> CenterOf(const FeedOptions& options) const;
  Visibility VisibilityOf(UserId user) const;
  // Where `person` is to the eyes of whoever watches; nullopt if they do not see them.
  std::optional<LatLng> PositionFor(const FeedOptions& options, UserId user,
                                    const Person& person) const;
  std::vector<Neighbor> Nearby(const FeedOptions& options) const;
  FeedReplay::Shown Show(const FeedOptions& options) const;
  std::optional<std::string> CheckDeltas(const Watched& watched,
                                         std::span<const FeedDelta> deltas) const;
  std::optional<std::string> CompareAll();
  std::optional<std::string> Compare(FeedId id, Watched& watched);
  void Count(std::span<const FeedDelta> deltas);

  UserId SomeUser() { return random_.Pick(users_); }
  LatLng SomePlaceFor(UserId user);
  FeedOptions SomeOptions();
  FeedId SomeFeed();
  std::string At(const std::string& what) const;

  Random random_;
  FeedHistoryOptions options_;
  PresenceIndex index_;
  NearbyFeeds feeds_;
  std::vector<UserId> users_;
  std::map<UserId, Person> people_;
  std::map<UserId, Visibility> visibilities_;  // where it is not the default
  CloakTwin cloaks_;
  std::map<UserId, std::set<UserId>> never_sees_;
  std::map<UserId, std::set<UserId>> sees_exactly_;
  std::map<FeedId, Watched> watched_;
  const Crowd* crowd_;
  Timestamp now_;
  Timestamp last_tick_ = kMinTimestamp;
  FeedCollection collection_;
  FeedSnapshot snapshot_;
  Counts counts_;
};

}  // namespace moyeo::testing

#endif  // MOYEO_TESTS_SUPPORT_FEED_HISTORY_H_
