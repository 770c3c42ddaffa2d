# SPDX-License-Identifier: MIT
find_package(PkgConfig QUIET)
if(NOT PkgConfig_FOUND)
  set(skipped "pkg-config is not installed")
endif()
