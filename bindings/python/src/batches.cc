#include "batches.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <utility>

namespace moyeo::python {
namespace {

// Moves that fit, put together, into the nearest cache.
constexpr std::size_t kMovesTogether = 1024;

// Questions whose answers, of fifty neighbours each, stay in the cache until they are in columns.
constexpr std::size_t kQuestionsTogether = 64;

// `error`, found at `index` of a batch.
absl::Status At(std::size_t index, const absl::Status& error) {
  return {error.code(), "at index " + std::to_string(index) + ": " + std::string(error.message())};
}

}  // namespace

absl::StatusOr<MoveBatchResult> MoveBatch(PresenceIndex& index, const Moves& moves,
                                          Timestamp seen) {
  MoveBatchResult total;
  std::array<UserId, kMovesTogether> users;
  std::array<LatLng, kMovesTogether> positions;
  std::array<std::uint32_t, kMovesTogether> attributes;
  for (std::size_t begin = 0; begin < moves.user.size(); begin += kMovesTogether) {
    const std::size_t count = std::min(kMovesTogether, moves.user.size() - begin);
    for (std::size_t i = 0; i < count; ++i) {
      users[i] = UserId{moves.user[begin + i]};
      positions[i] = {.lat = moves.lat[begin + i], .lng = moves.lng[begin + i]};
    }
    std::span<const std::uint32_t> masks;
    if (moves.attributes) {
      for (std::size_t i = 0; i < count; ++i) attributes[i] = (*moves.attributes)[begin + i];
      masks = std::span(attributes).first(count);
    }
    absl::StatusOr<MoveBatchResult> piece = index.MoveBatch(
        std::span(users).first(count), std::span(positions).first(count), seen, masks);
    if (!piece.ok()) return piece.status();
    total.applied += piece->applied;
    total.ignored += piece->ignored;
    for (MoveBatchResult::Refusal& refusal : piece->refusals) {
      const std::size_t at = begin + refusal.index;
      total.refusals.push_back({at, At(at, refusal.why)});
    }
  }
  return total;
}

absl::Status NearbyBatch(const PresenceIndex& index, const Column<double>& lat,
                         const Column<double>& lng, const NearbyQuery& query, Timestamp now,
                         NeighborColumns& answers) {
  NearbyBatchResult piece;
  std::array<LatLng, kQuestionsTogether> centers;
  // Even where nobody asks: what is wrong with `query` is said, and the answers are well formed.
  std::size_t begin = 0;
  do {
    const std::size_t count = std::min(kQuestionsTogether, lat.size() - begin);
    for (std::size_t i = 0; i < count; ++i) {
      centers[i] = {.lat = lat[begin + i], .lng = lng[begin + i]};
      // The index would name the place in the piece.
      const absl::StatusOr<LatLng> valid = Canonical(centers[i]);
      if (!valid.ok()) return At(begin + i, valid.status());
    }
    const absl::Status answered =
        index.NearbyBatch(std::span(centers).first(count), query, now, piece);
    if (!answered.ok()) return answered;
    answers.Append(piece);
    begin += count;
  } while (begin < lat.size());
  return absl::OkStatus();
}

}  // namespace moyeo::python
