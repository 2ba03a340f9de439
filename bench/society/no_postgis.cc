// In the place of postgis.cc where there is no libpq to build it with.

#include "absl/status/status.h"
#include "bench/society/postgis.h"

namespace moyeo::bench {

absl::StatusOr<std::unique_ptr<Postgis>> StartPostgis(const society::Society&,
                                                      const std::vector<UserId>&) {
  return absl::UnimplementedError(
      "this was built without libpq; scripts/setup --postgis installs it (Debian: libpq-dev)");
}

}  // namespace moyeo::bench
