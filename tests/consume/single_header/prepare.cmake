# SPDX-License-Identifier: MIT
# The copy-in user has no build system: one file, one command. Then the strict program, by hand.

run(${CMAKE_COMMAND} -DOUTPUT=${WORK}/sello/sello.hpp -P ${SOURCE}/cmake/single_header.cmake)

set(
  strict
  -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Werror
  -DJSON_USE_IMPLICIT_CONVERSIONS=0 -DOPENSSL_NO_DEPRECATED -I${WORK}
)
set(sources ${CMAKE_CURRENT_LIST_DIR}/../../odr)

file(COPY ${CMAKE_CURRENT_LIST_DIR}/main.cpp DESTINATION ${WORK})
file(COPY_FILE ${WORK}/sello/sello.hpp ${WORK}/sello.hpp)
execute_process(
  COMMAND ${COMPILER} -std=c++20 main.cpp -lcrypto
  WORKING_DIRECTORY ${WORK}
  COMMAND_ECHO STDOUT
  COMMAND_ERROR_IS_FATAL ANY
)
run(${WORK}/a.out)

run(
  ${COMPILER} -std=c++2b ${strict} -shared -fPIC ${sources}/library.cpp -lcrypto
  -o ${WORK}/liblibrary.so
)
run(
  ${COMPILER} -std=c++2b ${strict} ${sources}/main.cpp ${sources}/other.cpp -L${WORK} -llibrary
  -lcrypto -Wl,-rpath,${WORK} -o ${WORK}/consumer
)
run(${WORK}/consumer)
