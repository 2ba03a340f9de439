// A crowd of simulated users before the server: they arrive, walk, meet and leave.

#ifndef MOYEO_EXAMPLES_CROWD_CROWD_H_
#define MOYEO_EXAMPLES_CROWD_CROWD_H_

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "examples/crowd/friendships.h"
#include "examples/crowd/meetup_board.h"
#include "examples/crowd/near_scanner.h"
#include "examples/crowd/options.h"
#include "examples/crowd/person.h"
#include "examples/crowd/process_usage.h"
#include "examples/crowd/summary.h"
#include "examples/crowd/tally.h"
#include "examples/crowd/trails.h"
#include "examples/crowd/walkers.h"

namespace moyeo_crowd {

// Lets everybody arrive, waits until they have settled, counts for as long as the options say, and
// lets everybody leave. For one thread.
class Crowd final : private Person::Host {
 public:
  // Is called each second with how it goes.
  using Watcher = std::function<void(const Glance&)>;

  // `key` is what tokens are signed with.
  //
  // REQUIRES: `places` is not empty.
  Crowd(const CrowdOptions& options, std::span<const moyeo_demo::Place> places, std::string key,
        Watcher watcher);
  ~Crowd() override;

  // Returns when everybody has left; SIGINT and SIGTERM make them leave early. An error if nobody
  // got in, or if the server's process cannot be read about.
  absl::StatusOr<Summary> Run();

 private:
  enum class Phase { kArriving, kSettling, kCounting, kLeaving };

  using Clock = std::chrono::steady_clock;

  struct Counts {
    std::uint64_t moves = 0;
    std::uint64_t deltas = 0;
    std::uint64_t bytes = 0;
  };

  void OnReady(Person& person) override;
  void OnNear(Person& person, std::string_view message) override;
  void OnEvent(std::string_view message) override;
  void OnOutcome(Person& person, std::string_view id,
                 const std::optional<moyeo::Outcome>& outcome) override;
  void OnError(const Person& person, const std::string& why) override;
  void OnGone(Person& person, const std::string& why) override;

  // Microseconds since some time before the crowd began.
  std::int64_t Now() const;

  void ServeNext();
  void WaitForPulse();
  void Pulse();
  void ArriveMore();
  void AdvancePhase(std::int64_t now_us);
  void MoveThoseDue(std::int64_t now_us);
  void Move(Person& person, double seconds);
  void BefriendSome();
  void Socialize(double seconds);
  void Glimpse(std::int64_t now_us);
  void StartCounting(std::int64_t now_us);
  void StopCounting(std::int64_t now_us);
  void Leave();

  Person* DrawReady();
  bool IsOneOf(double share, std::size_t number, std::uint64_t salt) const;
  void CreateMeetup(Person& person);
  void JoinMeetup(Person& person);
  void Chat();

  const CrowdOptions options_;
  const std::string key_;
  const Watcher watcher_;

  boost::asio::io_context context_;
  boost::asio::steady_timer timer_;
  boost::asio::signal_set signals_;

  Walkers walkers_;
  const bool is_korean_;
  Trails trails_;
  MeetupBoard board_;
  std::mt19937_64 random_;
  std::vector<std::unique_ptr<Person>> people_;
  Friendships friendships_;
  Near near_;

  Phase phase_ = Phase::kArriving;
  const Clock::time_point epoch_;
  std::int64_t phase_began_us_ = 0;
  std::int64_t last_pulse_us_ = 0;
  std::int64_t walking_began_us_ = 0;
  std::uint64_t turns_taken_ = 0;  // of people who moved or had a turn to, since walking began
  std::size_t arriving_ = 0;       // those who are connecting
  std::size_t ready_ = 0;
  double to_create_ = 0;  // actions that time has brought, and are not done yet
  double to_join_ = 0;
  double to_chat_ = 0;

  Tally tally_;
  Social social_;
  Mistakes mistakes_;
  Summary summary_;
  std::optional<ProcessUsage> server_before_;  // before anybody connected
  std::optional<ProcessUsage> server_start_;   // of counting
  std::optional<ProcessUsage> own_start_;
  absl::Status failed_;

  std::int64_t last_glimpse_us_ = 0;
  Counts glimpsed_;  // what had been counted then
};

}  // namespace moyeo_crowd

#endif  // MOYEO_EXAMPLES_CROWD_CROWD_H_
