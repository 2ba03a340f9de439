// How the messages of a room are found.

#ifndef MOYEO_JOURNAL_ROOM_HEAD_H_
#define MOYEO_JOURNAL_ROOM_HEAD_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "moyeo/types.h"

namespace moyeo::journal {

// A message's number in its room, and the id of its row.
struct PostPlace {
  MessageNumber number = 0;
  std::uint64_t id = 0;

  friend bool operator==(const PostPlace&, const PostPlace&) = default;
};

// Where the way to a message goes on from one with a greater number: `jump` is the id of the
// message whose number is the same without its lowest bit, `previous` that of the one before.
//
// From 22 (10110) one gets to 20, to 16 and to 0, where there is nothing; or to 21. So the way to
// any message has some log2 steps, and who writes one need know log2 others.
constexpr PostPlace NextOnTheWay(MessageNumber to, MessageNumber from, std::uint64_t previous,
                                 std::uint64_t jump) {
  const MessageNumber far = from & (from - 1);
  return far >= to ? PostPlace{.number = far, .id = jump}
                   : PostPlace{.number = from - 1, .id = previous};
}

// The latest message of a room, and those to which it jumps. Messages are numbered from 1.
class RoomHead {
 public:
  RoomHead() = default;
  // The ids are in the order of ids().
  RoomHead(MessageNumber number, std::vector<std::uint64_t> ids)
      : number_(number), ids_(std::move(ids)) {}

  MessageNumber number() const { return number_; }
  std::uint64_t last() const { return ids_.empty() ? 0 : ids_.back(); }

  // One for each bit of the number, of the messages whose numbers have the upper ones of the bits:
  // of 22 they are those of 16, 20 and 22.
  std::span<const std::uint64_t> ids() const { return ids_; }

  // What the next message goes by; 0 if it has nothing to jump to.
  std::uint64_t jump() const {
    const std::size_t kept = BitsKept();
    return kept == 0 ? 0 : ids_[kept - 1];
  }

  void Push(std::uint64_t id) {
    ids_.resize(BitsKept());
    ids_.push_back(id);
    ++number_;
  }

  // The nearest from which there is a way to `number`. REQUIRES: 1 <= number <= number()
  PostPlace Nearest(MessageNumber number) const {
    PostPlace nearest{.number = number_, .id = last()};
    for (std::size_t i = ids_.size() - 1; i > 0; --i) {
      const MessageNumber far = nearest.number & (nearest.number - 1);
      if (far < number) break;
      nearest = {.number = far, .id = ids_[i - 1]};
    }
    return nearest;
  }

  friend bool operator==(const RoomHead&, const RoomHead&) = default;

 private:
  // How many bits the next number has besides its lowest.
  std::size_t BitsKept() const {
    return static_cast<std::size_t>(std::popcount(number_ & (number_ + 1)));
  }

  MessageNumber number_ = 0;
  std::vector<std::uint64_t> ids_;
};

}  // namespace moyeo::journal

#endif  // MOYEO_JOURNAL_ROOM_HEAD_H_
