// Memory straight from the system.

#ifndef MOYEO_SPATIAL_PAGES_H_
#define MOYEO_SPATIAL_PAGES_H_

#include <cstddef>
#include <utility>
#include <vector>

namespace moyeo::spatial {

inline constexpr std::size_t kPageBytes = std::size_t{1} << 12;
inline constexpr std::size_t kHugePageBytes = std::size_t{1} << 21;

// Memory that is zero, that costs nothing where it has not been written yet, and that goes back to
// the system as soon as it is given up. Owned by one.
class Pages {
 public:
  enum class Size {
    kSmall,
    // A wish: a random access to a great piece of memory costs a walk through the page table as
    // well, which huge pages make short. It does no harm if it is not granted.
    kHuge,
  };

  Pages() = default;
  // From kHugePageBytes on, the memory is aligned to that. Throws std::bad_alloc.
  Pages(std::size_t bytes, Size size);
  ~Pages();

  Pages(Pages&& other) noexcept { swap(other); }
  Pages& operator=(Pages&& other) noexcept {
    Pages(std::move(other)).swap(*this);
    return *this;
  }

  std::byte* data() const { return data_; }
  std::size_t bytes() const { return bytes_; }

  // How much of the memory the system has had to provide when the first `written` bytes have been
  // written.
  std::size_t BytesTaken(std::size_t written) const;

 private:
  void swap(Pages& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(bytes_, other.bytes_);
    std::swap(size_, other.size_);
  }

  std::byte* data_ = nullptr;
  std::size_t bytes_ = 0;
  Size size_ = Size::kSmall;
};

// Pieces of memory of any size, one cut after another from chunks that are many times as large. A
// chunk goes back to the system with the last of its pieces: for pieces that are made and given up
// about the same time.
class PieceArena {
 public:
  static constexpr std::size_t kAlignment = 64;

  std::byte* Allocate(std::size_t bytes);
  void Free(std::byte* piece);

  // Bytes taken from the system.
  std::size_t bytes() const;

 private:
  struct Chunk {
    Pages pages;
    std::size_t cut = 0;     // bytes from its beginning
    std::size_t pieces = 0;  // not given up yet
  };

  // The line before each piece.
  struct alignas(kAlignment) Header {
    std::size_t chunk;
  };

  std::vector<Chunk> chunks_;  // those given back have no memory
  std::size_t newest_ = 0;
};

}  // namespace moyeo::spatial

#endif  // MOYEO_SPATIAL_PAGES_H_
