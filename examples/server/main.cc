// moyeo-server: moyeo for clients that speak HTTP and WebSocket.

#include <sodium.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <utility>

#include "accounts.h"
#include "data_directory.h"
#include "log.h"
#include "moyeo/engine.h"
#include "options.h"
#include "server.h"
#include "text.h"
#include "tokens.h"

namespace moyeo::server {
namespace {

// Each client is an open file.
void AllowManyFiles() {
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
}

absl::StatusOr<std::unique_ptr<Engine>> OpenEngine(const ProgramOptions& options) {
  EngineOptions engine;
  engine.log = [](std::string_view line) { Log(LogLevel::info, line, {{"of", "engine"}}); };
  if (options.memory) return Engine::OpenInMemory(std::move(engine));
  auto journal = OpenSqliteJournal(options.data + "/journal");
  if (!journal.ok()) return journal.status();
  return Engine::Open(*std::move(journal), std::move(engine));
}

absl::Status Serve(const ProgramOptions& options) {
  AllowManyFiles();
  umask(0077);  // what lasts is nobody else's to read
  if (absl::Status made = MakeDataDirectory(options); !made.ok()) return made;
  auto key = KeyFor(options);
  if (!key.ok()) return key.status();
  const Tokens tokens(*std::move(key), options.token_hours * std::int64_t{3'600'000});

  if (!options.key_file.empty() && options.server.api.accounts) {
    Log(LogLevel::warn,
        "accounts are numbered from 1: if others sign tokens with the key file too, theirs may be "
        "for the same users, unless --no-accounts is given");
  }

  auto engine = OpenEngine(options);
  if (!engine.ok()) return engine.status();
  std::unique_ptr<Accounts> accounts;
  if (options.server.api.accounts) {
    auto opened =
        Accounts::Open({.path = options.memory ? ":memory:" : options.data + "/accounts.sqlite"});
    if (!opened.ok()) return opened.status();
    accounts = *std::move(opened);
  }
  {
    auto server = Server::Listen(**engine, tokens, accounts.get(), options.server);
    if (!server.ok()) return server.status();
    const char* scheme = options.server.tls_certificate.empty() ? "http" : "https";
    std::cout << scheme << "://" << options.server.address << ':' << (*server)->port() << std::endl;
    Log(LogLevel::info, "listening",
        {{"address", options.server.address}, {"port", std::int64_t{(*server)->port()}}});
    if (absl::Status ran = (*server)->Run(true); !ran.ok()) return ran;
  }
  Log(LogLevel::info, "stopped listening");
  const absl::Status closed = (*engine)->Close();
  if (closed.ok()) {
    Log(LogLevel::info, "all is durable");
  } else {
    Log(LogLevel::err, "not all is durable", {{"why", MessageOf(closed)}});
  }
  return closed;
}

}  // namespace
}  // namespace moyeo::server

int main(int argc, char** argv) {
  using namespace moyeo::server;
  const ParsedOptions parsed = ParseOptions(argc, argv, std::cout, std::cerr);
  if (parsed.exit.has_value()) return *parsed.exit;
  if (sodium_init() < 0) {
    std::cerr << "moyeo-server: libsodium cannot be used here\n";
    return EXIT_FAILURE;
  }
  StartLog(parsed.options.log_level, parsed.options.log_json);
  const absl::Status served = Serve(parsed.options);
  if (!served.ok()) {
    std::cerr << "moyeo-server: " << MessageOf(served) << '\n';
    return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}
