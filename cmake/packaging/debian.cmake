# SPDX-License-Identifier: MIT
# `cpack -G DEB` in the build folder writes libsello-dev. Who gives the package to others sets
# -DCPACK_DEBIAN_PACKAGE_MAINTAINER="Name <address>" to theirs.

set(package libsello-dev)
set(docs ${CMAKE_INSTALL_DATADIR}/doc/${package})

set(CPACK_PACKAGE_VENDOR "The sello authors")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_INSTALL_CMAKE_PROJECTS "${PROJECT_BINARY_DIR};sello;ALL;/;${PROJECT_BINARY_DIR};sello;debian;/")
set(CPACK_STRIP_FILES OFF)

set(CPACK_DEBIAN_PACKAGE_NAME ${package})
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_ARCHITECTURE all)
set(CPACK_DEBIAN_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "libssl-dev (>= 3.0), nlohmann-json3-dev (>= 3.11)")
set(
  CPACK_DEBIAN_PACKAGE_SUGGESTS
  "libcpp-httplib-dev, libboost-dev, librestinio-dev, libmicrohttpd-dev, libsqlite3-dev, libpq-dev, prometheus-cpp-dev, libsimdjson-dev, pkgconf"
)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(
  CPACK_DEBIAN_PACKAGE_MAINTAINER "The sello authors <maintainers@sello.example>"
  CACHE STRING "Whom the Debian package names"
)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "receive webhooks: verified, then decoded into typed events (C++20)")
set(
  CPACK_DEBIAN_PACKAGE_DESCRIPTION
  "Header-only C++20 library that turns the bytes which reach a webhook endpoint
into proven, typed events: signatures (HMAC-SHA256, Svix, Standard Webhooks),
strict JSON, a router, a durable inbox, and adapters for HTTP servers."
)

# What Debian wants in the documentation's folder; not in an installation by hand.
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${docs} RENAME copyright COMPONENT debian EXCLUDE_FROM_ALL)
string(TIMESTAMP now "%a, %d %b %Y %H:%M:%S +0000" UTC)
file(
  WRITE ${PROJECT_BINARY_DIR}/debian/changelog
  "${package} (${PROJECT_VERSION}) unstable; urgency=medium\n\n"
  "  * What is new in this version: CHANGELOG.md of the sources.\n\n"
  " -- ${CPACK_DEBIAN_PACKAGE_MAINTAINER}  ${now}\n"
)
install(
  CODE "execute_process(
      COMMAND gzip -9 --no-name --force --keep \"${PROJECT_BINARY_DIR}/debian/changelog\"
      COMMAND_ERROR_IS_FATAL ANY
    )"
  COMPONENT debian
  EXCLUDE_FROM_ALL
)
install(FILES ${PROJECT_BINARY_DIR}/debian/changelog.gz DESTINATION ${docs} COMPONENT debian EXCLUDE_FROM_ALL)

include(CPack)

if(TARGET sello_cli)
  include(${PROJECT_SOURCE_DIR}/cmake/packaging/debian_cli.cmake)
endif()
