#include "address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>

namespace moyeo::server {
namespace {

template <typename Bytes>
std::string TextOf(int family, const Bytes& bytes) {
  char text[INET6_ADDRSTRLEN] = {};
  return inet_ntop(family, &bytes, text, sizeof text) != nullptr ? text : "";
}

}  // namespace

std::optional<std::string> NormalAddress(std::string_view text) {
  // A link's own addresses have a zone, fe80::1%eth0, which is none of the client's.
  const std::string address(text.substr(0, text.find('%')));
  in_addr v4{};
  if (inet_pton(AF_INET, address.c_str(), &v4) == 1) return TextOf(AF_INET, v4);
  in6_addr v6{};
  if (inet_pton(AF_INET6, address.c_str(), &v6) != 1) return std::nullopt;
  if (!IN6_IS_ADDR_V4MAPPED(&v6)) return TextOf(AF_INET6, v6);
  std::copy_n(v6.s6_addr + 12, 4, reinterpret_cast<unsigned char*>(&v4));
  return TextOf(AF_INET, v4);
}

std::string CountedAs(std::string_view address) {
  const auto normal = NormalAddress(address);
  if (!normal.has_value()) return std::string(address);
  in6_addr v6{};
  if (inet_pton(AF_INET6, normal->c_str(), &v6) != 1) return *normal;
  std::fill_n(v6.s6_addr + 8, 8, static_cast<unsigned char>(0));
  return TextOf(AF_INET6, v6) + "/64";
}

std::optional<std::string> ForwardedFor(std::string_view header) {
  const std::size_t comma = header.find_last_of(',');
  std::string_view last = comma == header.npos ? header : header.substr(comma + 1);
  const std::size_t from = last.find_first_not_of(" \t");
  if (from == last.npos) return std::nullopt;
  last = last.substr(from, last.find_last_not_of(" \t") - from + 1);
  return NormalAddress(last);
}

}  // namespace moyeo::server
