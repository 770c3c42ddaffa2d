# SPDX-License-Identifier: MIT
# Finds Boost's headers as Boost::headers: by Boost's own CMake package, else by CMake's module, which knows a Boost that was
# copied or built without one (BOOST_ROOT).

if(POLICY CMP0144) # from CMake 3.27 on a package may be told so as well
  cmake_policy(SET CMP0144 NEW)
endif()
find_package(Boost CONFIG QUIET)
if(NOT TARGET Boost::headers)
  if(POLICY CMP0167) # from CMake 3.30 on the module is there for those who ask for it
    cmake_policy(SET CMP0167 OLD)
  endif()
  find_package(Boost MODULE QUIET)
endif()

if(TARGET Boost::headers)
  get_target_property(beast_INCLUDE_DIR Boost::headers INTERFACE_INCLUDE_DIRECTORIES)
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(beast REQUIRED_VARS beast_INCLUDE_DIR VERSION_VAR Boost_VERSION)
