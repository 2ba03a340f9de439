// One connection to the server's stream.

#ifndef MOYEO_EXAMPLES_CROWD_LINK_H_
#define MOYEO_EXAMPLES_CROWD_LINK_H_

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace moyeo_crowd {

// A WebSocket client. For the thread that runs its io_context, and outlived by that.
class Link {
 public:
  using Request = boost::beast::http::request<boost::beast::http::string_body>;

  class Listener {
   public:
    virtual ~Listener() = default;
    // The request was answered. Returns whether to go on.
    virtual bool OnAnswer(unsigned status, std::string_view body) = 0;
    virtual void OnOpen() = 0;
    // `message` is valid until the call returns.
    virtual void OnMessage(std::string_view message) = 0;
    // It is over: by the other side, by an error, or after Close. `why` is for people.
    virtual void OnEnd(const std::string& why) = 0;
  };

  // REQUIRES: `context` and `listener` outlive the link.
  Link(boost::asio::io_context& context, Listener& listener);

  // Connects from `source`, whichever port, and makes `request`, which says where to. If its answer
  // pleases the listener, the same connection becomes a stream. Then OnOpen or OnEnd is called.
  // Once only.
  void Open(const boost::asio::ip::tcp::endpoint& server, const boost::asio::ip::address& source,
            Request request);

  // Sends `message` after those before it. Nothing, unless the link is open.
  void Send(std::string message);

  // How many messages have not been handed to the system yet.
  std::size_t unsent() const { return unsent_.size(); }

  // Says goodbye; OnEnd is called when the other side has, too. Nothing, unless the link is open.
  void Close();

 private:
  // Asio's default would look up the executor at each step.
  using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp,
                                                  boost::asio::io_context::executor_type>;

  // What is needed until the stream is open.
  struct Opening {
    Request request;
    boost::beast::http::response<boost::beast::http::string_body> response;
  };

  void Ask();
  void Handshake();
  void Read();
  void Write();
  void End(const std::string& why);

  Listener& listener_;
  boost::beast::websocket::stream<Socket, /*deflateSupported=*/false> stream_;
  std::unique_ptr<Opening> opening_;
  boost::beast::flat_buffer received_;
  std::vector<std::string> unsent_;
  bool is_open_ = false;
  bool is_closing_ = false;
};

}  // namespace moyeo_crowd

#endif  // MOYEO_EXAMPLES_CROWD_LINK_H_
