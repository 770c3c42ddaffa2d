# SPDX-License-Identifier: MIT
# A repository with what git tracks, or would track, in the working tree as it is now.

find_package(Git QUIET)
if(NOT Git_FOUND)
  set(skipped "git is not installed")
  return()
endif()

execute_process(
  COMMAND
    ${GIT_EXECUTABLE} -c safe.directory=* -c core.quotePath=off
    ls-files --cached --others --exclude-standard
  WORKING_DIRECTORY ${SOURCE}
  OUTPUT_VARIABLE files
  OUTPUT_STRIP_TRAILING_WHITESPACE
  RESULT_VARIABLE result
)
if(NOT result EQUAL 0)
  set(skipped "the source directory is no git repository")
  return()
endif()

string(REPLACE "\n" ";" files "${files}")
foreach(file IN LISTS files)
  if(EXISTS ${SOURCE}/${file})
    cmake_path(GET file PARENT_PATH directory)
    file(COPY ${SOURCE}/${file} DESTINATION ${WORK}/snapshot/${directory})
  endif()
endforeach()

set(git ${GIT_EXECUTABLE} -C ${WORK}/snapshot -c user.name=sello -c user.email=sello@localhost)
run(${git} init --quiet --initial-branch=main)
run(${git} add --all)
run(${git} commit --quiet --no-verify --message snapshot)

# The README's own lines, with this repository's URL. Its tag is the version.
file(READ ${SOURCE}/README.md readme)
file(READ ${SOURCE}/include/sello/version.hpp version)
string(REGEX MATCH "SELLO_VERSION_STRING \"([^\"]+)\"" _ "${version}")
set(tag v${CMAKE_MATCH_1})
string(REGEX MATCH "include\\(FetchContent\\)[^`]+" lines "${readme}")
if(NOT lines MATCHES "GIT_TAG ${tag}\\)" OR NOT lines MATCHES "<the URL of this repository>")
  message(FATAL_ERROR "README.md does not fetch ${tag} from <the URL of this repository>: ${lines}")
endif()
run(${git} tag ${tag})
string(REPLACE "<the URL of this repository>" "file://${WORK}/snapshot" lines "${lines}")
file(WRITE ${WORK}/readme.cmake "${lines}")
