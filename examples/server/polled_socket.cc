#include "polled_socket.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/error.hpp>
#include <cerrno>
#include <new>

namespace moyeo::server {
namespace {

// As much as a client may have said that is read at one look, in buffers that it has filled.
constexpr int kMostReads = 16;

beast::error_code LastError() { return {errno, boost::system::system_category()}; }

bool MustWait() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

}  // namespace

SocketPoll::SocketPoll() : epoll_(epoll_create1(EPOLL_CLOEXEC)) {
  // As a loop of Asio's that gets none.
  if (epoll_ < 0) throw std::bad_alloc();
}

SocketPoll::~SocketPoll() { close(epoll_); }

void SocketPoll::Look() {
  ready_.resize(std::max<std::size_t>(size_, 1));
  const int count = epoll_wait(epoll_, ready_.data(), static_cast<int>(ready_.size()), 0);
  // Handlers may add and remove sockets: one that has the descriptor of another by now is tried for
  // nothing, at worst.
  for (int i = 0; i < count; ++i) {
    const epoll_event event = ready_[static_cast<std::size_t>(i)];
    const int fd = event.data.fd;
    if (i + 1 < count) {
      // Most of them have not been used for seconds.
      __builtin_prefetch(At(ready_[static_cast<std::size_t>(i) + 1].data.fd));
    }
    if (PolledSocket* socket = At(fd); socket != nullptr && (event.events & ~EPOLLOUT) != 0) {
      socket->Readable();
    }
    if (PolledSocket* socket = At(fd); socket != nullptr && (event.events & ~EPOLLIN) != 0) {
      socket->Writable();
    }
  }
}

void SocketPoll::Abandon() {
  std::vector<std::unique_ptr<PolledSocket::Pending>> pending;
  for (PolledSocket* socket : sockets_) {
    if (socket == nullptr) continue;
    pending.push_back(std::move(socket->reading_));
    pending.push_back(std::move(socket->writing_));
  }
}

bool SocketPoll::Add(int fd, PolledSocket& socket) {
  epoll_event event{.events = EPOLLIN, .data = {.fd = fd}};
  if (epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) != 0) return false;
  const auto at = static_cast<std::size_t>(fd);
  if (at >= sockets_.size()) sockets_.resize(at + 1);
  sockets_[at] = &socket;
  ++size_;
  return true;
}

void SocketPoll::Remove(int fd) {
  sockets_[static_cast<std::size_t>(fd)] = nullptr;
  --size_;
}

void SocketPoll::ListenForRoom(int fd, bool listens) const {
  epoll_event event{.events = EPOLLIN, .data = {.fd = fd}};
  if (listens) event.events |= EPOLLOUT;
  epoll_ctl(epoll_, EPOLL_CTL_MOD, fd, &event);
}

PolledSocket* SocketPoll::At(int fd) const { return sockets_[static_cast<std::size_t>(fd)]; }

PolledSocket::PolledSocket(SocketPoll& poll, Executor executor, int fd)
    : poll_(poll), executor_(executor), fd_(fd) {
  if (poll_.Add(fd, *this)) return;
  close(fd_);
  fd_ = -1;
}

void PolledSocket::Close() {
  if (fd_ < 0) return;
  poll_.Remove(fd_);
  close(fd_);  // which takes it out of the epoll as well
  fd_ = -1;
  const beast::error_code aborted = asio::error::operation_aborted;
  if (reading_ != nullptr) Pending::Post(std::move(reading_), executor_, aborted);
  if (writing_ != nullptr) Pending::Post(std::move(writing_), executor_, aborted);
}

void PolledSocket::Shutdown() {
  if (fd_ >= 0) shutdown(fd_, SHUT_WR);
}

void PolledSocket::PostRead() {
  beast::error_code error;
  if (fd_ < 0) error = asio::error::bad_descriptor;
  Pending::Post(std::move(reading_), executor_, error);
}

bool PolledSocket::Write(beast::error_code& error, std::size_t& bytes) {
  if (fd_ < 0) {
    error = asio::error::bad_descriptor;
    return true;
  }
  msghdr message{};
  message.msg_iov = write_from_.data();
  message.msg_iovlen = parts_;
  const ssize_t sent = sendmsg(fd_, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent >= 0) {
    bytes = static_cast<std::size_t>(sent);
  } else if (MustWait()) {
    return false;
  } else {
    error = LastError();
  }
  return true;
}

void PolledSocket::Readable() {
  const int fd = fd_;
  SocketPoll& poll = poll_;
  for (int reads = 0; reads < kMostReads; ++reads) {
    // Nobody may want to read, or not any more: then this has nothing to do until they do.
    if (poll.At(fd) != this || reading_ == nullptr) return;
    const std::size_t room = read_into_.size();
    const ssize_t got = recv(fd, read_into_.data(), room, MSG_DONTWAIT);
    if (got < 0 && MustWait()) return;
    beast::error_code error;
    if (got < 0) error = LastError();
    if (got == 0) error = asio::error::eof;
    const auto bytes = static_cast<std::size_t>(std::max<ssize_t>(got, 0));
    Pending::Call(std::move(reading_), error, bytes);
    // More may have come only if all the room was needed.
    if (bytes < room) return;
  }
}

void PolledSocket::Writable() {
  if (writing_ == nullptr) return;
  beast::error_code error;
  std::size_t bytes = 0;
  if (!Write(error, bytes)) return;
  poll_.ListenForRoom(fd_, false);
  Pending::Call(std::move(writing_), error, bytes);
}

}  // namespace moyeo::server
