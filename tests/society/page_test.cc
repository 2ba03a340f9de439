// Pages: of every list, in its order, without repetition or gap.

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>

#include "society/page_cursor.h"
#include "society/society_fixture.h"
#include "support/scale.h"
#include "support/seeds.h"

namespace moyeo::society {
namespace {

class PageTest : public TownTest {
 protected:
  // The whole list, page by page.
  template <typename List>
  static auto ReadAll(List list, std::size_t limit) {
    PageRequest request{.limit = limit};
    auto page = list(request);
    EXPECT_THAT(page, IsOk());
    auto items = page->items;
    for (int pages = 1; !page->next.empty(); ++pages) {
      EXPECT_LE(page->items.size(), limit);
      EXPECT_LT(pages, 10'000);
      request.cursor = page->next;
      page = list(request);
      EXPECT_THAT(page, IsOk());
      items.insert(items.end(), page->items.begin(), page->items.end());
    }
    return items;
  }

  template <typename List>
  static std::vector<MeetupId> ReadIds(List list, std::size_t limit) {
    std::vector<MeetupId> ids;
    for (const MeetupSummary& meetup : ReadAll(list, limit)) ids.push_back(meetup.meetup);
    return ids;
  }

  MeetupId HostAt(UserId host, std::chrono::milliseconds start) {
    CreateMeetup c = Chess();
    c.start = kNow + start;
    c.end = kNow + 3 * kDay;
    return Host(host, c);
  }

  auto Open() {
    return [this](const PageRequest& page) { return society_.OpenMeetups(std::nullopt, page); };
  }
};

TEST_F(PageTest, LimitsAndCursorsThatCannotBeAreRefused) {
  const auto open = Open();
  EXPECT_THAT(open({.limit = 0}), IsInvalid("limit"));
  EXPECT_THAT(open({.limit = 101}), IsInvalid("limit"));
  EXPECT_THAT(open({.limit = 100}), IsOk());
  for (const std::string cursor : {"x", "02", "020000000000000000000000000000000g"}) {
    EXPECT_THAT(open({.cursor = cursor}), IsInvalid("cursor"));
  }
  HostAt(kAda, kHour);
  HostAt(kAda, kHour);
  const std::string cursor = open({.limit = 1})->next;
  EXPECT_THAT(society_.Friends(kAda, {.cursor = cursor}), IsInvalid("cursor"));
  EXPECT_THAT(society_.SearchMeetups(kAda, "c", {.cursor = cursor}), IsInvalid("cursor"));
  EXPECT_THAT(society_.Messages(kAda, MeetupId{1}, texts_, {.cursor = cursor}),
              IsInvalid("cursor"));
  EXPECT_THAT(society_.MeetupsOnMap(kAda, MapCircle{}, {.cursor = cursor}), IsInvalid("cursor"));
}

TEST_F(PageTest, TheLastPageSaysSo) {
  HostAt(kAda, kHour);
  HostAt(kAda, kHour);
  const auto first = Open()({.limit = 1});
  EXPECT_NE(first->next, "");
  EXPECT_EQ(Open()({.limit = 1, .cursor = first->next})->next, "");
  EXPECT_EQ(Open()({.limit = 2})->next, "");
}

TEST_F(PageTest, CursorsComeBackAsTheyWere) {
  const PageCursor cursor{.major = 0x0123456789ABCDEF, .minor = ~std::uint64_t{0}};
  const std::string text = Encode(ListKind::kMap, cursor);
  EXPECT_EQ(text, "040123456789abcdefffffffffffffffff");
  EXPECT_EQ(**Begin(ListKind::kMap, {.cursor = text}), cursor);
}

TEST_F(PageTest, CursorsThatWereMadeUpDoNoHarm) {
  const MeetupId meetup = Host(kAda);
  Do(kAda, PostMessage{meetup, "m"});
  for (const std::uint64_t number : {std::uint64_t{0}, ~std::uint64_t{0}}) {
    const auto request = [&](ListKind kind) {
      return PageRequest{.cursor = Encode(kind, {.major = number, .minor = number})};
    };
    EXPECT_THAT(Items(society_.Messages(kAda, meetup, texts_, request(ListKind::kMessages))),
                SizeIs(number == 0 ? 0 : 1));
    EXPECT_THAT(society_.SearchPeople(kAda, "b", request(ListKind::kTexts)), IsOk());
    EXPECT_THAT(society_.SearchMeetups(kAda, "c", request(ListKind::kTexts)), IsOk());
    EXPECT_THAT(society_.OpenMeetups(kAda, request(ListKind::kMeetups)), IsOk());
    EXPECT_THAT(society_.MyMeetups(kAda, request(ListKind::kMeetups)), IsOk());
    EXPECT_THAT(society_.Friends(kAda, request(ListKind::kUsers)), IsOk());
    EXPECT_THAT(society_.MeetupsOnMap(kAda, MapCircle{kSeoul, 10}, request(ListKind::kMap)),
                IsOk());
  }
}

TEST_F(PageTest, OpenMeetupsAreByStartAscendingAndIdDescending) {
  const MeetupId a = HostAt(kAda, 3 * kHour);
  const MeetupId b = HostAt(kAda, 2 * kHour);
  const MeetupId c = HostAt(kBob, 2 * kHour);
  const MeetupId d = HostAt(kBob, 1 * kHour);
  for (const std::size_t limit : {1, 2, 3, 4}) {
    EXPECT_THAT(ReadIds(Open(), limit), ElementsAre(d, c, b, a));
  }
}

TEST_F(PageTest, WhatComesAndGoesBetweenPagesLeavesTheRestInPlace) {
  const MeetupId a = HostAt(kAda, 1 * kHour);
  const MeetupId b = HostAt(kAda, 2 * kHour);
  const MeetupId c = HostAt(kAda, 3 * kHour);
  const auto first = Open()({.limit = 2});
  EXPECT_THAT(Ids(first), ElementsAre(a, b));
  HostAt(kAda, kHour / 2);
  const MeetupId e = HostAt(kAda, 5 * kHour / 2);
  Do(kAda, CancelMeetup{.meetup = b});
  EXPECT_THAT(Ids(Open()({.limit = 2, .cursor = first->next})), ElementsAre(e, c));
}

TEST_F(PageTest, ADayHasWhatStartsFromItsBeginningToBeforeItsEnd) {
  const MeetupId a = HostAt(kAda, kHour);
  const MeetupId b = HostAt(kAda, 2 * kHour);
  HostAt(kAda, 3 * kHour);
  const auto day = [&](Timestamp from, Timestamp to) {
    return ReadIds(
        [&](const PageRequest& page) {
          return society_.MeetupsStartingWithin(kBob, from, to, page);
        },
        1);
  };
  EXPECT_THAT(day(kNow + kHour, kNow + 3 * kHour), ElementsAre(a, b));
  EXPECT_THAT(day(kNow + kHour + kMs, kNow + 2 * kHour), IsEmpty());
  EXPECT_THAT(day(kNow + 3 * kHour, kNow + kHour), IsEmpty());
}

TEST_F(PageTest, ATagIsFoundUnderFolding) {
  std::vector<MeetupId> tagged;
  for (int i = 0; i < 5; ++i) {
    CreateMeetup c = Chess();
    c.tags = {i % 2 == 0 ? "\uFF27o" : "Golf"};
    const MeetupId meetup = Host(kAda, c);
    if (i % 2 == 0) tagged.insert(tagged.begin(), meetup);
  }
  const auto with_tag = [&](const PageRequest& page) {
    return society_.MeetupsWithTag(kBob, "GO", page);
  };
  EXPECT_EQ(ReadIds(with_tag, 2), tagged);
  EXPECT_THAT(society_.MeetupsWithTag(kBob, "", {}), IsInvalid("looked for"));
  EXPECT_THAT(society_.MeetupsWithTag(kBob, kNotUtf8, {}), IsInvalid("UTF-8"));
  EXPECT_THAT(society_.MeetupsWithTag(kBob, Letters(31), {}), IsInvalid("30"));
  EXPECT_THAT(Items(society_.MeetupsWithTag(kBob, "Gol", {})), IsEmpty());
}

TEST_F(PageTest, SearchShowsTheNewestFirst) {
  std::vector<MeetupId> found;
  for (int i = 0; i < 7; ++i) {
    CreateMeetup c = Chess();
    c.title = i % 3 == 0 ? "Evening \uB4F1\uC0B0" : "Board";
    if (i % 3 == 1) c.tags = {"\uB4F1\uC0B0 \uBAA8\uC784"};
    const MeetupId meetup = Host(kAda, c);
    if (i % 3 != 2) found.insert(found.begin(), meetup);
  }
  // The last is a decomposed syllable.
  for (const std::string text : {"\uC0B0", "\uB4F1\uC0B0", "\u1103\u1173\u11BC"}) {
    const auto search = [&](const PageRequest& page) {
      return society_.SearchMeetups(kBob, text, page);
    };
    EXPECT_EQ(ReadIds(search, 2), found);
  }
  EXPECT_THAT(society_.SearchMeetups(kBob, "", {}), IsInvalid("looked for"));
  EXPECT_THAT(society_.SearchMeetups(kBob, kNotUtf8, {}), IsInvalid("UTF-8"));
  EXPECT_THAT(society_.SearchMeetups(kBob, Letters(101), {}), IsInvalid("100"));
  EXPECT_THAT(society_.SearchMeetups(kBob, "\u200B", {}), IsInvalid("no character"));
}

TEST_F(PageTest, PeopleAreSearchedById) {
  RegisterCrowd(100, 30);
  const auto search = [&](const PageRequest& page) {
    return society_.SearchPeople(kAda, "SER11", page);
  };
  std::vector<UserId> ids;
  for (const UserSummary& user : ReadAll(search, 3)) ids.push_back(user.user);
  std::vector<UserId> expected;
  for (std::uint64_t id = 110; id < 120; ++id) expected.push_back(UserId{id});
  EXPECT_EQ(ids, expected);
  EXPECT_THAT(society_.SearchPeople(kAda, Letters(21), {}), IsInvalid("20"));
}

TEST_F(PageTest, FriendsAreById) {
  RegisterCrowd(100, 7);
  for (std::uint64_t id = 106; id >= 100; --id) Befriend(kAda, UserId{id});
  const auto friends = [&](const PageRequest& page) { return society_.Friends(kAda, page); };
  std::vector<UserId> ids;
  for (const UserSummary& user : ReadAll(friends, 3)) ids.push_back(user.user);
  EXPECT_THAT(ids, ElementsAre(UserId{100}, UserId{101}, UserId{102}, UserId{103}, UserId{104},
                               UserId{105}, UserId{106}));
}

TEST_F(PageTest, MineAreAllOfWhichIAmAMemberHostedOnlyWhoseHostIAm) {
  const MeetupId a = HostAt(kAda, 3 * kHour);
  const MeetupId b = HostAt(kBob, 2 * kHour);
  const MeetupId c = HostAt(kBob, 1 * kHour);
  Do(kAda, JoinMeetup{b});
  Do(kBob, Invite{c, kAda});
  Do(kBob, Invite{b, kCy});
  Do(kBob, Invite{c, kCy});
  const auto mine = [&](const PageRequest& page) { return society_.MyMeetups(kAda, page); };
  const auto hosted = [&](const PageRequest& page) { return society_.HostedMeetups(kBob, page); };
  const auto invited = [&](const PageRequest& page) { return society_.MyInvitations(kCy, page); };
  EXPECT_THAT(ReadIds(mine, 1), ElementsAre(b, a));
  EXPECT_THAT(ReadIds(hosted, 1), ElementsAre(c, b));
  EXPECT_THAT(ReadIds(invited, 1), ElementsAre(c, b));
  AdvanceTo(kNow + 3 * kDay);
  EXPECT_THAT(ReadIds(mine, 1), ElementsAre(b, a));
}

TEST_F(PageTest, MessagesArePagedFromTheNewest) {
  const MeetupId meetup = Host(kAda);
  Do(kBob, JoinMeetup{meetup});
  for (int i = 0; i < 7; ++i) Do(i % 2 == 0 ? kAda : kBob, PostMessage{meetup, "m"});
  const auto messages = [&](const PageRequest& page) {
    return society_.Messages(kAda, meetup, texts_, page);
  };
  std::vector<MessageNumber> numbers;
  for (const MessageView& message : ReadAll(messages, 3)) numbers.push_back(message.number);
  EXPECT_THAT(numbers, ElementsAre(7, 6, 5, 4, 3, 2, 1));
  const std::string cursor = messages({.limit = 3})->next;
  Do(kBob, PostMessage{meetup, "new"});
  EXPECT_EQ(messages({.limit = 1, .cursor = cursor})->items[0].number, 4u);
}

TEST_F(PageTest, APageIsBoundedByWhatItLooksAt) {
  RegisterCrowd(100, 11);
  for (std::uint64_t id = 100; id < 111; ++id) {
    for (std::size_t i = 0; i < 100; ++i) HostAt(UserId{id}, kHour);
    Do(kAda, Block{UserId{id}});
  }
  const MeetupId shown = HostAt(kBob, 2 * kHour);
  const auto open = [&](const PageRequest& page) { return society_.OpenMeetups(kAda, page); };
  const auto first = open({});
  EXPECT_THAT(Ids(first), IsEmpty());
  EXPECT_THAT(Ids(open({.cursor = first->next})), ElementsAre(shown));
}

// ---- The map

TEST_F(PageTest, AreasThatCannotBeAreRefused) {
  const auto on_map = [&](const MapArea& area) {
    return society_.MeetupsOnMap(std::nullopt, area, {});
  };
  EXPECT_THAT(on_map(MapCircle{{91, 0}, 1}), IsInvalid("latitude"));
  EXPECT_THAT(on_map(MapCircle{{0, 0}, -1}), IsInvalid("radius_m"));
  EXPECT_THAT(on_map(MapCircle{{0, 0}, std::nan("")}), IsInvalid("radius_m"));
  EXPECT_THAT(on_map(MapBox{0, 0, 0, 181}), IsInvalid("longitude"));
  EXPECT_THAT(on_map(MapBox{-91, 0, 0, 0}), IsInvalid("latitude"));
  EXPECT_THAT(on_map(MapBox{1, 0, 0, 0}), IsInvalid("south"));
}

TEST_F(PageTest, ABoxMayCrossTheAntimeridianOrGoAllRound) {
  const auto host_at = [&](LatLng place) {
    CreateMeetup c = Chess();
    c.location = place;
    return Host(kAda, c);
  };
  const MeetupId fiji = host_at({-17, 179.9});
  const MeetupId samoa = host_at({-17, -179.5});
  const MeetupId greenwich = host_at({-17, 0});
  const auto in_box = [&](const MapBox& box) {
    std::vector<MeetupId> ids = Ids(society_.MeetupsOnMap(std::nullopt, box, {}));
    std::ranges::sort(ids);
    return ids;
  };
  EXPECT_THAT(in_box({-20, 179, -10, -179}), ElementsAre(fiji, samoa));
  EXPECT_THAT(in_box({-20, -179, -10, 179}), ElementsAre(greenwich));
  EXPECT_THAT(in_box({-90, -180, 90, 180}), ElementsAre(fiji, samoa, greenwich));
  // What is hardly less than all round, and is not held any finer.
  EXPECT_THAT(in_box({-90, -180, 90, 179.99999999}), ElementsAre(fiji, samoa, greenwich));
  EXPECT_THAT(in_box({-90, -179.99999999, 90, 180}), ElementsAre(fiji, samoa, greenwich));
  EXPECT_THAT(in_box({-90, 0, 90, 0}), ElementsAre(greenwich));
  EXPECT_THAT(in_box({-17, 179.9, -17, 180}), ElementsAre(fiji));
  EXPECT_THAT(in_box({-17, 180, -17, -179.5}), ElementsAre(samoa));
  EXPECT_THAT(in_box({-16.9, -180, 90, 180}), IsEmpty());
}

TEST_F(PageTest, ABoxThatHasLittleOfItsSurroundingsIsSearchedAThousandAPage) {
  is_hashed_ = false;
  constexpr std::uint64_t kHosts = 12;
  RegisterCrowd(100, kHosts);
  CreateMeetup c = Chess();
  for (std::uint64_t i = 0; i < 1'100; ++i) {
    c.location = LatLng{1, static_cast<double>(i) / 1'000};
    Host(UserId{100 + i % kHosts}, c);
  }
  c.location = LatLng{0, 10};
  const MeetupId inside = Host(kAda, c);
  const auto on_map = [&](const PageRequest& page) {
    return society_.MeetupsOnMap(kBob, MapBox{0, -10, 0, 10}, page);
  };
  const auto first = on_map({});
  EXPECT_THAT(Ids(first), IsEmpty());
  EXPECT_NE(first->next, "");
  EXPECT_THAT(Ids(on_map({.cursor = first->next})), ElementsAre(inside));
}

class MapTest : public PageTest {
 protected:
  testing::Random random_{testing::TestSeed()};
};

TEST_F(MapTest, TheMapAgreesWithMeasuringEverything) {
  SCOPED_TRACE("repeat with MOYEO_TEST_SEED=" + std::to_string(testing::TestSeed()));
  is_hashed_ = false;
  RegisterCrowd(100, 30);
  std::vector<std::pair<MeetupId, LatLng>> places;
  for (std::size_t i = 0; i < 600; ++i) {
    const bool is_near = random_.OneIn(2);
    CreateMeetup c = Chess();
    c.location = is_near
                     ? LatLng{37.5 + random_.Uniform(-0.1, 0.1), 127 + random_.Uniform(-0.1, 0.1)}
                     : LatLng{random_.Uniform(-90, 90), random_.Uniform(-180, 180)};
    places.emplace_back(Host(UserId{100 + i % 30}, c), *Canonical(*c.location));
  }
  for (std::size_t round = 0; round < testing::Scaled(60); ++round) {
    MapArea area;
    LatLng center;
    std::function<bool(LatLng)> is_inside;
    const LatLng near{37.5 + random_.Uniform(-0.1, 0.1), 127 + random_.Uniform(-0.1, 0.1)};
    if (random_.OneIn(2)) {
      const MapCircle circle{near, std::pow(10, random_.Uniform(2, 7.4))};
      area = circle;
      center = *Canonical(near);
      is_inside = [=](LatLng p) { return *DistanceMeters(center, p) <= circle.radius_m; };
    } else {
      const double height = std::pow(10, random_.Uniform(-3, 1.7));
      const double width = std::pow(10, random_.Uniform(-3, 2.2));
      const MapBox box{
          near.lat - height / 2, near.lng - width / 2, near.lat + height / 2,
          near.lng + width / 2 > 180 ? near.lng + width / 2 - 360 : near.lng + width / 2};
      if (box.north > 90) continue;
      area = box;
      const LatLng low = *Canonical({box.south, box.west});
      const LatLng high = *Canonical({box.north, box.east});
      is_inside = [=](LatLng p) {
        const bool is_between = low.lng <= high.lng ? p.lng >= low.lng && p.lng <= high.lng
                                                    : p.lng >= low.lng || p.lng <= high.lng;
        return p.lat >= low.lat && p.lat <= high.lat && is_between;
      };
    }
    std::set<MeetupId> expected;
    for (const auto& [meetup, place] : places) {
      if (is_inside(place)) expected.insert(meetup);
    }
    const auto on_map = [&](const PageRequest& page) {
      return society_.MeetupsOnMap(kAda, area, page);
    };
    std::set<MeetupId> found;
    std::pair<double, MeetupId> last{-1, MeetupId{}};
    for (const MeetupSummary& meetup : ReadAll(on_map, 1 + random_.Below(50))) {
      const std::pair<double, MeetupId> place{*meetup.distance_m, meetup.meetup};
      EXPECT_LT(last, place);
      last = place;
      found.insert(meetup.meetup);
    }
    ASSERT_EQ(found, expected);
  }
}

}  // namespace
}  // namespace moyeo::society
