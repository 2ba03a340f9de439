// Batches whose input is in columns. Nothing here needs the GIL.
//
// The index wants positions as pairs, Python has two columns: pieces of a batch are put together in
// a small buffer, which stays in the cache. To the index, a batch is as many calls as it has moves
// or questions anyhow, and so are its pieces.

#ifndef MOYEO_BINDINGS_PYTHON_BATCHES_H_
#define MOYEO_BINDINGS_PYTHON_BATCHES_H_

#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "answers.h"
#include "arguments.h"
#include "moyeo/presence.h"

namespace moyeo::python {

struct Moves {
  Column<std::uint64_t> user;
  Column<double> lat;
  Column<double> lng;
  std::optional<Column<std::uint32_t>> attributes;
};

// PresenceIndex::MoveBatch.
// REQUIRES: the columns are equally long
absl::StatusOr<MoveBatchResult> MoveBatch(PresenceIndex& index, const Moves& moves, Timestamp seen);

// PresenceIndex::NearbyBatch. On an error, what `answers` holds is of no use.
// REQUIRES: lat.size() == lng.size()
absl::Status NearbyBatch(const PresenceIndex& index, const Column<double>& lat,
                         const Column<double>& lng, const NearbyQuery& query, Timestamp now,
                         NeighborColumns& answers);

}  // namespace moyeo::python

#endif  // MOYEO_BINDINGS_PYTHON_BATCHES_H_
