#include "society/snapshot.h"

#include <cstddef>
#include <utility>

#include "society/field_reader.h"
#include "society/field_writer.h"
#include "society/machine.h"
#include "society/state_fields.h"

namespace moyeo::society {
namespace {

constexpr std::string_view kMagic = "moyeo society";
constexpr std::size_t kPieceBytes = std::size_t{1} << 20;

// Numbers are little-endian base 128: seven bits a byte, the eighth says that more follow. Texts
// are their length in bytes, and the bytes.
class Encoder {
 public:
  explicit Encoder(const std::function<absl::Status(std::string_view)>& write) : write_(write) {
    piece_.reserve(kPieceBytes + 4'096);
  }

  void Number(std::uint64_t number) {
    for (; number >= 0x80; number >>= 7) {
      piece_.push_back(static_cast<char>((number & 0x7F) | 0x80));
    }
    piece_.push_back(static_cast<char>(number));
    if (piece_.size() >= kPieceBytes) Hand();
  }

  void Text(std::string_view text) {
    Number(text.size());
    piece_.append(text);
  }

  absl::Status Finish() {
    if (!piece_.empty()) Hand();
    return status_;
  }

 private:
  void Hand() {
    if (status_.ok()) status_ = write_(piece_);
    piece_.clear();
  }

  const std::function<absl::Status(std::string_view)>& write_;
  std::string piece_;
  absl::Status status_;
};

class Decoder {
 public:
  explicit Decoder(const std::function<absl::Status(std::string&)>& read) : read_(read) {}

  bool Number(std::uint64_t& number) {
    number = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (at_ == piece_.size() && !Refill()) return false;
      const auto byte = static_cast<unsigned char>(piece_[at_++]);
      const std::uint64_t bits = byte & 0x7F;
      if (shift == 63 && bits > 1) return false;
      number |= bits << shift;
      if ((byte & 0x80) == 0) return true;
    }
    return false;
  }

  bool Text(std::string& text) {
    std::uint64_t size = 0;
    if (!Number(size)) return false;
    text.clear();
    while (text.size() < size) {
      if (at_ == piece_.size() && !Refill()) return false;
      const std::size_t taken = std::min<std::size_t>(size - text.size(), piece_.size() - at_);
      text.append(piece_, at_, taken);
      at_ += taken;
    }
    return true;
  }

  bool AtEnd() { return at_ == piece_.size() && !Refill() && status_.ok(); }

  const absl::Status& status() const { return status_; }

 private:
  bool Refill() {
    at_ = 0;
    piece_.clear();
    if (status_.ok()) status_ = read_(piece_);
    if (!status_.ok()) piece_.clear();
    return !piece_.empty();
  }

  const std::function<absl::Status(std::string&)>& read_;
  std::string piece_;
  std::size_t at_ = 0;
  absl::Status status_;
};

}  // namespace

absl::Status WriteSnapshot(const Society& society,
                           const std::function<absl::Status(std::string_view)>& write) {
  Encoder encoder(write);
  encoder.Text(kMagic);
  encoder.Number(kRulesVersion);
  FieldWriter<Encoder> archive(encoder);
  Fields(archive, society.state());
  encoder.Number(society.Hash());
  return encoder.Finish();
}

absl::StatusOr<Society> ReadSnapshot(const std::function<absl::Status(std::string&)>& read,
                                     std::uint32_t rules) {
  Decoder decoder(read);
  const auto damaged = [&](std::string_view what) {
    return decoder.status().ok() ? absl::DataLossError(std::string(what)) : decoder.status();
  };

  std::string magic;
  std::uint64_t written_by = 0;
  if (!decoder.Text(magic) || magic != kMagic) return damaged("this is not a snapshot");
  if (!decoder.Number(written_by)) return damaged("the snapshot is cut off");
  if (written_by < 1 || written_by > rules) {
    return absl::FailedPreconditionError("the snapshot is of rules " + std::to_string(written_by) +
                                         ", not of 1 to " + std::to_string(rules));
  }
  State state;
  const auto written_rules = static_cast<std::uint32_t>(written_by);
  FieldReader<Decoder> archive(decoder, written_rules);
  Fields(archive, state);
  std::uint64_t hash = 0;
  if (!archive.ok() || !decoder.Number(hash)) return damaged("the snapshot is cut off or damaged");
  if (!decoder.AtEnd()) return damaged("the snapshot goes on after its end");
  if (HashOf(state, written_rules) != hash)
    return damaged("the snapshot is not what was written: its hash differs");
  return Society(std::move(state));
}

}  // namespace moyeo::society
