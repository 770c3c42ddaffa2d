# SPDX-License-Identifier: MIT
# The pages show what the examples are and print, on GitHub and in the reference. Run with
# cmake -DERRORS=<program> -DSECRETS=<program> -DEVENTS=<program> -DOUTPUT=<folder> -P pages.test.cmake
#
# - Each block of code stands in the file that the line before it names: <!-- examples/x.cpp -->
# - No page has a command of Doxygen, which GitHub would show as it is. Each link leads to a file, and to a heading in it.
# - Doxygen's input, made from the pages by cmake/doxygen/pages.cmake, has the same code, tables and headings.
# - The tables between <!-- list_x [argument] --> and <!-- end --> are what those examples print.
# - The page on a sender names each event of its catalog; it is there in English and in Spanish, with the same code, and the
#   same code and numbers in its tables.

cmake_minimum_required(VERSION 3.25)

include(${CMAKE_CURRENT_LIST_DIR}/support/markdown.cmake)

execute_process(
  COMMAND ${CMAKE_COMMAND} -DOUTPUT=${OUTPUT} -P ${root}/cmake/doxygen/pages.cmake
  COMMAND_ERROR_IS_FATAL ANY
)

file(GLOB pages RELATIVE ${root}/examples/pages ${root}/examples/pages/*.md)
set(count 0)
foreach(page IN LISTS pages)
  file(READ ${root}/examples/pages/${page} text)
  check_code(${page} "${text}" blocks)
  math(EXPR count "${count} + ${blocks}")
  check_links(examples/pages/${page} "${text}")

  prose("${text}" words)
  string(REGEX REPLACE "`[^`]*`" "" words "${words}")
  if(words MATCHES "(\n\\\\[a-z]+|[@\\\\](ref|subpage|page|include|snippet|anchor)[^a-z]|{#|\\[TOC\\])")
    message(FATAL_ERROR "${page}: a command of Doxygen, which GitHub shows as it is: ${CMAKE_MATCH_1}")
  endif()

  cmake_path(GET page STEM name)
  if(name STREQUAL index)
    set(name mainpage)
  endif()
  file(READ ${OUTPUT}/${name}.md made)
  check_same(examples/pages/${page} "${text}" "Doxygen's ${name}.md" "${made}")
  if(NOT made MATCHES "^# [^\n]+ {#${name}}\n")
    message(FATAL_ERROR "Doxygen's ${name}.md does not begin with its title and name")
  endif()
endforeach()
foreach(page IN ITEMS README.md .github/SECURITY.md .github/CONTRIBUTING.md)
  file(READ ${root}/${page} text)
  check_links(${page} "${text}")
endforeach()

# check_table(<page> <name> <program> [<argument>...])
function(check_table page name program)
  file(READ ${root}/examples/pages/${page} text)
  execute_process(COMMAND ${program} ${ARGN} OUTPUT_VARIABLE printed COMMAND_ERROR_IS_FATAL ANY)
  string(JOIN " " marker ${name} ${ARGN})
  string(FIND "${text}" "<!-- ${marker} -->\n${printed}<!-- end -->" at)
  if(at EQUAL -1)
    message(FATAL_ERROR "${page}: the table ${marker} is not what examples/${name}.cpp prints:\n${printed}")
  endif()
endfunction()

# check_events(<page> <sender>): list_events prints rows "| sender | keys | `event`, `event` |".
execute_process(COMMAND ${EVENTS} OUTPUT_VARIABLE events COMMAND_ERROR_IS_FATAL ANY)
function(check_events page sender)
  file(READ ${root}/examples/pages/${page} text)
  string(REGEX MATCHALL "\n\\| ${sender} \\|[^\n]*" rows "${events}")
  if(rows STREQUAL "")
    message(FATAL_ERROR "examples/list_events.cpp prints no events of ${sender}")
  endif()
  foreach(row IN LISTS rows)
    string(REGEX REPLACE "^.*\\| ([^|]+) \\|$" "\\1" types "${row}")
    string(REPLACE ", " ";" types "${types}")
    foreach(type IN LISTS types)
      string(FIND "${text}" "\n| ${type} | " at)
      if(at EQUAL -1)
        message(FATAL_ERROR "${page}: no row for the event ${type}")
      endif()
    endforeach()
  endforeach()
endfunction()

check_table(errors.md list_errors ${ERRORS})
foreach(sender IN ITEMS akua kuenta gu1)
  check_table(receive_${sender}.md list_secret_mistakes ${SECRETS} ${sender})
  check_table(recibir_${sender}.md list_secret_mistakes ${SECRETS} ${sender} es)
  check_events(receive_${sender}.md ${sender})
  file(READ ${root}/examples/pages/receive_${sender}.md english)
  file(READ ${root}/examples/pages/recibir_${sender}.md spanish)
  check_same(receive_${sender}.md "${english}" recibir_${sender}.md "${spanish}")
endforeach()

list(LENGTH pages pages)
message(STATUS "${pages} pages, ${count} blocks of code, seven tables")
