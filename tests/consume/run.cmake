# SPDX-License-Identifier: MIT
# Takes the way into a build that the directory WAY has: first its prepare.cmake, then its project,
# whose programs run as part of the build. A warning of CMake is an error. tests/platforms.sh calls it with STRICT.

function(run)
  execute_process(COMMAND ${ARGN} COMMAND_ECHO STDOUT COMMAND_ERROR_IS_FATAL ANY)
endfunction()

string(REPLACE "," ";" KNOWN_COMPONENTS "${KNOWN_COMPONENTS}")
string(REPLACE "," ";" COMPONENTS "${COMPONENTS}")
file(REMOVE_RECURSE ${WORK})
file(MAKE_DIRECTORY ${WORK})
include(${CMAKE_CURRENT_LIST_DIR}/${WAY}/prepare.cmake OPTIONAL)
if(skipped)
  message("skipped: ${skipped}")
  return()
endif()

execute_process(
  COMMAND
    ${CMAKE_COMMAND} --no-warn-unused-cli -S ${CMAKE_CURRENT_LIST_DIR}/${WAY} -B ${WORK}/build -G ${GENERATOR}
    -DCMAKE_CXX_COMPILER=${COMPILER} "-DCMAKE_PREFIX_PATH=${PREFIX}" -DSELLO_SOURCE=${SOURCE} -DSELLO_WORK=${WORK}
    "-DSELLO_KNOWN_COMPONENTS=${KNOWN_COMPONENTS}" "-DSELLO_COMPONENTS=${COMPONENTS}" "-DSELLO_STRICT=${STRICT}"
  COMMAND_ECHO STDOUT
  ERROR_VARIABLE said
  ECHO_ERROR_VARIABLE
  COMMAND_ERROR_IS_FATAL ANY
)
if(said MATCHES "Warning")
  message(FATAL_ERROR "CMake warns")
endif()
run(${CMAKE_COMMAND} --build ${WORK}/build)
