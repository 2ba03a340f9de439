// Commands on their way to the engine.

#ifndef MOYEO_EXAMPLES_SERVER_COMMAND_QUEUE_H_
#define MOYEO_EXAMPLES_SERVER_COMMAND_QUEUE_H_

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "moyeo/engine.h"

namespace moyeo::server {

// Gives commands to the engine in the order in which they come, on a thread of its own: all that
// have come while the disk was busy share the next flush.
class CommandQueue {
 public:
  using Then = std::function<void(absl::StatusOr<Outcome>)>;

  struct Limits {
    std::size_t commands = 10'000;  // that wait
    std::size_t bytes = std::size_t{64} << 20;
  };

  // `post` has a function called on the thread that outcomes are for; from any thread. `engine`
  // must outlive the queue.
  CommandQueue(Engine& engine, const Limits& limits,
               std::function<void(std::function<void()>)> post);

  // Waits for what has been submitted.
  ~CommandQueue();

  CommandQueue(const CommandQueue&) = delete;
  CommandQueue& operator=(const CommandQueue&) = delete;

  // False, and `then` is not called, if too much waits. `bytes`: of the text that the command was
  // read from. From any thread.
  bool Submit(Command command, std::size_t bytes, Then then);

 private:
  struct Waiting {
    Command command;
    Then then;
  };

  void Run();

  Engine& engine_;
  const Limits limits_;
  const std::function<void(std::function<void()>)> post_;
  std::mutex mutex_;
  std::condition_variable came_;
  std::vector<Waiting> waiting_;
  std::size_t waiting_bytes_ = 0;
  bool ends_ = false;
  std::thread thread_;
};

}  // namespace moyeo::server

#endif  // MOYEO_EXAMPLES_SERVER_COMMAND_QUEUE_H_
