# `cmake --install`: the library, its headers, a CMake package and a pkg-config file. Whatever is
# installed finds its neighbours by relative paths, so that `--prefix` may be chosen that late.

include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/moyeo")

install(TARGETS moyeo EXPORT moyeoTargets
        INCLUDES DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
install(DIRECTORY include/moyeo DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
        FILES_MATCHING PATTERN "*.h")
install(EXPORT moyeoTargets NAMESPACE moyeo:: DESTINATION "${package_dir}")

get_target_property(library_type moyeo TYPE)
configure_package_config_file(cmake/moyeoConfig.cmake.in moyeoConfig.cmake
                              INSTALL_DESTINATION "${package_dir}"
                              NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(moyeoConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/moyeoConfig.cmake"
              "${CMAKE_CURRENT_BINARY_DIR}/moyeoConfigVersion.cmake"
              cmake/FindS2.cmake
              cmake/FindUtf8proc.cmake
        DESTINATION "${package_dir}")

# A shared library brings its private dependencies along; a static one leaves them to the linker
# of its consumer, who may well not say `pkg-config --static`. S2 has no pkg-config file.
function(moyeo_pkg_config_names out)
  set(names "")
  foreach(library IN LISTS ARGN)
    if(library STREQUAL "Utf8proc::utf8proc")
      list(APPEND names "libutf8proc")
    elseif(library STREQUAL "SQLite::SQLite3")
      list(APPEND names "sqlite3")
    elseif(library MATCHES "^absl::([a-z0-9_]+)$")
      list(APPEND names "absl_${CMAKE_MATCH_1}")
    else()
      message(FATAL_ERROR "moyeo.pc has no name for ${library}")
    endif()
  endforeach()
  list(JOIN names ", " joined)
  set(${out} "${joined}" PARENT_SCOPE)
endfunction()

get_target_property(all_libraries moyeo LINK_LIBRARIES)
get_target_property(public_libraries moyeo INTERFACE_LINK_LIBRARIES)
list(FILTER public_libraries EXCLUDE REGEX "LINK_ONLY")
set(private_libraries ${all_libraries})
list(REMOVE_ITEM private_libraries ${public_libraries} s2::s2)
list(FILTER private_libraries EXCLUDE REGEX "BUILD_INTERFACE")
if(BUILD_SHARED_LIBS)
  moyeo_pkg_config_names(PKG_CONFIG_REQUIRES ${public_libraries})
  moyeo_pkg_config_names(PKG_CONFIG_REQUIRES_PRIVATE ${private_libraries})
  set(PKG_CONFIG_S2 "")
else()
  moyeo_pkg_config_names(PKG_CONFIG_REQUIRES ${public_libraries} ${private_libraries})
  set(PKG_CONFIG_REQUIRES_PRIVATE "")
  set(PKG_CONFIG_S2 " -ls2")
endif()

set(pkg_config_dir "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
file(RELATIVE_PATH PKG_CONFIG_TO_PREFIX
     "${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig" "${CMAKE_INSTALL_PREFIX}")
string(REGEX REPLACE "/$" "" PKG_CONFIG_TO_PREFIX "${PKG_CONFIG_TO_PREFIX}")
configure_file(cmake/moyeo.pc.in moyeo.pc @ONLY)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/moyeo.pc" DESTINATION "${pkg_config_dir}")
