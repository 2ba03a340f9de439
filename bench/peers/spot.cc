#include "bench/peers/spot.h"

#include <span>
#include <string_view>

#include "bench/peers/operation.h"
#include "bench/peers/report.h"

namespace moyeo::bench {
namespace {

constexpr std::size_t kMostUsers = 1'000'000;

struct Gathering {
  Distribution distribution;
  std::string_view title;
  std::string_view move;
  QueryKind query;
};

constexpr Question kNearest20{.radius_m = 5'000, .limit = 20};

constexpr Gathering kGatherings[] = {
    {Distribution::kCity, "spread over cities", "move_spread", {"nearest_20_spread", kNearest20}},
    {Distribution::kSpot,
     "within 10 m of one spot",
     "move_one_spot_10m",
     {"nearest_20_one_spot_10m", kNearest20}},
    {Distribution::kSameSpot,
     "exactly on one spot",
     "move_same_spot",
     {"nearest_20_same_spot", kNearest20}},
};

}  // namespace

void MeasureSpot(const SpotOptions& spot, const MeasureOptions& options, std::ostream& out,
                 std::vector<Result>& results) {
  if (spot.users > kMostUsers) return;
  for (const Gathering& gathering : kGatherings) {
    out << '\n' << spot.users << " users " << gathering.title << ", seed " << spot.seed << '\n';
    Crowd crowd(spot.users, gathering.distribution, spot.seed);
    const std::vector<Contestant> contestants =
        MeasureBuild(std::span(kEngineKinds).first<1>(), crowd, {.rounds = 1, .building = {}});
    Report report(out, contestants, crowd, results);
    for (const auto& operation :
         {MakeMove(gathering.move, crowd), MakeQuery(gathering.query, crowd)}) {
      report.Add(operation->name(), 1, Measure(*operation, contestants, options));
    }
    report.AddBytesPerUser();
  }
}

}  // namespace moyeo::bench
