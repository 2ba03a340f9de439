// What is told of a command beside what the auditor expects: events, their order and who hears
// them.

#include <algorithm>
#include <map>
#include <set>
#include <type_traits>
#include <utility>
#include <variant>

#include "simulation/describe.h"
#include "simulation/simulation.h"
#include "support/print.h"

namespace moyeo::testing {
namespace {

// The meetup of which an event of the kind `Body` speaks, and which may list or unlist it.
template <typename Body>
constexpr bool kMayChangeListing =
    std::is_same_v<Body, MeetupCreated> || std::is_same_v<Body, MeetupEdited> ||
    std::is_same_v<Body, MeetupCancelled> || std::is_same_v<Body, MeetupTransferred> ||
    std::is_same_v<Body, MemberJoined> || std::is_same_v<Body, MemberLeft> ||
    std::is_same_v<Body, MemberKicked> || std::is_same_v<Body, MeetupConfirmed> ||
    std::is_same_v<Body, MeetupStarted>;

// What changes of the sets of viewers add up to.
class SetChanges {
 public:
  // False if the event is of something else.
  bool Add(const EventBody& event) {
    if (const auto* change = std::get_if<SeesExactlyChanged>(&event)) {
      Add(exactly_, *change);
    } else if (const auto* never = std::get_if<NeverSeesChanged>(&event)) {
      Add(never_, *never);
    } else {
      return false;
    }
    return true;
  }

  friend bool operator==(const SetChanges&, const SetChanges&) = default;

 private:
  // How often who was added to whose set, less how often they were removed.
  using Sum = std::map<std::pair<UserId, UserId>, int>;

  template <typename Change>
  static void Add(Sum& sum, const Change& change) {
    for (const UserId user : change.added) Add(sum, {change.viewer, user}, 1);
    for (const UserId user : change.removed) Add(sum, {change.viewer, user}, -1);
  }

  static void Add(Sum& sum, std::pair<UserId, UserId> pair, int change) {
    if ((sum[pair] += change) == 0) sum.erase(pair);
  }

  Sum exactly_;
  Sum never_;
};

template <typename Body>
constexpr bool kIsOfMember =
    std::is_same_v<Body, MemberJoined> || std::is_same_v<Body, MemberLeft> ||
    std::is_same_v<Body, MemberKicked> || std::is_same_v<Body, MemberConfirmed> ||
    std::is_same_v<Body, ConfirmationWithdrawn>;

template <typename Body>
constexpr bool kChangesListing =
    std::is_same_v<Body, MeetupListed> || std::is_same_v<Body, MeetupUnlisted>;

bool IsListing(const EventBody& event) {
  return std::holds_alternative<MeetupListed>(event) ||
         std::holds_alternative<MeetupUnlisted>(event);
}

// But for who is left out.
bool HaveSameHearers(Audience a, Audience b) {
  std::sort(a.users.begin(), a.users.end());
  std::sort(b.users.begin(), b.users.end());
  return a.users == b.users && a.room == b.room && a.everybody == b.everybody &&
         a.moderators == b.moderators;
}

bool IsOfSets(const EventBody& event) {
  return std::holds_alternative<SeesExactlyChanged>(event) ||
         std::holds_alternative<NeverSeesChanged>(event);
}

}  // namespace

std::optional<std::string> Simulation::CompareEvents(std::span<const Event> events,
                                                     const Auditor::Verdict& verdict,
                                                     std::uint64_t sequence, bool is_erasing) {
  // Where hosts, members and blocks were all the while what they are now.
  const bool is_plain = verdict.steps.size() == 1 && !is_erasing;
  for (const Event& event : events) {
    if (event.sequence != ++sequence) return "event out of sequence: " + Describe(event);
    if (auto difference = CheckAudience(event)) return difference;
    if (auto wrong = markers_.Hear(event)) return *wrong + ": " + Describe(event);
    if (!is_plain) continue;
    if (auto difference = CheckExceptions(event)) return difference;
  }
  for (const Auditor::Step& step : verdict.steps) {
    if (auto difference = CompareStep(events, step)) return difference;
  }
  if (!events.empty()) return "an event too many: " + Describe(events.front());
  return std::nullopt;
}

// Takes from `events` those of the step. Their order is free as far as CheckOrder leaves it so, and
// a viewer's set may change more than once.
std::optional<std::string> Simulation::CompareStep(std::span<const Event>& events,
                                                   const Auditor::Step& step) {
  std::vector<Auditor::Told> missing;
  SetChanges expected_changes;
  for (const Auditor::Told& told : step.events) {
    if (!expected_changes.Add(told.event)) missing.push_back(told);
  }
  SetChanges changes;
  std::size_t count = 0;
  const auto differs = [&](const std::string& what) {
    std::string text = what + "\n  events";
    for (const Event& event : events.first(std::min(events.size(), count + 1))) {
      text += "\n    " + Describe(event);
    }
    text += "\n  expected, at " + moyeo::Describe(step.time);
    for (const Auditor::Told& told : step.events) {
      text += "\n    " + Describe(told.event) + "; " + Describe(told.audience);
    }
    return text;
  };
  for (; !missing.empty() || changes != expected_changes; ++count) {
    if (count == events.size()) return differs("there are events missing");
    const Event& event = events[count];
    if (event.time != step.time) return differs("an event has another time");
    if (changes.Add(event.body)) {
      if (event.audience != Audience()) return differs("sets are told: " + Describe(event));
      continue;
    }
    const auto found =
        std::find_if(missing.begin(), missing.end(), [&event](const Auditor::Told& told) {
          return told.event == event.body && HaveSameHearers(told.audience, event.audience);
        });
    if (found == missing.end()) return differs("unexpected: " + Describe(event));
    missing.erase(found);
  }
  if (auto difference = CheckOrder(events.first(count))) return differs(*difference);
  events = events.subspan(count);
  return std::nullopt;
}

// What is caused comes after its cause.
std::optional<std::string> Simulation::CheckOrder(std::span<const Event> events) const {
  std::set<MeetupId> changed;
  bool is_block = false;
  bool is_confirmed = false;
  bool is_erased = false;
  for (const Event& event : events) {
    if (is_erased && !IsOfSets(event.body)) return "somebody was erased before everything else";
    is_erased |= std::holds_alternative<UserErased>(event.body);
    if (std::holds_alternative<MeetupConfirmed>(event.body) && !is_confirmed) {
      return "a meetup is confirmed before its host has confirmed";
    }
    is_confirmed |= std::holds_alternative<MemberConfirmed>(event.body);
    is_block |= std::holds_alternative<UserBlocked>(event.body) ||
                std::holds_alternative<UserUnblocked>(event.body);
    const bool is_late = std::visit(
        [&changed, is_block](const auto& body) {
          using Body = std::decay_t<decltype(body)>;
          if constexpr (kMayChangeListing<Body>) changed.insert(body.meetup);
          if constexpr (kChangesListing<Body>) return !is_block && !changed.contains(body.meetup);
          return false;
        },
        event.body);
    if (is_late) return "a meetup is listed or unlisted before it is told why";
  }
  return std::nullopt;
}

std::optional<std::string> Simulation::CheckAudience(const Event& event) const {
  const Audience& audience = event.audience;
  const std::set<UserId> users(audience.users.begin(), audience.users.end());
  if (users.size() != audience.users.size()) return "somebody twice: " + Describe(event);
  const std::set<UserId> except(audience.except.begin(), audience.except.end());
  if (!std::equal(except.begin(), except.end(), audience.except.begin(), audience.except.end())) {
    return "exceptions out of order: " + Describe(event);
  }
  return std::nullopt;
}

// Whom the event is about, if it is told to a whole room or to everybody.
std::vector<UserId> Simulation::SubjectsOf(const EventBody& event) const {
  return std::visit(
      [this](const auto& body) -> std::vector<UserId> {
        using Body = std::decay_t<decltype(body)>;
        if constexpr (kIsOfMember<Body>) return {body.user};
        if constexpr (std::is_same_v<Body, MessagePosted>) return {body.author};
        if constexpr (std::is_same_v<Body, MeetupTransferred>) return {body.from, body.to};
        if constexpr (std::is_same_v<Body, MessageDeleted>) {
          const auto found = books().meetups.find(body.meetup);
          if (found != books().meetups.end()) {
            return {found->second.messages[body.number - 1].author};
          }
        }
        if constexpr (kChangesListing<Body> || std::is_same_v<Body, MeetupEdited>) {
          const auto found = books().meetups.find(body.meetup);
          if (found != books().meetups.end() && found->second.host) return {*found->second.host};
        }
        return {};
      },
      event);
}

// Whoever is blocked with one of the subjects hears nothing of it, and all others do.
std::optional<std::string> Simulation::CheckExceptions(const Event& event) const {
  const std::vector<UserId> subjects = SubjectsOf(event.body);
  const bool is_edit = std::holds_alternative<MeetupEdited>(event.body);
  // The few who see a host again, or no more, are named one by one; members hear of every edit.
  const bool is_of_few = !event.audience.everybody && (IsListing(event.body) || is_edit);
  if (subjects.empty() || is_of_few) {
    if (event.audience.except.empty()) return std::nullopt;
    return "somebody is left out for nothing: " + Describe(event);
  }
  std::set<UserId> all;
  for (const UserId subject : subjects) {
    for (const UserId user : books().NeverSees(subject)) all.insert(user);
  }
  std::vector<UserId> blocked(all.begin(), all.end());
  if (is_edit || !event.audience.everybody) {
    if (!event.audience.room) return "a room is not told: " + Describe(event);
    const auto meetup = books().meetups.find(*event.audience.room);
    if (meetup == books().meetups.end()) return std::nullopt;  // it was forgotten right after
    std::erase_if(blocked, [&](UserId user) {
      const bool is_member = meetup->second.Find(user) != nullptr;
      return is_edit ? is_member : !is_member;
    });
  }
  if (event.audience.except != blocked) return "another should be left out: " + Describe(event);
  for (const UserId user : event.audience.users) {
    if (all.contains(user)) return "somebody blocked is told: " + Describe(event);
  }
  return std::nullopt;
}

}  // namespace moyeo::testing
