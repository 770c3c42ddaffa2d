# SPDX-License-Identifier: MIT
# Takes the way into a build that the directory WAY has: first its prepare.cmake, then its project,
# whose programs run as part of the build. One of the two may be absent.

function(run)
  execute_process(COMMAND ${ARGN} COMMAND_ECHO STDOUT COMMAND_ERROR_IS_FATAL ANY)
endfunction()

file(REMOVE_RECURSE ${WORK})
file(MAKE_DIRECTORY ${WORK})
include(${CMAKE_CURRENT_LIST_DIR}/${WAY}/prepare.cmake OPTIONAL)
if(skipped)
  message("skipped: ${skipped}")
  return()
endif()
if(NOT EXISTS ${CMAKE_CURRENT_LIST_DIR}/${WAY}/CMakeLists.txt)
  return()
endif()

run(
  ${CMAKE_COMMAND} --no-warn-unused-cli -S ${CMAKE_CURRENT_LIST_DIR}/${WAY} -B ${WORK}/build -G ${GENERATOR}
  -DCMAKE_CXX_COMPILER=${COMPILER} "-DCMAKE_PREFIX_PATH=${PREFIX}" -DSELLO_SOURCE=${SOURCE}
  -DSELLO_SNAPSHOT=${WORK}/snapshot "-DSELLO_INSTALLED_COMPONENTS=${COMPONENTS}"
)
run(${CMAKE_COMMAND} --build ${WORK}/build)
