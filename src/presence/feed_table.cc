#include "presence/feed_table.h"

namespace moyeo::presence {

FeedTable::Chunk::Chunk() {
  for (std::atomic<std::int64_t>& d : due) d.store(kNever, std::memory_order_relaxed);
  for (std::atomic<std::uint64_t>& p : path) p.store(0, std::memory_order_relaxed);
  for (std::atomic<std::uint32_t>& e : epoch) e.store(0, std::memory_order_relaxed);
  for (std::atomic<std::uint32_t>& ms : interval_ms) ms.store(0, std::memory_order_relaxed);
}

std::optional<std::uint32_t> FeedTable::Take() {
  const std::lock_guard lock(mutex_);
  if (size_ == max_feeds_) return std::nullopt;
  if (free_.empty()) {
    if (end_ == chunks_.size() * kFeedsPerChunk) chunks_.push_back(std::make_unique<Chunk>());
    free_.push_back(end_++);
  }
  const std::uint32_t place = free_.back();
  free_.pop_back();
  ++size_;
  return place;
}

void FeedTable::GiveBack(std::uint32_t place) {
  const std::lock_guard lock(mutex_);
  --size_;
  const Feed& feed = chunks_[place / kFeedsPerChunk]->feeds[place % kFeedsPerChunk];
  if (feed.generation != 0) free_.push_back(place);
}

FeedTable::Chunk& FeedTable::ChunkOf(std::uint32_t place) const {
  const std::lock_guard lock(mutex_);
  return *chunks_[place / kFeedsPerChunk];
}

bool FeedTable::Has(std::uint32_t place) const {
  const std::lock_guard lock(mutex_);
  return place < end_;
}

void FeedTable::ListChunks(std::vector<Chunk*>& chunks) const {
  chunks.clear();
  const std::lock_guard lock(mutex_);
  for (const std::unique_ptr<Chunk>& chunk : chunks_) chunks.push_back(chunk.get());
}

std::size_t FeedTable::size() const {
  const std::lock_guard lock(mutex_);
  return size_;
}

std::size_t FeedTable::bytes() const {
  const std::lock_guard lock(mutex_);
  return sizeof(*this) + chunks_.size() * sizeof(Chunk) + chunks_.capacity() * sizeof(chunks_[0]) +
         free_.capacity() * sizeof(free_[0]);
}

}  // namespace moyeo::presence
