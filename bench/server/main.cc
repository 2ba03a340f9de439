// moyeo_bench_server: see bench/README.md.

#include <sys/resource.h>

#include <algorithm>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <iterator>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "bench/server/chart.h"
#include "bench/server/child.h"
#include "bench/server/options.h"
#include "bench/server/server_case.h"
#include "bench/support/machine.h"
#include "bench/support/result.h"
#include "bench/support/scratch_directory.h"

namespace moyeo::bench {
namespace {

// Files that the server needs besides its connections.
constexpr std::size_t kOtherFiles = 100;

// How many sockets one program may have.
std::size_t MostSockets() {
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_max <= kOtherFiles) return 0;
  return files.rlim_max - kOtherFiles;
}

absl::StatusOr<ServerRecord> Measure(const ServerBenchOptions& options, const ServerCase& one,
                                     const ScratchDirectory& scratch) {
  const std::string key = scratch / "key";
  const std::string summary = scratch / "summary.json";
  // Whom nobody but this crowd knows, in a place that only its owner reads.
  absl::Status written = WriteFile(key, "a key that signs for simulated users only\n");
  if (!written.ok()) return written;

  const std::string many = std::to_string(one.sockets + kOtherFiles);
  auto server = Child::Start(
      {options.server, "--memory", "--port", "0", "--key-file", key, "--no-accounts",
       "--max-connections", many, "--max-connections-per-address", many, "--log-level", "warn"},
      options.server_core);
  if (!server.ok()) return server.status();
  const auto address = server->ReadLine();
  if (!address.ok())
    return absl::UnavailableError("moyeo-server: " + std::string(address.status().message()));

  auto crowd =
      Child::Start({options.crowd, "--server", address->substr(address->rfind('/') + 1),
                    "--server-pid", std::to_string(server->pid()), "--key-file", key, "--places",
                    options.places, "--users", std::to_string(one.sockets), "--interval",
                    std::to_string(one.interval_ms), "--settle", std::to_string(options.settle_s),
                    "--seconds", std::to_string(options.seconds), "--out", summary},
                   options.crowd_core);
  if (!crowd.ok()) return crowd.status();
  const auto crowd_code = crowd->Wait();
  if (!crowd_code.ok()) return crowd_code.status();
  const auto server_code = server->Stop();
  if (!server_code.ok()) return server_code.status();
  if (*server_code != 0) {
    return absl::InternalError("moyeo-server ended with " + std::to_string(*server_code));
  }
  std::ifstream file(summary);
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  return ReadCrowdSummary(text);
}

void PrintHead() {
  std::cout << "  sockets  interval    server     crowd   memory a    delay     delay      late\n"
               "                 ms  % a core  % a core     socket   p50 ms    p99 ms    p99 ms"
               "    missed\n";
}

void Print(const ServerRecord& record) {
  std::cout << std::fixed << std::setprecision(0) << std::setw(9) << record.sockets << std::setw(10)
            << record.interval_ms << std::setprecision(2) << std::setw(10)
            << record.server_cpu * 100 << std::setw(10) << record.crowd_cpu * 100
            << std::setprecision(0) << std::setw(11) << record.rss_bytes_per_socket
            << std::setprecision(1) << std::setw(9) << record.delay_p50_ms << std::setw(10)
            << record.delay_p99_ms << std::setw(10) << record.late_p99_ms << std::setw(10)
            << record.missed << std::endl;
}

int Fail(const std::string& what, const absl::Status& status, int code) {
  std::cerr << what << ": " << status.message() << '\n';
  return code;
}

int Main(ServerBenchOptions options) {
  for (const std::string& path : {options.out, options.svg}) {
    if (path.empty()) continue;
    if (const auto writable = CheckWritable(path); !writable.ok()) return Fail(path, writable, 2);
  }
  const ScratchDirectory scratch;
  const std::string machine = DescribeMachine();
  std::cout << machine << '\n';
  PrintHead();
  std::vector<ServerRecord> records;
  for (ServerCase one : options.cases) {
    if (one.sockets > MostSockets()) {
      std::cout << "(" << one.sockets << " sockets are more than a program may have here; instead "
                << MostSockets() << ")\n";
      one.sockets = MostSockets();
    }
    const auto record = Measure(options, one, scratch);
    if (!record.ok()) return Fail("moyeo_bench_server", record.status(), 1);
    Print(*record);
    records.push_back(*record);
  }
  if (!options.out.empty()) {
    const auto written = WriteFile(options.out, ToJson(records));
    if (!written.ok()) return Fail("--out", written, 1);
  }
  if (!options.svg.empty()) {
    const auto written = WriteFile(options.svg, ToSvg(records, machine));
    if (!written.ok()) return Fail("--svg", written, 1);
  }
  return 0;
}

}  // namespace
}  // namespace moyeo::bench

int main(int argc, char** argv) {
  auto parsed = moyeo::bench::ParseServerBenchOptions(argc, argv);
  if (const auto* exit = std::get_if<moyeo::bench::ExitCode>(&parsed)) return exit->value;
  return moyeo::bench::Main(std::get<moyeo::bench::ServerBenchOptions>(std::move(parsed)));
}
