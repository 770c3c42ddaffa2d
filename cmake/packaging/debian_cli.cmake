# SPDX-License-Identifier: MIT
# The program sello: `cmake --install build --component cli`, and `cpack -G DEB --config CPackCliConfig.cmake` in the build
# folder for its Debian package. The manual page and the completion are what the program itself prints.

set(cli_docs ${CMAKE_INSTALL_DATADIR}/doc/sello)

install(TARGETS sello_cli RUNTIME COMPONENT cli EXCLUDE_FROM_ALL)
set(cli_made ${PROJECT_BINARY_DIR}/cli)
install(
  CODE "file(MAKE_DIRECTORY \"${cli_made}\")
    execute_process(
      COMMAND \"$<TARGET_FILE:sello_cli>\" help --man OUTPUT_FILE \"${cli_made}/sello.1\" COMMAND_ERROR_IS_FATAL ANY
    )
    execute_process(
      COMMAND \"$<TARGET_FILE:sello_cli>\" help --bash-completion OUTPUT_FILE \"${cli_made}/sello\"
      COMMAND_ERROR_IS_FATAL ANY
    )
    file(READ \"${PROJECT_BINARY_DIR}/debian/changelog\" changelog)
    string(REPLACE \"${package}\" sello changelog \"\${changelog}\")
    file(WRITE \"${cli_made}/changelog\" \"\${changelog}\")
    execute_process(
      COMMAND gzip -9 --no-name --force --keep \"${cli_made}/sello.1\" \"${cli_made}/changelog\"
      COMMAND_ERROR_IS_FATAL ANY
    )"
  COMPONENT cli
  EXCLUDE_FROM_ALL
)
install(
  FILES ${cli_made}/sello.1.gz
  DESTINATION ${CMAKE_INSTALL_MANDIR}/man1
  COMPONENT cli
  EXCLUDE_FROM_ALL
)
install(
  FILES ${cli_made}/sello
  DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
  COMPONENT cli
  EXCLUDE_FROM_ALL
)
install(FILES ${cli_made}/changelog.gz DESTINATION ${cli_docs} COMPONENT cli EXCLUDE_FROM_ALL)
install(
  FILES ${PROJECT_SOURCE_DIR}/LICENSE
  DESTINATION ${cli_docs}
  RENAME copyright
  COMPONENT cli
  EXCLUDE_FROM_ALL
)

# What differs from the headers' package.
file(
  WRITE ${PROJECT_BINARY_DIR}/CPackCliConfig.cmake
  "include(\"${PROJECT_BINARY_DIR}/CPackConfig.cmake\")
set(CPACK_INSTALL_CMAKE_PROJECTS \"${PROJECT_BINARY_DIR};sello;cli;/\")
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_PACKAGE_NAME sello)
unset(CPACK_DEBIAN_PACKAGE_ARCHITECTURE)
set(CPACK_DEBIAN_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_PACKAGE_DEPENDS \"\")
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SUGGESTS \"libsello-dev\")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY \"webhooks from a shell: sign, send, verify, diagnose, listen, replay\")
set(
  CPACK_DEBIAN_PACKAGE_DESCRIPTION
  \"Signs, sends and verifies webhook deliveries (HMAC-SHA256, Svix, Standard
Webhooks), says why one does not verify, attacks an endpoint of one's own,
shows what comes to one, and replays what a durable inbox has parked.\"
)
"
)
