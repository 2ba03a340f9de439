// The kinds of sockets there are.

#ifndef MOYEO_EXAMPLES_SERVER_SOCKETS_H_
#define MOYEO_EXAMPLES_SERVER_SOCKETS_H_

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <exception>

namespace moyeo::server {

namespace asio = boost::asio;
namespace beast = boost::beast;
using tcp = asio::ip::tcp;

// Everything runs on one loop, whose executor is named: one that could be any costs time and memory
// with every operation.
using Executor = asio::io_context::executor_type;
using TcpStream = beast::basic_stream<tcp, Executor>;
using TlsStream = beast::ssl_stream<TcpStream>;

template <typename Value>
using Awaitable = asio::awaitable<Value, Executor>;

// Awaits an operation as a tuple of its error and its results: nothing is thrown.
inline constexpr auto kAwait = asio::as_tuple(asio::use_awaitable_t<Executor>{});

// For coroutines that nobody waits for: what they throw, memory that has run out, ends the loop.
inline constexpr auto kRethrow = [](const std::exception_ptr& thrown) {
  if (thrown != nullptr) std::rethrow_exception(thrown);
};

}  // namespace moyeo::server

#endif  // MOYEO_EXAMPLES_SERVER_SOCKETS_H_
