// What waits to be sent to one client.

#ifndef MOYEO_EXAMPLES_SERVER_OUTBOX_H_
#define MOYEO_EXAMPLES_SERVER_OUTBOX_H_

#include <cstddef>
#include <list>
#include <memory>
#include <string>

namespace moyeo::server {

using Frame = std::shared_ptr<const std::string>;

// A bounded queue of frames, of which the first may be under way. Two kinds go in:
//
// - Positions, which the next ones make needless: there is little room for them, and what finds
//   none is not kept. Whoever offers them then waits until the box is empty and offers all anew.
// - All else, in order. When it has no room, what waits is thrown away, but for the frame under
//   way, and a resync mark takes its place. When that happens again before the client has taken
//   everything, the client is beyond help.
//
// For one thread at a time.
class Outbox {
 public:
  enum class Kept { kYes, kResync, kNo };

  struct Limits {
    std::size_t position_bytes = 64 << 10;
    std::size_t other_bytes = 256 << 10;
  };
  explicit Outbox(const Limits& limits);

  // kResync: the client is told to look at everything anew, of which `frame` is a part. kNo: it has
  // been told already, and is behind again.
  Kept Add(Frame frame);

  // False if it is not kept. A box that is empty keeps a frame of any size.
  bool AddPositions(Frame frame);

  // Whether Add would keep so many bytes, in however many frames.
  bool Fits(std::size_t bytes) const { return other_bytes_ + bytes <= limits_.other_bytes; }

  // The frame to be sent; null if there is none. It is under way until Sent.
  Frame Front();
  void Sent();

  bool empty() const { return frames_.empty(); }
  std::size_t bytes() const { return position_bytes_ + other_bytes_; }

 private:
  struct Waiting {
    Frame frame;
    bool positions;
  };

  void Push(Frame frame, bool positions);

  const Limits& limits_;       // one for all clients
  std::list<Waiting> frames_;  // which takes nothing where nothing waits: there are many clients
  std::size_t position_bytes_ = 0;
  std::size_t other_bytes_ = 0;
  bool front_under_way_ = false;
  bool resync_ = false;  // told, and not everything has been sent since
};

}  // namespace moyeo::server

#endif  // MOYEO_EXAMPLES_SERVER_OUTBOX_H_
