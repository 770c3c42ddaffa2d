# SPDX-License-Identifier: MIT
# Finds cpp-httplib as httplib::httplib: by its own CMake package, else by pkg-config, which is
# what Debian and Ubuntu ship (there the library is compiled, so its macros have to come along).

find_package(httplib CONFIG QUIET)
if(httplib_FOUND)
  return()
endif()

find_package(PkgConfig QUIET)
if(PkgConfig_FOUND)
  pkg_check_modules(httplib_PC QUIET IMPORTED_TARGET cpp-httplib)
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(
  httplib
  REQUIRED_VARS httplib_PC_LINK_LIBRARIES
  VERSION_VAR httplib_PC_VERSION
)

if(httplib_FOUND AND NOT TARGET httplib::httplib)
  find_package(Threads REQUIRED)
  add_library(httplib::httplib INTERFACE IMPORTED)
  target_link_libraries(httplib::httplib INTERFACE PkgConfig::httplib_PC Threads::Threads)
endif()
