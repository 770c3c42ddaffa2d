# SPDX-License-Identifier: MIT
# The consumer's own program, as strict as a careful user builds: two translation units and a
# shared library, once for each of the language standards. The sources are those of tests/odr.

set(sources ${CMAKE_CURRENT_LIST_DIR}/../odr)

# add_consumer(<the target of sello> <standard>...)
function(add_consumer sello)
  set(CMAKE_CXX_EXTENSIONS OFF)
  add_compile_options(-Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Werror)
  add_compile_definitions(JSON_USE_IMPLICIT_CONVERSIONS=0 OPENSSL_NO_DEPRECATED)

  foreach(standard IN LISTS ARGN)
    if(NOT cxx_std_${standard} IN_LIST CMAKE_CXX_COMPILE_FEATURES)
      continue()
    endif()
    set(CMAKE_CXX_STANDARD ${standard})
    add_library(library_${standard} SHARED ${sources}/library.cpp)
    target_link_libraries(library_${standard} PRIVATE ${sello})
    add_executable(consumer_${standard} ${sources}/main.cpp ${sources}/other.cpp)
    target_link_libraries(consumer_${standard} PRIVATE ${sello} library_${standard})
    add_custom_command(TARGET consumer_${standard} POST_BUILD COMMAND consumer_${standard})
  endforeach()
endfunction()
