#include "simulation/population.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <iterator>
#include <limits>
#include <numeric>
#include <string_view>
#include <utility>

#include "simulation/text.h"

namespace moyeo::testing {
namespace {

using namespace std::string_view_literals;
using std::chrono::milliseconds;

constexpr std::int64_t kHour = 3'600'000;
constexpr std::int64_t kDay = 24 * kHour;

// What is typed, on phones and laptops, in many scripts: composed and decomposed, wide and narrow,
// upper and lower case, joined, marked, invisible.
constexpr std::array kWords = {"chess"sv,
                               "Chess"sv,
                               "CHESS"sv,
                               "ｃｈｅｓｓ"sv,
                               "hiking"sv,
                               "run"sv,
                               "Straße"sv,
                               "STRASSE"sv,
                               "한강"sv,
                               "\u1112\u1161\u11AB\u1100\u1161\u11BC"sv,  // the same in letters
                               "모여"sv,
                               "\u1106\u1169\u110B\u1167"sv,
                               "등산 모임"sv,
                               "ㅎㅎ"sv,
                               "caf\u00E9"sv,
                               "cafe\u0301"sv,
                               "CAF\u00C9"sv,
                               "\uFB01lm"sv,
                               "FILM"sv,
                               "\u0130stanbul"sv,
                               "istanbul"sv,
                               "ΣΊΣΥΦΟΣ"sv,
                               "σίσυφος"sv,
                               "\u03B1\u0345\u0301"sv,
                               "京都"sv,
                               "\uF900"sv,
                               "カフェ"sv,
                               "ｶﾌｪ"sv,
                               "\u304C\u3063\u304D"sv,
                               "\u304B\u3099\u3063\u304D"sv,
                               "مرحبا"sv,
                               "\uFDFA"sv,
                               "שלום"sv,
                               "ไทย"sv,
                               "हिन्दी"sv,
                               "\u0958"sv,
                               "Ⅷ"sv,
                               "㎞"sv,
                               "👩\u200D👩\u200D👧"sv,
                               "👍🏽"sv,
                               "🇰🇷"sv,
                               "a\u200Db"sv,
                               "\u00AD"sv,
                               "\u200B"sv,
                               "a\0b"sv,
                               "x\u0323\u0307"sv,
                               "x\u0307\u0323"sv,
                               "\U0001D15E"sv,
                               "%_"sv,
                               "\"quoted\\\""sv,
                               "\r\n\t"sv,
                               " "sv,
                               "\u0301"sv};

// Of which a text as long as is allowed is made: each is one character in NFC.
constexpr std::array kLetters = {"a"sv,       "가"sv, "\u1100\u1161"sv, "\u00E9"sv,
                                 "e\u0301"sv, "𝒳"sv,  "🙂"sv,         "語"sv};

// No UTF-8: overlong, a surrogate, beyond the last code point, cut off, begun nowhere, never used.
constexpr std::array kNoText = {
    "\xC0\x80"sv, "\xED\xA0\x80"sv, "\xF4\x90\x80\x80"sv, "abc\xE2\x82"sv,
    "\x80tail"sv, "\xFF"sv,         "한\xED\xBF\xBF강"sv, "\xF8\x88\x80\x80\x80"sv};

constexpr std::array kNames = {
    "Mina"sv,        "MINA"sv,         "Ｍｉｎａ"sv, "미나"sv, "\u1106\u1175\u1102\u1161"sv,
    "J\u00FCrgen"sv, "Ju\u0308rgen"sv, "Ada"sv,      "ada"sv,  "Weiß"sv,
    "WEISS"sv,       "Δίας"sv,         "ΔΊΑΣ"sv,     "李"sv,   "Zoë"sv,
    "Bob"sv};

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr std::array<LatLng, 7> kNoPlaces = {{{kNaN, 0},
                                              {0, kNaN},
                                              {kInfinity, 0},
                                              {0, -kInfinity},
                                              {90.0000001, 0},
                                              {0, -180.0000001},
                                              {-91, 200}}};

constexpr std::array kNoTimes = {kMinTimestamp - milliseconds(1), kMaxTimestamp + milliseconds(1),
                                 Timestamp::min(), Timestamp::max()};

milliseconds Milliseconds(double count) { return milliseconds(static_cast<std::int64_t>(count)); }

std::string Repeated(std::string_view letter, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += letter;
  return text;
}

template <typename Container>
auto& Nth(Container& container, std::size_t n) {
  return *std::next(container.begin(), static_cast<std::ptrdiff_t>(n));
}

}  // namespace

Population::Population(std::uint64_t seed, const PopulationOptions& options)
    : random_(seed), options_(options), crowd_(random_.Pick(Crowds())), now_(options.start) {
  // Ids as hosts give them: counted up, and hashed; and the two ends of the range.
  for (std::size_t i = 0; i < options.users; ++i) {
    users_.push_back(UserId{i % 3 == 0 ? random_.Bits() : i});
  }
  users_.front() = UserId{0};
  users_.back() = UserId{std::numeric_limits<std::uint64_t>::max()};
}

// ---- Commands

Command Population::Next(const Books& books, std::optional<Timestamp> due) {
  books_ = &books;
  now_ = std::max(now_, books.now);
  if (!sent_.empty() && random_.OneIn(25)) {
    Command again = Nth(sent_, random_.Below(sent_.size()));
    if (random_.OneIn(2)) again.time = SomeTime(due);
    if (random_.OneIn(10)) again.actor = SomeUser();
    if (random_.OneIn(10)) again.body = SomeWish().body;
    return again;
  }
  Command command;
  command.time = SomeTime(due);
  Wish wish = SomeWish();
  command.actor = wish.actor;
  command.body = std::move(wish.body);
  if (random_.OneIn(100)) command.actor = std::nullopt;
  if (random_.OneIn(100)) command.actor = SomeUser();
  if (random_.OneIn(3)) command.request_id = RequestId{random_.Below(random_.OneIn(2) ? 20 : 5000)};
  return command;
}

void Population::Hear(const Command& command, const Outcome& outcome) {
  constexpr std::size_t kSent = 40;
  if (!command.request_id && outcome.accepted()) return;
  sent_.push_back(command);
  if (sent_.size() > kSent) sent_.pop_front();
}

// Mostly a little later than before; now and then as something becomes due, late, or no time.
Timestamp Population::SomeTime(std::optional<Timestamp> due) {
  if (random_.OneIn(200)) return random_.Pick(kNoTimes);
  if (random_.OneIn(15)) {
    return std::max(kMinTimestamp, now_ - milliseconds(random_.Between(1, 3 * kDay)));
  }
  // Of the mean of the pace but for those that come together, and mostly less.
  const double wait = -std::log(random_.Uniform(1e-9, 1)) * options_.pace_ms * 1.5;
  if (due && *due < now_ + Milliseconds(100 * options_.pace_ms) && random_.OneIn(20)) {
    now_ = std::max(now_, *due + milliseconds(random_.Between(-1, 1)));
  } else if (random_.OneIn(2'000)) {
    now_ += Milliseconds(wait * 1'000);
  } else if (!random_.OneIn(3)) {
    now_ += Milliseconds(wait);
  }
  now_ = std::min(now_, kMaxTimestamp);
  return now_;
}

Population::Wish Population::SomeWish() {
  const auto registered = std::count_if(books_->people.begin(), books_->people.end(),
                                        [](const auto& entry) { return !entry.second.erased; });
  if (static_cast<std::size_t>(registered) * 2 < users_.size() && random_.OneIn(2)) {
    return RegisterSomebody();
  }
  if (books_->meetups.size() < options_.meetups && random_.OneIn(5)) return Create();
  if (hot_ && random_.OneIn(2)) return JoinTheHotOne();
  // In the order of Mix.
  constexpr std::array<Wish (Population::*)(), Mix::kWishes> kWishes = {
      &Population::RegisterSomebody,
      &Population::ChangeProfile,
      &Population::DealWithFriends,
      &Population::BlockOrReport,
      &Population::EraseSomebody,
      &Population::Create,
      &Population::EditOne,
      &Population::HostOne,
      &Population::Join,
      &Population::InviteOrKick,
      &Population::AnswerInvitation,
      &Population::Confirm,
      &Population::Talk,
      &Population::OpenTicket,
      &Population::DropTicket,
      &Population::ConfigureAll,
      &Population::LetTimeGoOn};
  const auto& shares = options_.mix.shares;
  double choice = random_.Uniform(0, std::accumulate(shares.begin(), shares.end(), 0.0));
  std::size_t wish = 0;
  while (wish + 1 < shares.size() && choice >= shares[wish]) choice -= shares[wish++];
  return (this->*kWishes[wish])();
}

Population::Wish Population::RegisterSomebody() {
  // Whoever was erased makes room for somebody new, who has another id.
  UserId& user = users_[random_.Below(users_.size())];
  const auto found = books_->people.find(user);
  if (found != books_->people.end() && found->second.erased && random_.OneIn(2)) {
    user = UserId{random_.Bits()};
  }
  return {.actor = user,
          .body = Register{.nickname = SomeNickname(),
                           .status = SomeText(0, Limits::kStatusLength),
                           .interests = SomeTags(),
                           .image_url = random_.OneIn(2) ? "" : SomeText(0, Limits::kUrlLength),
                           .visibility = SomeVisibility()}};
}

Population::Wish Population::ChangeProfile() {
  const UserId actor = SomebodyKnown();
  if (random_.OneIn(3)) return {actor, SetVisibility{.visibility = SomeVisibility()}};
  return {.actor = actor,
          .body = EditProfile{.nickname = Perhaps(SomeNickname()),
                              .status = Perhaps(SomeText(0, Limits::kStatusLength)),
                              .interests = Perhaps(SomeTags()),
                              .image_url = Perhaps(SomeText(0, Limits::kUrlLength))}};
}

Population::Wish Population::DealWithFriends() {
  const UserId actor = SomebodyKnown();
  const auto found = books_->people.find(actor);
  const Books::Person nobody;
  const Books::Person& me = found == books_->people.end() ? nobody : found->second;
  switch (random_.Below(8)) {
    case 0:
    case 1:
    case 2:
      return {actor, RequestFriend{.user = SomeUser()}};
    case 3:
    case 4:
      return {actor, RequestFriend{.user = SomeoneOf(me.requested_by)}};
    case 5:
      return {actor, WithdrawFriendRequest{.user = SomeoneOf(me.requested)}};
    case 6:
      return {actor, DeclineFriendRequest{.user = SomeoneOf(me.requested_by)}};
    default:
      return {actor, EndFriendship{.user = SomeoneOf(me.friends)}};
  }
}

Population::Wish Population::BlockOrReport() {
  const UserId actor = SomebodyKnown();
  const auto found = books_->people.find(actor);
  switch (random_.Below(5)) {
    case 0:
      return {actor, Block{.user = SomeUser()}};
    case 1:
      // Friends as well fall out.
      if (found != books_->people.end()) {
        return {actor, Block{.user = SomeoneOf(found->second.friends)}};
      }
      return {actor, Block{.user = actor}};
    case 2:
    case 3:
      if (found != books_->people.end()) {
        return {actor, Unblock{.user = SomeoneOf(found->second.blocked)}};
      }
      return {actor, Unblock{.user = SomeUser()}};
    default:
      return {actor, ReportUser{.user = SomeUser(), .reason = SomeText(1, Limits::kReasonLength)}};
  }
}

Population::Wish Population::EraseSomebody() { return {SomebodyKnown(), Erase{}}; }

Population::Wish Population::Create() {
  const Timestamp start = SomeStart();
  return {.actor = SomebodyKnown(),
          .body = CreateMeetup{.title = SomeText(1, Limits::kTitleLength),
                               .content = SomeText(0, Limits::kContentLength),
                               .image_url = SomeText(0, Limits::kUrlLength),
                               .place_name = SomeText(0, Limits::kPlaceNameLength),
                               .location = SomeLocation(),
                               .start = start,
                               .end = SomeEnd(start),
                               .capacity = SomeCapacity(),
                               .tags = SomeTags(),
                               .bring = SomeText(0, Limits::kBringLength)}};
}

Population::Wish Population::EditOne() {
  const MeetupEntry* const entry = SomeMeetupKept();
  EditMeetup edit{.meetup = IdOf(entry)};
  // Mostly one thing at a time.
  if (random_.OneIn(6)) edit.title = SomeText(1, Limits::kTitleLength);
  if (random_.OneIn(12)) edit.content = SomeText(0, Limits::kContentLength);
  if (random_.OneIn(12)) edit.image_url = SomeText(0, Limits::kUrlLength);
  if (random_.OneIn(12)) edit.place_name = SomeText(0, Limits::kPlaceNameLength);
  if (random_.OneIn(6)) edit.location = SomeLocation();
  if (random_.OneIn(6)) edit.start = SomeStart();
  if (random_.OneIn(5)) {
    const bool is_new = edit.start.has_value() || entry == nullptr;
    edit.end = SomeEnd(is_new ? edit.start.value_or(now_) : entry->second.start);
  }
  if (entry != nullptr && random_.OneIn(12)) edit.start = entry->second.start;
  if (entry != nullptr && random_.OneIn(12)) edit.end = entry->second.end;
  if (random_.OneIn(3)) edit.capacity = SomeCapacity();
  if (random_.OneIn(10)) edit.tags = SomeTags();
  if (random_.OneIn(12)) edit.bring = SomeText(0, Limits::kBringLength);
  return {HostOf(entry), edit};
}

Population::Wish Population::HostOne() {
  const MeetupEntry* const entry = SomeMeetupKept();
  const UserId host = HostOf(entry);
  if (random_.OneIn(3)) {
    return {host, TransferMeetup{.meetup = IdOf(entry), .user = MemberOf(entry)}};
  }
  if (random_.OneIn(2)) {
    return {host, CancelMeetup{.meetup = IdOf(entry), .force = random_.OneIn(3)}};
  }
  return {random_.OneIn(4) ? host : SomebodyKnown(),
          ReportMeetup{.meetup = IdOf(entry), .reason = SomeText(1, Limits::kReasonLength)}};
}

Population::Wish Population::Join() {
  const MeetupEntry* const entry = SomeMeetupKept();
  if (entry != nullptr && random_.OneIn(30)) hot_ = entry->first;
  if (random_.OneIn(4)) return {MemberOf(entry), LeaveMeetup{.meetup = IdOf(entry)}};
  if (entry != nullptr && random_.OneIn(10)) {
    return {SomeoneOf(entry->second.kicked), JoinMeetup{.meetup = IdOf(entry)}};
  }
  return {SomebodyKnown(), JoinMeetup{.meetup = IdOf(entry)}};
}

Population::Wish Population::JoinTheHotOne() {
  const MeetupId meetup = *hot_;
  if (random_.OneIn(20) || !books_->meetups.contains(meetup)) hot_ = std::nullopt;
  if (random_.OneIn(10)) return {SomebodyKnown(), AcceptInvitation{.meetup = meetup}};
  if (random_.OneIn(10)) return {SomebodyKnown(), LeaveMeetup{.meetup = meetup}};
  return {SomebodyKnown(), JoinMeetup{.meetup = meetup}};
}

Population::Wish Population::InviteOrKick() {
  const MeetupEntry* const entry = SomeMeetupKept();
  const UserId host = HostOf(entry);
  if (random_.OneIn(3)) return {host, KickMember{.meetup = IdOf(entry), .user = MemberOf(entry)}};
  if (entry != nullptr && random_.OneIn(6)) {
    return {host,
            WithdrawInvitation{.meetup = IdOf(entry), .user = SomeoneOf(entry->second.invited)}};
  }
  if (entry != nullptr && random_.OneIn(5)) {
    return {host, Invite{.meetup = IdOf(entry), .user = SomeoneOf(entry->second.kicked)}};
  }
  if (entry != nullptr && random_.OneIn(10)) {
    return {host, Invite{.meetup = IdOf(entry), .user = SomeoneOf(entry->second.invited)}};
  }
  return {host, Invite{.meetup = IdOf(entry), .user = SomeUser()}};
}

Population::Wish Population::AnswerInvitation() {
  // Of several meetups one that has invited somebody.
  const MeetupEntry* entry = SomeMeetupKept();
  for (int i = 0; i < 5 && entry != nullptr && entry->second.invited.empty(); ++i) {
    entry = SomeMeetupKept();
  }
  const UserId user = entry == nullptr ? SomebodyKnown() : SomeoneOf(entry->second.invited);
  if (random_.OneIn(4)) return {user, DeclineInvitation{.meetup = IdOf(entry)}};
  return {user, AcceptInvitation{.meetup = IdOf(entry)}};
}

Population::Wish Population::Confirm() {
  const MeetupEntry* const entry = SomeMeetupKept();
  if (random_.OneIn(8)) return {MemberOf(entry), WithdrawConfirmation{.meetup = IdOf(entry)}};
  if (entry == nullptr || random_.OneIn(4)) {
    return {MemberOf(entry), ConfirmMeetup{.meetup = IdOf(entry)}};
  }
  // Whose turn it is: the others', then the host's.
  for (const Books::Member& member : entry->second.members) {
    if (!member.confirmed && member.user != entry->second.host) {
      return {member.user, ConfirmMeetup{.meetup = entry->first}};
    }
  }
  return {HostOf(entry), ConfirmMeetup{.meetup = entry->first}};
}

Population::Wish Population::Talk() {
  const MeetupEntry* const entry = SomeMeetupKept();
  const UserId member = MemberOf(entry);
  switch (random_.Below(8)) {
    case 0:
      return {member, DeleteMessage{.meetup = IdOf(entry), .number = SomeMessageOf(entry)}};
    case 1:
      return {HostOf(entry), DeleteMessage{.meetup = IdOf(entry), .number = SomeMessageOf(entry)}};
    case 2:
    case 3:
      return {member, MarkRead{.meetup = IdOf(entry), .number = SomeMessageOf(entry)}};
    case 4:
      return {member, ReportMessage{.meetup = IdOf(entry),
                                    .number = SomeMessageOf(entry),
                                    .reason = SomeText(1, Limits::kReasonLength)}};
    default:
      return {member,
              PostMessage{.meetup = IdOf(entry), .text = SomeText(1, Limits::kMessageLength)}};
  }
}

// Most want what many want, so that some are found.
Population::Wish Population::OpenTicket() {
  constexpr std::array kSports = {"chess"sv, "CHESS"sv, "run"sv, "한강"sv};
  CreateTicket ticket;
  ticket.location = SomeLocation().value_or(crowd_.place(random_));
  ticket.radius_m = static_cast<std::uint32_t>(random_.Between(1'000, 100'000));
  if (random_.OneIn(40)) ticket.radius_m = random_.OneIn(2) ? 0 : 100'001;
  ticket.from = random_.OneIn(3) ? now_ : SomeStart();
  ticket.length_ms = random_.Between(0, 3 * kHour);
  if (random_.OneIn(40)) ticket.length_ms = random_.OneIn(2) ? -1 : 400 * kDay;
  ticket.until = SomeEnd(ticket.from);
  ticket.tags = random_.OneIn(4) ? SomeTags() : std::vector{std::string(random_.Pick(kSports))};
  if (random_.OneIn(4)) ticket.tags.emplace_back("run");
  ticket.least = static_cast<std::uint32_t>(random_.Between(2, random_.OneIn(3) ? 5 : 3));
  ticket.most = random_.OneIn(3) ? SomeCapacity() : ticket.least + 2;
  if (random_.OneIn(60)) ticket.least = 1;
  if (books_->tickets.empty() || random_.OneIn(2)) return {SomebodyKnown(), ticket};
  // Who looks for something looks for more.
  return {Nth(books_->tickets, random_.Below(books_->tickets.size())).second.owner, ticket};
}

Population::Wish Population::DropTicket() {
  if (books_->tickets.empty() || random_.OneIn(8)) {
    return {SomebodyKnown(), WithdrawTicket{TicketId{random_.Below(books_->tickets_made + 3)}}};
  }
  const auto& [id, ticket] = Nth(books_->tickets, random_.Below(books_->tickets.size()));
  return {random_.OneIn(8) ? SomebodyKnown() : ticket.owner, WithdrawTicket{id}};
}

Population::Wish Population::ConfigureAll() { return {std::nullopt, Configure{SomeSettings()}}; }

Population::Wish Population::LetTimeGoOn() { return {std::nullopt, Advance{}}; }

// ---- Whom and what it is about

UserId Population::SomeUser() { return random_.Pick(users_); }

std::optional<UserId> Population::SomeViewer() {
  return random_.OneIn(6) ? std::nullopt : std::optional(SomeUser());
}

// With an account, as far as a few looks find one.
UserId Population::SomebodyKnown() {
  UserId user = SomeUser();
  if (random_.OneIn(15)) return user;
  for (int i = 0; i < 5 && !books_->Knows(user); ++i) user = SomeUser();
  return user;
}

UserId Population::SomeoneOf(const Books::Users& users) {
  if (users.empty() || random_.OneIn(8)) return SomeUser();
  return Nth(users, random_.Below(users.size()));
}

const Population::MeetupEntry* Population::SomeMeetupKept() {
  if (books_->meetups.empty() || random_.OneIn(25)) return nullptr;
  const MeetupEntry* entry = &Nth(books_->meetups, random_.Below(books_->meetups.size()));
  // Rather one in which something may still happen.
  for (int i = 0; i < 2 && (entry->second.IsOver() || entry->second.confirmed); ++i) {
    entry = &Nth(books_->meetups, random_.Below(books_->meetups.size()));
  }
  return entry;
}

MeetupId Population::IdOf(const MeetupEntry* entry) {
  if (entry != nullptr) return entry->first;
  if (random_.OneIn(8)) return MeetupId{random_.Bits()};
  return MeetupId{random_.Below(books_->meetups_made + 3)};
}

MeetupId Population::SomeMeetup(const Books& books) {
  books_ = &books;
  return IdOf(SomeMeetupKept());
}

UserId Population::HostOf(const MeetupEntry* entry) {
  if (entry == nullptr || !entry->second.host) return SomebodyKnown();
  return random_.OneIn(8) ? MemberOf(entry) : *entry->second.host;
}

UserId Population::MemberOf(const MeetupEntry* entry) {
  if (entry == nullptr || entry->second.members.empty() || random_.OneIn(8)) {
    return SomebodyKnown();
  }
  return random_.Pick(entry->second.members).user;
}

MessageNumber Population::SomeMessageOf(const MeetupEntry* entry) {
  const std::size_t count = entry == nullptr ? 0 : entry->second.messages.size();
  if (random_.OneIn(40)) return random_.Bits();
  if (random_.OneIn(3)) return count;
  return random_.Below(count + 2);
}

// ---- What it says

std::string Population::SomeText(std::size_t least, std::size_t most) {
  if (random_.OneIn(60)) return std::string(random_.Pick(kNoText));
  if (random_.OneIn(40)) return Repeated(random_.Pick(kLetters), most);
  if (random_.OneIn(60)) return Repeated(random_.Pick(kLetters), most + 1);
  if (random_.OneIn(least == 0 ? 4 : 60)) return "";
  std::string text;
  for (std::size_t i = 1 + random_.Below(3); i > 0; --i) {
    if (!text.empty() && random_.OneIn(2)) text += ' ';
    text += random_.Pick(kWords);
  }
  return text;
}

std::string Population::SomeNickname() {
  if (random_.OneIn(6)) return SomeText(1, Limits::kNicknameLength);
  std::string name(random_.Pick(kNames));
  if (!random_.OneIn(4)) name += std::to_string(random_.Below(users_.size()));
  return name;
}

std::vector<std::string> Population::SomeTags() {
  std::vector<std::string> tags;
  if (random_.OneIn(40)) {
    const std::size_t count = Limits::kTags + (random_.OneIn(2) ? 1 : 0);
    for (std::size_t i = 0; i < count; ++i) tags.push_back("tag " + std::to_string(i));
    return tags;
  }
  for (std::size_t i = random_.Below(4); i > 0; --i) {
    tags.push_back(random_.OneIn(20) ? SomeText(1, Limits::kTagLength)
                                     : std::string(random_.Pick(kWords)));
  }
  return tags;
}

std::optional<LatLng> Population::SomeLocation() {
  if (random_.OneIn(5)) return std::nullopt;
  if (random_.OneIn(40)) return random_.Pick(kNoPlaces);
  return crowd_.place(random_);
}

// From now on: at the edges of what settings allow, and in between, soon more often than late.
Timestamp Population::SomeStart() {
  const Settings& settings = books_->settings;
  if (random_.OneIn(100)) return random_.Pick(kNoTimes);
  if (random_.OneIn(15)) return now_ + milliseconds(settings.start_from_ms - random_.Between(0, 1));
  if (random_.OneIn(15)) {
    return now_ + milliseconds(settings.start_before_ms - random_.Between(0, 1));
  }
  if (random_.OneIn(40)) return now_ - milliseconds(random_.Between(0, 3 * kDay));
  const std::int64_t ahead =
      random_.OneIn(2) ? random_.Between(0, 4 * kHour) : random_.Between(0, 8 * kDay);
  return now_ + milliseconds(std::max(ahead, settings.start_from_ms));
}

Timestamp Population::SomeEnd(Timestamp start) {
  const Settings& settings = books_->settings;
  if (random_.OneIn(100)) return random_.Pick(kNoTimes);
  // Whatever a time beyond the last one is, it ends there.
  if (start < kMinTimestamp || start > kMaxTimestamp) return now_;
  if (random_.OneIn(12)) {
    return start + milliseconds(settings.length_from_ms - random_.Between(0, 1));
  }
  if (random_.OneIn(12)) {
    return now_ + milliseconds(settings.end_before_ms - random_.Between(0, 1));
  }
  if (random_.OneIn(40)) return now_ - milliseconds(random_.Between(0, kDay));
  return start + milliseconds(random_.Between(settings.length_from_ms, 8 * kHour));
}

std::uint32_t Population::SomeCapacity() {
  if (random_.OneIn(40)) return random_.OneIn(2) ? Limits::kMostCapacity + 1 : 0;
  if (random_.OneIn(40)) return random_.OneIn(2) ? Limits::kMostCapacity : 1;
  return static_cast<std::uint32_t>(random_.Between(2, 7));
}

Visibility Population::SomeVisibility() {
  return static_cast<Visibility>(random_.OneIn(20) ? random_.Below(256) : random_.Below(3));
}

Settings Population::SomeSettings() {
  Settings settings;
  if (random_.OneIn(4)) return settings;
  settings.start_from_ms = random_.OneIn(2) ? 0 : random_.Between(0, kHour);
  settings.start_before_ms = random_.Between(kHour, 8 * kDay);
  settings.length_from_ms = random_.OneIn(2) ? random_.Between(0, 2) : random_.Between(0, kHour);
  settings.end_before_ms = random_.Between(kDay, 14 * kDay);
  settings.retention_ms = random_.OneIn(3) ? random_.Between(0, 2) : random_.Between(0, 7 * kDay);
  settings.presence_ttl_ms = random_.Between(1, kDay);
  settings.cloak_level = static_cast<int>(random_.Between(0, Limits::kMostCloakLevel));
  settings.matching_delay_ms = random_.OneIn(3) ? 0 : random_.Between(0, kHour);
  for (std::uint32_t* const weight :
       {&settings.distance_weight, &settings.interests_weight, &settings.soon_weight,
        &settings.seats_weight, &settings.friends_weight}) {
    *weight = static_cast<std::uint32_t>(random_.Between(0, Limits::kMostWeight));
    if (random_.OneIn(60)) *weight = Limits::kMostWeight + 1;
  }
  const std::array<std::int64_t*, 7> times = {&settings.start_from_ms,    &settings.start_before_ms,
                                              &settings.length_from_ms,   &settings.end_before_ms,
                                              &settings.retention_ms,     &settings.presence_ttl_ms,
                                              &settings.matching_delay_ms};
  if (random_.OneIn(8)) *random_.Pick(times) = -1;
  if (random_.OneIn(8)) *random_.Pick(times) = Limits::kLongestSettingMs + random_.Between(0, 1);
  if (random_.OneIn(20)) settings.presence_ttl_ms = 0;
  if (random_.OneIn(20)) settings.cloak_level = -1;
  if (random_.OneIn(20)) settings.cloak_level = Limits::kMostCloakLevel + 1;
  return settings;
}

template <typename Value>
std::optional<Value> Population::Perhaps(Value value) {
  return random_.OneIn(3) ? std::optional<Value>(std::move(value)) : std::nullopt;
}

// ---- What is asked for

std::string Population::SomeWantedText(const Books& books) {
  books_ = &books;
  std::string text;
  if (random_.OneIn(2)) {
    text = random_.Pick(kWords);
  } else if (random_.OneIn(2)) {
    text = SomeNickname();
  } else if (const MeetupEntry* const entry = SomeMeetupKept()) {
    text = entry->second.title;
  } else {
    text = SomeText(1, Limits::kNicknameLength);
  }
  // Any part of it, even of a character.
  if (!text.empty() && random_.OneIn(2)) {
    text = text.substr(random_.Below(text.size()));
    text.resize(1 + random_.Below(text.size()));
  }
  return text;
}

std::string Population::SomeWantedTag(const Books& books) {
  books_ = &books;
  const MeetupEntry* const entry = SomeMeetupKept();
  if (entry == nullptr || entry->second.tags.empty() || random_.OneIn(3)) {
    return random_.OneIn(10) ? SomeText(1, Limits::kTagLength) : std::string(random_.Pick(kWords));
  }
  const std::string& tag = random_.Pick(entry->second.tags);
  return random_.OneIn(2) ? Fold(tag) : tag;
}

Timestamp Population::SomeTimeNear(Timestamp now) {
  if (random_.OneIn(40)) return random_.Pick(kNoTimes);
  if (random_.OneIn(20)) return random_.OneIn(2) ? kMinTimestamp : kMaxTimestamp;
  return std::clamp(now, kMinTimestamp + milliseconds(8 * kDay),
                    kMaxTimestamp - milliseconds(8 * kDay)) +
         milliseconds(random_.Between(-kDay, 8 * kDay));
}

MapArea Population::SomeArea(const Books& books) {
  books_ = &books;
  const MeetupEntry* const entry = SomeMeetupKept();
  LatLng center =
      entry != nullptr && entry->second.location ? *entry->second.location : crowd_.place(random_);
  if (random_.OneIn(2)) {
    if (random_.OneIn(20)) return MapCircle{random_.Pick(kNoPlaces), 1'000};
    if (random_.OneIn(20)) {
      return MapCircle{center, random_.OneIn(2) ? -1e-9 : random_.OneIn(2) ? kNaN : kInfinity};
    }
    // From a centimetre to past half the globe.
    return MapCircle{center, random_.OneIn(10) ? 0 : std::pow(10, random_.Uniform(-2, 7.5))};
  }
  if (random_.OneIn(20)) {
    const LatLng nowhere = random_.Pick(kNoPlaces);
    return MapBox{-10, nowhere.lng, nowhere.lat, 10};
  }
  if (random_.OneIn(10)) return MapBox{-90, -180, 90, 180};
  // Corners that are whole 2^-6 degrees, of which the middle is exact.
  const auto corner = [&](double degrees) { return std::floor(degrees * 64) / 64; };
  const double size = std::pow(10, random_.Uniform(-1.5, 2));
  MapBox box{.south = std::max(-90.0, corner(center.lat - random_.Uniform(0, size))),
             .west = corner(center.lng - random_.Uniform(0, size)),
             .north = std::min(90.0, corner(center.lat + random_.Uniform(0, size))),
             .east = corner(center.lng + random_.Uniform(0, size))};
  if (box.west < -180) box.west += 360;
  if (box.east > 180) box.east -= 360;
  if (random_.OneIn(20)) std::swap(box.south, box.north);
  if (random_.OneIn(20)) box.east = 180;
  if (random_.OneIn(20)) box.west = -180;
  return box;
}

FindQuery Population::SomeQuery(const Books& books) {
  books_ = &books;
  FindQuery query;
  query.order = static_cast<FindOrder>(random_.Below(3));
  if (!random_.OneIn(4)) {
    const MeetupEntry* const entry = SomeMeetupKept();
    const LatLng center = entry != nullptr && entry->second.location ? *entry->second.location
                                                                     : crowd_.place(random_);
    query.within = MapCircle{center, std::pow(10, random_.Uniform(1, 7.5))};
    if (random_.OneIn(40)) query.within->center = random_.Pick(kNoPlaces);
    if (random_.OneIn(40)) query.within->radius_m = random_.OneIn(2) ? -1 : kNaN;
  }
  if (random_.OneIn(3)) query.from = SomeTimeNear(books.now);
  if (random_.OneIn(3)) query.to = SomeTimeNear(books.now);
  const auto tags = [&] {
    std::vector<std::string> some;
    for (std::size_t i = random_.OneIn(2) ? 0 : 1 + random_.Below(3); i > 0; --i) {
      some.push_back(SomeWantedTag(books));
    }
    if (random_.OneIn(60)) some.assign(FindQuery::kMostTags + 1, "run");
    return some;
  };
  query.any_of = tags();
  if (random_.OneIn(3)) query.all_of = tags();
  if (random_.OneIn(3)) query.free_seats = static_cast<std::uint32_t>(random_.Below(6));
  if (random_.OneIn(4)) query.text = SomeWantedText(books);
  return query;
}

RecommendQuery Population::SomeRecommendQuery(const Books& books) {
  books_ = &books;
  const MeetupEntry* const entry = SomeMeetupKept();
  RecommendQuery query;
  query.place =
      entry != nullptr && entry->second.location ? *entry->second.location : crowd_.place(random_);
  query.radius_m = std::pow(10, random_.Uniform(1, 5));
  query.limit = 1 + random_.Below(random_.OneIn(3) ? 100 : 4);
  if (random_.OneIn(40)) query.place = random_.Pick(kNoPlaces);
  if (random_.OneIn(40)) query.radius_m = random_.OneIn(2) ? kInfinity : -1;
  if (random_.OneIn(40)) query.limit = random_.OneIn(2) ? 0 : 101;
  return query;
}

}  // namespace moyeo::testing
