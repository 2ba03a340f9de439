#include "spatial/scan.h"

#include <array>

#include "spatial/scan_x86.h"

namespace moyeo::spatial {
namespace {

class Available {
 public:
  Available() {
#if defined(__x86_64__) && !defined(MOYEO_PORTABLE_ONLY)
    if (!__builtin_cpu_supports("avx2")) return;
    loops_[size_++] = &kAvx2ScanLoops;
    if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512dq") ||
        !__builtin_cpu_supports("avx512bw") || !__builtin_cpu_supports("avx512vl")) {
      return;
    }
    loops_[size_++] = &kAvx512ScanLoops;
#endif
  }

  std::span<const ScanLoops* const> loops() const { return std::span(loops_).first(size_); }

 private:
  std::array<const ScanLoops*, 3> loops_ = {&kPortableScanLoops};
  std::size_t size_ = 1;
};

}  // namespace

std::span<const ScanLoops* const> AvailableScanLoops() {
  static const Available available;
  return available.loops();
}

}  // namespace moyeo::spatial
