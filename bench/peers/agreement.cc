#include "bench/peers/agreement.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>
#include <unordered_map>

namespace moyeo::bench {
namespace {

using ByUser = std::unordered_map<UserId, const Neighbor*>;

ByUser IndexByUser(std::span<const Neighbor> answer) {
  ByUser by_user;
  for (const Neighbor& neighbor : answer) by_user.emplace(neighbor.user, &neighbor);
  return by_user;
}

std::string Describe(const Neighbor& neighbor) {
  std::ostringstream text;
  text.precision(17);
  text << "user " << static_cast<std::uint64_t>(neighbor.user) << " at (" << neighbor.position.lat
       << ", " << neighbor.position.lng << "), " << neighbor.distance_m << " m away, seen at "
       << neighbor.last_seen.time_since_epoch().count();
  return text.str();
}

bool Same(const Neighbor& a, const Neighbor& b, const Tolerance& tolerance) {
  return std::abs(a.position.lat - b.position.lat) < tolerance.position_degrees &&
         std::abs(std::remainder(a.position.lng - b.position.lng, 360)) <
             tolerance.position_degrees &&
         std::abs(a.distance_m - b.distance_m) <= tolerance.MetersAt(a.distance_m) &&
         a.last_seen == b.last_seen;
}

// Who is farther away than this may be missing from `answer`.
double Reach(std::span<const Neighbor> answer, const Question& question) {
  const double radius = question.radius_m.value_or(std::numeric_limits<double>::infinity());
  return answer.size() == question.limit ? std::min(radius, answer.back().distance_m) : radius;
}

std::optional<std::string> Malformed(std::span<const Neighbor> answer, const ByUser& by_user,
                                     const Question& question, const Tolerance& tolerance) {
  if (question.limit && answer.size() > *question.limit) return "more users than the limit";
  if (by_user.size() != answer.size()) return "the same user twice";
  for (std::size_t i = 1; i < answer.size(); ++i) {
    const double before = answer[i - 1].distance_m;
    if (answer[i].distance_m < before - tolerance.MetersAt(before)) {
      return "out of order: " + Describe(answer[i - 1]) + ", then " + Describe(answer[i]);
    }
  }
  return std::nullopt;
}

std::optional<std::string> Missing(std::span<const Neighbor> from, const ByUser& in, double reach,
                                   const Tolerance& tolerance) {
  for (const Neighbor& neighbor : from) {
    const double certain = reach - tolerance.MetersAt(neighbor.distance_m);
    if (!in.contains(neighbor.user) && neighbor.distance_m < certain) {
      return Describe(neighbor);
    }
  }
  return std::nullopt;
}

}  // namespace

double Tolerance::MetersAt(double distance) const {
  return distance < 19'900'000 ? distance_m : std::max(distance_m, 0.5);
}

std::optional<std::string> Disagreement(std::span<const Neighbor> expected,
                                        std::span<const Neighbor> answer, const Question& question,
                                        const Tolerance& tolerance) {
  const ByUser in_expected = IndexByUser(expected);
  const ByUser in_answer = IndexByUser(answer);
  if (auto flaw = Malformed(expected, in_expected, question, {})) return "expected has " + *flaw;
  if (auto flaw = Malformed(answer, in_answer, question, tolerance)) return "has " + *flaw;
  if (auto who = Missing(expected, in_answer, Reach(answer, question), tolerance)) {
    return "lacks " + *who;
  }
  if (auto who = Missing(answer, in_expected, Reach(expected, question), tolerance)) {
    return "adds " + *who;
  }
  for (const Neighbor& neighbor : answer) {
    const auto same = in_expected.find(neighbor.user);
    if (same != in_expected.end() && !Same(neighbor, *same->second, tolerance)) {
      return "has " + Describe(neighbor) + " instead of " + Describe(*same->second);
    }
  }
  return std::nullopt;
}

}  // namespace moyeo::bench
