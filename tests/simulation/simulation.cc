#include "simulation/simulation.h"

#include <algorithm>
#include <bit>
#include <type_traits>
#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "simulation/describe.h"
#include "society/snapshot.h"
#include "support/print.h"

namespace moyeo::testing {
namespace {

using Difference = std::optional<std::string>;

// FNV-1a, so that a history has one number.
std::uint64_t Digest(std::uint64_t before, std::string_view text) {
  std::uint64_t digest = before ^ 0xcbf29ce484222325;
  for (const char c : text) digest = (digest ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return digest;
}

template <typename T>
std::string DescribeAll(const std::vector<T>& items) {
  std::string text;
  for (const T& item : items) text += "\n    " + Describe(item);
  return text.empty() ? " nothing" : text;
}

std::string DescribeUsers(const std::vector<UserId>& users) {
  std::string text = "[";
  for (const UserId user : users) text += " " + moyeo::Describe(user);
  return text + " ]";
}

template <typename T>
std::string DescribeAnswer(const absl::StatusOr<T>& answer) {
  if (!answer.ok()) return " " + answer.status().ToString();
  return "\n    " + Describe(*answer);
}

template <typename T>
std::string DescribeAnswer(const absl::StatusOr<std::vector<T>>& answer) {
  if (!answer.ok()) return " " + answer.status().ToString();
  return DescribeAll(*answer);
}

// `what()` says what was asked: in words, which cost more than most answers.
template <typename What, typename T>
Difference Compare(What what, const absl::StatusOr<T>& got, const absl::StatusOr<T>& expected) {
  const bool agree = got.ok() ? expected.ok() && *got == *expected
                              : got.status().code() == expected.status().code();
  if (agree) return std::nullopt;
  return what() + " gives" + DescribeAnswer(got) + "\n  expected" + DescribeAnswer(expected);
}

}  // namespace

Simulation::Counts& Simulation::Counts::operator+=(const Counts& other) {
  commands += other.commands;
  accepted += other.accepted;
  repeated += other.repeated;
  questions += other.questions;
  walks += other.walks;
  for (const auto& [kind, count] : other.accepted_of) accepted_of[kind] += count;
  for (const auto& [reject, count] : other.rejects) rejects[reject] += count;
  for (const auto& [kind, count] : other.events) events[kind] += count;
  return *this;
}

Simulation::Simulation(std::uint64_t seed, const SimulationOptions& options)
    : random_(seed), options_(options), population_(random_.Bits(), options.population) {}

// ---- Commands

std::optional<std::string> Simulation::Step() {
  const Command command = population_.Next(books(), due_);
  return Do(command);
}

std::optional<std::string> Simulation::Do(const Command& command) {
  ++counts_.commands;
  const bool looks_at_hash = counts_.commands % options_.commands_per_hash == 0;
  const std::uint64_t hash = looks_at_hash ? society_.Hash() : 0;
  const std::uint64_t sequence = society_.sequence();
  const Reject valid = society_.Validate(command);
  events_.clear();
  const Outcome outcome = society_.Apply(command, events_);
  const Auditor::Verdict verdict = auditor_.Judge(command);
  population_.Hear(command, outcome);
  last_ = outcome;

  const auto differs = [&](const std::string& what) {
    return "command " + std::to_string(counts_.commands) + ": " + Describe(command) + "\n  " + what;
  };
  if (outcome != verdict.outcome) {
    return differs("is " + Describe(outcome) + ", expected " + Describe(verdict.outcome));
  }
  if (valid != outcome.reject) {
    return differs("is " + Describe(outcome) + ", but Validate says " + std::string(NameOf(valid)));
  }
  const bool is_erasing = std::holds_alternative<Erase>(command.body);
  if (auto difference = CompareEvents(events_, verdict, sequence, is_erasing))
    return differs(*difference);
  const bool is_done = outcome.accepted() && !verdict.repeated;
  if (!is_done && looks_at_hash && society_.Hash() != hash) {
    return differs("is " + Describe(outcome) + " and changes the hash" +
                   (verdict.repeated ? " when repeated" : ""));
  }
  if (auto difference = CompareState()) return differs(*difference);
  if (is_done) {
    replica_events_.clear();
    if (replica_.Apply(command, replica_events_) != outcome || replica_events_ != events_) {
      return differs("is something else where only accepted commands were given");
    }
    ++counts_.accepted_of[KindOf(command.body)];
    if (++since_restart_ == options_.commands_per_restart) {
      since_restart_ = 0;
      if (auto difference = Restart()) return differs(*difference);
    }
  }
  for (const Event& event : events_) {
    texts_.Take(event);
    history_ = Digest(history_, Describe(event));
    ++counts_.events[KindOf(event.body)];
  }
  ++counts_.rejects[outcome.reject];
  if (outcome.accepted()) ++counts_.accepted;
  if (verdict.repeated) ++counts_.repeated;

  // Since whatever was refused, or repeated, in between has changed nothing for good.
  if (looks_at_hash && replica_.Hash() != society_.Hash()) {
    return differs("done, the hash is another where only accepted commands were given");
  }
  if (counts_.commands % options_.commands_per_question == 0) {
    if (auto difference = AskSomething()) return differs("done, " + *difference);
  }
  if (options_.walks) {
    if (auto difference = GoOn()) return differs("done, " + *difference);
  }
  if (counts_.commands % options_.commands_per_check == 0) {
    if (auto difference = CompareAll()) return differs("done, " + *difference);
  }
  return std::nullopt;
}

std::optional<std::string> Simulation::CompareState() {
  if (society_.time() != books().now) {
    return "it is " + moyeo::Describe(society_.time()) + ", expected " +
           moyeo::Describe(books().now);
  }
  due_ = auditor_.NextDue();
  if (society_.NextDue() != due_) {
    const auto describe = [](std::optional<Timestamp> due) {
      return due ? moyeo::Describe(*due) : "never";
    };
    return "next due " + describe(society_.NextDue()) + ", expected " + describe(due_);
  }
  if (society_.settings() != books().settings) return "settings differ";
  return std::nullopt;
}

// ---- Questions

template <typename Visit>
auto Simulation::VisitList(const Question& q, Visit visit) const {
  using Request = const PageRequest&;
  switch (q.list) {
    case List::kPeopleFound:
      return visit([&](Request page) { return society_.SearchPeople(q.user, q.text, page); },
                   [&] { return auditor_.SearchPeople(q.user, q.text); });
    case List::kFriends:
      return visit([&](Request page) { return society_.Friends(q.user, page); },
                   [&] { return auditor_.Friends(q.user); });
    case List::kRequestsSent:
      return visit([&](Request page) { return society_.RequestsSent(q.user, page); },
                   [&] { return auditor_.RequestsSent(q.user); });
    case List::kRequestsReceived:
      return visit([&](Request page) { return society_.RequestsReceived(q.user, page); },
                   [&] { return auditor_.RequestsReceived(q.user); });
    case List::kBlocked:
      return visit([&](Request page) { return society_.Blocked(q.user, page); },
                   [&] { return auditor_.Blocked(q.user); });
    case List::kOpen:
      return visit([&](Request page) { return society_.OpenMeetups(q.viewer, page); },
                   [&] { return auditor_.OpenMeetups(q.viewer); });
    case List::kWithTag:
      return visit([&](Request page) { return society_.MeetupsWithTag(q.viewer, q.text, page); },
                   [&] { return auditor_.MeetupsWithTag(q.viewer, q.text); });
    case List::kStartingWithin:
      return visit(
          [&](Request page) {
            return society_.MeetupsStartingWithin(q.viewer, q.from, q.to, page);
          },
          [&] { return auditor_.MeetupsStartingWithin(q.viewer, q.from, q.to); });
    case List::kFound:
      return visit([&](Request page) { return society_.SearchMeetups(q.viewer, q.text, page); },
                   [&] { return auditor_.SearchMeetups(q.viewer, q.text); });
    case List::kOnMap:
      return visit([&](Request page) { return society_.MeetupsOnMap(q.viewer, q.area, page); },
                   [&] { return auditor_.MeetupsOnMap(q.viewer, q.area); });
    case List::kMine:
      return visit([&](Request page) { return society_.MyMeetups(q.user, page); },
                   [&] { return auditor_.MyMeetups(q.user); });
    case List::kHosted:
      return visit([&](Request page) { return society_.HostedMeetups(q.user, page); },
                   [&] { return auditor_.HostedMeetups(q.user); });
    case List::kInvitations:
      return visit([&](Request page) { return society_.MyInvitations(q.user, page); },
                   [&] { return auditor_.MyInvitations(q.user); });
    case List::kWanted:
      return visit([&](Request page) { return society_.Find(q.viewer, q.query, page); },
                   [&] { return auditor_.Find(q.viewer, q.query); });
    case List::kMessages:
      break;
  }
  return visit([&](Request page) { return society_.Messages(q.user, q.meetup, texts_, page); },
               [&] { return auditor_.Messages(q.user, q.meetup); });
}

std::string Simulation::DescribeQuestion(const Question& question) {
  constexpr std::string_view kNames[kLists] = {
      "people found", "friends",  "requests sent", "requests received",
      "blocked",      "open",     "with tag",      "starting",
      "found",        "on map",   "mine",          "hosted by me",
      "invitations",  "messages", "wanted"};
  std::string text(kNames[static_cast<std::size_t>(question.list)]);
  text += " of " + moyeo::Describe(question.user) + ", viewer ";
  text += question.viewer ? moyeo::Describe(*question.viewer) : "none";
  text += ", meetup " + std::to_string(ToNumber(question.meetup)) + ", text " +
          Quoted(question.text) + ", from " + moyeo::Describe(question.from) + " to " +
          moyeo::Describe(question.to);
  if (const auto* circle = std::get_if<MapCircle>(&question.area)) {
    text += ", " + std::to_string(circle->radius_m) + " m from " + moyeo::Describe(circle->center);
  } else {
    const MapBox& box = std::get<MapBox>(question.area);
    text += ", from " + moyeo::Describe(LatLng{box.south, box.west}) + " to " +
            moyeo::Describe(LatLng{box.north, box.east});
  }
  const FindQuery& query = question.query;
  text += ", order " + std::to_string(static_cast<int>(query.order));
  if (query.within) {
    text += ", within " + std::to_string(query.within->radius_m) + " m of " +
            moyeo::Describe(query.within->center);
  }
  text += ", starting from " + moyeo::Describe(query.from) + " before " +
          moyeo::Describe(query.to) + ", seats " + std::to_string(query.free_seats) + ", text " +
          Quoted(query.text) + ", any of";
  for (const std::string& tag : query.any_of) text += " " + Quoted(tag);
  text += ", all of";
  for (const std::string& tag : query.all_of) text += " " + Quoted(tag);
  return text;
}

Simulation::Question Simulation::SomeQuestion(List list) {
  Question question{.list = list};
  question.viewer = population_.SomeViewer();
  question.user = population_.SomeUser();
  question.meetup = population_.SomeMeetup(books());
  const auto found = books().meetups.find(question.meetup);
  if (list == List::kMessages && found != books().meetups.end() && !found->second.members.empty() &&
      !random_.OneIn(5)) {
    question.user = random_.Pick(found->second.members).user;
  }
  question.text = list == List::kWithTag ? population_.SomeWantedTag(books())
                                         : population_.SomeWantedText(books());
  question.from = population_.SomeTimeNear(books().now);
  question.to = population_.SomeTimeNear(books().now);
  question.area = population_.SomeArea(books());
  question.query = population_.SomeQuery(books());
  return question;
}

// From page to page to the end.
std::optional<std::string> Simulation::CompareList(const Question& question) {
  ++counts_.questions;
  constexpr std::size_t kMostPages = 2 * Limits::kMessagesInRoom;
  constexpr std::size_t kSizes[] = {1, 2, 3, 10, PageRequest::kMaxLimit};
  PageRequest request{.limit = random_.Pick(std::span(kSizes))};
  return VisitList(question, [&](auto ask, auto expect) -> Difference {
    const auto expected = expect();
    std::remove_const_t<decltype(expected)> got;
    auto& items = got.emplace();
    std::size_t pages = 0;
    do {
      const auto page = ask(request);
      if (!page.ok()) {
        // Whose fault is greater, the viewer's or the argument's, nobody says.
        if (!expected.ok() && !books().Knows(question.viewer.value_or(question.user))) {
          return std::nullopt;
        }
        got = page.status();
        break;
      }
      if (page->items.size() > request.limit) return "a page is larger than asked for";
      if (++pages == kMostPages) return "a list has no end";
      items.insert(items.end(), page->items.begin(), page->items.end());
      request.cursor = page->next;
    } while (!request.cursor.empty());
    return Compare([&] { return DescribeQuestion(question); }, got, expected);
  });
}

std::optional<std::string> Simulation::CheckWrongPages(const Question& question) {
  PageRequest request{.limit = random_.OneIn(2) ? 0 : PageRequest::kMaxLimit + 1};
  const bool has_wrong_cursor = random_.OneIn(2);
  if (has_wrong_cursor) {
    request.limit = PageRequest::kMaxLimit;
    for (std::size_t i = 1 + random_.Below(40); i > 0; --i) {
      request.cursor += static_cast<char>(random_.Below(256));
    }
    // As good as one of another list.
    if (walk_ && !walk_->cursor.empty() && random_.OneIn(2)) request.cursor = walk_->cursor;
  }
  return VisitList(question, [&](auto ask, auto expect) -> Difference {
    const auto page = ask(request);
    if (page.ok() && !has_wrong_cursor) return "a page of a wrong size is given";
    if (!page.ok()) {
      if (absl::IsInvalidArgument(page.status()) || !expect().ok()) return std::nullopt;
      return "a wrong page is refused for " + page.status().ToString();
    }
    const auto expected = expect();
    if (!expected.ok()) return "a wrong question is answered, with a wrong cursor";
    for (const auto& item : page->items) {
      if (std::find(expected->begin(), expected->end(), item) == expected->end()) {
        return "a wrong cursor leads to " + Describe(item);
      }
    }
    return std::nullopt;
  });
}

std::optional<std::string> Simulation::CompareViews(UserId viewer, UserId user, MeetupId meetup) {
  counts_.questions += 8;
  const auto profile = [&] {
    return "profile of " + moyeo::Describe(user) + " for " + moyeo::Describe(viewer);
  };
  if (auto difference =
          Compare(profile, society_.ViewProfile(viewer, user), auditor_.Profile(viewer, user))) {
    return difference;
  }
  for (const std::optional<UserId>& looker : {std::optional(viewer), std::optional<UserId>()}) {
    const auto at = [&](const std::string& what) {
      return [&meetup, &looker, what] {
        return what + " " + std::to_string(ToNumber(meetup)) + " for " +
               (looker ? moyeo::Describe(*looker) : "the host application");
      };
    };
    if (auto difference = Compare(at("meetup"), society_.ViewMeetup(looker, meetup),
                                  auditor_.Meetup(looker, meetup))) {
      return difference;
    }
    if (auto difference = Compare(at("members"), society_.Members(looker, meetup),
                                  auditor_.Members(looker, meetup))) {
      return difference;
    }
  }
  const auto room = [&] {
    return "room " + std::to_string(ToNumber(meetup)) + " for " + moyeo::Describe(viewer);
  };
  if (auto difference =
          Compare(room, society_.ViewRoom(viewer, meetup), auditor_.Room(viewer, meetup))) {
    return difference;
  }
  const std::vector<UserId> exactly = books().SeesExactly(viewer);
  if (const std::vector<UserId> got = society_.SeesExactly(viewer); got != exactly) {
    return moyeo::Describe(viewer) + " sees exactly " + DescribeUsers(got) + ", expected " +
           DescribeUsers(exactly);
  }
  const std::vector<UserId> never = books().NeverSees(viewer);
  if (const std::vector<UserId> got = society_.NeverSees(viewer); got != never) {
    return moyeo::Describe(viewer) + " never sees " + DescribeUsers(got) + ", expected " +
           DescribeUsers(never);
  }
  return std::nullopt;
}

std::optional<std::string> Simulation::CompareRecommendations(UserId user) {
  counts_.questions += 2;
  const RecommendQuery query = population_.SomeRecommendQuery(books());
  const auto what = [&] {
    return "recommendations to " + moyeo::Describe(user) + ", " + std::to_string(query.limit) +
           " within " + std::to_string(query.radius_m) + " m of " + moyeo::Describe(query.place);
  };
  if (auto difference =
          Compare(what, society_.Recommend(user, query), auditor_.Recommend(user, query))) {
    return difference;
  }
  return Compare([&] { return "tickets of " + moyeo::Describe(user); }, society_.Tickets(user),
                 auditor_.Tickets(user));
}

std::optional<std::string> Simulation::CompareExports(UserId user) {
  ++counts_.questions;
  return Compare([&] { return "export of " + moyeo::Describe(user); },
                 society_.Export(user, texts_), auditor_.Export(user));
}

// Listed and unlisted add up to what lists show.
std::optional<std::string> Simulation::CompareMarkers(UserId viewer) const {
  const auto open = auditor_.OpenMeetups(viewer);
  if (!open.ok()) return std::nullopt;
  std::vector<MeetupId> expected;
  for (const MeetupSummary& meetup : *open) expected.push_back(meetup.meetup);
  std::sort(expected.begin(), expected.end());
  if (markers_.Of(viewer) == expected) return std::nullopt;
  return moyeo::Describe(viewer) + " was told of other meetups than lists show";
}

std::optional<std::string> Simulation::AskSomething() {
  if (auto difference = CompareMarkers(population_.SomeUser())) return difference;
  if (random_.OneIn(3)) {
    return CompareViews(population_.SomeUser(), population_.SomeUser(),
                        population_.SomeMeetup(books()));
  }
  const UserId user = population_.SomeUser();
  if (random_.OneIn(20)) {
    return CompareExports(user);
  }
  if (random_.OneIn(5)) return CompareRecommendations(user);
  const Question question = SomeQuestion(static_cast<List>(random_.Below(kLists)));
  return random_.OneIn(20) ? CheckWrongPages(question) : CompareList(question);
}

std::optional<std::string> Simulation::Restart() {
  std::string bytes;
  const absl::Status written = society::WriteSnapshot(society_, [&](std::string_view piece) {
    bytes.append(piece);
    return absl::OkStatus();
  });
  if (!written.ok()) return "no snapshot: " + written.ToString();
  absl::StatusOr<society::Society> read = society::ReadSnapshot([&](std::string& piece) {
    piece = std::exchange(bytes, {});
    return absl::OkStatus();
  });
  if (!read.ok()) return "a snapshot is not read: " + read.status().ToString();
  replica_ = *std::move(read);
  if (replica_.NextDue() != society_.NextDue()) return "after a snapshot something else is due";
  return std::nullopt;
}

std::optional<std::string> Simulation::CompareAll() {
  if (replica_.Hash() != society_.Hash()) {
    return "the hash is another where only accepted commands were given";
  }
  std::vector<UserId> users;
  for (const auto& [user, person] : books().people) users.push_back(user);
  std::vector<MeetupId> meetups = {MeetupId{0}, MeetupId{books().meetups_made + 1}};
  for (const auto& [meetup, entry] : books().meetups) meetups.push_back(meetup);
  for (const UserId viewer : users) {
    if (auto difference = CompareMarkers(viewer)) return difference;
    if (auto difference = CompareRecommendations(viewer)) return difference;
    for (const UserId user : users) {
      if (auto difference = CompareViews(viewer, user, random_.Pick(meetups))) return difference;
    }
    for (const MeetupId meetup : meetups) {
      if (auto difference = CompareViews(viewer, random_.Pick(users), meetup)) return difference;
      Question question{.list = List::kMessages};
      question.user = viewer;
      question.meetup = meetup;
      if (auto difference = CompareList(question)) return difference;
    }
    if (auto difference = CompareExports(viewer)) return difference;
    for (std::size_t list = 0; list < kLists; ++list) {
      Question question = SomeQuestion(static_cast<List>(list));
      question.user = viewer;
      question.viewer = viewer;
      if (auto difference = CompareList(question)) return difference;
    }
  }
  return std::nullopt;
}

// ---- Walks

namespace {

template <typename Item>
std::uint64_t NumberOf(const Item& item) {
  if constexpr (std::is_same_v<Item, UserSummary>) {
    return ToNumber(item.user);
  } else if constexpr (std::is_same_v<Item, MeetupSummary>) {
    return ToNumber(item.meetup);
  } else if constexpr (std::is_same_v<Item, FoundMeetup>) {
    return NumberOf(item.meetup);
  } else {
    return item.number;
  }
}

// Users, messages, and meetups that were searched for are ordered by number, which stays.
template <typename Item>
std::string PlaceOf(const Item& item, bool is_by_start) {
  if constexpr (std::is_same_v<Item, MeetupSummary>) {
    if (item.distance_m) return std::to_string(std::bit_cast<std::uint64_t>(*item.distance_m));
    if (is_by_start) return moyeo::Describe(item.start);
  }
  // As far as the order may ask for it.
  if constexpr (std::is_same_v<Item, FoundMeetup>) {
    return PlaceOf(item.meetup, true) + " " + moyeo::Describe(item.meetup.start) + " " +
           (item.score ? std::to_string(item.score->total) : "");
  }
  return "";
}

}  // namespace

std::optional<Simulation::Entries> Simulation::ExpectedEntries(const Question& question) const {
  return VisitList(question, [&](auto, auto expect) -> std::optional<Entries> {
    const auto expected = expect();
    if (!expected.ok()) return std::nullopt;
    Entries entries;
    for (const auto& item : *expected) {
      entries[NumberOf(item)] = PlaceOf(item, question.list != List::kFound);
    }
    return entries;
  });
}

void Simulation::BeginWalk() {
  Walk walk{.question = SomeQuestion(static_cast<List>(random_.Below(kLists)))};
  walk.limit = 1 + random_.Below(4);
  const std::optional<Entries> entries = ExpectedEntries(walk.question);
  if (!entries) return;
  walk.unchanged = *entries;
  walk_ = std::move(walk);
  ++counts_.walks;
}

std::optional<std::string> Simulation::GoOn() {
  if (!walk_) {
    if (random_.OneIn(options_.commands_per_walk)) BeginWalk();
    return std::nullopt;
  }
  const std::optional<Entries> now = ExpectedEntries(walk_->question);
  if (!now) {
    walk_.reset();  // the viewer was erased, or has left the room
    return std::nullopt;
  }
  std::erase_if(walk_->unchanged, [&now](const auto& entry) {
    const auto found = now->find(entry.first);
    return found == now->end() || found->second != entry.second;
  });
  if (!random_.OneIn(3)) return std::nullopt;

  constexpr std::size_t kMostPages = 10'000;
  if (++walk_->pages == kMostPages) return "a walk has no end";
  const PageRequest request{.limit = walk_->limit, .cursor = walk_->cursor};
  const bool is_by_start = walk_->question.list != List::kFound;
  auto difference = VisitList(walk_->question, [&](auto ask, auto) -> Difference {
    const auto page = ask(request);
    if (!page.ok()) return "a walk ends with " + page.status().ToString();
    for (const auto& item : page->items) {
      const std::uint64_t number = NumberOf(item);
      const auto found = now->find(number);
      if (found == now->end() || found->second != PlaceOf(item, is_by_start)) {
        return "a walk meets what is not there: " + Describe(item);
      }
      if (!walk_->seen.emplace(number, found->second).second && walk_->unchanged.contains(number)) {
        return "a walk repeats what has not changed: " + Describe(item);
      }
    }
    walk_->cursor = page->next;
    return std::nullopt;
  });
  if (difference) return DescribeQuestion(walk_->question) + ": " + *difference;
  if (!walk_->cursor.empty()) return std::nullopt;
  for (const auto& [number, place] : walk_->unchanged) {
    if (!walk_->seen.contains(number)) {
      return DescribeQuestion(walk_->question) + ": a walk has missed " + std::to_string(number) +
             ", which has not changed";
    }
  }
  walk_.reset();
  return std::nullopt;
}

}  // namespace moyeo::testing
