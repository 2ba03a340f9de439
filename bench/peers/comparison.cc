#include "bench/peers/comparison.h"

#include <iomanip>

#include "bench/peers/agreement.h"
#include "bench/peers/operation.h"

namespace moyeo::bench {
namespace {

constexpr std::size_t kQuestions = 50;

// About half of those who have not moved since they were first seen have expired by then.
constexpr std::chrono::milliseconds kLater{Crowd::kTtlMs - Crowd::kFirstSeenSpreadMs / 2};

}  // namespace

bool AnswersAgree(std::span<const EngineKind> kinds, std::span<Engine* const> engines, Crowd& crowd,
                  std::ostream& errors) {
  std::vector<Neighbor> expected;
  std::vector<Neighbor> answer;
  for (const QueryKind& query : kQueryKinds) {
    if (!Applies(query, crowd)) continue;
    for (const LatLng center : DrawCenters(query, crowd, kQuestions)) {
      for (const Timestamp now : {crowd.now(), crowd.now() + kLater}) {
        engines[0]->Nearby(center, query.question, now, expected);
        for (std::size_t i = 1; i < engines.size(); ++i) {
          engines[i]->Nearby(center, query.question, now, answer);
          const auto difference = Disagreement(expected, answer, query.question);
          if (!difference) continue;
          errors << std::setprecision(10) << "answers differ: " << query.name << " from ("
                 << center.lat << ", " << center.lng << ") at " << now.time_since_epoch().count()
                 << ": compared with " << kinds[0].name << ", the answer of " << kinds[i].name
                 << ' ' << *difference << '\n';
          return false;
        }
      }
    }
  }
  return true;
}

}  // namespace moyeo::bench
