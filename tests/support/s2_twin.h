// The same questions to S2's own nearest-point search.

#ifndef MOYEO_TESTS_SUPPORT_S2_TWIN_H_
#define MOYEO_TESTS_SUPPORT_S2_TWIN_H_

#include <memory>
#include <optional>
#include <span>
#include <string>

#include "moyeo/presence.h"
#include "support/oracle.h"

namespace moyeo::testing {

// An S2PointIndex of the users whom an oracle holds and who are visible at one time.
class S2Twin {
 public:
  S2Twin(const Oracle& oracle, Timestamp now);
  ~S2Twin();

  // Compares `answer` with that of S2ClosestPointQuery; the query's filter must admit everybody.
  // nullopt if they agree, else what is wrong, in words.
  //
  // S2 measures with chords in doubles, whose error it documents
  // (S1ChordAngle::GetS2PointConstructorMaxError), from points whose coordinates are rounded too.
  // The i-th distances must be the same within those errors, and whoever is in one answer alone
  // must be so close to the radius or to the last distance; such cases are counted.
  //
  // S2's search skips cells by distances that are wrong by up to 3e-8 radians (0.2 m) a quarter of
  // the globe away, as S2's own tests of S2Cell::GetDistance allow, and so it misses points there.
  // Where it differs, S2 is asked again in its brute-force mode, and that decides.
  std::optional<std::string> Difference(LatLng center, const NearbyQuery& query,
                                        std::span<const Neighbor> answer, Tally& tally) const;

 private:
  enum class Mode { kSearch, kBruteForce };
  struct Impl;

  std::optional<std::string> Difference(LatLng center, const NearbyQuery& query,
                                        std::span<const Neighbor> answer, Mode mode,
                                        Tally& tally) const;

  std::unique_ptr<Impl> impl_;
};

}  // namespace moyeo::testing

#endif  // MOYEO_TESTS_SUPPORT_S2_TWIN_H_
