# SPDX-License-Identifier: MIT
# The reference, in <build>/html: target docs, and a test of that name. A warning of Doxygen is an error.

find_package(Doxygen 1.9.4 REQUIRED)

configure_file(${PROJECT_SOURCE_DIR}/cmake/doxygen/Doxyfile.in ${PROJECT_BINARY_DIR}/Doxyfile @ONLY)
add_custom_target(
  docs
  COMMAND Doxygen::doxygen ${PROJECT_BINARY_DIR}/Doxyfile
  WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
  COMMENT "Writing ${PROJECT_BINARY_DIR}/html/index.html"
  VERBATIM
)
add_test(
  NAME docs
  COMMAND Doxygen::doxygen ${PROJECT_BINARY_DIR}/Doxyfile
  WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
)
