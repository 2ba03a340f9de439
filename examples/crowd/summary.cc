#include "examples/crowd/summary.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "examples/demo/format.h"

namespace moyeo_crowd {
namespace {

using moyeo_demo::FormatCount;
using moyeo_demo::FormatRate;

// What is beyond is noise.
double Rounded(double value, double per_one) { return std::round(value * per_one) / per_one; }

std::string FormatBytesPerSecond(double bytes) { return absl::StrFormat("%.2f MB/s", bytes / 1e6); }

}  // namespace

std::string ToLine(const Glance& glance) {
  return absl::StrFormat(
      "%4.0f s   connected %s of %s   moves %s   deltas %s   %s   delay p99 %d ms   missed %s   "
      "errors %s",
      glance.seconds, FormatCount(glance.connected), FormatCount(glance.users),
      FormatRate(glance.moves_per_s), FormatRate(glance.deltas_per_s),
      FormatBytesPerSecond(glance.bytes_per_s), glance.delay_p99_us / 1000,
      FormatCount(glance.missed), FormatCount(glance.errors));
}

void Mistakes::Add(const std::string& what) {
  ++count_;
  const bool is_known = kinds_.contains(what) || kinds_.size() + 1 < kMostKinds;
  ++kinds_[is_known ? what : "others"];
}

std::string ToText(const Summary& summary) {
  std::string text = absl::StrFormat(
      "%s of %s users connected; counted for %.1f s\n"
      "  moves        %s, each user every %d ms\n"
      "  deliveries   %s, each user every %d ms: %s of deltas, %s\n"
      "  delay        p50 %.1f ms   p99 %.1f ms   p99.9 %.1f ms until a neighbour's move arrives\n"
      "  late         p50 %.1f ms   p99 %.1f ms   missed %s\n"
      "  shown        %.1f people to each\n"
      "  meetups      %s created, %s joined, %s messages, %s friendships; %s refused; %s events\n"
      "  crowd        %.1f %% of a core\n",
      FormatCount(summary.connected), FormatCount(summary.users), summary.seconds,
      FormatRate(summary.moves_per_s), summary.move_ms, FormatRate(summary.deliveries_per_s),
      summary.interval_ms, FormatRate(summary.deltas_per_s),
      FormatBytesPerSecond(summary.bytes_per_s), summary.delay_p50_ms, summary.delay_p99_ms,
      summary.delay_p999_ms, summary.late_p50_ms, summary.late_p99_ms, FormatCount(summary.missed),
      summary.shown_mean, FormatCount(summary.social.created), FormatCount(summary.social.joined),
      FormatCount(summary.social.posted), FormatCount(summary.social.friendships),
      FormatCount(summary.social.refused), FormatCount(summary.events), summary.crowd_cpu * 100);
  if (summary.server_cpu) {
    absl::StrAppendFormat(&text, "  server       %.2f %% of a core, %.1f MB, %.1f KiB a socket\n",
                          *summary.server_cpu * 100,
                          static_cast<double>(*summary.server_rss_bytes) / 1e6,
                          *summary.server_rss_bytes_per_socket / 1024);
  }
  if (summary.held_back > 0) {
    absl::StrAppend(&text, "  ", FormatCount(summary.held_back),
                    " moves were held back: the ones before were not through\n");
  }
  if (summary.unknown > 0) {
    absl::StrAppend(&text, "  ", FormatCount(summary.unknown),
                    " moves were shown that nobody had sent lately\n");
  }
  absl::StrAppend(&text, "  errors       ", FormatCount(summary.mistakes.count()), "\n");
  for (const auto& [what, times] : summary.mistakes.kinds()) {
    absl::StrAppend(&text, "    ", FormatCount(times), " times: ", what, "\n");
  }
  return text;
}

std::string ToJson(const Summary& summary) {
  constexpr double kTenths = 10;
  constexpr double kTenThousandths = 10'000;
  nlohmann::ordered_json json = {{"users", summary.users},
                                 {"connected", summary.connected},
                                 {"seconds", Rounded(summary.seconds, kTenths)},
                                 {"move_ms", summary.move_ms},
                                 {"interval_ms", summary.interval_ms},
                                 {"moves_per_s", Rounded(summary.moves_per_s, kTenths)},
                                 {"deliveries_per_s", Rounded(summary.deliveries_per_s, kTenths)},
                                 {"deltas_per_s", Rounded(summary.deltas_per_s, kTenths)},
                                 {"bytes_per_s", Rounded(summary.bytes_per_s, kTenths)},
                                 {"delay_p50_ms", Rounded(summary.delay_p50_ms, kTenths)},
                                 {"delay_p99_ms", Rounded(summary.delay_p99_ms, kTenths)},
                                 {"delay_p999_ms", Rounded(summary.delay_p999_ms, kTenths)},
                                 {"late_p50_ms", Rounded(summary.late_p50_ms, kTenths)},
                                 {"late_p99_ms", Rounded(summary.late_p99_ms, kTenths)},
                                 {"missed", summary.missed},
                                 {"held_back", summary.held_back},
                                 {"unknown", summary.unknown},
                                 {"shown_mean", Rounded(summary.shown_mean, kTenths)},
                                 {"events", summary.events},
                                 {"crowd_cpu", Rounded(summary.crowd_cpu, kTenThousandths)},
                                 {"friendships", summary.social.friendships},
                                 {"created", summary.social.created},
                                 {"joined", summary.social.joined},
                                 {"posted", summary.social.posted},
                                 {"refused", summary.social.refused},
                                 {"errors", summary.mistakes.count()}};
  if (summary.server_cpu) {
    json["server_cpu"] = Rounded(*summary.server_cpu, kTenThousandths);
    json["server_rss_bytes"] = *summary.server_rss_bytes;
    json["server_rss_bytes_per_socket"] = std::round(*summary.server_rss_bytes_per_socket);
  }
  return json.dump(2) + '\n';
}

}  // namespace moyeo_crowd
