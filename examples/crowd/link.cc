#include "examples/crowd/link.h"

#include <netinet/in.h>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <utility>

namespace moyeo_crowd {

namespace asio = boost::asio;
namespace http = boost::beast::http;
namespace websocket = boost::beast::websocket;
using boost::system::error_code;

Link::Link(asio::io_context& context, Listener& listener)
    : listener_(listener), stream_(context.get_executor()) {
  // Messages of clients are short, and a buffer is kept for each of them.
  stream_.write_buffer_bytes(256);
  stream_.auto_fragment(false);
  // A pattern that nobody can guess protects proxies, of which there are none here.
  stream_.secure_prng(false);
}

void Link::Open(const asio::ip::tcp::endpoint& server, const asio::ip::address& source,
                Request request) {
  opening_ = std::make_unique<Opening>();
  opening_->request = std::move(request);
  auto& socket = stream_.next_layer();
  error_code error;
  socket.open(server.protocol(), error);
  if (!error) socket.set_option(asio::ip::tcp::no_delay(true), error);
  // The port is chosen when it is known whereto: it must be free for that pair only.
  using ChoosePortLate = asio::detail::socket_option::boolean<IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT>;
  if (!error && server.address().is_v4()) socket.set_option(ChoosePortLate(true), error);
  if (!error) socket.bind({source, 0}, error);
  if (error) return End("cannot open a socket: " + error.message());
  socket.async_connect(server, [this](error_code failed) {
    if (failed) return End("cannot connect: " + failed.message());
    Ask();
  });
}

void Link::Ask() {
  http::async_write(
      stream_.next_layer(), opening_->request, [this](error_code failed, std::size_t) {
        if (failed) return End("cannot ask: " + failed.message());
        http::async_read(stream_.next_layer(), received_, opening_->response,
                         [this](error_code unread, std::size_t) {
                           if (unread) return End("no answer: " + unread.message());
                           const auto& response = opening_->response;
                           if (listener_.OnAnswer(response.result_int(), response.body())) {
                             Handshake();
                           } else {
                             End("turned away");
                           }
                         });
      });
}

void Link::Handshake() {
  const std::string host(opening_->request[http::field::host]);
  opening_.reset();
  stream_.async_handshake(host, "/v1/stream", [this](error_code failed) {
    if (failed) return End("no handshake: " + failed.message());
    is_open_ = true;
    Read();
    listener_.OnOpen();
  });
}

void Link::Read() {
  stream_.async_read(received_, [this](error_code failed, std::size_t) {
    if (failed == websocket::error::closed) {
      const websocket::close_reason& reason = stream_.reason();
      return End("closed with " + std::to_string(reason.code) + " " +
                 std::string(reason.reason.data(), reason.reason.size()));
    }
    if (failed) return End(failed.message());
    const auto data = received_.cdata();
    listener_.OnMessage({static_cast<const char*>(data.data()), data.size()});
    received_.clear();
    Read();
  });
}

void Link::Send(std::string message) {
  if (!is_open_ || is_closing_) return;
  unsent_.push_back(std::move(message));
  if (unsent_.size() == 1) Write();
}

void Link::Write() {
  stream_.async_write(asio::buffer(unsent_.front()), [this](error_code failed, std::size_t) {
    // Reading ends as well then, and says so.
    if (failed) return;
    unsent_.erase(unsent_.begin());
    if (!unsent_.empty()) Write();
  });
}

void Link::Close() {
  if (!is_open_ || is_closing_) return;
  is_closing_ = true;
  stream_.async_close(websocket::close_code::going_away, [](error_code) {});
}

void Link::End(const std::string& why) {
  is_open_ = false;
  error_code ignored;
  stream_.next_layer().close(ignored);
  listener_.OnEnd(why);
}

}  // namespace moyeo_crowd
