#include "journal/wal.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "journal/database.h"
#include "journal/page_guard.h"
#include "journal/raw_file.h"

namespace moyeo::journal {
namespace {

// https://www.sqlite.org/fileformat2.html#wal_file_format
constexpr std::size_t kHeaderBytes = 32;
constexpr std::size_t kFrameHeaderBytes = 24;
constexpr std::size_t kFrameBytes = kFrameHeaderBytes + kPageBytes;
constexpr std::uint32_t kMagic = 0x377f0682;  // the last bit: words of checksums are big-endian

std::uint32_t Word(std::string_view bytes, std::size_t at, bool big_endian) {
  std::uint32_t word = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const std::uint32_t byte = static_cast<unsigned char>(bytes[at + i]);
    word |= byte << 8 * (big_endian ? 3 - i : i);
  }
  return word;
}

std::uint32_t Word(std::string_view bytes, std::size_t at) { return Word(bytes, at, true); }

struct Sums {
  std::uint32_t first = 0;
  std::uint32_t second = 0;

  void Add(std::string_view bytes, bool big_endian) {
    for (std::size_t at = 0; at < bytes.size(); at += 8) {
      first += Word(bytes, at, big_endian) + second;
      second += Word(bytes, at + 4, big_endian) + first;
    }
  }

  bool AreAt(std::string_view bytes, std::size_t at) const {
    return Word(bytes, at) == first && Word(bytes, at + 4) == second;
  }
};

}  // namespace

absl::Status CheckWal(sqlite3_vfs* vfs, const std::string& path) {
  const absl::StatusOr<bool> exists = Exists(vfs, path);
  if (!exists.ok()) return exists.status();
  if (!*exists) return absl::OkStatus();
  absl::StatusOr<RawFile> file = RawFile::Open(vfs, path, RawFile::Mode::kRead);
  if (!file.ok()) return file.status();
  const auto damaged = [&](std::uint64_t frame) {
    return absl::DataLossError(
        absl::StrCat(FileNameOf(path), ": frame ", frame, " is not as it was written"));
  };

  std::string header;
  if (absl::Status status = file->Read(0, kHeaderBytes, header); !status.ok()) return status;
  const bool is_blank = std::ranges::all_of(header, [](char c) { return c == 0; });
  if (header.size() < kHeaderBytes || is_blank) return absl::OkStatus();
  const bool big_endian = (Word(header, 0) & 1) != 0;
  Sums sums;
  sums.Add(std::string_view(header).substr(0, 24), big_endian);
  if ((Word(header, 0) & ~1U) != kMagic || !sums.AreAt(header, 24)) return damaged(0);
  const std::string salts = header.substr(16, 8);

  std::uint64_t broken = 0;  // the first such frame, from 1 on
  bool a_transaction_has_ended = false;
  std::string frame;
  for (std::uint64_t number = 1;; ++number) {
    const std::uint64_t offset = kHeaderBytes + (number - 1) * kFrameBytes;
    if (absl::Status status = file->Read(static_cast<std::int64_t>(offset), kFrameBytes, frame);
        !status.ok()) {
      return status;
    }
    if (frame.size() < kFrameBytes) return absl::OkStatus();
    const bool has_salts = frame.compare(8, 8, salts) == 0;
    if (broken == 0) {
      sums.Add(std::string_view(frame).substr(0, 8), big_endian);
      sums.Add(std::string_view(frame).substr(kFrameHeaderBytes), big_endian);
      if (has_salts && sums.AreAt(frame, 16)) continue;
      broken = number;
    }
    // Frames of an older log, with other salts, may follow.
    if (!has_salts) continue;
    if (a_transaction_has_ended) return damaged(broken);
    a_transaction_has_ended = Word(frame, 4) != 0;
  }
}

}  // namespace moyeo::journal
