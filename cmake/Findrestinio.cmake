# SPDX-License-Identifier: MIT
# Finds RESTinio as restinio::restinio. Its own package does not look for what it links (fmt) and includes (Asio).

find_package(fmt CONFIG QUIET)
find_package(Threads QUIET)
if(fmt_FOUND)
  find_package(restinio CONFIG QUIET)
endif()
find_path(restinio_ASIO asio.hpp)
mark_as_advanced(restinio_ASIO)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(
  restinio
  REQUIRED_VARS restinio_DIR restinio_ASIO fmt_FOUND Threads_FOUND
  VERSION_VAR restinio_VERSION
)
