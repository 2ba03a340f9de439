// An evening in Seoul: a thousand people say what they would like to do, with whom they have never
// met, and are matched. Who waits too long looks for what others have begun.
//
//   moyeo_evening_matches [SEED]
//
// The same seed gives the same evening, on every machine.

#include <moyeo/engine.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace {

using moyeo::MeetupId;
using moyeo::Timestamp;
using moyeo::UserId;
using std::chrono::milliseconds;
using std::chrono::minutes;

constexpr std::size_t kPeople = 1'000;

// Five in the afternoon of Friday, 17 November 2023, in Seoul, which is nine hours ahead of UTC all
// year round. The engine knows UTC alone.
constexpr Timestamp kFive{std::chrono::sys_days(std::chrono::year(2023) / 11 / 17) +
                          std::chrono::hours(8)};
constexpr std::chrono::hours kAheadOfUtc{9};

constexpr std::array kFamilies = {"Kim",  "Lee",   "Park", "Choi", "Jung", "Kang", "Cho",
                                  "Yoon", "Jang",  "Lim",  "Han",  "Oh",   "Seo",  "Shin",
                                  "Kwon", "Hwang", "Ahn",  "Song", "Ryu",  "Hong"};
constexpr std::array kGiven = {
    "Minji",   "Seoyeon", "Jiwoo",  "Haeun",  "Yuna",    "Sora",     "Dahyun",  "Eunji",  "Hana",
    "Jimin",   "Nari",    "Boram",  "Ara",    "Mina",    "Yeji",     "Subin",   "Gaeun",  "Chaewon",
    "Bomi",    "Dain",    "Minho",  "Junho",  "Seojun",  "Doyun",    "Jihun",   "Woojin", "Taeyang",
    "Hyunwoo", "Siwoo",   "Eunho",  "Jaemin", "Sungmin", "Kyungsoo", "Donghae", "Inho",   "Jinho",
    "Minjae",  "Seungho", "Yongsu", "Gunwoo", "Haneul",  "Narae",    "Bitna",   "Sarang", "Uju",
    "Onyu",    "Garam",   "Nuri",   "Darae",  "Sol"};
static_assert(kFamilies.size() * kGiven.size() == kPeople);

struct Quarter {
  const char* name;
  moyeo::LatLng center;
};
constexpr std::array<Quarter, 8> kQuarters = {{{"Hongdae", {37.5563, 126.9236}},
                                               {"Gangnam", {37.4979, 127.0276}},
                                               {"Jamsil", {37.5133, 127.1001}},
                                               {"Jongno", {37.5704, 126.9920}},
                                               {"Itaewon", {37.5345, 126.9946}},
                                               {"Yeouido", {37.5219, 126.9245}},
                                               {"Seongsu", {37.5446, 127.0559}},
                                               {"Sinchon", {37.5598, 126.9425}}}};

constexpr std::array kThings = {"badminton", "board games", "running", "coffee", "climbing",
                                "karaoke",   "photography", "cooking", "jazz",   "table tennis"};

// SplitMix64: unlike those of the standard library, its draws are the same everywhere.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t Below(std::uint64_t limit) {
    std::uint64_t x = state_ += 0x9E3779B97F4A7C15;
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9;
    x = (x ^ x >> 27) * 0x94D049BB133111EB;
    return (x ^ x >> 31) % limit;
  }

 private:
  std::uint64_t state_;
};

// What must not fail here, with why it has.
template <typename T>
T Expect(absl::StatusOr<T> result) {
  if (!result.ok()) {
    std::fprintf(stderr, "evening_matches: %s\n", result.status().ToString().c_str());
    std::exit(1);
  }
  return *std::move(result);
}

std::string Clock(Timestamp time) {
  const auto local = (time + kAheadOfUtc).time_since_epoch();
  const auto of_day =
      std::chrono::floor<minutes>(local) - std::chrono::floor<std::chrono::days>(local);
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), "%02d:%02d", static_cast<int>(of_day.count() / 60),
                static_cast<int>(of_day.count() % 60));
  return text.data();
}

const char* QuarterOf(moyeo::LatLng place) {
  const Quarter* nearest = nullptr;
  double least = 0;
  for (const Quarter& quarter : kQuarters) {
    const double distance = Expect(moyeo::DistanceMeters(quarter.center, place));
    if (nearest == nullptr || distance < least) {
      nearest = &quarter;
      least = distance;
    }
  }
  return nearest->name;
}

class Evening {
 public:
  explicit Evening(std::uint64_t seed)
      : random_(seed), engine_(Expect(moyeo::Engine::OpenInMemory())) {}

  void Run() {
    std::printf("A thousand people in Seoul, on Friday, 17 November 2023. Local time.\n");
    RegisterAll();
    for (; now_ < kFive + std::chrono::hours(5); now_ += minutes(5)) {
      for (std::size_t person = 1; person <= kPeople; ++person) {
        if (people_[person].asks_at == now_) OpenTicket(UserId{person});
      }
      // Those who came within five minutes are matched together.
      Do({.time = now_ + minutes(1), .body = moyeo::Advance{}});
      TellMatched();
      if (now_ == kFive + std::chrono::hours(2) || now_ == kFive + std::chrono::hours(3)) {
        LookAround();
      }
    }
    const long long waited_each =
        matched_ == 0 ? 0 : waited_.count() / static_cast<long long>(matched_);
    std::printf(
        "\nOf %zu people %zu were matched, after %lld minutes on average, in %zu meetups;\n"
        "%zu joined one that was recommended; %zu found nobody.\n",
        kPeople, matched_, waited_each, meetups_, joined_, kPeople - matched_ - joined_);
  }

 private:
  struct Person {
    std::string name;
    Timestamp asks_at;
    moyeo::LatLng place;
    bool waits = false;
  };

  moyeo::Outcome Do(const moyeo::Command& command) {
    const moyeo::Outcome outcome = Expect(engine_->Apply(command));
    if (outcome.accepted()) return outcome;
    std::fprintf(stderr, "evening_matches: %s\n",
                 std::string(moyeo::SentenceOf(outcome.reject)).c_str());
    std::exit(1);
  }

  void RegisterAll() {
    people_.resize(kPeople + 1);
    for (std::size_t i = 0; i < kPeople; ++i) {
      Person& person = people_[i + 1];
      person.name =
          std::string(kFamilies[i % kFamilies.size()]) + " " + kGiven[i / kFamilies.size()];
      // From five to nine, most of them soon after six.
      person.asks_at =
          kFive + minutes(5) * static_cast<std::int64_t>(random_.Below(28) + random_.Below(20));
      const Quarter& quarter = kQuarters[random_.Below(kQuarters.size())];
      // Within a kilometre or two of the middle, more likely near it.
      const auto off = [this] {
        return (static_cast<double>(random_.Below(2'001) + random_.Below(2'001)) - 2'000) / 100'000;
      };
      person.place = {quarter.center.lat + off(), quarter.center.lng + off()};
      Do({.time = now_, .actor = UserId{i + 1}, .body = moyeo::Register{.nickname = person.name}});
    }
  }

  void OpenTicket(UserId user) {
    Person& person = people_[ToNumber(user)];
    std::vector<std::string> tags = {kThings[random_.Below(kThings.size())]};
    const std::string other = kThings[random_.Below(kThings.size())];
    if (other != tags[0]) tags.push_back(other);
    const Timestamp from = now_ + minutes(30) * static_cast<std::int64_t>(1 + random_.Below(3));
    const auto least = static_cast<std::uint32_t>(2 + random_.Below(3));
    Do({.time = now_, .actor = user, .body = moyeo::EditProfile{.interests = tags}});
    Do({.time = now_,
        .actor = user,
        .body = moyeo::CreateTicket{
            .location = person.place,
            .radius_m = static_cast<std::uint32_t>(2'000 + 1'000 * random_.Below(4)),
            .from = from,
            .until = from + minutes(30) * static_cast<std::int64_t>(4 + random_.Below(4)),
            .length_ms = milliseconds(minutes(90)).count(),
            .tags = tags,
            .least = least,
            .most = least + static_cast<std::uint32_t>(random_.Below(4))}});
    person.waits = true;
  }

  // Nobody opens a second ticket: who no longer waits is in one meetup, or has waited in vain.
  void TellMatched() {
    std::map<MeetupId, moyeo::MeetupSummary> formed;
    std::size_t waiting = 0;
    for (std::size_t i = 1; i <= kPeople; ++i) {
      Person& person = people_[i];
      if (!person.waits) continue;
      if (!Expect(engine_->Tickets(UserId{i})).empty()) {
        ++waiting;
        continue;
      }
      person.waits = false;
      for (moyeo::MeetupSummary& meetup : Expect(engine_->MyMeetups(UserId{i})).items) {
        ++matched_;
        waited_ += std::chrono::duration_cast<minutes>(now_ - person.asks_at);
        formed.emplace(meetup.meetup, std::move(meetup));
      }
    }
    if (formed.empty()) return;
    meetups_ += formed.size();
    std::printf("\n%s  %zu wait\n", Clock(now_).c_str(), waiting);
    for (const auto& [id, meetup] : formed) {
      std::printf("       %s in %s, %s to %s:", meetup.title.c_str(), QuarterOf(*meetup.location),
                  Clock(meetup.start).c_str(), Clock(meetup.end).c_str());
      const char* separator = " ";
      for (const moyeo::MemberView& member : Expect(engine_->Members(std::nullopt, id))) {
        std::printf("%s%s", separator, member.nickname.c_str());
        separator = ", ";
      }
      const std::uint32_t seats = meetup.capacity - meetup.members;
      if (seats > 0) std::printf("; %u more may come", seats);
      std::printf("\n");
    }
  }

  // Whoever still waits is shown what others have begun.
  void LookAround() {
    std::printf("\n%s  Who still waits looks around.\n", Clock(now_ + minutes(2)).c_str());
    for (std::size_t i = 1; i <= kPeople; ++i) {
      Person& person = people_[i];
      if (!person.waits) continue;
      const UserId user{i};
      const auto best =
          Expect(engine_->Recommend(user, {.place = person.place, .radius_m = 5'000, .limit = 1}));
      if (best.empty() || best[0].shared_interests.empty()) continue;
      const moyeo::Recommendation& one = best[0];
      const Timestamp then = now_ + minutes(2);
      for (const moyeo::TicketView& ticket : Expect(engine_->Tickets(user))) {
        Do({.time = then, .actor = user, .body = moyeo::WithdrawTicket{ticket.ticket}});
      }
      Do({.time = then, .actor = user, .body = moyeo::JoinMeetup{one.meetup.meetup}});
      person.waits = false;
      ++joined_;
      std::printf("       %s joins %s in %s at %s: %.1f km away, score %u\n", person.name.c_str(),
                  one.shared_interests[0].c_str(), QuarterOf(*one.meetup.location),
                  Clock(one.meetup.start).c_str(), *one.meetup.distance_m / 1'000, one.score.total);
    }
  }

  Random random_;
  const std::unique_ptr<moyeo::Engine> engine_;
  Timestamp now_ = kFive;
  std::vector<Person> people_;  // by id
  std::size_t matched_ = 0;
  std::size_t joined_ = 0;
  std::size_t meetups_ = 0;
  minutes waited_{0};
};

}  // namespace

int main(int argc, char** argv) {
  constexpr std::uint64_t kSeed = 1;
  char* end = nullptr;
  const std::uint64_t seed = argc == 2 ? std::strtoull(argv[1], &end, 10) : kSeed;
  if (argc > 2 || (argc == 2 && (*argv[1] == '\0' || *end != '\0'))) {
    std::fprintf(stderr, "Usage: moyeo_evening_matches [SEED]\n");
    return 2;
  }
  Evening(seed).Run();
}
