#include "command_queue.h"

#include <memory>
#include <utility>

namespace moyeo::server {

CommandQueue::CommandQueue(Engine& engine, const Limits& limits,
                           std::function<void(std::function<void()>)> post)
    : engine_(engine), limits_(limits), post_(std::move(post)), thread_([this] { Run(); }) {}

CommandQueue::~CommandQueue() {
  {
    const std::lock_guard lock(mutex_);
    ends_ = true;
  }
  came_.notify_one();
  thread_.join();
}

bool CommandQueue::Submit(Command command, std::size_t bytes, Then then) {
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() >= limits_.commands || bytes > limits_.bytes - waiting_bytes_) return false;
    waiting_bytes_ += bytes;
    waiting_.push_back({.command = std::move(command), .then = std::move(then)});
  }
  came_.notify_one();
  return true;
}

void CommandQueue::Run() {
  for (;;) {
    auto batch = std::make_shared<std::vector<Waiting>>();
    {
      std::unique_lock lock(mutex_);
      came_.wait(lock, [this] { return ends_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      batch->swap(waiting_);
      waiting_bytes_ = 0;
    }
    std::vector<Command> commands;
    commands.reserve(batch->size());
    for (Waiting& waiting : *batch) commands.push_back(std::move(waiting.command));
    post_([batch, outcomes = engine_.ApplyBatch(commands)] {
      for (std::size_t i = 0; i < batch->size(); ++i) {
        Waiting& waiting = (*batch)[i];
        if (outcomes.ok()) {
          waiting.then((*outcomes)[i]);
        } else {
          waiting.then(outcomes.status());
        }
      }
    });
  }
}

}  // namespace moyeo::server
