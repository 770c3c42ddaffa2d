# SPDX-License-Identifier: MIT
# The consumer's own program, as strict as a careful user builds: two translation units and a
# shared library, once for each of the language standards. The sources are those of tests/odr.
#
# With SELLO_STRICT, a list of more options, it is the README's program, in every standard that the compiler has.

# add_consumer(<the target of sello> <standard>...)
function(add_consumer sello)
  set(standards ${ARGN})
  if(SELLO_STRICT)
    set(standards 20 23 26)
  endif()
  set(CMAKE_CXX_EXTENSIONS OFF)
  add_compile_options(-Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Werror ${SELLO_STRICT})
  add_compile_definitions(JSON_USE_IMPLICIT_CONVERSIONS=0 OPENSSL_NO_DEPRECATED)

  foreach(standard IN LISTS standards)
    if(NOT cxx_std_${standard} IN_LIST CMAKE_CXX_COMPILE_FEATURES)
      continue()
    endif()
    set(CMAKE_CXX_STANDARD ${standard})
    if(SELLO_STRICT)
      add_executable(consumer_${standard} ${SELLO_SOURCE}/examples/quickstart.cpp)
      target_link_libraries(consumer_${standard} PRIVATE ${sello})
    else()
      add_library(library_${standard} SHARED ${SELLO_SOURCE}/tests/odr/library.cpp)
      target_link_libraries(library_${standard} PRIVATE ${sello})
      add_executable(consumer_${standard} ${SELLO_SOURCE}/tests/odr/main.cpp ${SELLO_SOURCE}/tests/odr/other.cpp)
      target_link_libraries(consumer_${standard} PRIVATE ${sello} library_${standard})
    endif()
    add_custom_command(TARGET consumer_${standard} POST_BUILD COMMAND consumer_${standard})
  endforeach()
endfunction()
