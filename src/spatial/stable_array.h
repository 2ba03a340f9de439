// An array that grows without moving what it holds.

#ifndef MOYEO_SPATIAL_STABLE_ARRAY_H_
#define MOYEO_SPATIAL_STABLE_ARRAY_H_

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <vector>

#include "spatial/pages.h"
#include "spatial/readers.h"

namespace moyeo::spatial {

// Elements are numbered from 0. They live in pieces, each as large as all before it together; a
// removed number is handed out again before the array grows.
//
// Threads: one at a time may change the array; readers may reach for elements whose numbers they
// have been given.
template <typename T, int kLog2First = 8>
class StableArray {
  static_assert(std::is_trivially_destructible_v<T>);

 public:
  T& operator[](std::uint32_t i) { return *At(i); }
  const T& operator[](std::uint32_t i) const { return *At(i); }

  // The number of an element, which is as `T()` makes it.
  std::uint32_t Add() {
    std::uint32_t i = end_;
    if (!free_.empty()) {
      i = free_.back();
      free_.pop_back();
    } else {
      if (PieceOf(end_) == piece_count_) AddPiece();
      ++end_;
    }
    std::construct_at(At(i));
    return i;
  }

  // The element stays readable until the grace period after this one is over.
  void Remove(std::uint32_t i) { removed_.Add(i); }
  void EndGracePeriod() {
    removed_.EndGracePeriod([&](std::uint32_t i) { free_.push_back(i); });
  }

  // All numbers that were ever handed out are below this one.
  std::uint32_t end() const { return end_; }

  // How many elements are in use.
  std::size_t size() const { return end_ - free_.size() - removed_.size(); }

  std::size_t bytes() const {
    std::size_t bytes = free_.capacity() * sizeof(std::uint32_t);
    for (std::size_t piece = 0; piece < piece_count_; ++piece) {
      bytes += pages_[piece].BytesTaken((end_ - FirstOf(piece)) * sizeof(T));
    }
    return bytes;
  }

 private:
  static constexpr std::size_t kMaxPieces = 33 - kLog2First;

  // Piece 0 has the numbers below 2^kLog2First, piece p those below 2^(kLog2First + p).
  static std::size_t PieceOf(std::uint32_t i) {
    return static_cast<std::size_t>(std::bit_width(i >> kLog2First));
  }
  static std::size_t FirstOf(std::size_t piece) {
    return piece == 0 ? 0 : std::size_t{1} << (kLog2First + piece - 1);
  }

  T* At(std::uint32_t i) const {
    const std::size_t piece = PieceOf(i);
    return pieces_[piece] + (i - FirstOf(piece));
  }

  void AddPiece() {
    const std::size_t bytes = sizeof(T)
                              << (kLog2First + (piece_count_ == 0 ? 0 : piece_count_ - 1));
    pages_[piece_count_] =
        Pages(bytes, bytes < kHugePageBytes ? Pages::Size::kSmall : Pages::Size::kHuge);
    pieces_[piece_count_] = reinterpret_cast<T*>(pages_[piece_count_].data());
    ++piece_count_;
  }

  std::array<T*, kMaxPieces> pieces_ = {};
  std::array<Pages, kMaxPieces> pages_;
  std::size_t piece_count_ = 0;
  std::vector<std::uint32_t> free_;
  Limbo<std::uint32_t> removed_;
  std::uint32_t end_ = 0;
};

}  // namespace moyeo::spatial

#endif  // MOYEO_SPATIAL_STABLE_ARRAY_H_
