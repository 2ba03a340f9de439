#include "support/witness.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <tuple>

#include "support/print.h"

namespace moyeo::testing {
namespace {

using moyeo::Describe;
using Entry = Chronicle::Entry;

constexpr double kMetersPerDegree = kEarthRadiusMeters * std::numbers::pi / 180;

bool Admits(const AttributeFilter& filter, std::uint32_t mask) {
  return (mask & filter.all_of) == filter.all_of && (mask & filter.none_of) == 0 &&
         (filter.any_of == 0 || (mask & filter.any_of) != 0);
}

// Many are too far north or south to be worth measuring.
bool IsWithin(LatLng center, LatLng position, std::optional<double> radius_m) {
  if (!radius_m) return true;
  if (std::abs(center.lat - position.lat) * kMetersPerDegree > *radius_m + 1) return false;
  return DistanceMeters(center, position).value() <= *radius_m;
}

std::string Describe(const Entry& entry) {
  if (entry.kind == Entry::Kind::kGone) return entry.act == 0 ? "not held" : "removed";
  return std::string(entry.kind == Entry::Kind::kLate ? "late " : "") + "at " +
         Describe(entry.position) + ", seen " + Describe(entry.seen) + ", attributes " +
         (entry.keeps_mask ? "kept " : "") + std::to_string(entry.mask);
}

std::string Describe(const Question& question, const Chronicle& chronicle) {
  const std::string now = " at " + Describe(question.now);
  const std::string user = "user " + Describe(chronicle.users()[question.user]);
  switch (question.kind) {
    case Question::Kind::kNearby:
      return "Nearby " + Describe(question.center) + now + ", " + Describe(question.query);
    case Question::Kind::kNearbyUser:
      return "NearbyUser of " + user + now + ", " + Describe(question.query);
    case Question::Kind::kCountWithin:
      return "CountWithin of " + Describe(question.center) + now + ", " + Describe(question.query);
    case Question::Kind::kFind:
      return "Find of " + user + now;
    case Question::Kind::kSize:
      return "size";
  }
  return "";
}

}  // namespace

WitnessTally& WitnessTally::operator+=(const WitnessTally& other) {
  answers_in_full += other.answers_in_full;
  answers_of_nearest += other.answers_of_nearest;
  answers_of_enough += other.answers_of_enough;
  counts += other.counts;
  finds += other.finds;
  sizes += other.sizes;
  neighbors += other.neighbors;
  neighbors_owed += other.neighbors_owed;
  removals += other.removals;
  return *this;
}

Witness::Witness(const Chronicle& chronicle)
    : chronicle_(chronicle),
      progress_(chronicle.users().size()),
      answered_(chronicle.users().size()) {}

void Witness::Recall(std::size_t user, const Question& question) {
  possible_.clear();
  may_be_absent_ = false;
  const std::vector<Entry>& entries = chronicle_.EntriesOf(user);
  const std::size_t writer = chronicle_.WriterOf(user);
  const auto not_done =
      std::upper_bound(entries.begin(), entries.end(), question.before.acts[writer],
                       [](std::uint32_t acts, const Entry& entry) { return acts < entry.act; });
  std::size_t number =
      chronicle_.LastOf(user, static_cast<std::size_t>(not_done - entries.begin()));
  for (; number < entries.size() && entries[number].act <= question.after.acts[writer]; ++number) {
    const Entry& entry = entries[number];
    if (entry.kind == Entry::Kind::kLate && !may_be_absent_) continue;
    may_be_absent_ |=
        chronicle_.MayBeGone(user, entry, question.after.clears, question.after.swept);
    if (entry.kind == Entry::Kind::kGone) continue;
    if (chronicle_.IsCleared(user, entry, question.before.clears)) continue;
    possible_.push_back(number);
  }
}

Witness::Truth Witness::Meets(std::size_t user, std::size_t number, const Question& question,
                              LatLng center) const {
  const Entry& entry = chronicle_.EntriesOf(user)[number];
  if (entry.seen + chronicle_.ttl() <= question.now) return Truth::kNo;
  const bool admitted = Admits(question.query.filter, entry.mask);
  const bool surely_admitted =
      chronicle_.MaskMayBe0(user, number) ? admitted && Admits(question.query.filter, 0) : admitted;
  const bool maybe_admitted =
      chronicle_.MaskMayBe0(user, number) ? admitted || Admits(question.query.filter, 0) : admitted;
  if (!maybe_admitted) return Truth::kNo;
  if (!IsWithin(center, entry.position, question.query.radius_m)) return Truth::kNo;
  return surely_admitted ? Truth::kYes : Truth::kMaybe;
}

Witness::Truth Witness::Meets(std::size_t user, const Question& question, LatLng center) const {
  bool is_possible = false;
  bool is_sure = !may_be_absent_;
  for (const std::size_t number : possible_) {
    const Truth truth = Meets(user, number, question, center);
    is_possible |= truth != Truth::kNo;
    is_sure &= truth == Truth::kYes;
  }
  if (!is_possible) return Truth::kNo;
  return is_sure ? Truth::kYes : Truth::kMaybe;
}

template <typename Matches>
bool Witness::Advance(std::size_t user, Matches matches) {
  for (const std::size_t number : possible_) {
    if (number < progress_[user] || !matches(number)) continue;
    progress_[user] = number;
    return true;
  }
  return false;
}

std::string Witness::Wrong(const Question& question, const std::string& what) const {
  return Describe(question, chronicle_) + ": " + what;
}

std::string Witness::WrongAbout(std::size_t user, const Question& question,
                                const std::string& what) {
  Recall(user, question);
  std::string message = Wrong(question, what) + "\nDuring the call user " +
                        Describe(chronicle_.users()[user]) + " can have been\n";
  const std::vector<Entry>& entries = chronicle_.EntriesOf(user);
  for (const std::size_t number : possible_) {
    message += "  " + Describe(entries[number]);
    if (chronicle_.MaskMayBe0(user, number)) message += " or 0";
    if (number < progress_[user]) message += "; not since an earlier answer";
    message += "\n";
  }
  if (may_be_absent_) message += "  absent\n";
  message += "Their last entries are\n";
  for (std::size_t i = entries.size() - std::min<std::size_t>(entries.size(), 10);
       i < entries.size(); ++i) {
    message += "  act " + std::to_string(entries[i].act) + ": " + Describe(entries[i]) + "\n";
  }
  const std::size_t writer = chronicle_.WriterOf(user);
  return message + "Acts of their writer: " + std::to_string(question.before.acts[writer]) +
         " were done before, " + std::to_string(question.after.acts[writer]) +
         " had begun after; of Clear " + std::to_string(question.before.clears) + " and " +
         std::to_string(question.after.clears) + ".";
}

std::optional<std::string> Witness::Judge(const Question& question, const Answer& answer) {
  switch (question.kind) {
    case Question::Kind::kNearby:
      return JudgeNearby(question, question.center, std::nullopt, answer.neighbors);
    case Question::Kind::kNearbyUser:
      return JudgeNearbyUser(question, answer);
    case Question::Kind::kFind:
      return JudgeFind(question, answer);
    case Question::Kind::kCountWithin:
    case Question::Kind::kSize:
      return JudgeCount(question, answer.count);
  }
  return std::nullopt;
}

std::optional<std::string> Witness::JudgeNearby(const Question& question, LatLng center,
                                                std::optional<std::size_t> asking,
                                                std::span<const Neighbor> answer) {
  const NearbyQuery& query = question.query;
  ++(query.limit ? tally_.answers_of_nearest : tally_.answers_in_full);
  ++answers_;
  if (query.limit && answer.size() > *query.limit) return Wrong(question, "more than the limit");
  for (std::size_t i = 0; i < answer.size(); ++i) {
    const Neighbor& n = answer[i];
    const std::string who = "number " + std::to_string(i) + ", " + Describe(n) + ", ";
    const std::optional<std::size_t> user = chronicle_.NumberOf(n.user);
    if (!user) return Wrong(question, who + "never was a user");
    const auto wrong = [&](const char* what) { return WrongAbout(*user, question, who + what); };
    if (user == asking) return wrong("is in their own list");
    if (answered_[*user] == answers_) return wrong("is in it twice");
    answered_[*user] = answers_;
    if (i > 0 &&
        std::tie(answer[i - 1].distance_m, answer[i - 1].user) > std::tie(n.distance_m, n.user)) {
      return wrong("is out of order");
    }
    if (n.distance_m != DistanceMeters(center, n.position).value()) {
      return wrong("is not at that distance");
    }
    if (query.radius_m && n.distance_m > *query.radius_m) return wrong("is outside the radius");
    Recall(*user, question);
    const std::vector<Entry>& entries = chronicle_.EntriesOf(*user);
    const bool can_be = Advance(*user, [&](std::size_t number) {
      return entries[number].position == n.position && entries[number].seen == n.last_seen &&
             Meets(*user, number, question, center) != Truth::kNo;
    });
    if (!can_be) return wrong("was not so during the call");
    ++tally_.neighbors;
  }

  std::size_t owed = 0;
  for (std::size_t user = 0; user < chronicle_.users().size(); ++user) {
    if (user == asking) continue;
    Recall(user, question);
    if (Meets(user, question, center) != Truth::kYes) continue;
    const LatLng position = chronicle_.EntriesOf(user)[possible_.front()].position;
    if (query.limit) {
      const bool stayed = std::ranges::all_of(possible_, [&](std::size_t number) {
        return chronicle_.EntriesOf(user)[number].position == position;
      });
      if (!stayed) continue;
    }
    ++owed;
    if (answered_[user] == answers_) continue;
    const UserId id = chronicle_.users()[user];
    if (query.limit && answer.size() == *query.limit) {
      const double distance = DistanceMeters(center, position).value();
      if (std::tie(answer.back().distance_m, answer.back().user) < std::tie(distance, id)) continue;
    }
    return WrongAbout(user, question,
                      "user " + Describe(id) + " is missing, among " +
                          std::to_string(answer.size()) +
                          (answer.empty() ? "" : ", the last " + Describe(answer.back())));
  }
  tally_.neighbors_owed += std::min(owed, answer.size());
  if (query.limit && owed >= *query.limit) ++tally_.answers_of_enough;
  return std::nullopt;
}

// Where the user asked from is not told: there must be a place that explains the answer.
std::optional<std::string> Witness::JudgeNearbyUser(const Question& question,
                                                    const Answer& answer) {
  Recall(question.user, question);
  const std::vector<Entry>& entries = chronicle_.EntriesOf(question.user);
  std::vector<LatLng> centers;
  bool is_alive_throughout = !may_be_absent_;
  for (const std::size_t number : possible_) {
    if (entries[number].seen + chronicle_.ttl() > question.now) {
      centers.push_back(entries[number].position);
    } else {
      is_alive_throughout = false;
    }
  }
  if (!answer.is_found) {
    if (!is_alive_throughout) return std::nullopt;
    return WrongAbout(question.user, question, "NotFound, though they are there throughout");
  }
  if (centers.empty()) {
    return WrongAbout(question.user, question, "an answer, though they are not there");
  }
  std::string wrongs;
  for (const LatLng center : centers) {
    const WitnessTally before = tally_;
    const auto wrong = JudgeNearby(question, center, question.user, answer.neighbors);
    if (!wrong) return std::nullopt;
    tally_ = before;
    wrongs += (wrongs.empty() ? "asked from " : "\nor from ") + Describe(center) + ", " + *wrong;
  }
  return wrongs;
}

std::optional<std::string> Witness::JudgeFind(const Question& question, const Answer& answer) {
  ++tally_.finds;
  Recall(question.user, question);
  const std::vector<Entry>& entries = chronicle_.EntriesOf(question.user);
  const auto is_alive = [&](std::size_t number) {
    return entries[number].seen + chronicle_.ttl() > question.now;
  };
  if (!answer.is_found) {
    if (may_be_absent_ || !std::ranges::all_of(possible_, is_alive)) return std::nullopt;
    return WrongAbout(question.user, question, "nobody, though they are there throughout");
  }
  const Presence& found = answer.presence;
  const bool can_be = Advance(question.user, [&](std::size_t number) {
    const Entry& entry = entries[number];
    return is_alive(number) && entry.position == found.position && entry.seen == found.last_seen &&
           (entry.mask == found.attributes ||
            (found.attributes == 0 && chronicle_.MaskMayBe0(question.user, number)));
  });
  if (can_be) return std::nullopt;
  return WrongAbout(question.user, question,
                    Describe(found) + ", which was not so during the call");
}

std::optional<std::string> Witness::JudgeCount(const Question& question, std::size_t count) {
  const bool of_all = question.kind == Question::Kind::kSize;
  ++(of_all ? tally_.sizes : tally_.counts);
  std::size_t least = 0;
  std::size_t most = 0;
  for (std::size_t user = 0; user < chronicle_.users().size(); ++user) {
    Recall(user, question);
    if (of_all) {
      least += !may_be_absent_;
      most += !possible_.empty();
    } else {
      const Truth truth = Meets(user, question, question.center);
      least += truth == Truth::kYes;
      most += truth != Truth::kNo;
    }
  }
  if (least <= count && count <= most) return std::nullopt;
  return Wrong(question, std::to_string(count) + ", though they were from " +
                             std::to_string(least) + " to " + std::to_string(most));
}

std::optional<std::string> Witness::JudgeRemovals(std::size_t writer) {
  for (std::size_t user = 0; user < chronicle_.users().size(); ++user) {
    if (chronicle_.WriterOf(user) != writer) continue;
    const std::vector<Entry>& entries = chronicle_.EntriesOf(user);
    for (std::size_t number = 1; number < entries.size(); ++number) {
      if (entries[number].kind != Entry::Kind::kGone) continue;
      ++tally_.removals;
      const std::optional<bool> must = chronicle_.MustHaveBeenHeld(user, number);
      if (!must || entries[number].was_held == *must) continue;
      return "Remove of user " + Describe(chronicle_.users()[user]) + " in act " +
             std::to_string(entries[number].act) + " tells that they were " +
             (*must ? "not held" : "held") + ", but before that: " + Describe(entries[number - 1]);
    }
  }
  return std::nullopt;
}

}  // namespace moyeo::testing
