#include "stream_session.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <memory>
#include <string_view>
#include <utility>

#include "client.h"
#include "clock.h"

namespace moyeo::server {
namespace {

namespace websocket = beast::websocket;

// How long the other side may take to answer a close.
constexpr std::chrono::seconds kCloseWait{5};

template <typename Stream>
class StreamSession final : public Client, public Watched {
 public:
  StreamSession(Stream stream, Connections::Slot slot, Context& context)
      : Client(context.options.outbox, context.options.messages),
        context_(context),
        slot_(std::move(slot)),
        stream_(std::move(stream)) {
    // A message is one frame, and goes out with one write.
    stream_.auto_fragment(false);
    stream_.text(true);
    stream_.read_message_max(context.options.most_frame_bytes);
    stream_.control_callback([this](websocket::frame_type, beast::string_view) { Heard(); });
    context_.streams.insert(this);
  }

  ~StreamSession() override { context_.streams.erase(this); }

  Awaitable<void> Run(HttpRequest request) {
    const auto self = shared_from_this();
    opened_ = heard_ = Now();
    const auto [accepted] = co_await stream_.async_accept(request, kAwait);
    request = {};  // a connection may last for days
    // What was to be closed before it was open.
    if (!accepted && closing_) SendClose();
    if (!accepted) co_await Read();
    context_.hub.Leave(*this);
    ended_ = true;
    CloseSocket();
  }

  void Wake() override {
    if (!writing_ && !closing_) Write();
  }

  void Close(CloseCode code, std::string_view reason) override {
    if (closing_) return;
    closing_ = true;
    closed_ = Now();
    reason_ = websocket::close_reason(static_cast<websocket::close_code>(code),
                                      beast::string_view(reason.data(), reason.size()));
    if (!writing_) SendClose();
  }

  void End(CloseCode code, std::string_view reason) override {
    context_.hub.Close(*this, code, reason);
  }

  void Look(Timestamp now) override {
    using std::chrono::milliseconds;
    const ServerOptions& options = context_.options;
    if (ended_) return;
    context_.hub.Look(*this, now);
    if (closing_) {
      if (now > closed_ + kCloseWait) CloseSocket();
    } else if (stage != Stage::kIn && now > opened_ + milliseconds(options.hello_ms)) {
      End(CloseCode::kNoHello, "no hello in time");
    } else if (writing_ && now > write_began_ + milliseconds(options.stalled_ms)) {
      context_.hub.LeaveStalled(*this);
      Close(CloseCode::kTooMuch, "too far behind");
    } else if (now > heard_ + milliseconds(options.silence_ms)) {
      CloseSocket();
    } else if (now > heard_ + milliseconds(options.silence_ms / 3) && !pinging_) {
      Ping();
    }
  }

 private:
  std::shared_ptr<StreamSession> Self() {
    return std::static_pointer_cast<StreamSession>(shared_from_this());
  }

  void Heard() {
    heard_ = Now();
    pinging_ = false;
  }

  Awaitable<void> Read() {
    beast::flat_buffer buffer;
    for (;;) {
      const auto [error, bytes] = co_await stream_.async_read(buffer, kAwait);
      if (error) co_return;
      const Timestamp now = Now();
      heard_ = now;
      if (stream_.got_text()) {
        context_.hub.Receive(*this, {static_cast<const char*>(buffer.data().data()), buffer.size()},
                             now);
      } else if (stage != Stage::kClosed) {
        End(CloseCode::kMalformed, "messages are text");
      }
      buffer.consume(buffer.size());
      // Most clients are silent at any moment, and what is read into is several times a message.
      buffer.shrink_to_fit();
    }
  }

  void Write() {
    Frame frame = outbox.Front();
    if (frame == nullptr) return;
    writing_ = true;
    write_began_ = Now();
    const auto bytes = asio::buffer(*frame);
    stream_.async_write(
        bytes, [self = Self(), frame = std::move(frame)](const beast::error_code& error,
                                                         std::size_t) { self->Written(error); });
  }

  void Written(const beast::error_code& error) {
    writing_ = false;
    if (error) return CloseSocket();
    outbox.Sent();
    if (closing_) return SendClose();
    if (!outbox.empty()) return Write();
    context_.hub.Drained(*this, Now());
  }

  void SendClose() {
    stream_.async_close(reason_, [self = Self()](const beast::error_code&) {});
  }

  void Ping() {
    pinging_ = true;
    stream_.async_ping({}, [self = Self()](const beast::error_code&) {});
  }

  // Whatever is under way ends with an error.
  void CloseSocket() {
    beast::error_code ignored;
    beast::get_lowest_layer(stream_).socket().close(ignored);
  }

  Context& context_;
  Connections::Slot slot_;
  websocket::stream<Stream, false> stream_;
  websocket::close_reason reason_;
  Timestamp opened_{};
  Timestamp heard_{};
  Timestamp write_began_{};
  Timestamp closed_{};
  bool writing_ = false;
  bool closing_ = false;
  bool ended_ = false;
  bool pinging_ = false;
};

template <typename Stream>
void Start(Stream stream, HttpRequest request, Connections::Slot slot, Context& context) {
  beast::get_lowest_layer(stream).expires_never();
  const auto executor = beast::get_lowest_layer(stream).get_executor();
  auto session =
      std::make_shared<StreamSession<Stream>>(std::move(stream), std::move(slot), context);
  asio::co_spawn(
      executor,
      [session = std::move(session), request = std::move(request)]() mutable {
        return session->Run(std::move(request));
      },
      kRethrow);
}

}  // namespace

void StartStream(TcpStream stream, HttpRequest request, Connections::Slot slot, Context& context) {
  Start(std::move(stream), std::move(request), std::move(slot), context);
}

void StartStream(TlsStream stream, HttpRequest request, Connections::Slot slot, Context& context) {
  Start(std::move(stream), std::move(request), std::move(slot), context);
}

}  // namespace moyeo::server
