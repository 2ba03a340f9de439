// A connection, until it ends or becomes a stream.

#ifndef MOYEO_EXAMPLES_SERVER_HTTP_SESSION_H_
#define MOYEO_EXAMPLES_SERVER_HTTP_SESSION_H_

#include <boost/asio/ssl/context.hpp>

#include "connections.h"
#include "context.h"
#include "sockets.h"

namespace moyeo::server {

// Serves the connection, and goes on by itself. `tls` may be null.
void StartHttp(tcp::socket::rebind_executor<Executor>::other socket, asio::ssl::context* tls,
               Connections::Slot slot, Context& context);

}  // namespace moyeo::server

#endif  // MOYEO_EXAMPLES_SERVER_HTTP_SESSION_H_
