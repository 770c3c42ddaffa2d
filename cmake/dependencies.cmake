# SPDX-License-Identifier: MIT
# Finds what the core needs, and defines sello_add_component() for the opt-in headers.
# GLOBAL, so that a project that adds this one as a subdirectory sees the targets too.

find_package(OpenSSL 3.0 REQUIRED COMPONENTS Crypto GLOBAL)
find_package(nlohmann_json 3.11 REQUIRED GLOBAL)

include(cmake/components.cmake)

# sello_find_component(<name>): quietly; the component's target is there afterwards, or not. A project that has made that target
# by itself keeps it.
function(sello_find_component name)
  if(sello_${name}_threads)
    find_package(Threads QUIET GLOBAL)
  endif()
  if(TARGET ${sello_${name}_target})
    return()
  endif()
  list(APPEND CMAKE_MODULE_PATH ${sello_SOURCE_DIR}/cmake)
  find_package(${sello_${name}_package} QUIET GLOBAL)
endfunction()

# sello_add_component(<name> HEADERS <path under include/sello>...)
# Defines sello::<name>. As top-level project its dependency is used if present; in another project, if the component is linked.
function(sello_add_component name)
  cmake_parse_arguments(arg "" "" "HEADERS" ${ARGN})
  list(TRANSFORM arg_HEADERS PREPEND "${PROJECT_SOURCE_DIR}/include/sello/")
  foreach(header IN LISTS arg_HEADERS)
    if(NOT EXISTS ${header})
      message(STATUS "sello: component ${name} is left out, there is no ${header}")
      return()
    endif()
  endforeach()

  if(PROJECT_IS_TOP_LEVEL)
    sello_find_component(${name})
  endif()

  add_library(sello_${name} INTERFACE)
  add_library(sello::${name} ALIAS sello_${name})
  set_target_properties(sello_${name} PROPERTIES EXPORT_NAME ${name})
  target_sources(
    sello_${name}
    INTERFACE FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR}/include FILES ${arg_HEADERS}
  )
  if(NOT sello_${name}_link)
    set(sello_${name}_link ${sello_${name}_target})
  endif()
  target_link_libraries(sello_${name} INTERFACE sello ${sello_${name}_link})
  if(sello_${name}_threads)
    target_link_libraries(sello_${name} INTERFACE Threads::Threads)
  endif()
  set_property(GLOBAL APPEND PROPERTY sello_components ${name})
endfunction()

# Finds the dependency of each component that a target in the directory, or below, links.
function(sello_find_linked_components directory)
  include(${sello_SOURCE_DIR}/cmake/components.cmake) # this runs where its variables are not seen
  get_property(targets DIRECTORY ${directory} PROPERTY BUILDSYSTEM_TARGETS)
  foreach(target IN LISTS targets)
    get_property(linked TARGET ${target} PROPERTY LINK_LIBRARIES)
    get_property(interface TARGET ${target} PROPERTY INTERFACE_LINK_LIBRARIES)
    foreach(name IN LISTS sello_known_components)
      if(NOT "${linked};${interface}" MATCHES "sello::${name}([^a-z_]|$)")
        continue()
      endif()
      sello_find_component(${name})
      if(NOT TARGET ${sello_${name}_target})
        message(FATAL_ERROR "${target} links sello::${name}, which needs ${sello_${name}_hint}")
      endif()
    endforeach()
  endforeach()

  get_property(subdirectories DIRECTORY ${directory} PROPERTY SUBDIRECTORIES)
  foreach(subdirectory IN LISTS subdirectories)
    sello_find_linked_components(${subdirectory})
  endforeach()
endfunction()

# Deferred, because only then it is known what the other project links.
if(NOT PROJECT_IS_TOP_LEVEL)
  cmake_language(DEFER DIRECTORY ${CMAKE_SOURCE_DIR} CALL sello_find_linked_components ${CMAKE_SOURCE_DIR})
endif()
