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

bool AnswersAgree(std::span<const Contestant> contestants, Crowd& crowd, std::ostream& errors) {
  for (const Contestant& contestant : contestants) contestant.engine->Prepare();
  std::vector<Neighbor> expected;
  std::vector<Neighbor> answer;
  for (const QueryKind& query : kQueryKinds) {
    if (!Applies(query, crowd) || !CanAnswer(contestants[0].kind, query)) continue;
    for (const LatLng center : DrawCenters(query, crowd, kQuestions)) {
      for (const Timestamp now : {crowd.now(), crowd.now() + kLater}) {
        contestants[0].engine->Nearby(center, query.question, now, expected);
        for (const Contestant& contestant : contestants.subspan(1)) {
          if (!CanAnswer(contestant.kind, query)) continue;
          contestant.engine->Nearby(center, query.question, now, answer);
          const auto difference =
              Disagreement(expected, answer, query.question, contestant.kind.tolerance);
          if (!difference) continue;
          errors << std::setprecision(10) << "answers differ: " << query.name << " from ("
                 << center.lat << ", " << center.lng << ") at " << now.time_since_epoch().count()
                 << ": compared with " << contestants[0].kind.name << ", the answer of "
                 << contestant.kind.name << ' ' << *difference << '\n';
          return false;
        }
      }
    }
  }
  return true;
}

}  // namespace moyeo::bench
