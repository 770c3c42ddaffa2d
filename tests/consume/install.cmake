# SPDX-License-Identifier: MIT
# Installs into PREFIX, which has a space in it.

file(REMOVE_RECURSE "${PREFIX}")
execute_process(
  COMMAND ${CMAKE_COMMAND} --install ${BUILD} --prefix "${PREFIX}"
  COMMAND_ERROR_IS_FATAL ANY
)
