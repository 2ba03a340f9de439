#include <algorithm>
#include <chrono>
#include <cmath>
#include <tuple>
#include <variant>

#include "absl/status/status.h"
#include "simulation/auditor.h"
#include "simulation/text.h"

namespace moyeo::testing {
namespace {

using std::chrono::milliseconds;

absl::Status NotFound() { return absl::NotFoundError("the auditor finds nobody and nothing"); }
absl::Status Invalid() { return absl::InvalidArgumentError("the auditor cannot ask for this"); }

// `text` in NFC, if it has from one to `most` characters, and some that count.
std::optional<std::string> Wanted(std::string_view text, std::size_t most) {
  std::optional<std::string> nfc = Nfc(text);
  if (!nfc || Fold(*nfc).empty() || CodePoints(*nfc) > most) return std::nullopt;
  return nfc;
}

Timestamp WholeDay(Timestamp time) {
  return Timestamp(std::chrono::floor<std::chrono::days>(time));
}

bool IsBefore(const MeetupSummary& a, const MeetupSummary& b) {
  return std::tuple(a.start, b.meetup) < std::tuple(b.start, a.meetup);
}

bool IsInside(const MapBox& box, LatLng place) {
  if (place.lat < box.south || place.lat > box.north) return false;
  const auto is_between = [&](double lng) {
    return box.west <= box.east ? box.west <= lng && lng <= box.east
                                : box.west <= lng || lng <= box.east;
  };
  // The meridian 180 has two names.
  return is_between(place.lng) || (place.lng == -180 && is_between(180));
}

std::optional<LatLng> CenterOf(const MapArea& area) {
  LatLng center;
  if (const auto* circle = std::get_if<MapCircle>(&area)) {
    if (!std::isfinite(circle->radius_m) || circle->radius_m < 0) return std::nullopt;
    center = circle->center;
  } else {
    const MapBox& box = std::get<MapBox>(area);
    if (!Canonical({box.south, box.west}).ok() || !Canonical({box.north, box.east}).ok() ||
        box.south > box.north) {
      return std::nullopt;
    }
    const double east = box.west <= box.east ? box.east : box.east + 360;
    const double lng = (box.west + east) / 2;
    center = {(box.south + box.north) / 2, lng < 180 ? lng : lng - 360};
  }
  const absl::StatusOr<LatLng> canonical = Canonical(center);
  return canonical.ok() ? std::optional(*canonical) : std::nullopt;
}

}  // namespace

bool Auditor::Sees(Viewer viewer, UserId user) const {
  return !viewer || !books_.AreBlocked(*viewer, user);
}

bool Auditor::MayLookAt(Viewer viewer, const Books::Meetup& meetup) const {
  if (!viewer || !meetup.host || meetup.Find(*viewer) != nullptr) return true;
  return Sees(viewer, *meetup.host);
}

// ---- People

absl::StatusOr<ProfileView> Auditor::Profile(UserId viewer, UserId user) const {
  if (!books_.Knows(viewer) || !books_.Knows(user) || !Sees(viewer, user)) return NotFound();
  const Books::Person& person = books_.people.at(user);
  std::vector<MeetupId> shared;
  for (const auto& [id, meetup] : books_.meetups) {
    if (meetup.Find(viewer) != nullptr && meetup.Find(user) != nullptr) shared.push_back(id);
  }
  ProfileView view{.user = user, .nickname = person.nickname, .status = person.status};
  view.relation = viewer == user                    ? Relation::kSelf
                  : person.friends.contains(viewer) ? Relation::kFriend
                  : !shared.empty()                 ? Relation::kSameMeetup
                                                    : Relation::kStranger;
  const bool knows_well = view.relation >= Relation::kFriend;
  view.last_active = knows_well ? person.last_active : WholeDay(person.last_active);
  if (view.relation >= Relation::kSameMeetup) {
    view.image_url = person.image_url;
    view.interests = person.interests;
    view.shared_meetups = shared;
  }
  if (knows_well) {
    view.registered = person.registered;
    view.visibility = person.visibility;
  }
  return view;
}

UserSummary Auditor::Summary(UserId user) const {
  const Books::Person& person = books_.people.at(user);
  return {.user = user, .nickname = person.nickname, .status = person.status};
}

absl::StatusOr<std::vector<UserSummary>> Auditor::SearchPeople(UserId viewer,
                                                               std::string_view text) const {
  if (!books_.Knows(viewer)) return NotFound();
  const std::optional<std::string> wanted = Wanted(text, Limits::kNicknameLength);
  if (!wanted) return Invalid();
  std::vector<UserSummary> found;
  for (const auto& [user, person] : books_.people) {
    if (person.erased || !Sees(viewer, user)) continue;
    if (FoundIn(person.nickname, *wanted)) found.push_back(Summary(user));
  }
  return found;
}

absl::StatusOr<std::vector<UserSummary>> Auditor::Summaries(
    UserId user, Books::Users Books::Person::*set) const {
  if (!books_.Knows(user)) return NotFound();
  std::vector<UserSummary> summaries;
  for (const UserId other : books_.people.at(user).*set) summaries.push_back(Summary(other));
  return summaries;
}

absl::StatusOr<std::vector<UserSummary>> Auditor::Friends(UserId user) const {
  return Summaries(user, &Books::Person::friends);
}

absl::StatusOr<std::vector<UserSummary>> Auditor::RequestsSent(UserId user) const {
  return Summaries(user, &Books::Person::requested);
}

absl::StatusOr<std::vector<UserSummary>> Auditor::RequestsReceived(UserId user) const {
  return Summaries(user, &Books::Person::requested_by);
}

absl::StatusOr<std::vector<UserSummary>> Auditor::Blocked(UserId user) const {
  return Summaries(user, &Books::Person::blocked);
}

absl::StatusOr<UserExport> Auditor::Export(UserId user) const {
  if (!books_.Knows(user)) return NotFound();
  const Books::Person& person = books_.people.at(user);
  UserExport all{.user = user,
                 .registered = person.registered,
                 .last_active = person.last_active,
                 .visibility = person.visibility,
                 .nickname = person.nickname,
                 .status = person.status,
                 .interests = person.interests,
                 .image_url = person.image_url,
                 .friends = {person.friends.begin(), person.friends.end()},
                 .requests_sent = {person.requested.begin(), person.requested.end()},
                 .requests_received = {person.requested_by.begin(), person.requested_by.end()},
                 .blocked = {person.blocked.begin(), person.blocked.end()},
                 .invitations = {},
                 .meetups = {},
                 .tickets = books_.TicketsOf(user),
                 .messages = {}};
  for (const auto& [id, meetup] : books_.meetups) {
    if (meetup.invited.contains(user)) all.invitations.push_back(id);
    if (books_.HasBusinessWith(user, meetup)) {
      ExportedMeetup exported{.meetup = id, .title = meetup.title};
      exported.host = meetup.host == user;
      exported.kicked = meetup.kicked.contains(user);
      if (const Books::Member* const member = meetup.Find(user)) {
        exported.member = true;
        exported.confirmed = member->confirmed;
        exported.joined = member->joined;
        exported.read = member->read;
      }
      all.meetups.push_back(exported);
    }
    for (std::size_t i = 0; i < meetup.messages.size(); ++i) {
      const Books::Message& message = meetup.messages[i];
      if (message.author != user || message.deleted) continue;
      all.messages.push_back(
          {.meetup = id, .number = i + 1, .time = message.time, .text = message.text});
    }
  }
  return all;
}

// ---- Meetups

MeetupSummary Auditor::Summary(Viewer viewer, MeetupId id, const Books::Meetup& meetup) const {
  MeetupSummary summary{.meetup = id,
                        .title = meetup.title,
                        .image_url = meetup.image_url,
                        .place_name = meetup.place_name,
                        .location = meetup.location,
                        .start = meetup.start,
                        .end = meetup.end,
                        .capacity = meetup.capacity,
                        .members = static_cast<std::uint32_t>(meetup.members.size()),
                        .tags = meetup.tags,
                        .listed = books_.IsListed(meetup),
                        .confirmed = meetup.confirmed,
                        .cancelled = meetup.cancelled};
  if (meetup.host && Sees(viewer, *meetup.host)) summary.host = meetup.host;
  return summary;
}

absl::StatusOr<MeetupView> Auditor::Meetup(Viewer viewer, MeetupId id) const {
  if (viewer && !books_.Knows(*viewer)) return NotFound();
  const auto found = books_.meetups.find(id);
  if (found == books_.meetups.end() || !MayLookAt(viewer, found->second)) return NotFound();
  const Books::Meetup& meetup = found->second;
  MeetupView view{.summary = Summary(viewer, id, meetup),
                  .content = meetup.content,
                  .bring = meetup.bring,
                  .created = meetup.created,
                  .started = meetup.started,
                  .ended = meetup.ended};
  if (viewer) {
    const Books::Member* const member = meetup.Find(*viewer);
    view.is_host = meetup.host == viewer;
    view.is_member = member != nullptr;
    view.has_confirmed = member != nullptr && member->confirmed;
    view.is_invited = meetup.invited.contains(*viewer);
    view.was_kicked = meetup.kicked.contains(*viewer);
  }
  return view;
}

absl::StatusOr<std::vector<MemberView>> Auditor::Members(Viewer viewer, MeetupId id) const {
  if (viewer && !books_.Knows(*viewer)) return NotFound();
  const auto found = books_.meetups.find(id);
  if (found == books_.meetups.end() || !MayLookAt(viewer, found->second)) return NotFound();
  std::vector<MemberView> members;
  for (const Books::Member& member : found->second.members) {
    if (!Sees(viewer, member.user)) continue;
    members.push_back({.user = member.user,
                       .nickname = books_.people.at(member.user).nickname,
                       .host = found->second.host == member.user,
                       .confirmed = member.confirmed,
                       .joined = member.joined});
  }
  return members;
}

template <typename Admits>
absl::StatusOr<std::vector<MeetupSummary>> Auditor::Open(Viewer viewer, Admits admits) const {
  if (viewer && !books_.Knows(*viewer)) return NotFound();
  std::vector<MeetupSummary> open;
  for (const auto& [id, meetup] : books_.meetups) {
    if (!books_.IsListed(meetup) || !Sees(viewer, *meetup.host)) continue;
    if (admits(meetup)) open.push_back(Summary(viewer, id, meetup));
  }
  std::sort(open.begin(), open.end(), IsBefore);
  return open;
}

absl::StatusOr<std::vector<MeetupSummary>> Auditor::OpenMeetups(Viewer viewer) const {
  return Open(viewer, [](const Books::Meetup&) { return true; });
}

absl::StatusOr<std::vector<MeetupSummary>> Auditor::MeetupsWithTag(Viewer viewer,
                                                                   std::string_view tag) const {
  const std::optional<std::string> wanted = Wanted(tag, Limits::kTagLength);
  if (!wanted) return Invalid();
  return Open(viewer, [&](const Books::Meetup& meetup) {
    return std::any_of(meetup.tags.begin(), meetup.tags.end(),
                       [&](const std::string& other) { return Fold(other) == Fold(*wanted); });
  });
}

absl::StatusOr<std::vector<MeetupSummary>> Auditor::MeetupsStartingWithin(Viewer viewer,
                                                                          Timestamp from,
                                                                          Timestamp to) const {
  return Open(viewer, [&](const Books::Meetup& meetup) {
    return from <= meetup.start && meetup.start < to;
  });
}

absl::StatusOr<std::vector<MeetupSummary>> Auditor::SearchMeetups(Viewer viewer,
                                                                  std::string_view text) const {
  const std::optional<std::string> wanted = Wanted(text, Limits::kTitleLength);
  if (!wanted) return Invalid();
  auto found = Open(viewer, [&](const Books::Meetup& meetup) {
    return FoundIn(meetup.title, *wanted) ||
           std::any_of(meetup.tags.begin(), meetup.tags.end(),
                       [&](const std::string& tag) { return FoundIn(tag, *wanted); });
  });
  if (!found.ok()) return found;
  std::sort(found->begin(), found->end(),
            [](const MeetupSummary& a, const MeetupSummary& b) { return a.meetup > b.meetup; });
  return found;
}

absl::StatusOr<std::vector<MeetupSummary>> Auditor::MeetupsOnMap(Viewer viewer,
                                                                 const MapArea& area) const {
  const std::optional<LatLng> center = CenterOf(area);
  if (!center) return Invalid();
  auto found = Open(viewer, [&](const Books::Meetup& meetup) {
    if (!meetup.location) return false;
    if (const auto* circle = std::get_if<MapCircle>(&area)) {
      return *DistanceMeters(*center, *meetup.location) <= circle->radius_m;
    }
    return IsInside(std::get<MapBox>(area), *meetup.location);
  });
  if (!found.ok()) return found;
  for (MeetupSummary& summary : *found) {
    summary.distance_m = *DistanceMeters(*center, *summary.location);
  }
  std::sort(found->begin(), found->end(), [](const MeetupSummary& a, const MeetupSummary& b) {
    return std::tuple(*a.distance_m, a.meetup) < std::tuple(*b.distance_m, b.meetup);
  });
  return found;
}

template <typename Admits>
absl::StatusOr<std::vector<MeetupSummary>> Auditor::Mine(UserId user, Admits admits) const {
  if (!books_.Knows(user)) return NotFound();
  std::vector<MeetupSummary> mine;
  for (const auto& [id, meetup] : books_.meetups) {
    if (admits(meetup)) mine.push_back(Summary(user, id, meetup));
  }
  std::sort(mine.begin(), mine.end(), IsBefore);
  return mine;
}

absl::StatusOr<std::vector<MeetupSummary>> Auditor::MyMeetups(UserId user) const {
  return Mine(user, [&](const Books::Meetup& meetup) { return meetup.Find(user) != nullptr; });
}

absl::StatusOr<std::vector<MeetupSummary>> Auditor::HostedMeetups(UserId user) const {
  return Mine(user, [&](const Books::Meetup& meetup) { return meetup.host == user; });
}

absl::StatusOr<std::vector<MeetupSummary>> Auditor::MyInvitations(UserId user) const {
  return Mine(user, [&](const Books::Meetup& meetup) { return meetup.invited.contains(user); });
}

// ---- Matching

namespace {

// How many of `tags` are one of `wanted`.
std::size_t CountOf(const std::vector<std::string>& tags, const std::vector<std::string>& wanted) {
  return static_cast<std::size_t>(
      std::count_if(tags.begin(), tags.end(), [&](const std::string& tag) {
        return std::any_of(wanted.begin(), wanted.end(),
                           [&](const std::string& other) { return Fold(tag) == Fold(other); });
      }));
}

// Tags that are looked for, in NFC.
std::optional<std::vector<std::string>> WantedTags(const std::vector<std::string>& tags) {
  if (tags.size() > FindQuery::kMostTags) return std::nullopt;
  std::vector<std::string> wanted;
  for (const std::string& tag : tags) {
    const std::optional<std::string> one = Wanted(tag, Limits::kTagLength);
    if (!one) return std::nullopt;
    wanted.push_back(*one);
  }
  return wanted;
}

}  // namespace

Score Auditor::ScoreOf(Viewer viewer, MeetupId id, double distance_m) const {
  const Books::Meetup& meetup = books_.meetups.at(id);
  Score score;
  score.distance =
      static_cast<std::uint32_t>(2'000'000 / (2'000 + static_cast<std::uint64_t>(distance_m)));
  std::size_t interests = 0;
  std::uint32_t friends = 0;
  if (viewer) {
    const Books::Person& person = books_.people.at(*viewer);
    interests = CountOf(meetup.tags, person.interests);
    for (const Books::Member& member : meetup.members) {
      if (person.friends.contains(member.user)) ++friends;
    }
  }
  score.interests = interests == 0 ? 0 : interests == 1 ? 600 : interests == 2 ? 850 : 1'000;
  const std::int64_t ahead_ms = (meetup.start - books_.now).count();
  score.soon = static_cast<std::uint32_t>(std::int64_t{86'400'000'000} / (86'400'000 + ahead_ms));
  const auto seats = static_cast<std::uint32_t>(meetup.capacity - meetup.members.size());
  score.seats = 1'000 * seats / (seats + 3);
  score.friends = 1'000 * friends / (friends + 1);
  const Settings& weights = books_.settings;
  score.total = weights.distance_weight * score.distance +
                weights.interests_weight * score.interests + weights.soon_weight * score.soon +
                weights.seats_weight * score.seats + weights.friends_weight * score.friends;
  return score;
}

absl::StatusOr<std::vector<FoundMeetup>> Auditor::Find(Viewer viewer,
                                                       const FindQuery& query) const {
  std::optional<LatLng> center;
  if (query.within) {
    center = CenterOf(MapArea(*query.within));
    if (!center) return Invalid();
  } else if (query.order != FindOrder::kStart) {
    return Invalid();
  }
  std::string text;
  if (!query.text.empty()) {
    const std::optional<std::string> wanted = Wanted(query.text, Limits::kTitleLength);
    if (!wanted) return Invalid();
    text = *wanted;
  }
  const auto any_of = WantedTags(query.any_of);
  const auto all_of = WantedTags(query.all_of);
  if (!any_of || !all_of) return Invalid();

  const auto open = Open(viewer, [&](const Books::Meetup& meetup) {
    if (meetup.start < query.from || meetup.start >= query.to) return false;
    if (meetup.capacity - meetup.members.size() < query.free_seats) return false;
    if (!any_of->empty() && CountOf(meetup.tags, *any_of) == 0) return false;
    if (CountOf(*all_of, meetup.tags) < all_of->size()) return false;
    if (query.within &&
        (!meetup.location || *DistanceMeters(*center, *meetup.location) > query.within->radius_m)) {
      return false;
    }
    return text.empty() || FoundIn(meetup.title, text) ||
           std::any_of(meetup.tags.begin(), meetup.tags.end(),
                       [&](const std::string& tag) { return FoundIn(tag, text); });
  });
  if (!open.ok()) return open.status();
  std::vector<FoundMeetup> found;
  for (const MeetupSummary& summary : *open) {
    FoundMeetup one{.meetup = summary};
    if (center) one.meetup.distance_m = *DistanceMeters(*center, *summary.location);
    if (query.order == FindOrder::kScore) {
      one.score = ScoreOf(viewer, summary.meetup, *one.meetup.distance_m);
    }
    found.push_back(one);
  }
  if (query.order == FindOrder::kStart) return found;
  const auto nearer = [](const FoundMeetup& a, const FoundMeetup& b) {
    return std::tuple(*a.meetup.distance_m, a.meetup.meetup) <
           std::tuple(*b.meetup.distance_m, b.meetup.meetup);
  };
  std::sort(found.begin(), found.end(), nearer);
  if (query.order == FindOrder::kDistance) return found;
  if (found.size() > FindQuery::kMostRanked) found.resize(FindQuery::kMostRanked);
  std::sort(found.begin(), found.end(), [](const FoundMeetup& a, const FoundMeetup& b) {
    return std::tuple(b.score->total, a.meetup.meetup) <
           std::tuple(a.score->total, b.meetup.meetup);
  });
  return found;
}

absl::StatusOr<std::vector<Recommendation>> Auditor::Recommend(UserId user,
                                                               const RecommendQuery& query) const {
  if (!books_.Knows(user)) return NotFound();
  const bool is_invalid = query.radius_m > RecommendQuery::kMostRadiusMeters || query.limit < 1 ||
                          query.limit > RecommendQuery::kMaxLimit;
  if (is_invalid) return Invalid();
  const auto near = MeetupsOnMap(user, MapCircle{query.place, query.radius_m});
  if (!near.ok()) return near.status();
  const Books::Person& person = books_.people.at(user);
  std::vector<Recommendation> all;
  for (const MeetupSummary& summary : *near) {
    const Books::Meetup& meetup = books_.meetups.at(summary.meetup);
    if (meetup.Find(user) != nullptr) continue;
    if (meetup.kicked.contains(user) && !meetup.invited.contains(user)) continue;
    Recommendation one{.meetup = summary,
                       .score = ScoreOf(user, summary.meetup, *summary.distance_m),
                       .shared_interests = {},
                       .friends = {}};
    for (const std::string& tag : meetup.tags) {
      if (CountOf({tag}, person.interests) > 0) one.shared_interests.push_back(tag);
    }
    for (const Books::Member& member : meetup.members) {
      if (person.friends.contains(member.user)) one.friends.push_back(member.user);
    }
    std::sort(one.friends.begin(), one.friends.end());
    all.push_back(one);
  }
  std::sort(all.begin(), all.end(), [](const Recommendation& a, const Recommendation& b) {
    return std::tuple(b.score.total, a.meetup.meetup) < std::tuple(a.score.total, b.meetup.meetup);
  });
  if (all.size() > query.limit) all.resize(query.limit);
  return all;
}

absl::StatusOr<std::vector<TicketView>> Auditor::Tickets(UserId user) const {
  if (!books_.Knows(user)) return NotFound();
  return books_.TicketsOf(user);
}

// ---- Rooms

absl::StatusOr<RoomView> Auditor::Room(UserId viewer, MeetupId id) const {
  if (!books_.Knows(viewer)) return NotFound();
  const auto found = books_.meetups.find(id);
  if (found == books_.meetups.end() || !MayLookAt(viewer, found->second)) return NotFound();
  const Books::Meetup& meetup = found->second;
  const Books::Member* const member = meetup.Find(viewer);
  if (member == nullptr) return absl::PermissionDeniedError("the auditor sees no member");
  RoomView view{.meetup = id,
                .last = meetup.messages.size(),
                .joined = member->joined_at,
                .read = member->read};
  for (MessageNumber number = member->read + 1; number <= view.last; ++number) {
    const Books::Message& message = meetup.messages[number - 1];
    if (!message.deleted && message.author != viewer && Sees(viewer, message.author)) ++view.unread;
  }
  return view;
}

absl::StatusOr<std::vector<MessageView>> Auditor::Messages(UserId viewer, MeetupId id) const {
  const absl::StatusOr<RoomView> room = Room(viewer, id);
  if (!room.ok()) return room.status();
  std::vector<MessageView> messages;
  for (MessageNumber number = room->last; number > room->joined; --number) {
    const Books::Message& message = books_.meetups.at(id).messages[number - 1];
    if (!Sees(viewer, message.author)) continue;
    messages.push_back({.number = number,
                        .author = message.author,
                        .time = message.time,
                        .text = message.text,
                        .deleted = message.deleted});
  }
  return messages;
}

}  // namespace moyeo::testing
