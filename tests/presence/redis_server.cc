#include "redis_server.h"

#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

namespace moyeo::testing {
namespace {

absl::Status SystemError(const char* what) {
  return absl::InternalError(std::string(what) + ": " + std::strerror(errno));
}

}  // namespace

void RedisServer::FreeReply::operator()(redisReply* reply) const { freeReplyObject(reply); }

RedisServer::RedisServer() {
  status_ = Start();
  if (status_.ok()) status_ = WaitUntilReady();
  if (status_.ok()) status_ = Connect();
}

RedisServer::~RedisServer() {
  if (connection_ != nullptr) redisFree(connection_);
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  if (output_ >= 0) close(output_);
  std::error_code ignored;
  if (!directory_.empty()) std::filesystem::remove_all(directory_, ignored);
}

absl::Status RedisServer::Start() {
  std::string directory = std::filesystem::temp_directory_path() / "moyeo-redis-XXXXXX";
  if (mkdtemp(directory.data()) == nullptr) return SystemError("mkdtemp");
  directory_ = directory;
  const std::string socket = directory_ + "/socket";
  const char* const arguments[] = {"redis-server",
                                   "--port",
                                   "0",
                                   "--unixsocket",
                                   socket.c_str(),
                                   "--save",
                                   "",
                                   "--appendonly",
                                   "no",
                                   "--dir",
                                   directory_.c_str(),
                                   "--daemonize",
                                   "no",
                                   "--logfile",
                                   "",
                                   nullptr};

  int output[2];
  if (pipe2(output, O_CLOEXEC) != 0) return SystemError("pipe");
  output_ = output[0];
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
    execvp(arguments[0], const_cast<char* const*>(arguments));
    constexpr char kWhy[] =
        "redis-server cannot be started; scripts/setup installs it (Debian: redis-server)\n";
    [[maybe_unused]] const ssize_t written = write(STDOUT_FILENO, kWhy, sizeof(kWhy) - 1);
    _exit(127);
  }
  close(output[1]);
  if (pid_ < 0) return SystemError("fork");
  return absl::OkStatus();
}

// The server says so; there is no need to guess how long it takes.
absl::Status RedisServer::WaitUntilReady() {
  std::string said;
  std::array<char, 4096> buffer;
  while (said.find("ready to accept connections") == std::string::npos) {
    const ssize_t count = read(output_, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return absl::UnavailableError("redis-server has ended, saying:\n" + said);
    said.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return absl::OkStatus();
}

absl::Status RedisServer::Connect() {
  const timeval patience{.tv_sec = 120, .tv_usec = 0};
  connection_ = redisConnectUnixWithTimeout((directory_ + "/socket").c_str(), patience);
  if (connection_ == nullptr) return absl::UnavailableError("no memory for a Redis connection");
  if (connection_->err != 0) return absl::UnavailableError(connection_->errstr);
  redisSetTimeout(connection_, patience);
  return absl::OkStatus();
}

void RedisServer::Send(const std::vector<std::string>& words) {
  std::vector<const char*> texts;
  std::vector<std::size_t> lengths;
  for (const std::string& word : words) {
    texts.push_back(word.data());
    lengths.push_back(word.size());
  }
  redisAppendCommandArgv(connection_, static_cast<int>(words.size()), texts.data(), lengths.data());
}

RedisServer::Reply RedisServer::Receive() {
  void* reply = nullptr;
  if (redisGetReply(connection_, &reply) != REDIS_OK) return nullptr;
  return Reply(static_cast<redisReply*>(reply));
}

}  // namespace moyeo::testing
