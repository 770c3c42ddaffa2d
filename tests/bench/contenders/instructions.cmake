# SPDX-License-Identifier: MIT
# Counts the instructions of each operation under callgrind, and compares them with the baseline: more than 3 % more is a failure,
# if the toolchain is that of the baseline; with another one they are printed. A change that is meant to cost so much writes them
# anew, and says why in its message: cmake --build build/dev --target update_instructions
cmake_minimum_required(VERSION 3.25)

# OpenSSL's path without what some processors have and others have not, for all of them the same.
set(ENV{OPENSSL_ia32cap} "0:0")
file(REMOVE ${OUTPUT})
execute_process(COMMAND ${PROGRAM} --toolchain OUTPUT_VARIABLE toolchain OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
execute_process(
  COMMAND ${VALGRIND} --tool=callgrind --combine-dumps=yes --callgrind-out-file=${OUTPUT} ${PROGRAM} --count
  ERROR_VARIABLE log
  COMMAND_ERROR_IS_FATAL ANY
)

# Each dump says which operation it is of, and ends with the sum of ten of them. Most of a verification is the digest, in which
# what sello adds would be lost: so that is a line of its own.
file(STRINGS ${OUTPUT} lines REGEX "^(desc: Trigger: Client Request: |totals: )")
set(counts "")
set(operation "")
foreach(line IN LISTS lines)
  if(line MATCHES "^desc: Trigger: Client Request: (.*)$")
    set(operation ${CMAKE_MATCH_1})
  elseif(operation AND line MATCHES "^totals: ([0-9]+)$")
    math(EXPR each "${CMAKE_MATCH_1} / 10")
    if(operation MATCHES "^digest (.*)$")
      set(digest_of_${CMAKE_MATCH_1} ${each})
      set(operation "")
      continue()
    endif()
    list(APPEND counts "${operation} ${each}")
    if(operation MATCHES "^verify (.*)$")
      math(EXPR beyond "${each} - ${digest_of_${CMAKE_MATCH_1}}")
      list(APPEND counts "verify beyond the digest, ${CMAKE_MATCH_1} ${beyond}")
    endif()
    set(operation "")
  endif()
endforeach()
if(NOT counts)
  message(FATAL_ERROR "callgrind has counted nothing:\n${log}")
endif()

if(UPDATE)
  list(JOIN counts "\n" text)
  file(
    WRITE ${BASELINE}
    "# Instructions of each operation; written by the target update_instructions, read by instructions.cmake.\ntoolchain: ${toolchain}\n${text}\n"
  )
  message("${text}\nwritten to ${BASELINE}")
  return()
endif()

file(STRINGS ${BASELINE} baseline)
list(FILTER baseline EXCLUDE REGEX "^#")
list(POP_FRONT baseline written_with)
string(REPLACE "toolchain: " "" written_with "${written_with}")
set(compared OFF)
if(written_with STREQUAL toolchain)
  set(compared ON)
else()
  message("The baseline is of another toolchain, so nothing is compared.\n  here: ${toolchain}\n  it:   ${written_with}")
endif()

set(worse "")
foreach(line IN LISTS counts)
  string(REGEX MATCH "^(.*) ([0-9]+)$" _ "${line}")
  set(operation ${CMAKE_MATCH_1})
  set(now ${CMAKE_MATCH_2})
  set(note "")
  if(compared)
    set(before "")
    foreach(old IN LISTS baseline)
      if(old MATCHES "^(.*) ([0-9]+)$" AND CMAKE_MATCH_1 STREQUAL operation)
        set(before ${CMAKE_MATCH_2})
      endif()
    endforeach()
    if(NOT before)
      set(note "  is not in the baseline")
      list(APPEND worse ${operation})
    else()
      math(EXPR per_mille "(${now} - ${before}) * 1000 / ${before}")
      set(note "  ${before} before, ${per_mille} per mille more")
      if(per_mille GREATER 30)
        list(APPEND worse ${operation})
      endif()
    endif()
  endif()
  message("${operation}: ${now}${note}")
endforeach()
if(worse)
  list(JOIN worse ", " worse)
  message(FATAL_ERROR "More than 3 % more instructions than in ${BASELINE}, or not in it: ${worse}")
endif()
