# SPDX-License-Identifier: MIT
# Makes Doxygen's pages from the Markdown that GitHub shows: cmake -DOUTPUT=<folder> -P pages.cmake
#
# - The name of a file becomes the name of its page, index.md the main page, and .github/SECURITY.md "threat_model".
# - A link to a page becomes a reference; in index.md, which lists them in reading order, a sub-page.
# - The README is not in the reference: a link to it leads to the main page, as one to index.md; from there it is only its text.
# - A link to another file of the repository becomes its text, since the reference has no such file; so does one to a
#   heading of the same page.
# - A page of more than three sections gets a table of contents.
# - The licence in the first line goes, because there Doxygen wants the title.

cmake_minimum_required(VERSION 3.25)

get_filename_component(root "${CMAKE_CURRENT_LIST_DIR}/../.." ABSOLUTE)
file(GLOB pages ${root}/examples/pages/*.md)
file(REMOVE_RECURSE ${OUTPUT})

foreach(page IN LISTS pages ITEMS ${root}/.github/SECURITY.md)
  file(READ ${page} text)
  cmake_path(GET page STEM name)
  if(name STREQUAL index)
    set(name mainpage)
  elseif(name STREQUAL SECURITY)
    set(name threat_model)
    string(REPLACE "\n# Security\n" "\n# Threat model\n" text "${text}")
  endif()

  string(REGEX REPLACE "^<!-- SPDX[^\n]*\n" "" text "${text}")
  string(REGEX MATCHALL "\n## " sections "${text}")
  list(LENGTH sections sections)
  set(contents "")
  if(sections GREATER 3 AND NOT name STREQUAL mainpage)
    set(contents "\n[TOC]\n")
  endif()
  string(REGEX REPLACE "^# ([^\n]+)\n" "# \\1 {#${name}}\n${contents}" text "${text}")

  string(REGEX REPLACE "\\]\\([./a-z]*SECURITY\\.md" "](threat_model.md" text "${text}")
  if(NOT name STREQUAL mainpage)
    string(REGEX REPLACE "\\]\\([./a-z]*(README|index)\\.md\\)" "](@ref mainpage)" text "${text}")
  else()
    string(REGEX REPLACE "\\[([^]\n]+)\\]\\(([a-z0-9_]+)\\.md\\)" "@subpage \\2 \"\\1\"" text "${text}")
  endif()
  string(REGEX REPLACE "\\]\\(([a-z0-9_]+)\\.md(#[^) ]*)?\\)" "](@ref \\1)" text "${text}")
  string(REGEX REPLACE "\\[([^]\n]+)\\]\\((\\.\\./|#)[^) \n]*\\)" "\\1" text "${text}")
  file(WRITE ${OUTPUT}/${name}.md "${text}")
endforeach()
