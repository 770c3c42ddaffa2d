# SPDX-License-Identifier: MIT
# A component that is linked and whose dependency is missing is said in one line, with what to install.

include(${SOURCE}/cmake/components.cmake)
foreach(component IN LISTS KNOWN_COMPONENTS)
  execute_process(
    COMMAND
      ${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR} -B ${WORK}/without_${component} -G ${GENERATOR}
      -DCMAKE_CXX_COMPILER=${COMPILER} -DSELLO_SOURCE=${SOURCE} -DSELLO_COMPONENTS=${component}
      -DCMAKE_DISABLE_FIND_PACKAGE_${sello_${component}_package}=ON
    OUTPUT_QUIET
    ERROR_VARIABLE said
    RESULT_VARIABLE result
  )
  string(REGEX REPLACE "[ \n]+" " " said "${said}")
  string(FIND "${said}" "${component} links sello::${component}, which needs ${sello_${component}_hint}" at)
  if(result EQUAL 0 OR at EQUAL -1)
    message(FATAL_ERROR "component ${component} without its dependency: ${said}")
  endif()
endforeach()
