#include "polled_socket.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <memory>
#include <optional>
#include <random>
#include <string>

namespace moyeo::server {
namespace {

// The socket of a poll, and the other end of its line.
class PolledSocketTest : public testing::Test {
 protected:
  PolledSocketTest() {
    int ends[2];
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    socket_ = std::make_unique<PolledSocket>(poll_, loop_.get_executor(), ends[0]);
    other_ = ends[1];
  }

  ~PolledSocketTest() override {
    CloseOther();
    socket_.reset();
    loop_.restart();
    loop_.poll();
  }

  void CloseOther() {
    if (other_ >= 0) close(other_);
    other_ = -1;
  }

  void OtherSays(const std::string& text) {
    ASSERT_EQ(send(other_, text.data(), text.size(), 0), static_cast<ssize_t>(text.size()));
  }

  // What has come to the other end by now, and fits.
  std::string OtherHears() {
    std::string text(std::size_t{1} << 20, '\0');
    const ssize_t got = recv(other_, text.data(), text.size(), MSG_DONTWAIT);
    text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return text;
  }

  void Read(std::size_t room = 100) {
    heard_.resize(room);
    result_.reset();
    socket_->async_read_some(asio::buffer(heard_), [this](beast::error_code error, std::size_t n) {
      result_ = error;
      heard_.resize(n);
    });
  }

  void Step() {
    loop_.restart();
    loop_.poll();
    poll_.Look();
    loop_.restart();
    loop_.poll();
  }

  asio::io_context loop_;
  SocketPoll poll_;
  std::unique_ptr<PolledSocket> socket_;
  int other_ = -1;
  std::string heard_;
  std::optional<beast::error_code> result_;  // of the read; nullopt while it is under way
};

TEST_F(PolledSocketTest, WhatHasComeIsReadAtTheNextLookAndNotBefore) {
  Read();
  OtherSays("hello");
  loop_.poll();
  EXPECT_FALSE(result_.has_value());
  Step();
  EXPECT_EQ(result_, beast::error_code());
  EXPECT_EQ(heard_, "hello");
  Step();
  EXPECT_EQ(heard_, "hello");
}

TEST_F(PolledSocketTest, ALookAtSilenceDoesNothing) {
  Read();
  Step();
  EXPECT_FALSE(result_.has_value());
}

TEST_F(PolledSocketTest, TheEndOfTheOtherSideIsTheEndOfTheStream) {
  Read();
  CloseOther();
  Step();
  EXPECT_EQ(result_, beast::error_code(asio::error::eof));
}

TEST_F(PolledSocketTest, ClosingEndsWhatIsUnderWay) {
  Read();
  socket_->Close();
  EXPECT_FALSE(result_.has_value()) << "not from within";
  Step();
  EXPECT_EQ(result_, beast::error_code(asio::error::operation_aborted));
  Read();
  Step();
  EXPECT_EQ(result_, beast::error_code(asio::error::bad_descriptor));
}

TEST_F(PolledSocketTest, AHandlerMayDestroyItsSocket) {
  std::array<char, 10> into{};
  OtherSays("and more than fits, so that there would be more to read");
  socket_->async_read_some(asio::buffer(into),
                           [this](beast::error_code, std::size_t) { socket_.reset(); });
  Step();
  EXPECT_EQ(socket_, nullptr);
  Step();
}

TEST_F(PolledSocketTest, WhatFindsNoRoomIsSentWhenThereIsSome) {
  std::string text(std::size_t{4} << 20, '\0');
  std::minstd_rand random(1);
  for (char& c : text) c = static_cast<char>(random());
  std::optional<beast::error_code> sent;
  asio::async_write(*socket_, asio::buffer(text),
                    [&](beast::error_code error, std::size_t) { sent = error; });
  Step();
  EXPECT_FALSE(sent.has_value());
  std::string heard;
  while (!sent.has_value()) {
    heard += OtherHears();
    Step();
  }
  for (std::string more = OtherHears(); !more.empty(); more = OtherHears()) heard += more;
  EXPECT_EQ(*sent, beast::error_code());
  EXPECT_TRUE(heard == text);
}

TEST_F(PolledSocketTest, WritingToWhoeverIsGoneIsAnErrorAndNoSignal) {
  CloseOther();
  std::optional<beast::error_code> sent;
  asio::async_write(*socket_, asio::buffer("x", 1),
                    [&](beast::error_code error, std::size_t) { sent = error; });
  Step();
  ASSERT_TRUE(sent.has_value());
  EXPECT_EQ(sent->value(), EPIPE);
}

TEST_F(PolledSocketTest, AbandoningDestroysHandlersThatOwnTheirSocket) {
  std::shared_ptr<PolledSocket> shared = std::move(socket_);
  const std::weak_ptr<PolledSocket> weak = shared;
  std::array<char, 10> into{};
  PolledSocket& socket = *shared;
  socket.async_read_some(asio::buffer(into),
                         [owner = std::move(shared)](beast::error_code, std::size_t) { FAIL(); });
  EXPECT_FALSE(weak.expired());
  poll_.Abandon();
  EXPECT_TRUE(weak.expired());
}

// The twin reads byte by byte what was written piece by piece.
TEST_F(PolledSocketTest, EveryByteComesOnceAndInOrderWhateverThePieces) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    std::minstd_rand random(seed);
    std::string said;
    std::string heard;
    result_ = beast::error_code();
    while (said.size() < 20'000 || heard.size() < said.size()) {
      if (result_.has_value()) {
        heard += heard_;
        Read(1 + random() % 64);
      }
      if (said.size() < 20'000 && random() % 2 == 0) {
        const std::string piece(random() % 300, static_cast<char>('a' + random() % 26));
        OtherSays(piece);
        said += piece;
      }
      Step();
      ASSERT_TRUE(said.starts_with(heard)) << "seed " << seed;
    }
    heard_.clear();
    socket_->Close();
    Step();
    int ends[2];
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    CloseOther();
    socket_ = std::make_unique<PolledSocket>(poll_, loop_.get_executor(), ends[0]);
    other_ = ends[1];
    heard_.clear();
  }
}

}  // namespace
}  // namespace moyeo::server
