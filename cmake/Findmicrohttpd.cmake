# SPDX-License-Identifier: MIT
# Finds GNU libmicrohttpd as microhttpd::microhttpd, by pkg-config.

find_package(PkgConfig QUIET)
if(PkgConfig_FOUND)
  pkg_check_modules(microhttpd_PC QUIET IMPORTED_TARGET libmicrohttpd>=0.9.71)
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(
  microhttpd
  REQUIRED_VARS microhttpd_PC_LINK_LIBRARIES
  VERSION_VAR microhttpd_PC_VERSION
)

if(microhttpd_FOUND AND NOT TARGET microhttpd::microhttpd)
  add_library(microhttpd::microhttpd INTERFACE IMPORTED)
  target_link_libraries(microhttpd::microhttpd INTERFACE PkgConfig::microhttpd_PC)
endif()
