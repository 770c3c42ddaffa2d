# SPDX-License-Identifier: MIT
# The README shows what the examples are and print. Run with
# cmake -DEVENTS=<program> -DREFUSALS=<program> -P readme.test.cmake
#
# - The first block of C++ is examples/quickstart.cpp, word for word, and ends by line 40.
# - Each block of C++ stands, but for its indentation, in the file that the line before it names: <!-- examples/x.cpp -->
#   Those that cannot be compiled in this repository say so: <!-- not built here -->
# - The tables between <!-- list_x --> and <!-- end --> are what those examples print.

cmake_minimum_required(VERSION 3.25)

get_filename_component(root "${CMAKE_CURRENT_LIST_DIR}/.." ABSOLUTE)
file(READ "${root}/README.md" readme)
set(fence "```")

# cut(<text variable> <end> <head variable>): moves what stands before `end` from the text to the head, and drops `end`.
# The head is NOTFOUND if there is no such end.
function(cut text end head)
  string(FIND "${${text}}" "${end}" at)
  if(at EQUAL -1)
    set(${head} NOTFOUND PARENT_SCOPE)
    return()
  endif()
  string(SUBSTRING "${${text}}" 0 ${at} before)
  string(LENGTH "${end}" length)
  math(EXPR at "${at} + ${length}")
  string(SUBSTRING "${${text}}" ${at} -1 after)
  set(${head} "${before}" PARENT_SCOPE)
  set(${text} "${after}" PARENT_SCOPE)
endfunction()

# The program.
set(rest "${readme}")
cut(rest "${fence}cpp\n" opening)
cut(rest "\n${fence}\n" shown)
file(READ "${root}/examples/quickstart.cpp" quickstart)
if(NOT "${shown}\n" STREQUAL quickstart)
  message(FATAL_ERROR "The first program of README.md is not examples/quickstart.cpp")
endif()
string(REGEX REPLACE "[^\n]" "" lines "${opening}${fence}cpp\n${shown}\n")
string(LENGTH "${lines}" lines)
math(EXPR last "${lines} + 1")
if(last GREATER 40)
  message(FATAL_ERROR "The first program of README.md ends in line ${last}, behind line 40")
endif()

# Every block of C++.
set(rest "${readme}")
set(count 0)
while(TRUE)
  cut(rest "\n${fence}cpp\n" before)
  if(before STREQUAL "NOTFOUND")
    break()
  endif()
  cut(rest "\n${fence}\n" block)
  math(EXPR count "${count} + 1")
  string(REGEX MATCH "\n<!-- ([^\n]+) -->$" marker "${before}")
  set(source "${CMAKE_MATCH_1}")
  if(source STREQUAL "not built here")
    continue()
  elseif(NOT EXISTS "${root}/${source}" OR source STREQUAL "")
    message(FATAL_ERROR "Block ${count} of C++ in README.md does not say from which file it is:\n${block}")
  endif()
  file(READ "${root}/${source}" code)
  string(REGEX REPLACE "\n +" "\n" code "\n${code}")
  string(REGEX REPLACE "\n +" "\n" block "\n${block}")
  string(FIND "${code}" "${block}\n" at)
  if(at EQUAL -1)
    message(FATAL_ERROR "Block ${count} of C++ in README.md is not in ${source}:${block}")
  endif()
endwhile()

# The tables.
function(check_table name program)
  execute_process(COMMAND ${program} OUTPUT_VARIABLE printed COMMAND_ERROR_IS_FATAL ANY)
  set(rest "${readme}")
  cut(rest "<!-- ${name} -->\n" before)
  cut(rest "<!-- end -->" table)
  if(NOT table STREQUAL printed)
    message(FATAL_ERROR "The table ${name} of README.md is not what examples/${name}.cpp prints:\n${printed}")
  endif()
endfunction()
check_table(list_events "${EVENTS}")
check_table(list_refusals "${REFUSALS}")

message(STATUS "${count} blocks of C++, two tables")
