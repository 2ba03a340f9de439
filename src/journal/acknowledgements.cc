#include "journal/acknowledgements.h"

#include <string_view>

#include "journal/checksum.h"

namespace moyeo::journal {
namespace {

constexpr std::size_t kBytes = 16;

void AppendNumber(std::uint64_t number, std::string& bytes) {
  for (int shift = 0; shift < 64; shift += 8) bytes += static_cast<char>(number >> shift & 0xff);
}

std::string Encode(std::uint64_t commits) {
  std::string bytes;
  AppendNumber(commits, bytes);
  AppendNumber(Checksum("acknowledged").Number(commits).value(), bytes);
  return bytes;
}

}  // namespace

absl::StatusOr<Acknowledgements> Acknowledgements::Open(sqlite3_vfs* vfs, const std::string& path) {
  absl::StatusOr<RawFile> file = RawFile::Open(vfs, path, RawFile::Mode::kWriteOrCreate);
  if (!file.ok()) return file.status();
  return Acknowledgements(*std::move(file));
}

absl::StatusOr<std::optional<std::uint64_t>> Acknowledgements::Read() {
  std::string bytes;
  if (absl::Status status = file_.Read(0, kBytes, bytes); !status.ok()) return status;
  if (bytes.size() != kBytes) return std::nullopt;
  std::uint64_t commits = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    commits |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << 8 * i;
  }
  if (bytes != Encode(commits)) return std::nullopt;
  return commits;
}

void Acknowledgements::Write(std::uint64_t commits) {
  file_.Write(0, Encode(commits)).IgnoreError();
}

}  // namespace moyeo::journal
