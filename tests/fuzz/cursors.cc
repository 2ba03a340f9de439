// Any bytes as the cursor of any list, mostly such as are near something in it. Either it is
// refused, or what follows, page by page, is all of the list whose place is after the cursor.

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "fuzz/choices.h"
#include "fuzz/require.h"
#include "society/message_store.h"
#include "society/page_cursor.h"
#include "society/society.h"

namespace moyeo::testing {
namespace {

using society::ListKind;
using society::PageCursor;
using society::Society;

constexpr Timestamp kNow{std::chrono::milliseconds{1'700'000'000'000}};
constexpr std::chrono::hours kHour{1};
constexpr std::uint64_t kUsers = 8;
constexpr std::uint64_t kMeetups = 24;
constexpr int kMessages = 20;

// A town with something in each list, and somebody who is left out of it.
struct Town {
  Town() {
    for (std::uint64_t id = 1; id <= kUsers; ++id) {
      Do(UserId{id}, Register{.nickname = "user" + std::to_string(id)});
    }
    for (std::uint64_t id = 2; id <= kUsers; ++id) {
      Do(UserId{id}, RequestFriend{UserId{1}});
      if (id <= 4) Do(UserId{1}, RequestFriend{UserId{id}});
    }
    Do(UserId{8}, RequestFriend{UserId{2}});
    Do(UserId{7}, RequestFriend{UserId{2}});
    Do(UserId{3}, Block{UserId{6}});
    Do(UserId{3}, Block{UserId{7}});
    for (std::uint64_t id = 1; id <= kMeetups; ++id) {
      const auto degrees = static_cast<double>(id);
      Do(UserId{1 + id % kUsers}, CreateMeetup{.title = "Chess " + std::to_string(id),
                                               .location = LatLng{std::floor(degrees / 2), 127},
                                               .start = kNow + kHour * (1 + id / 3),
                                               .end = kNow + kHour * 100,
                                               .capacity = 10,
                                               .tags = {"chess", id % 2 == 0 ? "even" : "odd"}});
      if (id % kUsers > 1) Do(UserId{1 + id % kUsers}, Invite{MeetupId{id}, UserId{1}});
      if (id % kUsers > 2) Do(UserId{2}, JoinMeetup{MeetupId{id}});
    }
    for (int i = 0; i < kMessages; ++i) {
      Do(i % 3 == 0 ? UserId{2} : UserId{8}, PostMessage{MeetupId{7}, std::to_string(i)});
    }
  }

  void Do(UserId actor, CommandBody body) {
    std::vector<Event> events;
    const Outcome outcome =
        society.Apply({.time = kNow, .actor = actor, .body = std::move(body)}, events);
    Require(outcome.accepted(), "the town can be built", SentenceOf(outcome.reject));
    for (const Event& event : events) texts.Take(event);
  }

  Society society;
  society::MemoryMessageStore texts;
};

bool IsForeseen(const absl::Status& status) {
  return absl::IsInvalidArgument(status) || absl::IsNotFound(status) ||
         absl::IsPermissionDenied(status);
}

// All that comes from the request on; nullopt if it is refused.
template <typename List>
auto Walk(const List& list, PageRequest request) {
  decltype(list(request)->items) walked;
  std::optional<decltype(walked)> all;
  // Each page has something or is the last, in so small a town.
  for (std::uint64_t pages = 0; pages <= kMeetups + kMessages; ++pages) {
    const auto page = list(request);
    if (!page.ok()) {
      Require(IsForeseen(page.status()), "errors are those that are documented",
              page.status().ToString());
      Require(pages == 0, "a page leads to a cursor that is accepted", request.cursor);
      return all;
    }
    Require(page->items.size() <= request.limit, "a page has at most so many");
    walked.insert(walked.end(), page->items.begin(), page->items.end());
    request.cursor = page->next;
    if (request.cursor.empty()) {
      all = std::move(walked);
      return all;
    }
  }
  Require(false, "a list ends");
  return all;
}

// ---- Where in the order of a list something is: page_cursor.h

PageCursor PlaceOf(ListKind, const UserSummary& user) { return {.major = ToNumber(user.user)}; }

PageCursor PlaceOf(ListKind, const MessageView& message) { return {.major = message.number}; }

PageCursor PlaceOf(ListKind kind, const MeetupSummary& meetup) {
  const std::uint64_t id = ToNumber(meetup.meetup);
  if (kind == ListKind::kTexts) return {.major = ~id};
  if (kind == ListKind::kMap) {
    return {.major = std::bit_cast<std::uint64_t>(*meetup.distance_m), .minor = id};
  }
  const auto ms = static_cast<std::uint64_t>(meetup.start.time_since_epoch().count());
  return {.major = ms ^ std::uint64_t{1} << 63, .minor = id};
}

bool IsAfter(ListKind kind, const PageCursor& place, const PageCursor& cursor) {
  if (kind == ListKind::kMessages) return place.major < cursor.major;  // the newest first
  if (place.major != cursor.major) return place.major > cursor.major;
  if (kind == ListKind::kMeetups) return place.minor < cursor.minor;
  return kind == ListKind::kMap && place.minor > cursor.minor;
}

// Mostly at something in the list, or just beside it.
template <typename Item>
std::string SomeCursor(ListKind kind, const std::vector<Item>& all, Choices& choices) {
  const std::size_t way = choices.Below(8);
  if (way == 0) return "";
  if (way == 1) return choices.Text();
  PageCursor cursor;
  if (way == 2 || all.empty()) {
    kind = static_cast<ListKind>(choices.Below(7));
    cursor.major = choices.Bits();
    cursor.minor = choices.Bits();
  } else {
    cursor = PlaceOf(kind, choices.Pick(all));
    cursor.major += choices.Below(5);
    cursor.major -= 2;
    cursor.minor += choices.Below(5);
    cursor.minor -= 2;
  }
  return society::Encode(kind, cursor);
}

template <typename List>
void CheckList(ListKind kind, const List& list, Choices& choices) {
  const auto all = Walk(list, PageRequest{.limit = PageRequest::kMaxLimit});
  if (!all.has_value()) return;
  PageRequest request{.limit = choices.Below(PageRequest::kMaxLimit + 2)};
  request.cursor = SomeCursor(kind, *all, choices);
  const auto begin = society::Begin(kind, request);
  const auto rest = Walk(list, request);
  Require(rest.has_value() == begin.ok(), "a page is refused for its limit or cursor",
          request.cursor);
  if (!rest.has_value()) return;
  auto expected = *all;
  if (const std::optional<PageCursor>& cursor = *begin) {
    std::erase_if(expected,
                  [&](const auto& item) { return !IsAfter(kind, PlaceOf(kind, item), *cursor); });
  }
  Require(*rest == expected, "a page goes on with all that is after its cursor", request.cursor);
}

std::string SomeText(Choices& choices) {
  static const std::array<std::string, 5> kTexts = {"user", "CHESS", "chess 1", "even", "r"};
  return choices.OneIn(4) ? choices.Text() : choices.Pick(kTexts);
}

double SomeDegrees(Choices& choices) {
  return choices.OneIn(4) ? choices.Double() : static_cast<double>(choices.Below(256)) - 128;
}

MapArea SomeArea(Choices& choices) {
  if (choices.OneIn(2)) {
    return MapBox{SomeDegrees(choices), SomeDegrees(choices), SomeDegrees(choices),
                  SomeDegrees(choices)};
  }
  const double radius_m = choices.OneIn(2) ? choices.Double() : 1e6;
  return MapCircle{{SomeDegrees(choices), SomeDegrees(choices)}, radius_m};
}

void Ask(Choices choices) {
  static const Town* const town = new Town();
  const Society& society = town->society;

  // Now and then nobody whom there is.
  const UserId user{1 + choices.Below(kUsers + 1)};
  const std::optional<UserId> viewer = choices.OneIn(3) ? std::nullopt : std::optional(user);
  const auto check = [&](ListKind kind, const auto& list) { CheckList(kind, list, choices); };
  using Request = const PageRequest&;

  switch (choices.Below(14)) {
    case 0:
      return check(ListKind::kUsers, [&](Request page) { return society.Friends(user, page); });
    case 1:
      return check(ListKind::kUsers,
                   [&](Request page) { return society.RequestsSent(user, page); });
    case 2:
      return check(ListKind::kUsers,
                   [&](Request page) { return society.RequestsReceived(user, page); });
    case 3:
      return check(ListKind::kUsers, [&](Request page) { return society.Blocked(user, page); });
    case 4: {
      const std::string text = SomeText(choices);
      return check(ListKind::kTexts,
                   [&](Request page) { return society.SearchPeople(user, text, page); });
    }
    case 5:
      return check(ListKind::kMeetups,
                   [&](Request page) { return society.OpenMeetups(viewer, page); });
    case 6: {
      const std::string tag = SomeText(choices);
      return check(ListKind::kMeetups,
                   [&](Request page) { return society.MeetupsWithTag(viewer, tag, page); });
    }
    case 7: {
      const Timestamp from = kNow + kHour * choices.Below(12);
      const Timestamp to = kNow + kHour * choices.Below(12);
      return check(ListKind::kMeetups, [&](Request page) {
        return society.MeetupsStartingWithin(viewer, from, to, page);
      });
    }
    case 8: {
      const std::string text = SomeText(choices);
      return check(ListKind::kTexts,
                   [&](Request page) { return society.SearchMeetups(viewer, text, page); });
    }
    case 9: {
      const MapArea area = SomeArea(choices);
      return check(ListKind::kMap,
                   [&](Request page) { return society.MeetupsOnMap(viewer, area, page); });
    }
    case 10:
      return check(ListKind::kMeetups, [&](Request page) { return society.MyMeetups(user, page); });
    case 11:
      return check(ListKind::kMeetups,
                   [&](Request page) { return society.HostedMeetups(user, page); });
    case 12:
      return check(ListKind::kMeetups,
                   [&](Request page) { return society.MyInvitations(user, page); });
    default: {
      const MeetupId meetup{1 + choices.Below(kMeetups + 1)};
      return check(ListKind::kMessages,
                   [&](Request page) { return society.Messages(user, meetup, town->texts, page); });
    }
  }
}

}  // namespace
}  // namespace moyeo::testing

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  moyeo::testing::Ask(moyeo::testing::Choices(data, size));
  return 0;
}
