#include "bench/society/postgres_server.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

namespace moyeo::bench {
namespace {

// Without a message of its own, for there is none before exec: the shell's for the same.
constexpr int kCannotStart = 127;

// Reads what a program says until it says `last`, or ends.
std::string ReadUntil(int output, std::string_view last) {
  std::string said;
  std::array<char, 4'096> buffer;
  while (last.empty() || said.find(last) == std::string::npos) {
    const ssize_t count = read(output, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    said.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return said;
}

int WaitFor(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

}  // namespace

PostgresServer::PostgresServer() : status_(Start()) {}

PostgresServer::~PostgresServer() {
  if (pid_ > 0) {
    // At once, taking its processes along: what it has is not needed any more.
    kill(pid_, SIGQUIT);
    WaitFor(pid_);
  }
  std::error_code ignored;
  if (!directory_.empty()) std::filesystem::remove_all(directory_, ignored);
}

absl::Status PostgresServer::MakeDirectory() {
  std::string directory = std::filesystem::temp_directory_path() / "moyeo-postgres-XXXXXX";
  if (mkdtemp(directory.data()) == nullptr) return absl::ErrnoToStatus(errno, "mkdtemp");
  directory_ = directory;
  if (geteuid() != 0) return absl::OkStatus();
  const passwd* const account = getpwnam("postgres");
  if (account == nullptr) {
    return absl::FailedPreconditionError(
        "PostgreSQL does not run as root, nor is there a user postgres");
  }
  account_ = {account->pw_uid, account->pw_gid};
  if (chown(directory_.c_str(), account_->user, account_->group) != 0) {
    return absl::ErrnoToStatus(errno, directory_);
  }
  return absl::OkStatus();
}

absl::Status PostgresServer::Start() {
  if (absl::Status made = MakeDirectory(); !made.ok()) return made;
  const std::string data = directory_ + "/data";
  pid_t maker = -1;
  int output = -1;
  absl::Status status = Run({"initdb", "--pgdata", data, "--username", kUser, "--auth", "trust",
                             "--encoding", "UTF8", "--no-locale", "--no-sync"},
                            maker, output);
  if (!status.ok()) return status;
  const std::string said = ReadUntil(output, "");
  close(output);
  if (const int code = WaitFor(maker); code != 0) {
    return absl::UnavailableError("initdb has failed (" + std::to_string(code) + "), saying:\n" +
                                  said);
  }

  std::vector<std::string> arguments = {"postgres", "-D", data, "-k", directory_, "-p", "5432"};
  for (const char* const setting :
       {"listen_addresses=",
        // It is there to be asked, and gone afterwards.
        "fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off",
        // All of it is in memory, and no read waits for a disk.
        "shared_buffers=512MB", "work_mem=64MB", "maintenance_work_mem=256MB",
        "effective_cache_size=2GB", "random_page_cost=1.1",
        // Of no use to questions that take less than what it takes to begin with these.
        "jit=off", "max_parallel_workers_per_gather=0"}) {
    arguments.insert(arguments.end(), {"-c", setting});
  }
  status = Run(std::move(arguments), pid_, output);
  if (!status.ok()) return status;
  // The server says so itself; there is no need to guess how long it takes.
  constexpr std::string_view kReady = "ready to accept connections";
  const std::string log = ReadUntil(output, kReady);
  // What it says from now on, nobody reads: it ignores SIGPIPE.
  close(output);
  if (log.find(kReady) != std::string::npos) return absl::OkStatus();
  return absl::UnavailableError("postgres has ended, saying:\n" + log);
}

absl::Status PostgresServer::Run(std::vector<std::string> arguments, pid_t& pid,
                                 int& output) const {
  arguments[0] = MOYEO_POSTGRES_PROGRAMS "/" + arguments[0];
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return absl::ErrnoToStatus(errno, "pipe");
  const pid_t parent = getpid();
  pid = fork();
  if (pid == 0) {
    // Only what is safe between fork and exec.
    if (account_ && (setgroups(0, nullptr) != 0 || setgid(account_->group) != 0 ||
                     setuid(account_->user) != 0)) {
      _exit(kCannotStart);
    }
    // Not before, for a change of the user takes it back.
    prctl(PR_SET_PDEATHSIG, SIGQUIT);
    if (getppid() != parent) _exit(kCannotStart);
    // Where we are may not be for the server to see.
    if (chdir(directory_.c_str()) != 0) _exit(kCannotStart);
    dup2(ends[1], STDOUT_FILENO);
    dup2(ends[1], STDERR_FILENO);
    execv(pointers.front(), pointers.data());
    constexpr char kWhy[] =
        "it cannot be started; scripts/setup --postgis installs it (Debian: "
        "postgresql-15-postgis-3)\n";
    [[maybe_unused]] const ssize_t written = write(STDOUT_FILENO, kWhy, sizeof(kWhy) - 1);
    _exit(kCannotStart);
  }
  const int error = errno;
  close(ends[1]);
  if (pid < 0) {
    close(ends[0]);
    return absl::ErrnoToStatus(error, "fork");
  }
  output = ends[0];
  return absl::OkStatus();
}

}  // namespace moyeo::bench
