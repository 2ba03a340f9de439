// A directory for files that are needed only while something is measured.

#ifndef MOYEO_BENCH_SUPPORT_SCRATCH_DIRECTORY_H_
#define MOYEO_BENCH_SUPPORT_SCRATCH_DIRECTORY_H_

#include <stdlib.h>

#include <cerrno>
#include <filesystem>
#include <string>
#include <system_error>

namespace moyeo::bench {

// Below the directory for temporary files (TMPDIR). It goes with this object, and all that is in
// it.
class ScratchDirectory {
 public:
  ScratchDirectory() {
    std::string name = (std::filesystem::temp_directory_path() / "moyeo-bench-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) {
      throw std::filesystem::filesystem_error("a directory cannot be made", name,
                                              std::error_code(errno, std::generic_category()));
    }
    path_ = name;
  }
  ~ScratchDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;

  std::string operator/(const char* name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

}  // namespace moyeo::bench

#endif  // MOYEO_BENCH_SUPPORT_SCRATCH_DIRECTORY_H_
