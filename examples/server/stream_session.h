// A connection on the stream.

#ifndef MOYEO_EXAMPLES_SERVER_STREAM_SESSION_H_
#define MOYEO_EXAMPLES_SERVER_STREAM_SESSION_H_

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include "connections.h"
#include "context.h"
#include "sockets.h"

namespace moyeo::server {

using HttpRequest = beast::http::request<beast::http::string_body>;

// Answers the request to upgrade, and goes on by itself. One for each kind of socket.
void StartStream(TcpStream stream, HttpRequest request, Connections::Slot slot, Context& context);
void StartStream(TlsStream stream, HttpRequest request, Connections::Slot slot, Context& context);

}  // namespace moyeo::server

#endif  // MOYEO_EXAMPLES_SERVER_STREAM_SESSION_H_
