// Looks after a journal: lists, checks, exports and compacts it.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "moyeo/journal.h"

namespace moyeo_journal {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kExitFailure = 1;
constexpr int kExitUsage = 2;

struct Options {
  std::string directory;
  std::uint64_t after = 0;
  std::uint64_t limit = std::numeric_limits<std::uint64_t>::max();
};

Json ToJson(const moyeo::JournalRecord& record) {
  Json json;
  json["sequence"] = record.sequence;
  json["time"] = record.time.time_since_epoch().count();
  if (record.request_id) json["request_id"] = std::to_string(ToNumber(*record.request_id));
  json["rules_version"] = record.rules_version;
  Json command = Json::parse(record.command, nullptr, /*allow_exceptions=*/false);
  // The journal itself does not mind what commands are.
  json["command"] = command.is_discarded() ? Json(record.command) : std::move(command);
  return json;
}

Json ToJson(const moyeo::JournalMessage& message) {
  Json json;
  json["room"] = std::to_string(ToNumber(message.room));
  json["number"] = message.number;
  json["author"] = std::to_string(ToNumber(message.author));
  json["time"] = message.time.time_since_epoch().count();
  json["text"] = message.text;
  return json;
}

void PrintLine(const Json& json) {
  std::cout << json.dump(-1, ' ', false, Json::error_handler_t::replace) << '\n';
}

template <typename Print>
absl::Status ForEachRecord(const Options& options, Print print) {
  const auto journal = moyeo::OpenSqliteJournal(options.directory, {.create_if_missing = false});
  if (!journal.ok()) return journal.status();
  std::uint64_t after = std::max(options.after, (*journal)->forgotten());
  std::uint64_t left = options.limit;
  std::vector<moyeo::JournalRecord> records;
  do {
    constexpr std::uint64_t kAtOnce = 10'000;
    const absl::Status status = (*journal)->Read(after, std::min(left, kAtOnce), records);
    for (const moyeo::JournalRecord& record : records) print(record);
    if (!status.ok()) return status;
    after += records.size();
    left -= records.size();
  } while (!records.empty());
  return absl::OkStatus();
}

absl::Status List(const Options& options) {
  return ForEachRecord(options,
                       [](const moyeo::JournalRecord& record) { PrintLine(ToJson(record)); });
}

absl::Status Check(const Options& options) {
  const auto places = moyeo::FindJournalDamage(options.directory);
  if (!places.ok()) return places.status();
  for (const std::string& place : *places) std::cout << place << '\n';
  if (places->empty()) {
    std::cout << "all is as it was written\n";
    return absl::OkStatus();
  }
  return absl::DataLossError(std::to_string(places->size()) +
                             (places->size() == 1 ? " place is" : " places are") + " damaged");
}

absl::Status Export(const Options& options) {
  absl::Status status = ForEachRecord(options, [](const moyeo::JournalRecord& record) {
    PrintLine({{"record", ToJson(record)}});
  });
  if (!status.ok()) return status;
  return moyeo::ForEachJournalMessage(options.directory, [](const moyeo::JournalMessage& message) {
    PrintLine({{"message", ToJson(message)}});
  });
}

absl::Status Compact(const Options& options) { return moyeo::CompactJournal(options.directory); }

using Run = absl::Status (*)(const Options&);

CLI::App* AddCommand(CLI::App& app, Options& options, const char* name, const char* description,
                     Run run, Run& chosen) {
  CLI::App* const command = app.add_subcommand(name, description);
  command->add_option("directory", options.directory, "The journal's directory")
      ->required()
      ->type_name("DIR");
  command->callback([&chosen, run] { chosen = run; });
  return command;
}

int Main(int argc, char** argv) {
  CLI::App app(
      "Looks after a journal of moyeo's, which nobody else may have open meanwhile.\n"
      "Ends with 1 if something is damaged or cannot be done, with 2 for wrong arguments.",
      "moyeo-journal");
  app.require_subcommand(1);
  Options options;
  Run run = nullptr;
  CLI::App* const list =
      AddCommand(app, options, "list", "Prints the records, a line of JSON each", List, run);
  list->add_option("--after", options.after, "Only records after this sequence")->type_name("N");
  list->add_option("--limit", options.limit, "So many at most")->type_name("N");
  AddCommand(app, options, "check",
             "Reads everything, and prints each place that is not as it was written", Check, run);
  AddCommand(app, options, "export",
             R"(Prints {"record": ...} and {"message": ...}, a line of JSON each)", Export, run);
  AddCommand(app, options, "compact",
             "Gives the space of what was forgotten back to the file system", Compact, run);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? EXIT_SUCCESS : kExitUsage;
  }
  const absl::Status status = run(options);
  std::cout.flush();
  if (!status.ok()) {
    std::cerr << "moyeo-journal: " << status.message() << '\n';
    return kExitFailure;
  }
  if (!std::cout) {
    std::cerr << "moyeo-journal: cannot write to the standard output\n";
    return kExitFailure;
  }
  return EXIT_SUCCESS;
}

}  // namespace
}  // namespace moyeo_journal

int main(int argc, char** argv) {
  try {
    return moyeo_journal::Main(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "moyeo-journal: " << error.what() << '\n';
    return moyeo_journal::kExitFailure;
  }
}
