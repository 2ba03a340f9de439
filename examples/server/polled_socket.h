// Sockets that are looked at all together, every few milliseconds.

#ifndef MOYEO_EXAMPLES_SERVER_POLLED_SOCKET_H_
#define MOYEO_EXAMPLES_SERVER_POLLED_SOCKET_H_

#include <sys/epoll.h>
#include <sys/uio.h>

#include <array>
#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/role.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

#include "sockets.h"

namespace moyeo::server {

class PolledSocket;

// Thousands of clients say a little each, and seldom. A loop that wakes for each of them spends
// more on waking than on what they say, and more again on asking a socket for what has not come
// yet. This asks the system once for all that has come, as often as its owner looks.
//
// For one thread; must outlive its sockets.
class SocketPoll {
 public:
  SocketPoll();
  ~SocketPoll();

  SocketPoll(const SocketPoll&) = delete;
  SocketPoll& operator=(const SocketPoll&) = delete;

  // Reads and writes where that is possible by now, and calls the handlers of what is done by that.
  void Look();

  // Destroys the handlers of all that is under way, uncalled: they may own their sockets.
  void Abandon();

 private:
  friend class PolledSocket;

  bool Add(int fd, PolledSocket& socket);
  void Remove(int fd);
  void ListenForRoom(int fd, bool listens) const;
  PolledSocket* At(int fd) const;

  int epoll_;
  std::vector<PolledSocket*> sockets_;  // by descriptor
  std::size_t size_ = 0;
  std::vector<epoll_event> ready_;
};

// A connected stream socket: Beast's AsyncStream. One read and one write may be under way.
class PolledSocket {
 public:
  using executor_type = Executor;

  // Takes `fd`, which is closed with the socket.
  PolledSocket(SocketPoll& poll, Executor executor, int fd);
  ~PolledSocket() { Close(); }

  PolledSocket(const PolledSocket&) = delete;
  PolledSocket& operator=(const PolledSocket&) = delete;

  executor_type get_executor() const { return executor_; }

  template <typename Buffers, typename Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return asio::async_initiate<Token, void(beast::error_code, std::size_t)>(
        [this](auto handler, const Buffers& into) {
          reading_ = Pending::Of(std::move(handler));
          read_into_ = FirstOf(into);
          if (read_into_.size() == 0 || fd_ < 0) PostRead();
        },
        token, buffers);
  }

  template <typename Buffers, typename Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return asio::async_initiate<Token, void(beast::error_code, std::size_t)>(
        [this](auto handler, const Buffers& from) {
          Gather(from);
          beast::error_code error;
          std::size_t bytes = 0;
          if (Write(error, bytes)) {
            asio::post(executor_, beast::bind_front_handler(std::move(handler), error, bytes));
          } else {
            writing_ = Pending::Of(std::move(handler));
            poll_.ListenForRoom(fd_, true);
          }
        },
        token, buffers);
  }

  // What is under way ends with an error, later.
  void Close();

  // Says that nothing more will be sent.
  void Shutdown();

 private:
  friend class SocketPoll;

  // The handler of an operation that is under way.
  class Pending {
   public:
    virtual ~Pending() = default;

    template <typename Handler>
    static std::unique_ptr<Pending> Of(Handler handler) {
      return std::make_unique<Holding<Handler>>(std::move(handler));
    }

    // Both end `pending`. Its memory is free for the handler to use.
    static void Call(std::unique_ptr<Pending> pending, beast::error_code error, std::size_t bytes) {
      Pending& that = *pending;
      that.DoCall(std::move(pending), error, bytes);
    }
    static void Post(std::unique_ptr<Pending> pending, Executor executor, beast::error_code error) {
      Pending& that = *pending;
      that.DoPost(std::move(pending), executor, error);
    }

   private:
    template <typename Handler>
    class Holding;

    virtual void DoCall(std::unique_ptr<Pending> self, beast::error_code error,
                        std::size_t bytes) = 0;
    virtual void DoPost(std::unique_ptr<Pending> self, Executor executor,
                        beast::error_code error) = 0;
  };

  template <typename Buffers>
  static asio::mutable_buffer FirstOf(const Buffers& buffers) {
    for (auto at = asio::buffer_sequence_begin(buffers); at != asio::buffer_sequence_end(buffers);
         ++at) {
      const asio::mutable_buffer buffer(*at);
      if (buffer.size() > 0) return buffer;
    }
    return {};
  }

  template <typename Buffers>
  void Gather(const Buffers& buffers) {
    parts_ = 0;
    for (auto at = asio::buffer_sequence_begin(buffers);
         at != asio::buffer_sequence_end(buffers) && parts_ < write_from_.size(); ++at) {
      const asio::const_buffer buffer(*at);
      if (buffer.size() == 0) continue;
      write_from_[parts_++] = {.iov_base = const_cast<void*>(buffer.data()),
                               .iov_len = buffer.size()};
    }
  }

  // False if it would have to wait.
  bool Write(beast::error_code& error, std::size_t& bytes);
  void PostRead();

  // Called by the poll. Handlers may destroy the socket.
  void Readable();
  void Writable();

  SocketPoll& poll_;
  Executor executor_;
  int fd_;
  std::unique_ptr<Pending> reading_;
  asio::mutable_buffer read_into_;
  std::unique_ptr<Pending> writing_;
  // A frame has two parts, its head and the message. What finds no place is written next.
  std::array<iovec, 2> write_from_{};
  std::size_t parts_ = 0;
};

template <typename Handler>
class PolledSocket::Pending::Holding final : public Pending {
 public:
  explicit Holding(Handler handler) : handler_(std::move(handler)) {}

 private:
  void DoCall(std::unique_ptr<Pending> self, beast::error_code error, std::size_t bytes) override {
    Handler handler(std::move(handler_));
    self.reset();
    std::move(handler)(error, bytes);
  }

  void DoPost(std::unique_ptr<Pending> self, Executor executor, beast::error_code error) override {
    Handler handler(std::move(handler_));
    self.reset();
    asio::post(executor, beast::bind_front_handler(std::move(handler), error, std::size_t{0}));
  }

  Handler handler_;
};

// What Beast does with a socket beyond reading and writing.
inline void beast_close_socket(PolledSocket& socket) { socket.Close(); }

// Reads on until the other side has ended too: closed earlier, a socket may take back what was sent
// last.
template <typename Handler>
void async_teardown(beast::role_type, PolledSocket& socket, Handler&& handler) {
  struct Rest {
    PolledSocket& socket;
    std::unique_ptr<std::array<char, 256>> bytes;
    std::decay_t<Handler> handler;

    void operator()(beast::error_code error, std::size_t) {
      if (!error) {
        const auto into = asio::buffer(*bytes);
        socket.async_read_some(into, std::move(*this));
        return;
      }
      if (error == asio::error::eof) error = {};
      std::move(handler)(error);
    }
  };
  socket.Shutdown();
  auto bytes = std::make_unique<std::array<char, 256>>();
  const auto into = asio::buffer(*bytes);
  socket.async_read_some(into, Rest{socket, std::move(bytes), std::forward<Handler>(handler)});
}

}  // namespace moyeo::server

#endif  // MOYEO_EXAMPLES_SERVER_POLLED_SOCKET_H_
