# SPDX-License-Identifier: MIT
# Headers, CMake package, pkg-config file and single header. Nothing depends on the architecture but sello::compiled.

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_DATADIR}/cmake/sello)

install(TARGETS sello EXPORT sello-targets FILE_SET HEADERS)
install(EXPORT sello-targets NAMESPACE sello:: DESTINATION ${package_dir})

# One export set for each component, so that the core loads without their dependencies.
get_property(components GLOBAL PROPERTY sello_components)
foreach(component IN LISTS components)
  install(TARGETS sello_${component} EXPORT sello-${component}-targets FILE_SET HEADERS)
  install(EXPORT sello-${component}-targets NAMESPACE sello:: DESTINATION ${package_dir})
endforeach()

# What depends on the architecture: only who asks for it has it.
if(SELLO_BUILD_COMPILED)
  list(APPEND components compiled)
  install(TARGETS sello_compiled EXPORT sello-compiled-targets)
  install(EXPORT sello-compiled-targets NAMESPACE sello:: DESTINATION ${package_dir})
endif()

configure_package_config_file(
  ${PROJECT_SOURCE_DIR}/cmake/sello-config.cmake.in
  ${PROJECT_BINARY_DIR}/sello-config.cmake
  INSTALL_DESTINATION ${package_dir}
  NO_SET_AND_CHECK_MACRO
)
write_basic_package_version_file(
  ${PROJECT_BINARY_DIR}/sello-config-version.cmake
  COMPATIBILITY SameMinorVersion
  ARCH_INDEPENDENT
)
install(
  FILES
    ${PROJECT_BINARY_DIR}/sello-config.cmake
    ${PROJECT_BINARY_DIR}/sello-config-version.cmake
    ${PROJECT_SOURCE_DIR}/cmake/components.cmake
    ${PROJECT_SOURCE_DIR}/cmake/Findbeast.cmake
    ${PROJECT_SOURCE_DIR}/cmake/Findhttplib.cmake
    ${PROJECT_SOURCE_DIR}/cmake/Findmicrohttpd.cmake
    ${PROJECT_SOURCE_DIR}/cmake/Findrestinio.cmake
  DESTINATION ${package_dir}
)

# The prefix is told from where the file is, so that the installed tree can be moved.
file(RELATIVE_PATH pc_to_prefix ${CMAKE_INSTALL_FULL_DATADIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
string(REGEX REPLACE "/$" "" pc_to_prefix "${pc_to_prefix}")
configure_file(${PROJECT_SOURCE_DIR}/cmake/sello.pc.in ${PROJECT_BINARY_DIR}/sello.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/sello.pc DESTINATION ${CMAKE_INSTALL_DATADIR}/pkgconfig)

# Written at install time, so that `cmake --install` works without a build before it.
set(single_header ${PROJECT_BINARY_DIR}/single_include/sello/sello.hpp)
install(
  CODE
    "execute_process(
      COMMAND \"${CMAKE_COMMAND}\" \"-DOUTPUT=${single_header}\"
              -P \"${PROJECT_SOURCE_DIR}/cmake/single_header.cmake\"
      COMMAND_ERROR_IS_FATAL ANY
    )"
)
install(FILES ${single_header} DESTINATION ${CMAKE_INSTALL_DATADIR}/sello/single_include/sello)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

if(PROJECT_IS_TOP_LEVEL AND NOT SELLO_BUILD_COMPILED) # the package of Debian is for all architectures
  include(cmake/packaging/debian.cmake)
endif()
