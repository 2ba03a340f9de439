#include "bench/server/child.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "absl/status/status.h"

namespace moyeo::bench {

absl::StatusOr<Child> Child::Start(const std::vector<std::string>& arguments, int core) {
  std::vector<char*> pointers;
  for (const std::string& argument : arguments)
    pointers.push_back(const_cast<char*>(argument.c_str()));
  pointers.push_back(nullptr);
  cpu_set_t cores;
  CPU_ZERO(&cores);
  CPU_SET(core, &cores);
  int output[2];
  if (pipe2(output, O_CLOEXEC) != 0) return absl::ErrnoToStatus(errno, "pipe");
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid == 0) {
    // Only what is safe between fork and exec.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(1);
    constexpr int kCannotStart = 127;
    if (sched_setaffinity(0, sizeof(cores), &cores) != 0) _exit(kCannotStart);
    dup2(output[1], STDOUT_FILENO);
    execv(pointers.front(), pointers.data());
    _exit(kCannotStart);
  }
  const int error = errno;
  close(output[1]);
  if (pid < 0) {
    close(output[0]);
    return absl::ErrnoToStatus(error, "fork");
  }
  return Child(pid, output[0]);
}

Child::Child(Child&& other) noexcept
    : pid_(std::exchange(other.pid_, 0)), output_(std::exchange(other.output_, -1)) {}

Child::~Child() {
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  if (output_ >= 0) close(output_);
}

absl::StatusOr<std::string> Child::ReadLine() {
  std::string line;
  for (;;) {
    char c = 0;
    const ssize_t count = read(output_, &c, 1);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return absl::UnavailableError("it has ended, saying: " + line);
    if (c == '\n') return line;
    line += c;
  }
}

absl::StatusOr<int> Child::Wait() {
  std::array<char, 4'096> buffer;
  for (;;) {
    const ssize_t count = read(output_, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
  }
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0) {
    if (errno != EINTR) return absl::ErrnoToStatus(errno, "waitpid");
  }
  pid_ = 0;
  if (WIFEXITED(status)) return WEXITSTATUS(status);
  return absl::InternalError("signal " + std::to_string(WTERMSIG(status)) + " has ended it");
}

absl::StatusOr<int> Child::Stop() {
  kill(pid_, SIGTERM);
  return Wait();
}

}  // namespace moyeo::bench
