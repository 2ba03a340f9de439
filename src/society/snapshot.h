// A society as bytes, and back. SNAPSHOT.md describes them.

#ifndef MOYEO_SOCIETY_SNAPSHOT_H_
#define MOYEO_SOCIETY_SNAPSHOT_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "society/rules.h"
#include "society/society.h"

namespace moyeo::society {

// Hands all of `society` to `write`, piece by piece, until that fails.
absl::Status WriteSnapshot(const Society& society,
                           const std::function<absl::Status(std::string_view)>& write);

// The society that was written, from the pieces that `read` gives, in whatever lengths; an empty
// one is the end.
//
// They may be of older rules than `rules`, which go on from there. DataLoss if the bytes are not
// those of a society; FailedPrecondition if they are of newer rules; otherwise what `read` says.
absl::StatusOr<Society> ReadSnapshot(const std::function<absl::Status(std::string&)>& read,
                                     std::uint32_t rules = kRulesVersion);

}  // namespace moyeo::society

#endif  // MOYEO_SOCIETY_SNAPSHOT_H_
