#include "outbox.h"

#include <utility>

#include "stream_messages.h"

namespace moyeo::server {

Outbox::Outbox(const Limits& limits) : limits_(limits) {}

void Outbox::Push(Frame frame, bool positions) {
  (positions ? position_bytes_ : other_bytes_) += frame->size();
  frames_.push_back({.frame = std::move(frame), .positions = positions});
}

Outbox::Kept Outbox::Add(Frame frame) {
  if (Fits(frame->size())) {
    Push(std::move(frame), false);
    return Kept::kYes;
  }
  if (resync_) return Kept::kNo;

  resync_ = true;
  while (frames_.size() > (front_under_way_ ? 1 : 0)) {
    const Waiting& last = frames_.back();
    (last.positions ? position_bytes_ : other_bytes_) -= last.frame->size();
    frames_.pop_back();
  }
  static const Frame mark = std::make_shared<const std::string>(kResyncFrame);
  Push(mark, false);
  return Kept::kResync;
}

bool Outbox::AddPositions(Frame frame) {
  if (!frames_.empty() && position_bytes_ + frame->size() > limits_.position_bytes) return false;
  Push(std::move(frame), true);
  return true;
}

Frame Outbox::Front() {
  if (frames_.empty()) return nullptr;
  front_under_way_ = true;
  return frames_.front().frame;
}

void Outbox::Sent() {
  const Waiting& first = frames_.front();
  (first.positions ? position_bytes_ : other_bytes_) -= first.frame->size();
  frames_.pop_front();
  front_under_way_ = false;
  if (frames_.empty()) resync_ = false;
}

}  // namespace moyeo::server
