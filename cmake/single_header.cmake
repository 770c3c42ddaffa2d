# SPDX-License-Identifier: MIT
# Writes the core as one header: cmake [-DOUTPUT=<path>] -P single_header.cmake
#
# Each <sello/...> include is replaced by its file, once; all others are collected at the top. The
# result depends on nothing but the headers and LICENSE. Lines are cut out of the text by position,
# never held in a CMake list, because C++ is full of semicolons and brackets.

cmake_minimum_required(VERSION 3.25)

get_filename_component(root "${CMAKE_CURRENT_LIST_DIR}/.." ABSOLUTE)
if(NOT DEFINED OUTPUT)
  set(OUTPUT sello.hpp)
endif()
get_filename_component(output "${OUTPUT}" ABSOLUTE)

set(seen "")    # sello headers that are already in `code`
set(system "")  # all other includes
set(code "")

function(inline_header name)
  file(READ "${root}/include/${name}" rest)
  set(body "")
  set(conditions 0)

  while(NOT rest STREQUAL "")
    string(FIND "${rest}" "\n" end)
    if(end EQUAL -1)
      string(LENGTH "${rest}" end)
      string(APPEND rest "\n")
    endif()
    string(SUBSTRING "${rest}" 0 ${end} line)
    math(EXPR end "${end} + 1")
    string(SUBSTRING "${rest}" ${end} -1 rest)

    if(line MATCHES "^ *# *if")
      math(EXPR conditions "${conditions} + 1")
    elseif(line MATCHES "^ *# *endif")
      math(EXPR conditions "${conditions} - 1")
    endif()

    if(line MATCHES "^// SPDX-License-Identifier:" OR line MATCHES "^#pragma once")
      continue()
    elseif(line MATCHES "^ *# *include *\"")
      message(FATAL_ERROR "${name}: includes are written with <...>: ${line}")
    elseif(line MATCHES "^ *# *include *<(sello/[^>]+)>")
      set(other ${CMAKE_MATCH_1})
      if(conditions)
        message(FATAL_ERROR "${name}: a conditional include of <${other}>")
      elseif(NOT other IN_LIST seen)
        list(APPEND seen ${other})
        inline_header(${other})
      endif()
    elseif(line MATCHES "^ *# *include *<([^>]+)>" AND NOT conditions)
      list(APPEND system ${CMAKE_MATCH_1})
    else()
      string(APPEND body "${line}\n")
    endif()
  endwhile()

  string(REGEX REPLACE "\n\n\n+" "\n\n" body "\n${body}")
  string(APPEND code "\n// ${name}\n${body}")
  set(seen "${seen}" PARENT_SCOPE)
  set(system "${system}" PARENT_SCOPE)
  set(code "${code}" PARENT_SCOPE)
endfunction()

list(APPEND seen sello/sello.hpp)
inline_header(sello/sello.hpp)

file(READ "${root}/include/sello/version.hpp" version)
string(REGEX MATCH "SELLO_VERSION_STRING \"([^\"]+)\"" _ "${version}")
set(version ${CMAKE_MATCH_1})

file(READ "${root}/LICENSE" license)
string(STRIP "${license}" license)
string(REPLACE "\n" "\n// " license "// ${license}")
string(REPLACE "// \n" "//\n" license "${license}")

list(REMOVE_DUPLICATES system)
list(SORT system)
list(TRANSFORM system REPLACE "(.+)" "#include <\\1>")
list(JOIN system "\n" system)

file(
  WRITE "${output}"
  "// SPDX-License-Identifier: MIT\n"
  "// sello ${version}, the core as one header. Made by cmake/single_header.cmake: do not edit.\n"
  "// Needs OpenSSL 3 (-lcrypto) and nlohmann/json 3.11, and C++20.\n"
  "//\n"
  "${license}\n"
  "#pragma once\n\n"
  "${system}\n"
  "${code}"
)
