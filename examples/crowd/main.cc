// moyeo_crowd: simulated users before a moyeo server.

#include <chrono>
#include <fstream>
#include <iostream>
#include <iterator>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "examples/crowd/crowd.h"
#include "examples/crowd/file_limit.h"
#include "examples/crowd/options.h"
#include "examples/crowd/summary.h"
#include "examples/demo/places.h"
#include "examples/demo/progress_line.h"

namespace moyeo_crowd {
namespace {

constexpr int kExitFailure = 1;
constexpr int kExitUsage = 2;

int Fail(const absl::Status& status, int exit_code) {
  std::cerr << "moyeo_crowd: " << status.message() << '\n';
  return exit_code;
}

absl::StatusOr<std::string> ReadKey(const std::string& path) {
  std::ifstream file(path);
  if (!file) return absl::ErrnoToStatus(errno, absl::StrCat("cannot open ", path));
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  return std::string(absl::StripAsciiWhitespace(text));
}

// The places in which the crowd lives.
absl::StatusOr<std::vector<moyeo_demo::Place>> ChoosePlaces(const Arguments& arguments) {
  auto places = moyeo_demo::ReadPlaces(arguments.places);
  if (!places.ok() || arguments.is_world) return places;
  const moyeo_demo::Place* const city = moyeo_demo::FindPlace(*places, arguments.city);
  if (city == nullptr) {
    return absl::NotFoundError(absl::StrCat("there is no place called '", arguments.city, "'"));
  }
  return std::vector{*city};
}

absl::Status Write(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::trunc);
  file << text;
  file.close();
  return file ? absl::OkStatus() : absl::ErrnoToStatus(errno, absl::StrCat("cannot write ", path));
}

int Run(const Arguments& arguments) {
  const auto key = ReadKey(arguments.key_file);
  if (!key.ok()) return Fail(key.status(), kExitUsage);
  const auto places = ChoosePlaces(arguments);
  if (!places.ok()) return Fail(places.status(), kExitUsage);
  if (const auto allowed = AllowConnections(arguments.crowd.walkers.users); !allowed.ok()) {
    return Fail(allowed, kExitFailure);
  }

  absl::StatusOr<Summary> summary;
  {
    using std::chrono::milliseconds;
    moyeo_demo::ProgressLine progress(milliseconds(500), milliseconds(5'000));
    Crowd crowd(arguments.crowd, *places, *key, [&](const Glance& glance) {
      if (progress.IsDue()) progress.Show(ToLine(glance));
    });
    summary = crowd.Run();
  }
  if (!summary.ok()) return Fail(summary.status(), kExitFailure);
  std::cout << ToText(*summary) << std::flush;
  if (!arguments.out.empty()) {
    if (const auto written = Write(arguments.out, ToJson(*summary)); !written.ok()) {
      return Fail(written, kExitFailure);
    }
  }
  return summary->mistakes.count() == 0 ? 0 : kExitFailure;
}

}  // namespace
}  // namespace moyeo_crowd

int main(int argc, char** argv) {
  const auto parsed = moyeo_crowd::ParseArguments(argc, argv);
  if (const auto* exit = std::get_if<moyeo_crowd::ExitCode>(&parsed)) return exit->value;
  return moyeo_crowd::Run(std::get<moyeo_crowd::Arguments>(parsed));
}
