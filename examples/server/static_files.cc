#include "static_files.h"

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include "text.h"

namespace moyeo::server {

namespace fs = std::filesystem;

std::string_view TypeOf(std::string_view file) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 14> kTypes = {{
      {".html", "text/html; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".mjs", "text/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".json", "application/json"},
      {".map", "application/json"},
      {".webmanifest", "application/manifest+json"},
      {".svg", "image/svg+xml"},
      {".png", "image/png"},
      {".jpg", "image/jpeg"},
      {".ico", "image/x-icon"},
      {".woff2", "font/woff2"},
      {".txt", "text/plain; charset=utf-8"},
      {".md", "text/plain; charset=utf-8"},
  }};
  for (const auto& [ending, type] : kTypes) {
    if (file.ends_with(ending)) return type;
  }
  return "application/octet-stream";
}

std::shared_ptr<const std::string> StaticFiles::Read(const std::string& path,
                                                     const std::string& tag) {
  // While it is being read, too: or many who come at once would each have a copy.
  const std::lock_guard lock(mutex_);
  absl::erase_if(held_, [](const auto& held) { return held.second.expired(); });
  auto& held = held_[Concat(tag, path)];
  if (auto known = held.lock()) return known;
  std::ifstream file(path, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(file), {}};
  if (!file.good() && !file.eof()) return nullptr;
  auto read = std::make_shared<const std::string>(std::move(bytes));
  held = read;
  return read;
}

std::optional<Response> StaticFiles::Serve(std::string_view root,
                                           std::span<const std::string> segments,
                                           const std::optional<std::string>& if_none_match) {
  fs::path path{root};
  for (const std::string& segment : segments) {
    if (segment.starts_with('.') || segment.find('/') != segment.npos ||
        segment.find('\0') != segment.npos) {
      return std::nullopt;
    }
    if (!segment.empty()) path /= segment;
  }
  std::error_code error;
  if (fs::is_directory(path, error)) path /= "index.html";
  if (!fs::is_regular_file(path, error)) return std::nullopt;
  const auto bytes = fs::file_size(path, error);
  if (error || bytes > kMostFileBytes) return std::nullopt;
  const auto written = fs::last_write_time(path, error);
  if (error) return std::nullopt;

  const std::string tag = Concat("\"", written.time_since_epoch().count(), "-", bytes, "\"");
  Response response{.type = std::string(TypeOf(path.native())),
                    .headers = {{"ETag", tag}, {"Cache-Control", "no-cache"}}};
  if (if_none_match == tag) {
    response.status = 304;
    return response;
  }
  response.shared = Read(path.native(), tag);
  if (response.shared == nullptr) return std::nullopt;
  return response;
}

}  // namespace moyeo::server
