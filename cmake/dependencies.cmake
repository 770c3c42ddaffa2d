# SPDX-License-Identifier: MIT
# Finds what the core needs, and defines sello_add_component() for the opt-in headers.
# GLOBAL, so that a project that adds this one as a subdirectory sees the targets too.

find_package(OpenSSL 3.0 REQUIRED COMPONENTS Crypto GLOBAL)
find_package(nlohmann_json 3.11 REQUIRED GLOBAL)

include(cmake/components.cmake)

# sello_add_component(<name> HEADERS <path under include/sello>...)
# Defines sello::<name>. Its dependency must be there when the component is in SELLO_COMPONENTS;
# as top-level project the component's dependency is used if present.
function(sello_add_component name)
  cmake_parse_arguments(arg "" "" "HEADERS" ${ARGN})
  list(TRANSFORM arg_HEADERS PREPEND "${PROJECT_SOURCE_DIR}/include/sello/")
  foreach(header IN LISTS arg_HEADERS)
    if(NOT EXISTS ${header})
      message(STATUS "sello: component ${name} is left out, there is no ${header}")
      return()
    endif()
  endforeach()

  list(APPEND CMAKE_MODULE_PATH ${PROJECT_SOURCE_DIR}/cmake)
  if(name IN_LIST SELLO_COMPONENTS OR PROJECT_IS_TOP_LEVEL)
    find_package(${sello_${name}_package} QUIET GLOBAL)
  endif()
  if(name IN_LIST SELLO_COMPONENTS AND NOT ${sello_${name}_package}_FOUND)
    message(FATAL_ERROR "sello component ${name} needs ${sello_${name}_hint}")
  endif()

  add_library(sello_${name} INTERFACE)
  add_library(sello::${name} ALIAS sello_${name})
  set_target_properties(sello_${name} PROPERTIES EXPORT_NAME ${name})
  target_sources(
    sello_${name}
    INTERFACE FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR}/include FILES ${arg_HEADERS}
  )
  target_link_libraries(sello_${name} INTERFACE sello ${sello_${name}_target})
  set_property(GLOBAL APPEND PROPERTY sello_components ${name})
endfunction()
