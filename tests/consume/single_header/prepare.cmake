# SPDX-License-Identifier: MIT
# The copy-in user has no build system: one file, one command. Then the strict program.

run(${CMAKE_COMMAND} -DOUTPUT=${WORK}/sello/sello.hpp -P ${SOURCE}/cmake/single_header.cmake)

file(COPY ${CMAKE_CURRENT_LIST_DIR}/main.cpp DESTINATION ${WORK})
file(COPY_FILE ${WORK}/sello/sello.hpp ${WORK}/sello.hpp)
execute_process(
  COMMAND ${COMPILER} -std=c++20 main.cpp -lcrypto
  WORKING_DIRECTORY ${WORK}
  COMMAND_ECHO STDOUT
  COMMAND_ERROR_IS_FATAL ANY
)
run(${WORK}/a.out)
