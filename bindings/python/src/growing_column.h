// An array that grows, and then belongs to NumPy.

#ifndef MOYEO_BINDINGS_PYTHON_GROWING_COLUMN_H_
#define MOYEO_BINDINGS_PYTHON_GROWING_COLUMN_H_

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>
#include <type_traits>

namespace moyeo::python {

// What std::vector cannot do: give its memory away, and grow without a second copy of it (the
// system moves the pages of a large block that realloc extends).
template <typename T>
class GrowingColumn {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  using Memory = std::unique_ptr<T[], decltype(&std::free)>;

  std::size_t size() const { return size_; }

  // `count` more elements, to be written by the caller. Valid until the next call.
  T* Extend(std::size_t count) {
    if (size_ + count > capacity_) Reserve(std::max(size_ + count, 2 * capacity_));
    T* const added = memory_.get() + size_;
    size_ += count;
    return added;
  }

  // Gives the memory away. The column is empty then.
  Memory Release() {
    if (size_ > 0) Reserve(size_);
    size_ = 0;
    capacity_ = 0;
    return std::move(memory_);
  }

 private:
  void Reserve(std::size_t capacity) {
    void* const memory = std::realloc(memory_.get(), capacity * sizeof(T));
    if (memory == nullptr) throw std::bad_alloc();
    static_cast<void>(memory_.release());  // realloc has freed it
    memory_.reset(static_cast<T*>(memory));
    capacity_ = capacity;
  }

  Memory memory_{nullptr, &std::free};
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace moyeo::python

#endif  // MOYEO_BINDINGS_PYTHON_GROWING_COLUMN_H_
