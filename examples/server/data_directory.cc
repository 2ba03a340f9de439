#include "data_directory.h"

#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>

#include "text.h"
#include "tokens.h"

namespace moyeo::server {
namespace {

std::string NewKey() {
  std::array<unsigned char, Tokens::kLeastKeyBytes> bytes{};
  randombytes_buf(bytes.data(), bytes.size());
  std::string key(bytes.size() * 2 + 1, '\0');
  sodium_bin2hex(key.data(), key.size(), bytes.data(), bytes.size());
  key.pop_back();
  return key;
}

absl::StatusOr<std::string> ReadKey(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string key{std::istreambuf_iterator<char>(file), {}};
  if (!file) return absl::UnavailableError(Concat("cannot read ", path));
  while (key.ends_with('\n') || key.ends_with('\r')) key.pop_back();
  if (key.size() < Tokens::kLeastKeyBytes) {
    return absl::InvalidArgumentError(
        Concat(path, ": a key has at least ", Tokens::kLeastKeyBytes, " bytes"));
  }
  return key;
}

absl::Status WriteKey(const std::string& path, const std::string& key) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return absl::UnavailableError(Concat(path, ": ", std::strerror(errno)));
  const bool written =
      write(file, key.data(), key.size()) == static_cast<ssize_t>(key.size()) && fsync(file) == 0;
  const int error = errno;
  close(file);
  if (!written) return absl::UnavailableError(Concat(path, ": ", std::strerror(error)));
  return absl::OkStatus();
}

}  // namespace

absl::Status MakeDataDirectory(const ProgramOptions& options) {
  if (options.memory) return absl::OkStatus();
  std::error_code error;
  std::filesystem::create_directories(options.data, error);
  if (error) return absl::UnavailableError(Concat(options.data, ": ", error.message()));
  return absl::OkStatus();
}

absl::StatusOr<std::string> KeyFor(const ProgramOptions& options) {
  if (!options.key_file.empty()) return ReadKey(options.key_file);
  if (options.memory) return NewKey();

  std::error_code error;
  const std::string path = options.data + "/key";
  if (std::filesystem::exists(path, error)) return ReadKey(path);
  std::string key = NewKey();
  if (absl::Status status = WriteKey(path, key); !status.ok()) return status;
  return key;
}

}  // namespace moyeo::server
