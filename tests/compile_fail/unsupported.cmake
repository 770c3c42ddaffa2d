# SPDX-License-Identifier: MIT
# Compiles each door, the headers below the doors, and the single header, as C++17, without RTTI and without exceptions: each
# must fail with one sentence that says what is needed, and with nothing else of the library.

cmake_minimum_required(VERSION 3.25)

file(MAKE_DIRECTORY ${WORK})
execute_process(
  COMMAND ${CMAKE_COMMAND} -DOUTPUT=${WORK}/single/sello.hpp -P ${ROOT}/cmake/single_header.cmake
  COMMAND_ERROR_IS_FATAL ANY
)

list(REMOVE_DUPLICATES INCLUDES)
list(TRANSFORM INCLUDES PREPEND -I)
set(folder ${ROOT}/include/sello)
file(GLOB headers RELATIVE ${ROOT}/include ${folder}/*.hpp ${folder}/base/*.hpp ${folder}/verify/*.hpp)
list(APPEND headers single/sello.hpp)

# refused(<header> <sentence> <options>...)
function(refused header sentence)
  file(WRITE ${WORK}/unit.cpp "#include <${header}>\nint main() {}\n")
  execute_process(
    COMMAND ${COMPILER} ${ARGN} ${INCLUDES} -I${WORK} -fsyntax-only ${WORK}/unit.cpp
    RESULT_VARIABLE result
    ERROR_VARIABLE output
  )
  string(REGEX MATCHALL "error: [^\n]*" errors "${output}")
  list(LENGTH errors count)
  if(result EQUAL 0 OR NOT output MATCHES "${sentence}" OR NOT count EQUAL 2)
    message(SEND_ERROR "${header} with ${ARGN} does not fail with \"${sentence}\" alone:\n${output}")
  endif()
endfunction()

foreach(header IN LISTS headers)
  refused(${header} "sello needs C\\+\\+20" -std=c++17)
  if(header MATCHES "^sello/[^/]+$|^single/")
    refused(${header} "sello needs RTTI and exceptions" -std=c++20 -fno-rtti)
    refused(${header} "sello needs RTTI and exceptions" -std=c++20 -fno-exceptions)
  endif()
endforeach()
