# S2 geometry: the target s2::s2.
#
# Newer releases of S2 ship a CMake config, which is used when there is one; Debian 12's libs2-dev
# (0.10) has none, so that its header and library are looked for.

find_package(s2 CONFIG QUIET)
if(TARGET s2::s2)
  set(S2_FOUND TRUE)
  return()
endif()

find_path(S2_INCLUDE_DIR s2/s2point.h)
find_library(S2_LIBRARY s2)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(S2 REQUIRED_VARS S2_LIBRARY S2_INCLUDE_DIR)
mark_as_advanced(S2_INCLUDE_DIR S2_LIBRARY)

if(S2_FOUND)
  include(CMakeFindDependencyMacro)
  find_dependency(absl)
  find_dependency(OpenSSL)
  add_library(s2::s2 UNKNOWN IMPORTED)
  set_target_properties(s2::s2 PROPERTIES
    IMPORTED_LOCATION "${S2_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${S2_INCLUDE_DIR}"
    INTERFACE_LINK_LIBRARIES
      "absl::base;absl::btree;absl::fixed_array;absl::flat_hash_map;absl::flat_hash_set;absl::hash;absl::inlined_vector;absl::int128;absl::memory;absl::span;absl::strings;absl::synchronization;absl::utility;OpenSSL::Crypto")
endif()
