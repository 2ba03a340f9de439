// An array that grows without moving what it holds.

#ifndef MOYEO_SPATIAL_STABLE_ARRAY_H_
#define MOYEO_SPATIAL_STABLE_ARRAY_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace moyeo::spatial {

// Elements are numbered from 0 and live in pages of 2^kLog2Page; a given-back number is handed out
// again before the array grows.
template <typename T, int kLog2Page = 8>
class StableArray {
 public:
  T& operator[](std::uint32_t i) { return pages_[i >> kLog2Page][i & kInPage]; }
  const T& operator[](std::uint32_t i) const { return pages_[i >> kLog2Page][i & kInPage]; }

  // The number of an element, which is as `T()` makes it.
  std::uint32_t Add() {
    if (!free_.empty()) {
      const std::uint32_t i = free_.back();
      free_.pop_back();
      std::destroy_at(&(*this)[i]);
      std::construct_at(&(*this)[i]);
      return i;
    }
    if ((end_ & kInPage) == 0 && end_ >> kLog2Page == pages_.size()) {
      pages_.push_back(std::make_unique<T[]>(kPage));
    }
    return end_++;
  }

  void Remove(std::uint32_t i) { free_.push_back(i); }

  void Clear() { *this = StableArray(); }

  // How many elements are in use.
  std::size_t size() const { return end_ - free_.size(); }

  // One more than the greatest number ever handed out.
  std::uint32_t end() const { return end_; }

  std::size_t bytes() const {
    return pages_.size() * kPage * sizeof(T) + free_.capacity() * sizeof(std::uint32_t);
  }

 private:
  static constexpr std::uint32_t kPage = 1u << kLog2Page;
  static constexpr std::uint32_t kInPage = kPage - 1;

  std::vector<std::unique_ptr<T[]>> pages_;
  std::vector<std::uint32_t> free_;
  std::uint32_t end_ = 0;
};

}  // namespace moyeo::spatial

#endif  // MOYEO_SPATIAL_STABLE_ARRAY_H_
