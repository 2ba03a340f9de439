// The meetups of a society in PostGIS.

#ifndef MOYEO_BENCH_SOCIETY_POSTGIS_H_
#define MOYEO_BENCH_SOCIETY_POSTGIS_H_

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "moyeo/matching.h"
#include "moyeo/types.h"
#include "society/society.h"

namespace moyeo::bench {

// In a server of its own. A question that fails ends the program.
class Postgis {
 public:
  virtual ~Postgis() = default;

  // As SqliteRtree's.
  virtual std::vector<MeetupId> Find(const FindQuery& query) = 0;
  virtual std::vector<MeetupId> Recommend(UserId user, const RecommendQuery& query,
                                          Timestamp now) = 0;
};

// With all listed meetups with a place, their tags and members, and of `askers` interests and
// friends. An error if there is no PostgreSQL with PostGIS, or libpq was missing when this was
// built.
absl::StatusOr<std::unique_ptr<Postgis>> StartPostgis(const society::Society& society,
                                                      const std::vector<UserId>& askers);

}  // namespace moyeo::bench

#endif  // MOYEO_BENCH_SOCIETY_POSTGIS_H_
