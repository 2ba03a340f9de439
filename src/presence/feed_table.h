// Where the feeds are kept.

#ifndef MOYEO_PRESENCE_FEED_TABLE_H_
#define MOYEO_PRESENCE_FEED_TABLE_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "moyeo/feed.h"
#include "presence/pending_changes.h"
#include "presence/shown_set.h"
#include "spatial/position.h"
#include "spatial/search.h"

namespace moyeo::presence {

// One feed. All of it is guarded by its lock in the table.
struct Feed {
  // Counts how often the place has been taken and given up: odd while there is a feed.
  std::uint32_t generation = 0;
  std::uint32_t version = 0;  // counts what was done to it but ticks
  std::uint32_t limit = 0;
  AttributeFilter filter;
  double radius_m = spatial::Search::kNoRadius;
  std::uint64_t viewer = 0;  // the user at the centre, if there is one
  spatial::Position point;   // the centre, if no user is
  float reach_m = 0;         // as far as a tick had to look; 0 if that is not known
  bool follows_user = false;
  bool has_viewer = false;
  bool collects = false;
  bool needs_resync = false;
  std::uint64_t sequence = 0;
  ShownSet shown;
  std::unique_ptr<PendingChanges> pending;  // null if nothing is

  bool is_live() const { return (generation & 1) != 0; }

  // Who looks further than this looks alone.
  static constexpr double kFarthestTogetherMeters = 1e6;
  void SetReach(double meters) {
    reach_m = meters <= kFarthestTogetherMeters ? static_cast<float>(meters) : 0;
  }
};

// Feeds in places that are used again. A place, once there is one, stays to the end.
class FeedTable {
 public:
  static constexpr std::size_t kFeedsPerChunk = 1024;

  // When a feed is due that is so at every tick, and one that is at none.
  static constexpr std::int64_t kAlways = INT64_MIN;
  static constexpr std::int64_t kNever = INT64_MAX;

  // What a tick reads of all feeds, column by column. Written under the lock of the feed, or, when
  // due is put off, by exchange.
  struct Chunk {
    Chunk();

    // What a tick touches of a feed is about to be touched.
    void Prefetch(std::size_t number) const {
      __builtin_prefetch(&feeds[number]);
      __builtin_prefetch(reinterpret_cast<const std::byte*>(&feeds[number]) + 64);
      __builtin_prefetch(&due[number], 1);
      __builtin_prefetch(&path[number], 1);
      __builtin_prefetch(&epoch[number], 1);
      __builtin_prefetch(&interval_ms[number]);
    }

    std::array<std::atomic<std::int64_t>, kFeedsPerChunk> due;    // in ms
    std::array<std::atomic<std::uint64_t>, kFeedsPerChunk> path;  // of the centre when last seen
    // The epoch of the index that the feed shows; 0 if it is to be looked at in any case.
    std::array<std::atomic<std::uint32_t>, kFeedsPerChunk> epoch;
    std::array<std::atomic<std::uint32_t>, kFeedsPerChunk> interval_ms;
    std::array<Feed, kFeedsPerChunk> feeds;
  };

  explicit FeedTable(std::size_t max_feeds) : max_feeds_(max_feeds) {}

  // A place for a new feed; nullopt if there are too many. It is live once its generation is odd.
  std::optional<std::uint32_t> Take();

  // Gives up a place, whose generation is even again. Where the generation has come round to 0, the
  // place is not taken again: feeds in it would have the numbers of others before them.
  void GiveBack(std::uint32_t place);

  // REQUIRES: `place` was once taken
  Chunk& ChunkOf(std::uint32_t place) const;

  // Whether `place` was ever taken.
  bool Has(std::uint32_t place) const;

  // The chunks that there are, by place.
  void ListChunks(std::vector<Chunk*>& chunks) const;

  std::mutex& LockOf(std::uint32_t place) { return locks_[place % kLocks].mutex; }

  std::size_t size() const;
  std::size_t bytes() const;

 private:
  static constexpr std::size_t kLocks = 1024;

  struct alignas(64) Lock {
    std::mutex mutex;
  };

  const std::size_t max_feeds_;
  mutable std::mutex mutex_;  // of what follows
  std::vector<std::unique_ptr<Chunk>> chunks_;
  std::vector<std::uint32_t> free_;
  std::uint32_t end_ = 0;
  std::size_t size_ = 0;
  std::array<Lock, kLocks> locks_;
};

}  // namespace moyeo::presence

#endif  // MOYEO_PRESENCE_FEED_TABLE_H_
