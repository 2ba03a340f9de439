// What is told about meetups: views, and lists in order of their start.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "society/page_cursor.h"
#include "society/queries.h"
#include "society/society.h"
#include "society/text.h"

namespace moyeo::society {
namespace {

using MeetupPage = absl::StatusOr<Page<MeetupSummary>>;

// Those that a page with this limit is likely to show.
template <typename Iterator>
void PrefetchPage(const Machine& machine, Iterator at, Iterator end, std::size_t limit) {
  std::vector<MeetupId> meetups;
  meetups.reserve(limit);
  for (; at != end && meetups.size() < limit; ++at) meetups.push_back(at->meetup);
  machine.Prefetch(meetups);
}

// The meetups at `places`, of which there may be none, that start before `to`, from the cursor or
// from `from` on.
MeetupPage PageOfListed(const Machine& machine, std::optional<UserId> viewer_id,
                        const Listing::Places* places, const PageRequest& request,
                        Timestamp from = kMinTimestamp, Timestamp to = Timestamp::max()) {
  const absl::StatusOr<const User*> viewer = FindViewer(machine, viewer_id);
  if (!viewer.ok()) return viewer.status();
  const auto begin = Begin(ListKind::kMeetups, request);
  if (!begin.ok()) return begin.status();
  PageWriter<MeetupSummary> page(ListKind::kMeetups, request);
  if (places == nullptr) return page.Take();

  // Of those that start at one time, the greatest id is first.
  const ListPlace first{.start = from, .meetup = MeetupId{UINT64_MAX}};
  auto at = places->lower_bound(first);
  if (*begin && first < PlaceAt(**begin)) at = places->upper_bound(PlaceAt(**begin));
  PrefetchPage(machine, at, places->end(), request.limit);
  for (; at != places->end() && at->start < to && page.MayLookAt(CursorAt(*at)); ++at) {
    const Meetup& meetup = *machine.Find(at->meetup);
    if (!IsHidden(*viewer, meetup.host)) page.Show(Summarize(machine, *viewer, meetup));
  }
  return page.Take();
}

// Some meetups of a user, not yet in order.
MeetupPage PageOfPlaces(const Machine& machine, const User& user, std::vector<ListPlace> places,
                        const PageRequest& request) {
  const auto begin = Begin(ListKind::kMeetups, request);
  if (!begin.ok()) return begin.status();
  std::ranges::sort(places, std::less<>());
  auto at = places.begin();
  if (*begin) at = std::upper_bound(places.begin(), places.end(), PlaceAt(**begin));
  PrefetchPage(machine, at, places.end(), request.limit);
  PageWriter<MeetupSummary> page(ListKind::kMeetups, request);
  for (; at != places.end() && page.MayLookAt(CursorAt(*at)); ++at) {
    page.Show(Summarize(machine, &user, *machine.Find(at->meetup)));
  }
  return page.Take();
}

}  // namespace

// Earlier times are lower numbers, as they are not where a sign is one of the bits.
constexpr std::uint64_t kSignBit = std::uint64_t{1} << 63;

PageCursor CursorAt(const ListPlace& place) {
  return {.major = static_cast<std::uint64_t>(place.start.time_since_epoch().count()) ^ kSignBit,
          .minor = ToNumber(place.meetup)};
}

ListPlace PlaceAt(const PageCursor& cursor) {
  const auto ms = static_cast<std::int64_t>(cursor.major ^ kSignBit);
  return {.start = Timestamp(std::chrono::milliseconds(ms)), .meetup = MeetupId{cursor.minor}};
}

absl::StatusOr<const Meetup*> FindMeetup(const Machine& machine, const User* viewer, MeetupId id) {
  const Meetup* const meetup = machine.Find(id);
  if (meetup != nullptr) {
    const bool is_member = viewer != nullptr && meetup->Find(viewer->id) != nullptr;
    if (is_member || !IsHidden(viewer, meetup->host)) return meetup;
  }
  return absl::NotFoundError(absl::StrCat("there is no meetup ", ToNumber(id)));
}

MeetupSummary Summarize(const Machine& machine, const User* viewer, const Meetup& meetup) {
  MeetupSummary summary{.meetup = meetup.id,
                        .title = meetup.title,
                        .image_url = meetup.image_url,
                        .place_name = meetup.place_name,
                        .start = meetup.start,
                        .end = meetup.end,
                        .capacity = meetup.capacity,
                        .members = meetup.member_count(),
                        .tags = meetup.tags,
                        .listed = meetup.listed,
                        .confirmed = meetup.confirmed,
                        .cancelled = meetup.cancelled.has_value()};
  if (meetup.location) summary.location = spatial::ToDegrees(*meetup.location);
  if (machine.Find(meetup.host) != nullptr && !IsHidden(viewer, meetup.host)) {
    summary.host = meetup.host;
  }
  return summary;
}

absl::StatusOr<std::string> FoldQuery(std::string_view text, std::size_t most) {
  if (!IsUtf8(text)) return absl::InvalidArgumentError("what is looked for is not UTF-8");
  if (!HasLength(text, 1, most)) {
    return absl::InvalidArgumentError(
        absl::StrCat("what is looked for has not 1 to ", most, " characters"));
  }
  std::string folded = Fold(text);
  if (folded.empty()) {
    return absl::InvalidArgumentError("what is looked for has no character that counts");
  }
  return folded;
}

absl::StatusOr<MeetupView> Society::ViewMeetup(std::optional<UserId> viewer_id, MeetupId id) const {
  const absl::StatusOr<const User*> found_viewer = FindViewer(*machine_, viewer_id);
  if (!found_viewer.ok()) return found_viewer.status();
  const User* const viewer = *found_viewer;
  const absl::StatusOr<const Meetup*> found = FindMeetup(*machine_, viewer, id);
  if (!found.ok()) return found.status();
  const Meetup& meetup = **found;
  MeetupView view{.summary = Summarize(*machine_, viewer, meetup),
                  .content = meetup.content,
                  .bring = meetup.bring,
                  .created = meetup.created,
                  .started = meetup.started,
                  .ended = meetup.ended};
  if (viewer != nullptr) {
    const Member* const member = meetup.Find(viewer->id);
    view.is_host = meetup.host == viewer->id;
    view.is_member = member != nullptr;
    view.has_confirmed = member != nullptr && member->confirmed;
    view.is_invited = Contains(meetup.invitations, viewer->id);
    view.was_kicked = Contains(meetup.kicked, viewer->id);
  }
  return view;
}

absl::StatusOr<std::vector<MemberView>> Society::Members(std::optional<UserId> viewer_id,
                                                         MeetupId id) const {
  const absl::StatusOr<const User*> viewer = FindViewer(*machine_, viewer_id);
  if (!viewer.ok()) return viewer.status();
  const absl::StatusOr<const Meetup*> meetup = FindMeetup(*machine_, *viewer, id);
  if (!meetup.ok()) return meetup.status();
  std::vector<UserId> users;
  for (const Member& member : (*meetup)->members) users.push_back(member.user);
  machine_->Prefetch(users);
  std::vector<MemberView> members;
  for (const Member& member : (*meetup)->members) {
    if (IsHidden(*viewer, member.user)) continue;
    members.push_back({.user = member.user,
                       .nickname = machine_->Find(member.user)->nickname,
                       .host = member.user == (*meetup)->host,
                       .confirmed = member.confirmed,
                       .joined = member.joined});
  }
  return members;
}

MeetupPage Society::OpenMeetups(std::optional<UserId> viewer, const PageRequest& page) const {
  return PageOfListed(*machine_, viewer, &machine_->listing().open(), page);
}

MeetupPage Society::MeetupsWithTag(std::optional<UserId> viewer, std::string_view tag,
                                   const PageRequest& page) const {
  const absl::StatusOr<std::string> folded = FoldQuery(tag, Limits::kTagLength);
  if (!folded.ok()) return folded.status();
  return PageOfListed(*machine_, viewer, machine_->listing().WithTag(*folded), page);
}

MeetupPage Society::MeetupsStartingWithin(std::optional<UserId> viewer, Timestamp from,
                                          Timestamp to, const PageRequest& page) const {
  return PageOfListed(*machine_, viewer, &machine_->listing().open(), page, from, to);
}

MeetupPage Society::SearchMeetups(std::optional<UserId> viewer_id, std::string_view text,
                                  const PageRequest& request) const {
  const absl::StatusOr<const User*> viewer = FindViewer(*machine_, viewer_id);
  if (!viewer.ok()) return viewer.status();
  const absl::StatusOr<std::string> folded = FoldQuery(text, Limits::kTitleLength);
  if (!folded.ok()) return folded.status();
  const auto begin = Begin(ListKind::kTexts, request);
  if (!begin.ok()) return begin.status();

  const bool is_exact = GramIndex::IsExact(*folded);
  PageWriter<MeetupSummary> page(ListKind::kTexts, request);
  ForEachMatch(machine_->listing().texts(), *folded, *begin, page, [&](std::uint64_t number) {
    const Meetup& meetup = *machine_->Find(Listing::FromTextNumber(number));
    if (!meetup.listed || IsHidden(*viewer, meetup.host)) return;
    const auto has_it = [&] {
      return std::ranges::any_of(Listing::TextsOf(meetup), [&](const std::string& in) {
        return in.find(*folded) != std::string::npos;
      });
    };
    if (is_exact || has_it()) page.Show(Summarize(*machine_, *viewer, meetup));
  });
  return page.Take();
}

MeetupPage Society::MyMeetups(UserId id, const PageRequest& page) const {
  const absl::StatusOr<const User*> user = FindUser(*machine_, id);
  if (!user.ok()) return user.status();
  std::vector<ListPlace> places;
  for (const Tie& tie : (*user)->ties) {
    if (tie.member) places.push_back(PlaceOf(*machine_->Find(tie.meetup)));
  }
  return PageOfPlaces(*machine_, **user, std::move(places), page);
}

MeetupPage Society::HostedMeetups(UserId id, const PageRequest& page) const {
  const absl::StatusOr<const User*> user = FindUser(*machine_, id);
  if (!user.ok()) return user.status();
  std::vector<ListPlace> places;
  for (const Tie& tie : (*user)->ties) {
    const Meetup& meetup = *machine_->Find(tie.meetup);
    if (meetup.host == id) places.push_back(PlaceOf(meetup));
  }
  return PageOfPlaces(*machine_, **user, std::move(places), page);
}

MeetupPage Society::MyInvitations(UserId id, const PageRequest& page) const {
  const absl::StatusOr<const User*> user = FindUser(*machine_, id);
  if (!user.ok()) return user.status();
  std::vector<ListPlace> places;
  for (const MeetupId meetup : (*user)->invitations) {
    places.push_back(PlaceOf(*machine_->Find(meetup)));
  }
  return PageOfPlaces(*machine_, **user, std::move(places), page);
}

}  // namespace moyeo::society
