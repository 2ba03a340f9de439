#include "bench/peers/redis_server.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <sstream>
#include <system_error>

namespace moyeo::bench {
namespace {

constexpr const char* kProgram = "redis-server";

std::string SystemError() { return std::generic_category().message(errno); }

// Waits until the server, which writes to `output`, says that it is ready. Returns what it has
// said if it ends instead.
std::string WaitUntilReady(int output) {
  std::string said;
  std::array<char, 4096> buffer;
  while (said.find("ready to accept connections") == std::string::npos) {
    const ssize_t count = read(output, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return said.empty() ? "it has ended" : said;
    said.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return "";
}

}  // namespace

bool RedisIsInstalled() {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "" : path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (access((folder + '/' + kProgram).c_str(), X_OK) == 0) return true;
  }
  return false;
}

void RedisFailed(const std::string& why) {
  std::cerr << kProgram << ": " << why << '\n';
  std::exit(1);
}

RedisServer::RedisServer() {
  std::string directory = std::filesystem::temp_directory_path() / "moyeo-bench-XXXXXX";
  if (mkdtemp(directory.data()) == nullptr) RedisFailed("mkdtemp: " + SystemError());
  directory_ = directory;
  const std::string path = socket();
  const char* const arguments[] = {
      kProgram, "--port",       "0",  "--unixsocket", path.c_str(),       "--save",
      "",       "--appendonly", "no", "--dir",        directory_.c_str(), nullptr};
  int output[2];
  if (pipe2(output, O_CLOEXEC) != 0) RedisFailed("pipe: " + SystemError());
  const pid_t parent = getpid();
  pid_ = fork();
  if (pid_ < 0) RedisFailed("fork: " + SystemError());
  if (pid_ == 0) {
    // Only what is safe between fork and exec.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(1);
    dup2(output[1], STDOUT_FILENO);
    dup2(output[1], STDERR_FILENO);
    execvp(kProgram, const_cast<char* const*>(arguments));
    _exit(127);
  }
  close(output[1]);
  const std::string why = WaitUntilReady(output[0]);
  if (!why.empty()) RedisFailed(why);
  // It has nothing more to say; a pipe without a reader does not end it, for it ignores SIGPIPE.
  close(output[0]);
}

RedisServer::~RedisServer() {
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

}  // namespace moyeo::bench
