// What a crowd has seen, for people and for programs.

#ifndef MOYEO_EXAMPLES_CROWD_SUMMARY_H_
#define MOYEO_EXAMPLES_CROWD_SUMMARY_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace moyeo_crowd {

// How it goes at one moment, with rates over the second before.
struct Glance {
  double seconds = 0;  // since the crowd began
  std::size_t connected = 0;
  std::size_t users = 0;
  double moves_per_s = 0;
  double deltas_per_s = 0;
  double bytes_per_s = 0;
  std::int64_t delay_p99_us = 0;  // since counting began
  std::uint64_t missed = 0;       // likewise
  std::uint64_t errors = 0;
};

std::string ToLine(const Glance& glance);

// What became of the crowd's meetups, from its beginning to its end.
struct Social {
  std::uint64_t friendships = 0;  // requests accepted
  std::uint64_t created = 0;
  std::uint64_t joined = 0;
  std::uint64_t posted = 0;
  std::uint64_t refused = 0;  // by the rules: a meetup was full, say
};

// What went wrong, from the beginning to the end.
class Mistakes {
 public:
  // At most so many kinds are told apart.
  static constexpr std::size_t kMostKinds = 20;

  void Add(const std::string& what);

  std::uint64_t count() const { return count_; }
  // How often what happened, "others" included.
  const std::map<std::string, std::uint64_t>& kinds() const { return kinds_; }

 private:
  std::uint64_t count_ = 0;
  std::map<std::string, std::uint64_t> kinds_;
};

// Rates, delays and processor time are those of the time of counting.
struct Summary {
  std::size_t users = 0;
  std::size_t connected = 0;  // when counting ended
  double seconds = 0;         // of counting
  std::int64_t move_ms = 0;
  std::int64_t interval_ms = 0;
  double moves_per_s = 0;
  double deliveries_per_s = 0;
  double deltas_per_s = 0;
  double bytes_per_s = 0;
  double delay_p50_ms = 0;
  double delay_p99_ms = 0;
  double delay_p999_ms = 0;
  double late_p50_ms = 0;
  double late_p99_ms = 0;
  std::uint64_t missed = 0;
  std::uint64_t held_back = 0;
  std::uint64_t unknown = 0;
  double shown_mean = 0;  // how many people each is shown, when counting ended
  std::uint64_t events = 0;
  double crowd_cpu = 0;  // of one core
  std::optional<double> server_cpu;
  std::optional<std::int64_t> server_rss_bytes;       // when counting ended
  std::optional<double> server_rss_bytes_per_socket;  // more than before anybody connected
  Social social;
  Mistakes mistakes;
};

// Several lines.
std::string ToText(const Summary& summary);

// One JSON object, whose fields are called as above.
std::string ToJson(const Summary& summary);

}  // namespace moyeo_crowd

#endif  // MOYEO_EXAMPLES_CROWD_SUMMARY_H_
