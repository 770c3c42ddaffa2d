# SPDX-License-Identifier: MIT
# For working on sello itself: strict warnings, sanitizers and coverage, on a target that users never get.

set(SELLO_SANITIZE "" CACHE STRING "Sanitizers for tests and examples, e.g. address,undefined")
option(SELLO_COVERAGE "Count in tests and examples what runs, with gcov; see tests/coverage.sh" OFF)

set(sello_warnings -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Werror)

add_library(sello_development INTERFACE)
target_link_libraries(sello_development INTERFACE sello)
target_compile_options(sello_development INTERFACE ${sello_warnings})

if(SELLO_SANITIZE)
  target_compile_options(
    sello_development
    INTERFACE -fsanitize=${SELLO_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer
  )
  target_link_options(sello_development INTERFACE -fsanitize=${SELLO_SANITIZE})
endif()

if(SELLO_COVERAGE)
  # Atomic: there are threads.
  target_compile_options(sello_development INTERFACE --coverage -fprofile-abs-path -fprofile-update=atomic)
  target_link_options(sello_development INTERFACE --coverage)
endif()

# Every header compiles on its own: target all_verify_interface_header_sets. Of the opt-in ones, those whose server is here.
set_target_properties(sello PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)
get_property(components GLOBAL PROPERTY sello_components)
foreach(component IN LISTS components)
  if(TARGET ${sello_${component}_target})
    set_target_properties(sello_${component} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)
  endif()
endforeach()
