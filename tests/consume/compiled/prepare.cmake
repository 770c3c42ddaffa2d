# SPDX-License-Identifier: MIT
# First as a subproject, which builds the library because a program links it; what was built is installed for the package.
run(
  ${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR}/subproject -B ${WORK}/subproject -G ${GENERATOR}
  -DCMAKE_CXX_COMPILER=${COMPILER} -DSELLO_SOURCE=${SOURCE} -DSELLO_BUILD_COMPILED=ON -DSELLO_BUILD_INSTALL=ON
)
run(${CMAKE_COMMAND} --build ${WORK}/subproject)
set(PREFIX "${WORK}/a prefix")
run(${CMAKE_COMMAND} --install ${WORK}/subproject --prefix ${PREFIX})
