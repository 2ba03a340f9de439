#include "examples/crowd/crowd.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <thread>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "examples/crowd/address.h"
#include "examples/crowd/messages.h"
#include "examples/crowd/names.h"
#include "examples/crowd/position_e7.h"
#include "examples/crowd/token.h"

namespace moyeo_crowd {
namespace {

namespace asio = boost::asio;
using std::chrono::duration_cast;
using std::chrono::microseconds;

constexpr std::chrono::milliseconds kPulse{5};
constexpr std::int64_t kMicros = 1'000'000;

// How many connect at a time. Many more would overrun the server's queue of connections.
constexpr std::size_t kArrivingAtOnce = 100;
// How many pairs become friends at each pulse.
constexpr std::size_t kBefriendedAtOnce = 10;
// How long goodbyes may take.
constexpr std::int64_t kLeavingMicros = 3 * kMicros;

constexpr std::chrono::hours kTokenLifetime{24};

constexpr std::string_view kCreateId = "create";
constexpr std::string_view kChatId = "chat";
constexpr std::string_view kBefriendId = "befriend";
// And the meetup behind it.
constexpr std::string_view kJoinId = "join ";

struct Idea {
  const char* title;
  const char* tag;
};
constexpr std::array<Idea, 8> kIdeas = {{{"한강 산책", "walk"},
                                         {"Board games and tea", "games"},
                                         {"저녁 같이 먹어요", "food"},
                                         {"Running by the river", "running"},
                                         {"책 읽는 모임", "books"},
                                         {"Language exchange", "language"},
                                         {"보드게임 한 판", "games"},
                                         {"Sketching outdoors", "drawing"}}};

constexpr std::array<const char*, 6> kLines = {
    "안녕하세요!",          "Where do we meet?",       "I am on my way.",
    "조금 늦을 것 같아요.", "Shall I bring anything?", "곧 봐요 🙂"};

template <typename Items>
const auto& Any(const Items& items, std::mt19937_64& random) {
  return items[std::uniform_int_distribution<std::size_t>(0, items.size() - 1)(random)];
}

double Milliseconds(std::int64_t us) { return static_cast<double>(us) / 1e3; }
double Seconds(std::int64_t us) { return static_cast<double>(us) / 1e6; }

std::int64_t MicrosOf(double seconds) { return static_cast<std::int64_t>(seconds * 1e6); }

}  // namespace

Crowd::Crowd(const CrowdOptions& options, std::span<const moyeo_demo::Place> places,
             std::string key, Watcher watcher)
    : options_(options),
      key_(std::move(key)),
      watcher_(std::move(watcher)),
      timer_(context_),
      signals_(context_, SIGINT, SIGTERM),
      walkers_(places, options.walkers),
      is_korean_(places.size() == 1 && places.front().country == "KR"),
      trails_(options.walkers.users),
      random_(options.walkers.seed),
      // One second earlier, so that no time is 0.
      epoch_(Clock::now() - std::chrono::seconds(1)) {
  people_.reserve(walkers_.size());
}

Crowd::~Crowd() = default;

std::int64_t Crowd::Now() const {
  return duration_cast<microseconds>(Clock::now() - epoch_).count();
}

absl::StatusOr<Summary> Crowd::Run() {
  if (options_.server_pid) {
    const auto usage = ReadProcessUsage(*options_.server_pid);
    if (!usage.ok()) return usage.status();
    server_before_ = *usage;
  }
  summary_.users = walkers_.size();
  summary_.move_ms = options_.move_ms;
  summary_.interval_ms = options_.interval_ms;
  phase_began_us_ = last_pulse_us_ = last_glimpse_us_ = Now();
  signals_.async_wait([this](boost::system::error_code error, int) {
    if (!error) Leave();
  });
  ArriveMore();
  WaitForPulse();
  while (!context_.stopped()) ServeNext();
  if (!failed_.ok()) return failed_;
  summary_.social = social_;
  summary_.mistakes = mistakes_;
  return summary_;
}

// Clients elsewhere would not be woken by the server's processor: here it would be the server that
// pays for it, message by message. So what has come is read at each pulse, but for those who
// arrive, who wait for one answer after the other.
void Crowd::ServeNext() {
  if (phase_ == Phase::kArriving) {
    context_.run_one();
    return;
  }
  std::this_thread::sleep_until(timer_.expiry());
  context_.poll();
}

void Crowd::WaitForPulse() {
  timer_.expires_after(kPulse);
  timer_.async_wait([this](boost::system::error_code) { Pulse(); });
}

void Crowd::Pulse() {
  const std::int64_t now_us = Now();
  const double seconds = Seconds(now_us - last_pulse_us_);
  last_pulse_us_ = now_us;
  AdvancePhase(now_us);
  if (phase_ != Phase::kLeaving) {
    ArriveMore();
    MoveThoseDue(now_us);
    BefriendSome();
    Socialize(seconds);
    if (now_us - last_glimpse_us_ >= kMicros) Glimpse(now_us);
  } else if (ready_ + arriving_ == 0 || now_us - phase_began_us_ > kLeavingMicros) {
    signals_.cancel();
    context_.stop();
    return;
  }
  WaitForPulse();
}

void Crowd::AdvancePhase(std::int64_t now_us) {
  const std::int64_t passed_us = now_us - phase_began_us_;
  const bool has_arrived = arriving_ == 0 && people_.size() == walkers_.size();
  switch (phase_) {
    case Phase::kArriving:
      if (!has_arrived && passed_us < MicrosOf(options_.arrive_s)) return;
      if (ready_ == 0) {
        std::string why = "it did not answer in time";
        if (mistakes_.count() > 0) why = mistakes_.kinds().begin()->first;
        failed_ = absl::UnavailableError(absl::StrCat("nobody got in: ", why));
        return Leave();
      }
      phase_ = Phase::kSettling;
      break;
    case Phase::kSettling:
      if (passed_us < MicrosOf(options_.settle_s)) return;
      phase_ = Phase::kCounting;
      StartCounting(now_us);
      break;
    case Phase::kCounting:
      if (options_.seconds == 0 || passed_us < MicrosOf(options_.seconds)) return;
      return Leave();
    case Phase::kLeaving:
      return;
  }
  phase_began_us_ = now_us;
}

void Crowd::ArriveMore() {
  if (phase_ != Phase::kArriving) return;
  Person::Host& self = *this;
  const std::string host =
      absl::StrCat(options_.server.address().to_string(), ":", options_.server.port());
  const auto expires = std::chrono::system_clock::now() + kTokenLifetime;
  while (arriving_ < kArrivingAtOnce && people_.size() < walkers_.size()) {
    const std::size_t number = people_.size();
    const std::uint64_t user = options_.first_user + number;
    const bool is_cloaked = IsOneOf(options_.cloaked, number, 0);
    const bool is_hidden = !is_cloaked && options_.hidden > 0 &&
                           IsOneOf(options_.hidden / (1 - options_.cloaked), number, 1);
    Person& person = *people_.emplace_back(
        std::make_unique<Person>(context_, self, number, options_.interval_ms * 1'000));
    ++arriving_;
    const std::string token = SignToken(moyeo::UserId{user}, key_, expires);
    const auto visibility = is_cloaked  ? moyeo::Visibility::kCloaked
                            : is_hidden ? moyeo::Visibility::kHidden
                                        : moyeo::Visibility::kExact;
    person.Arrive(options_.server, SourceOf(number, options_.sources, options_.server), token,
                  RegisterRequest(host, token, NameOf(user, is_korean_), visibility));
    friendships_.Arrive(IsOneOf(options_.friends, number, 2));
  }
}

void Crowd::OnReady(Person& person) {
  --arriving_;
  ++ready_;
  if (phase_ == Phase::kLeaving) return person.Leave();
  if (options_.is_idle) return;
  Move(person, 0);
  person.Say(WatchMessage(options_.radius_m, options_.limit, options_.interval_ms));
}

// Everybody has a turn in each interval between moves, one after the other.
void Crowd::MoveThoseDue(std::int64_t now_us) {
  if (options_.is_idle) return;
  if (walking_began_us_ == 0) walking_began_us_ = now_us;
  const double turns_per_us =
      static_cast<double>(walkers_.size()) / (static_cast<double>(options_.move_ms) * 1e3);
  const auto due =
      static_cast<std::uint64_t>(static_cast<double>(now_us - walking_began_us_) * turns_per_us);
  for (; turns_taken_ < due; ++turns_taken_) {
    const std::size_t number = turns_taken_ % walkers_.size();
    if (number >= people_.size() || !people_[number]->is_ready()) continue;
    Move(*people_[number], static_cast<double>(options_.move_ms) / 1e3);
  }
}

void Crowd::Move(Person& person, double seconds) {
  if (!person.is_through()) {
    ++tally_.held_back;
    return;
  }
  const PositionE7 position = ToE7(walkers_.Walk(person.number(), seconds));
  trails_.Add(person.number(), position, Now());
  person.Say(MoveMessage(position));
  ++tally_.moves;
}

void Crowd::OnNear(Person& person, std::string_view message) {
  tally_.bytes += message.size();
  if (!ScanNear(message, near_) || near_.feed != kFeed) {
    constexpr std::size_t kQuotedBytes = 200;
    return OnError(person, "malformed: " + std::string(message.substr(0, kQuotedBytes)));
  }
  person.feed().Deliver(near_, Now(), trails_, options_.first_user, tally_);
}

void Crowd::OnEvent(std::string_view message) {
  tally_.bytes += message.size();
  ++tally_.events;
}

void Crowd::OnOutcome(Person& person, std::string_view id,
                      const std::optional<moyeo::Outcome>& outcome) {
  if (!outcome) {
    ++social_.refused;
  } else if (id == kCreateId && outcome->meetup) {
    ++social_.created;
    board_.Add(*outcome->meetup, walkers_.At(person.number()), person.number());
  } else if (id == kChatId) {
    ++social_.posted;
  } else if (id == kBefriendId) {
    ++social_.friendships;
  } else if (std::uint64_t meetup = 0;
             id.starts_with(kJoinId) &&
             absl::SimpleAtoi(std::string(id.substr(kJoinId.size())), &meetup)) {
    ++social_.joined;
    board_.Join(moyeo::MeetupId{meetup}, person.number());
  }
}

void Crowd::OnError(const Person&, const std::string& why) { mistakes_.Add(why); }

void Crowd::OnGone(Person& person, const std::string& why) {
  --(person.is_ready() ? ready_ : arriving_);
  if (phase_ != Phase::kLeaving) mistakes_.Add(why);
}

void Crowd::Socialize(double seconds) {
  if (options_.is_idle) return;
  const double thousands_of_minutes = static_cast<double>(ready_) / 1e3 * (seconds / 60);
  to_create_ += options_.create_per_min * thousands_of_minutes;
  to_join_ += options_.join_per_min * thousands_of_minutes;
  to_chat_ += options_.chat_per_min * thousands_of_minutes;
  for (; to_create_ >= 1; --to_create_) {
    if (Person* const person = DrawReady()) CreateMeetup(*person);
  }
  for (; to_join_ >= 1; --to_join_) {
    if (Person* const person = DrawReady()) JoinMeetup(*person);
  }
  for (; to_chat_ >= 1; --to_chat_) Chat();
}

void Crowd::CreateMeetup(Person& person) {
  const Idea& idea = Any(kIdeas, random_);
  const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  const std::chrono::minutes ahead{std::uniform_int_distribution<int>(30, 6 * 60)(random_)};
  person.Order(
      moyeo::CreateMeetup{.title = idea.title,
                          .location = walkers_.At(person.number()),
                          .start = now + ahead,
                          .end = now + ahead + std::chrono::hours(2),
                          .capacity = std::uniform_int_distribution<std::uint32_t>(4, 12)(random_),
                          .tags = {idea.tag}},
      kCreateId);
}

void Crowd::JoinMeetup(Person& person) {
  const Posted* const posted = board_.DrawNear(walkers_.At(person.number()), random_);
  if (posted == nullptr) return;
  person.Order(moyeo::JoinMeetup{posted->meetup},
               std::string(kJoinId) + std::to_string(moyeo::ToNumber(posted->meetup)));
}

void Crowd::Chat() {
  const Posted* const posted = board_.Draw(random_);
  if (posted == nullptr) return;
  Person& author = *people_[Any(posted->members, random_)];
  author.Order(moyeo::PostMessage{posted->meetup, Any(kLines, random_)}, kChatId);
}

void Crowd::BefriendSome() {
  if (phase_ == Phase::kArriving) return;
  for (std::size_t i = 0; i < kBefriendedAtOnce; ++i) {
    const auto pair = friendships_.Take();
    if (!pair) return;
    const auto [one, other] = *pair;
    for (const auto& [from, to] : {std::pair(one, other), std::pair(other, one)}) {
      people_[from]->Order(moyeo::RequestFriend{moyeo::UserId{options_.first_user + to}},
                           kBefriendId);
    }
  }
}

Person* Crowd::DrawReady() {
  // Almost everybody is ready; where hardly anybody is, hardly anything happens.
  constexpr int kTries = 8;
  for (int i = 0; i < kTries && !people_.empty(); ++i) {
    Person& person = *Any(people_, random_);
    if (person.is_ready()) return &person;
  }
  return nullptr;
}

bool Crowd::IsOneOf(double share, std::size_t number, std::uint64_t salt) const {
  std::seed_seq seeds{std::uint64_t{number}, salt, options_.walkers.seed};
  std::array<std::uint32_t, 1> drawn;
  seeds.generate(drawn.begin(), drawn.end());
  return drawn.front() < share * 0x1p32;
}

void Crowd::StartCounting(std::int64_t now_us) {
  tally_.Clear();
  if (options_.server_pid) {
    if (const auto usage = ReadProcessUsage(*options_.server_pid); usage.ok()) {
      server_start_ = *usage;
    }
  }
  if (const auto usage = ReadProcessUsage(getpid()); usage.ok()) own_start_ = *usage;
  glimpsed_ = {};
  last_glimpse_us_ = now_us;
}

void Crowd::StopCounting(std::int64_t now_us) {
  const double seconds = Seconds(now_us - phase_began_us_);
  const auto rate = [&](std::uint64_t count) { return static_cast<double>(count) / seconds; };
  summary_.seconds = seconds;
  summary_.moves_per_s = rate(tally_.moves);
  summary_.deliveries_per_s = rate(tally_.deliveries);
  summary_.deltas_per_s = rate(tally_.deltas);
  summary_.bytes_per_s = rate(tally_.bytes);
  summary_.delay_p50_ms = Milliseconds(tally_.delay.Percentile(50));
  summary_.delay_p99_ms = Milliseconds(tally_.delay.Percentile(99));
  summary_.delay_p999_ms = Milliseconds(tally_.delay.Percentile(99.9));
  summary_.late_p50_ms = Milliseconds(tally_.late.Percentile(50));
  summary_.late_p99_ms = Milliseconds(tally_.late.Percentile(99));
  summary_.missed = tally_.missed;
  summary_.held_back = tally_.held_back;
  summary_.unknown = tally_.unknown;
  summary_.events = tally_.events;

  std::size_t shown = 0;
  for (const auto& person : people_) {
    if (!person->is_ready()) continue;
    shown += person->feed().shown();
    // What never comes is not late: it is missed all the same.
    if (person->feed().IsOverdue(now_us, options_.move_ms * 1'000)) ++summary_.missed;
  }
  if (ready_ > 0) summary_.shown_mean = static_cast<double>(shown) / static_cast<double>(ready_);

  if (const auto usage = ReadProcessUsage(getpid()); usage.ok() && own_start_) {
    summary_.crowd_cpu = (usage->cpu_seconds - own_start_->cpu_seconds) / seconds;
  }
  if (!server_start_) return;
  const auto usage = ReadProcessUsage(*options_.server_pid);
  if (!usage.ok()) return mistakes_.Add("the server's process has ended");
  summary_.server_cpu = (usage->cpu_seconds - server_start_->cpu_seconds) / seconds;
  summary_.server_rss_bytes = usage->rss_bytes;
  summary_.server_rss_bytes_per_socket =
      static_cast<double>(usage->rss_bytes - server_before_->rss_bytes) /
      static_cast<double>(std::max<std::size_t>(ready_, 1));
}

void Crowd::Glimpse(std::int64_t now_us) {
  const double seconds = Seconds(now_us - last_glimpse_us_);
  last_glimpse_us_ = now_us;
  Glance glance{.seconds = Seconds(now_us) - 1,
                .connected = ready_,
                .users = walkers_.size(),
                .delay_p99_us = tally_.delay.Percentile(99),
                .missed = tally_.missed,
                .errors = mistakes_.count()};
  const auto rate = [&](std::uint64_t now, std::uint64_t before) {
    return static_cast<double>(now - before) / seconds;
  };
  glance.moves_per_s = rate(tally_.moves, glimpsed_.moves);
  glance.deltas_per_s = rate(tally_.deltas, glimpsed_.deltas);
  glance.bytes_per_s = rate(tally_.bytes, glimpsed_.bytes);
  glimpsed_ = {tally_.moves, tally_.deltas, tally_.bytes};
  watcher_(glance);
}

void Crowd::Leave() {
  if (phase_ == Phase::kLeaving) return;
  const std::int64_t now_us = Now();
  summary_.connected = ready_;
  if (phase_ == Phase::kCounting) StopCounting(now_us);
  phase_ = Phase::kLeaving;
  phase_began_us_ = now_us;
  for (const auto& person : people_) person->Leave();
}

}  // namespace moyeo_crowd
