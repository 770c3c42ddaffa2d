# SPDX-License-Identifier: MIT
# The README shows what the examples are and print. Run with
# cmake -DEVENTS=<program> -DREFUSALS=<program> -P readme.test.cmake
#
# - The first block of C++ is examples/quickstart.cpp, word for word, and ends by line 40.
# - Each block of C++ stands, but for its indentation, in the file that the line before it names: <!-- examples/x.cpp -->
#   Those that cannot be compiled in this repository say so: <!-- not built here -->
# - The tables between <!-- list_x --> and <!-- end --> are what those examples print.
# - The Spanish one, examples/pages/leeme.md, has the same code, headings of the same levels, and in each row of its tables
#   the same code and numbers.

cmake_minimum_required(VERSION 3.25)

include(${CMAKE_CURRENT_LIST_DIR}/support/markdown.cmake)
file(READ "${root}/README.md" readme)

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

check_code(README.md "${readme}" count)

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

file(READ "${root}/examples/pages/leeme.md" leeme)
check_same(README.md "${readme}" examples/pages/leeme.md "${leeme}")

message(STATUS "${count} blocks of code, two tables, in English and in Spanish")
