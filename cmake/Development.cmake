# What only those who work on moyeo itself want: never applied to a project that embeds it.

add_compile_options(
  -Wall
  -Wextra
  -Wpedantic
  -Wconversion
  -Wnon-virtual-dtor
  -Woverloaded-virtual
  -Wshadow
  # Part of -Wconversion for clang, but not for g++.
  -Wno-sign-conversion
  # g++ 12 sees these in sound code of Abseil's and the standard library's that it has inlined.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-array-bounds>
  $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
  $<$<CXX_COMPILER_ID:GNU>:-Wno-stringop-overflow>)

set(CMAKE_CXX_EXTENSIONS OFF)

get_property(is_multi_config GLOBAL PROPERTY GENERATOR_IS_MULTI_CONFIG)
if(NOT CMAKE_BUILD_TYPE AND NOT is_multi_config)
  set_property(CACHE CMAKE_BUILD_TYPE PROPERTY VALUE Release)
endif()

find_program(CCACHE_PROGRAM ccache)
mark_as_advanced(CCACHE_PROGRAM)
if(CCACHE_PROGRAM AND NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CCACHE_PROGRAM}")
endif()
