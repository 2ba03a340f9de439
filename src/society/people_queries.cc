// What is told about people.

#include <algorithm>
#include <chrono>
#include <iterator>
#include <span>

#include "absl/strings/str_cat.h"
#include "society/matching_queries.h"
#include "society/page_cursor.h"
#include "society/queries.h"
#include "society/society.h"
#include "society/text.h"

namespace moyeo::society {
namespace {

Timestamp Coarse(Timestamp time) {
  return Timestamp(
      floor<std::chrono::duration<std::int64_t, std::ratio<kCoarseLastActiveMs, 1'000>>>(
          time.time_since_epoch()));
}

UserSummary Summarize(const User& user) {
  return {.user = user.id, .nickname = user.nickname, .status = user.status};
}

std::vector<MeetupId> SharedMeetups(const User& a, const User& b) {
  std::vector<MeetupId> shared;
  auto other = b.ties.begin();
  for (const Tie& tie : a.ties) {
    while (other != b.ties.end() && other->meetup < tie.meetup) ++other;
    if (other == b.ties.end()) break;
    if (other->meetup == tie.meetup && tie.member && other->member) shared.push_back(tie.meetup);
  }
  return shared;
}

using UserIds = std::vector<UserId> User::*;

absl::StatusOr<Page<UserSummary>> PageOfUsers(const Machine& machine, UserId id, UserIds list,
                                              const PageRequest& request) {
  const absl::StatusOr<const User*> user = FindUser(machine, id);
  if (!user.ok()) return user.status();
  const auto begin = Begin(ListKind::kUsers, request);
  if (!begin.ok()) return begin.status();
  const std::vector<UserId>& ids = (*user)->*list;
  PageWriter<UserSummary> page(ListKind::kUsers, request);
  auto at = *begin ? std::ranges::upper_bound(ids, UserId{(*begin)->major}) : ids.begin();
  const auto left = static_cast<std::size_t>(ids.end() - at);
  machine.Prefetch(std::span(ids).last(left).first(std::min(left, request.limit)));
  for (; at != ids.end() && page.MayLookAt({.major = ToNumber(*at)}); ++at) {
    page.Show(Summarize(*machine.Find(*at)));
  }
  return page.Take();
}

}  // namespace

absl::StatusOr<const User*> FindUser(const Machine& machine, UserId user) {
  const User* const found = machine.Find(user);
  if (found != nullptr) return found;
  return absl::NotFoundError(absl::StrCat("there is no user ", ToNumber(user)));
}

absl::StatusOr<const User*> FindViewer(const Machine& machine, std::optional<UserId> viewer) {
  if (!viewer) return nullptr;
  return FindUser(machine, *viewer);
}

absl::StatusOr<ProfileView> Society::ViewProfile(UserId viewer_id, UserId user_id) const {
  const absl::StatusOr<const User*> viewer = FindUser(*machine_, viewer_id);
  if (!viewer.ok()) return viewer.status();
  const absl::StatusOr<const User*> found = FindUser(*machine_, user_id);
  if (!found.ok()) return found.status();
  const User& user = **found;
  if (IsHidden(*viewer, user_id)) {
    return absl::NotFoundError(absl::StrCat("there is no user ", ToNumber(user_id)));
  }

  std::vector<MeetupId> shared = SharedMeetups(**viewer, user);
  ProfileView view{.user = user.id, .nickname = user.nickname, .status = user.status};
  if (viewer_id == user_id) {
    view.relation = Relation::kSelf;
  } else if (Contains((*viewer)->friends, user_id)) {
    view.relation = Relation::kFriend;
  } else if (!shared.empty()) {
    view.relation = Relation::kSameMeetup;
  }
  view.last_active =
      view.relation >= Relation::kFriend ? user.last_active : Coarse(user.last_active);
  if (view.relation >= Relation::kSameMeetup) {
    view.image_url = user.image_url;
    view.interests = user.interests;
    view.shared_meetups = std::move(shared);
  }
  if (view.relation >= Relation::kFriend) {
    view.registered = user.registered;
    view.visibility = user.visibility;
  }
  return view;
}

absl::StatusOr<Page<UserSummary>> Society::SearchPeople(UserId viewer_id, std::string_view text,
                                                        const PageRequest& request) const {
  const absl::StatusOr<const User*> viewer = FindUser(*machine_, viewer_id);
  if (!viewer.ok()) return viewer.status();
  const absl::StatusOr<std::string> folded = FoldQuery(text, Limits::kNicknameLength);
  if (!folded.ok()) return folded.status();
  const auto begin = Begin(ListKind::kTexts, request);
  if (!begin.ok()) return begin.status();

  const bool is_exact = GramIndex::IsExact(*folded);
  PageWriter<UserSummary> page(ListKind::kTexts, request);
  ForEachMatch(machine_->nickname_texts(), *folded, *begin, page, [&](std::uint64_t number) {
    const User& user = *machine_->Find(UserId{number});
    if (IsHidden(*viewer, user.id)) return;
    if (!is_exact && Fold(user.nickname).find(*folded) == std::string::npos) return;
    page.Show(Summarize(user));
  });
  return page.Take();
}

absl::StatusOr<Page<UserSummary>> Society::Friends(UserId user, const PageRequest& page) const {
  return PageOfUsers(*machine_, user, &User::friends, page);
}

absl::StatusOr<Page<UserSummary>> Society::RequestsSent(UserId user,
                                                        const PageRequest& page) const {
  return PageOfUsers(*machine_, user, &User::requests_sent, page);
}

absl::StatusOr<Page<UserSummary>> Society::RequestsReceived(UserId user,
                                                            const PageRequest& page) const {
  return PageOfUsers(*machine_, user, &User::requests_received, page);
}

absl::StatusOr<Page<UserSummary>> Society::Blocked(UserId user, const PageRequest& page) const {
  return PageOfUsers(*machine_, user, &User::blocks, page);
}

std::vector<UserId> Society::SeesExactly(UserId viewer) const {
  const User* const user = machine_->Find(viewer);
  return user == nullptr ? std::vector<UserId>() : machine_->SeesExactly(*user);
}

std::vector<UserId> Society::NeverSees(UserId viewer) const {
  const User* const user = machine_->Find(viewer);
  return user == nullptr ? std::vector<UserId>() : Machine::NeverSees(*user);
}

absl::StatusOr<UserExport> Society::Export(UserId id, const MessageStore& texts) const {
  const absl::StatusOr<const User*> found = FindUser(*machine_, id);
  if (!found.ok()) return found.status();
  const User& user = **found;
  UserExport all{.user = user.id,
                 .registered = user.registered,
                 .last_active = user.last_active,
                 .visibility = user.visibility,
                 .nickname = user.nickname,
                 .status = user.status,
                 .interests = user.interests,
                 .image_url = user.image_url,
                 .friends = user.friends,
                 .requests_sent = user.requests_sent,
                 .requests_received = user.requests_received,
                 .blocked = user.blocks,
                 .invitations = user.invitations,
                 .meetups = {},
                 .tickets = TicketsOf(*machine_, user),
                 .messages = {}};
  for (const Tie& tie : user.ties) {
    const Meetup& meetup = *machine_->Find(tie.meetup);
    ExportedMeetup exported{.meetup = meetup.id,
                            .title = meetup.title,
                            .host = meetup.host == id,
                            .member = tie.member,
                            .kicked = tie.kicked};
    if (const Member* const member = meetup.Find(id); member != nullptr) {
      exported.confirmed = member->confirmed;
      exported.joined = member->joined;
      exported.read = member->read;
    }
    all.meetups.push_back(std::move(exported));
    if (!tie.posted) continue;
    for (MessageNumber number = 1; number <= meetup.room.last(); ++number) {
      if (meetup.room.AuthorOf(number) != id || meetup.room.At(number).deleted()) continue;
      absl::StatusOr<StoredMessage> stored = TextOf(texts, meetup.id, number);
      if (!stored.ok()) return stored.status();
      all.messages.push_back({.meetup = meetup.id,
                              .number = number,
                              .time = stored->time,
                              .text = std::move(stored->text)});
    }
  }
  return all;
}

}  // namespace moyeo::society
