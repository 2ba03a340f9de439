#include "common/redis_server.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <system_error>

namespace moyeo::common {
namespace {

constexpr const char* kProgram = "redis-server";

absl::Status SystemError(const std::string& what) {
  return absl::InternalError(what + ": " + std::generic_category().message(errno));
}

// The server, which writes to `output`, says so; there is no need to guess how long it takes.
absl::Status WaitUntilReady(int output) {
  std::string said;
  std::array<char, 4096> buffer;
  while (said.find("ready to accept connections") == std::string::npos) {
    const ssize_t count = read(output, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return absl::UnavailableError("redis-server has ended, saying:\n" + said);
    said.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return absl::OkStatus();
}

}  // namespace

bool RedisServer::IsInstalled() {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "" : path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (access((folder + '/' + kProgram).c_str(), X_OK) == 0) return true;
  }
  return false;
}

RedisServer::RedisServer(Durability durability) : status_(Start(durability)) {}

RedisServer::~RedisServer() {
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  std::error_code ignored;
  if (!directory_.empty()) std::filesystem::remove_all(directory_, ignored);
}

absl::Status RedisServer::Start(Durability durability) {
  std::string directory = std::filesystem::temp_directory_path() / "moyeo-redis-XXXXXX";
  if (mkdtemp(directory.data()) == nullptr) return SystemError("mkdtemp");
  directory_ = directory;
  const std::string path = socket();
  const char* const appends = durability == Durability::kEveryCommand ? "yes" : "no";
  // The file is never written anew, which nobody would expect in the middle of a measurement.
  const char* const arguments[] = {kProgram,
                                   "--port",
                                   "0",
                                   "--unixsocket",
                                   path.c_str(),
                                   "--save",
                                   "",
                                   "--appendonly",
                                   appends,
                                   "--appendfsync",
                                   "always",
                                   "--auto-aof-rewrite-percentage",
                                   "0",
                                   "--dir",
                                   directory_.c_str(),
                                   nullptr};
  int output[2];
  if (pipe2(output, O_CLOEXEC) != 0) return SystemError("pipe");
  const pid_t parent = getpid();
  pid_ = fork();
  if (pid_ == 0) {
    // Only what is safe between fork and exec.
#ifdef __linux__
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(1);
#endif
    dup2(output[1], STDOUT_FILENO);
    dup2(output[1], STDERR_FILENO);
    execvp(kProgram, const_cast<char* const*>(arguments));
    constexpr char kWhy[] =
        "it cannot be started; scripts/setup installs it (Debian: redis-server)\n";
    [[maybe_unused]] const ssize_t written = write(STDOUT_FILENO, kWhy, sizeof(kWhy) - 1);
    _exit(127);
  }
  absl::Status status = pid_ < 0 ? SystemError("fork") : absl::OkStatus();
  close(output[1]);
  if (status.ok()) status = WaitUntilReady(output[0]);
  // It has nothing more to say; a pipe without a reader does not end it, for it ignores SIGPIPE.
  close(output[0]);
  return status;
}

}  // namespace moyeo::common
