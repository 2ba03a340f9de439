# Before 1.0 a minor version may break its callers, so that 0.1 must not pass for 0.2.

find_package(moyeo 0.2 CONFIG QUIET)
if(moyeo_FOUND)
  message(FATAL_ERROR "moyeo ${moyeo_VERSION} passes for 0.2")
endif()
if(NOT moyeo_CONSIDERED_VERSIONS)
  message(FATAL_ERROR "no moyeo was looked at in ${CMAKE_PREFIX_PATH}")
endif()
