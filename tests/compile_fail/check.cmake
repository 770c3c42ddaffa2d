# SPDX-License-Identifier: MIT
# Compiles SOURCE as it is, which must succeed, and with -DSELLO_COMPILE_FAIL, which must fail for
# the reason that the file's second line gives.

file(READ ${SOURCE} text)
if(NOT text MATCHES "^// SPDX[^\n]+\n// error: ([^\n]+)\n")
  message(FATAL_ERROR "${SOURCE}: the second line must be // error: <regular expression>")
endif()
set(expected "${CMAKE_MATCH_1}")

list(REMOVE_DUPLICATES INCLUDES)
list(TRANSFORM INCLUDES PREPEND -I)
set(command ${COMPILER} ${OPTIONS} ${INCLUDES} -fsyntax-only ${SOURCE})

execute_process(COMMAND ${command} RESULT_VARIABLE result ERROR_VARIABLE output)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "must compile without SELLO_COMPILE_FAIL, but:\n${output}")
endif()

execute_process(
  COMMAND ${command} -DSELLO_COMPILE_FAIL
  RESULT_VARIABLE result
  ERROR_VARIABLE output
)
if(result EQUAL 0)
  message(FATAL_ERROR "must not compile with SELLO_COMPILE_FAIL, but does")
endif()
if(NOT output MATCHES "${expected}")
  message(FATAL_ERROR "fails for another reason than \"${expected}\":\n${output}")
endif()
