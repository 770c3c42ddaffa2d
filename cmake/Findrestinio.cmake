# SPDX-License-Identifier: MIT
# Finds RESTinio as restinio::restinio. Its own package does not look for what it links (fmt) and includes (Asio).

find_package(fmt CONFIG QUIET)
find_package(Threads QUIET)
find_path(restinio_ASIO asio.hpp)
mark_as_advanced(restinio_ASIO)
# Last: it makes the target, whether or not the rest is there.
if(fmt_FOUND AND Threads_FOUND AND restinio_ASIO)
  find_package(restinio CONFIG QUIET)
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(
  restinio
  REQUIRED_VARS restinio_DIR restinio_ASIO fmt_FOUND Threads_FOUND
  VERSION_VAR restinio_VERSION
)
