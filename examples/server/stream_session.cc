#include "stream_session.h"

#include <array>
#include <boost/beast/core/stream_traits.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "client.h"
#include "clock.h"
#include "polled_socket.h"

namespace moyeo::server {
namespace {

namespace websocket = beast::websocket;

// How long the other side may take to answer a close.
constexpr std::chrono::seconds kCloseWait{5};

template <typename Stream>
class StreamSession final : public Client, public Watched {
 public:
  // `stream`: what makes one.
  template <typename... Args>
  StreamSession(Connections::Slot slot, Context& context, Args&&... stream)
      : Client(context.options.outbox, context.options.messages),
        context_(context),
        slot_(std::move(slot)),
        stream_(std::forward<Args>(stream)...) {
    // A message is one frame, and goes out with one write.
    stream_.auto_fragment(false);
    stream_.text(true);
    stream_.read_message_max(context.options.most_frame_bytes);
    stream_.control_callback([this](websocket::frame_type, beast::string_view) { Heard(); });
    context_.streams.insert(this);
  }

  ~StreamSession() override { context_.streams.erase(this); }

  // Once. From then on, what is under way owns the session.
  void Accept(HttpRequest request) {
    opened_ = heard_ = Now();
    auto kept = std::make_unique<const HttpRequest>(std::move(request));
    const HttpRequest& asked = *kept;
    stream_.async_accept(asked,
                         [self = Self(), kept = std::move(kept)](const beast::error_code& error) {
                           if (error) return self->EndReading();
                           // What was to be closed before it was open.
                           if (self->closing_) self->SendClose();
                           self->Read();
                         });
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

  void Read() {
    stream_.async_read_some(asio::buffer(piece_),
                            [self = Self()](const beast::error_code& error, std::size_t bytes) {
                              if (error) return self->EndReading();
                              self->HaveRead({self->piece_.data(), bytes});
                              self->Read();
                            });
  }

  void HaveRead(std::string_view piece) {
    if (message_.empty() && stream_.is_message_done()) return HaveHeard(piece);
    message_ += piece;
    if (!stream_.is_message_done()) return;
    HaveHeard(message_);
    message_ = {};
  }

  void HaveHeard(std::string_view message) {
    const Timestamp now = Now();
    heard_ = now;
    if (stream_.got_text()) {
      context_.hub.Receive(*this, message, now);
    } else if (stage != Stage::kClosed) {
      End(CloseCode::kMalformed, "messages are text");
    }
  }

  void EndReading() {
    context_.hub.Leave(*this);
    ended_ = true;
    CloseSocket();
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
  void CloseSocket() { beast::close_socket(beast::get_lowest_layer(stream_)); }

  Context& context_;
  Connections::Slot slot_;
  websocket::stream<Stream, false> stream_;
  // What most messages fit into. There are many clients, who are silent at almost any moment.
  std::array<char, 128> piece_;
  std::string message_;  // as far as it has come, where it does not
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

template <typename Stream, typename... Args>
void Start(HttpRequest request, Connections::Slot slot, Context& context, Args&&... stream) {
  std::make_shared<StreamSession<Stream>>(std::move(slot), context, std::forward<Args>(stream)...)
      ->Accept(std::move(request));
}

}  // namespace

void StartStream(TcpStream stream, HttpRequest request, Connections::Slot slot, Context& context) {
  const auto executor = stream.get_executor();
  beast::error_code error;
  const int fd = stream.release_socket().release(error);
  if (error) return;
  Start<PolledSocket>(std::move(request), std::move(slot), context, context.poll, executor, fd);
}

void StartStream(TlsStream stream, HttpRequest request, Connections::Slot slot, Context& context) {
  beast::get_lowest_layer(stream).expires_never();
  Start<TlsStream>(std::move(request), std::move(slot), context, std::move(stream));
}

}  // namespace moyeo::server
