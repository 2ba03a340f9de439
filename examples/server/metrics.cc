#include "metrics.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>
#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#include <string>
#include <utility>
#include <vector>

namespace moyeo::server {
namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;

class Families {
 public:
  void Gauge(std::string name, std::string help, double value) {
    prometheus::ClientMetric metric;
    metric.gauge.value = value;
    Add(std::move(name), std::move(help), MetricType::Gauge, {std::move(metric)});
  }

  void Counter(std::string name, std::string help, double value) {
    prometheus::ClientMetric metric;
    metric.counter.value = value;
    Add(std::move(name), std::move(help), MetricType::Counter, {std::move(metric)});
  }

  void Add(std::string name, std::string help, MetricType type,
           std::vector<prometheus::ClientMetric> metrics) {
    all_.push_back({.name = std::move(name),
                    .help = std::move(help),
                    .type = type,
                    .metric = std::move(metrics)});
  }

  std::string Text() const { return prometheus::TextSerializer().Serialize(all_); }

 private:
  std::vector<MetricFamily> all_;
};

double Seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

// 0 where there is no /proc.
double ResidentBytes() {
  std::ifstream file("/proc/self/statm");
  double pages = 0;
  double resident = 0;
  file >> pages >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

}  // namespace

std::string MetricsText(const Figures& figures) {
  Families families;
  const auto number = [](auto value) { return static_cast<double>(value); };
  const HubFigures& hub = figures.hub;
  families.Gauge("moyeo_ready", "1 if the server answers everything.", figures.ready ? 1 : 0);
  families.Gauge("moyeo_connections", "Connections, of all kinds.", number(figures.connections));
  families.Gauge("moyeo_stream_clients", "Clients on the stream.", number(hub.clients));
  families.Gauge("moyeo_stream_users", "Users with a client on the stream.", number(hub.users));
  families.Gauge("moyeo_stream_feeds", "Surroundings that are watched.", number(hub.feeds));
  families.Gauge("moyeo_users_present", "Users whose position is held.",
                 number(figures.engine.users_present));
  families.Counter("moyeo_stream_messages_total", "Messages from clients.", number(hub.messages));
  families.Counter("moyeo_moves_total", "Moves.", number(hub.moves));
  families.Counter("moyeo_moves_refused_total", "Moves that were too many.",
                   number(hub.moves_refused));
  families.Counter("moyeo_deliveries_total", "Messages with changed surroundings.",
                   number(hub.deliveries));
  families.Counter("moyeo_deltas_total", "Changes of surroundings.", number(hub.deltas));
  families.Counter("moyeo_deliveries_lost_total",
                   "Deliveries to clients who were behind, and got all anew later.",
                   number(hub.deliveries_lost));
  families.Counter("moyeo_failures_total",
                   "Moves that the engine did not take, and ticks that it did not make.",
                   number(hub.failures));
  families.Gauge("moyeo_fences", "Fences of users.", number(figures.fences));
  families.Counter("moyeo_fence_events_total",
                   "Users who came into a fence of somebody, stayed, or went.",
                   number(hub.fence_events));
  families.Counter("moyeo_events_sent_total", "Events sent to clients.", number(hub.events_sent));
  families.Counter("moyeo_resyncs_total", "Clients told to read everything anew.",
                   number(hub.resyncs));
  families.Counter("moyeo_closed_behind_total", "Clients closed for being too far behind.",
                   number(hub.closed_behind));
  families.Counter("moyeo_stalled_total", "Clients closed for taking nothing.",
                   number(hub.stalled));
  families.Counter("moyeo_connections_refused_total", "Connections that were too many.",
                   number(figures.http.refused_connections));
  std::vector<prometheus::ClientMetric> responses;
  for (int status_class = 1; status_class < 6; ++status_class) {
    prometheus::ClientMetric metric;
    metric.label.push_back({.name = "class", .value = std::to_string(status_class) + "xx"});
    metric.counter.value = number(figures.http.by_class[status_class]);
    responses.push_back(std::move(metric));
  }
  families.Add("moyeo_http_responses_total", "Responses.", MetricType::Counter,
               std::move(responses));
  families.Counter("moyeo_commands_accepted_total", "Accepted commands.",
                   number(figures.engine.accepted));
  families.Counter("moyeo_commands_refused_total", "Commands that the rules refused.",
                   number(figures.engine.refused));
  families.Counter("moyeo_flushes_total", "Appends to the journal.",
                   number(figures.engine.flushes));
  families.Counter("moyeo_events_total", "Events.", number(figures.engine.events));
  families.Counter("moyeo_snapshots_total", "Snapshots.", number(figures.engine.snapshots));

  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  families.Counter("process_cpu_seconds_total", "Processor time.",
                   Seconds(usage.ru_utime) + Seconds(usage.ru_stime));
  families.Gauge("process_resident_memory_bytes", "Resident memory.", ResidentBytes());
  return families.Text();
}

}  // namespace moyeo::server
