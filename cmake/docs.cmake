# SPDX-License-Identifier: MIT
# The reference, in <build>/html: target docs, and a test of that name. A warning of Doxygen is an error.
#
# It looks as doxygen-awesome-css makes it where that is found (Debian: doxygen-awesome-css), and has Doxygen's own look
# elsewhere. SELLO_DOXYGEN_AWESOME is the folder of its files.

find_package(Doxygen 1.9.4 REQUIRED)
find_path(
  SELLO_DOXYGEN_AWESOME doxygen-awesome.css
  PATHS /usr/share/doxygen-awesome-css /usr/local/share/doxygen-awesome-css
  DOC "The folder of doxygen-awesome-css; the reference has Doxygen's own look without it"
)

set(sello_docs_style "")
if(SELLO_DOXYGEN_AWESOME)
  set(sello_docs_style "HTML_HEADER = \"${PROJECT_BINARY_DIR}/docs_header.html\"\nHTML_EXTRA_STYLESHEET =")
  foreach(file IN ITEMS doxygen-awesome doxygen-awesome-sidebar-only doxygen-awesome-sidebar-only-darkmode-toggle)
    string(APPEND sello_docs_style " \"${SELLO_DOXYGEN_AWESOME}/${file}.css\"")
  endforeach()
  string(APPEND sello_docs_style " cmake/doxygen/sello.css\nHTML_EXTRA_FILES =")
  foreach(file IN ITEMS darkmode-toggle fragment-copy-button)
    string(APPEND sello_docs_style " \"${SELLO_DOXYGEN_AWESOME}/doxygen-awesome-${file}.js\"")
  endforeach()
  # Later Doxygens have colours for dark windows of their own, and awesome has others.
  if(DOXYGEN_VERSION VERSION_GREATER_EQUAL 1.9.5)
    string(APPEND sello_docs_style "\nHTML_COLORSTYLE = LIGHT")
  endif()
  message(STATUS "The reference looks as in ${SELLO_DOXYGEN_AWESOME}")
else()
  message(STATUS "The reference has Doxygen's own look: doxygen-awesome-css is not installed, nor is SELLO_DOXYGEN_AWESOME its folder")
endif()

configure_file(${PROJECT_SOURCE_DIR}/cmake/doxygen/Doxyfile.in ${PROJECT_BINARY_DIR}/Doxyfile @ONLY)
add_custom_target(
  docs
  COMMAND ${CMAKE_COMMAND} -DOUTPUT=${PROJECT_BINARY_DIR}/pages -P cmake/doxygen/pages.cmake
  COMMAND ${CMAKE_COMMAND} -DDOXYGEN=$<TARGET_FILE:Doxygen::doxygen> -DOUTPUT=${PROJECT_BINARY_DIR} -P cmake/doxygen/header.cmake
  COMMAND ${CMAKE_COMMAND} -E rm -rf ${PROJECT_BINARY_DIR}/html
  COMMAND Doxygen::doxygen ${PROJECT_BINARY_DIR}/Doxyfile
  WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
  COMMENT "Writing ${PROJECT_BINARY_DIR}/html/index.html"
  VERBATIM
)
add_test(NAME docs COMMAND ${CMAKE_COMMAND} --build ${PROJECT_BINARY_DIR} --target docs)
set_tests_properties(docs PROPERTIES FIXTURES_SETUP docs)
if(SELLO_DOXYGEN_AWESOME)  # Doxygen's own look does not fit into a narrow window
  add_test(
    NAME docs.html
    COMMAND
      ${CMAKE_COMMAND} -DHTML=${PROJECT_BINARY_DIR}/html -DOUTPUT=${PROJECT_BINARY_DIR}
      -P ${PROJECT_SOURCE_DIR}/tests/docs.test.cmake
  )
  set_tests_properties(docs.html PROPERTIES FIXTURES_REQUIRED docs SKIP_REGULAR_EXPRESSION "^skipped: ")
endif()
