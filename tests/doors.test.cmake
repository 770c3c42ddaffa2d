# SPDX-License-Identifier: MIT
# The door to one wing reads no header of the other wing's library. Run with
# cmake -DCOMPILER=<g++ or clang++> "-DOPTIONS=<options>" -DINCLUDE=<directory> -P.

# reads(<door> <regular expression> <variable>): the first header of that kind that the door reads.
function(reads door kind variable)
  execute_process(
    COMMAND ${COMPILER} ${OPTIONS} -M -x c++ ${INCLUDE}/sello/${door}.hpp
    OUTPUT_VARIABLE all
    COMMAND_ERROR_IS_FATAL ANY
  )
  string(REGEX MATCH "[^ \n]*/${kind}/[^ \n]*" found "${all}")
  set(${variable} "${found}" PARENT_SCOPE)
endfunction()

foreach(sight IN ITEMS verify:nlohmann decode:openssl)
  string(REPLACE ":" ";" sight ${sight})
  list(GET sight 0 door)
  list(GET sight 1 stranger)
  reads(${door} ${stranger} found)
  if(found)
    message(SEND_ERROR "${door}.hpp: reads ${found}")
  endif()
  reads(sello ${stranger} found)
  if(NOT found)
    message(SEND_ERROR "sello.hpp: reads nothing of ${stranger}; this test would see nothing either")
  endif()
endforeach()
