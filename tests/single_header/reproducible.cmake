# SPDX-License-Identifier: MIT
# Two runs from two places write the same bytes, and those have everything a single header needs.

foreach(run IN ITEMS 1 2)
  file(REMOVE_RECURSE ${DIRECTORY}/${run})
  file(MAKE_DIRECTORY ${DIRECTORY}/${run})
  execute_process(
    COMMAND ${CMAKE_COMMAND} -P ${SCRIPT}
    WORKING_DIRECTORY ${DIRECTORY}/${run}
    COMMAND_ERROR_IS_FATAL ANY
  )
  file(SHA256 ${DIRECTORY}/${run}/sello.hpp hash_${run})
endforeach()
if(NOT hash_1 STREQUAL hash_2)
  message(FATAL_ERROR "two runs differ")
endif()

file(READ ${DIRECTORY}/1/sello.hpp text)
foreach(pattern IN ITEMS "^// SPDX-License-Identifier: MIT\n// sello [0-9.]+," "MIT License" "\n/// ")
  if(NOT text MATCHES "${pattern}")
    message(FATAL_ERROR "no match for: ${pattern}")
  endif()
endforeach()
if(text MATCHES "#include <sello/")
  message(FATAL_ERROR "an include of sello's own is left")
endif()
