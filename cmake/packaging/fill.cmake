# SPDX-License-Identifier: MIT
# Fills in the package files for a release: where its archive is, and the hashes of that archive.
#
#   cmake -DREPOSITORY=<owner>/<name> -DARCHIVE=<file> -DOUTPUT=<folder> -P fill.cmake
#
# ARCHIVE is what https://github.com/<owner>/<name>/archive/v<version>.tar.gz gives: other archives of the same tree have
# other hashes. Writes vcpkg/ and conan/ into the folder, and conan/conandata.yml.

cmake_minimum_required(VERSION 3.25)

foreach(name IN ITEMS REPOSITORY ARCHIVE OUTPUT)
  if("${${name}}" STREQUAL "")
    message(FATAL_ERROR "fill.cmake needs -D${name}=...")
  endif()
endforeach()
get_filename_component(OUTPUT "${OUTPUT}" ABSOLUTE)

file(READ "${CMAKE_CURRENT_LIST_DIR}/../../include/sello/version.hpp" version)
string(REGEX MATCH "SELLO_VERSION_STRING \"([^\"]+)\"" _ "${version}")
set(VERSION ${CMAKE_MATCH_1})
file(SHA512 "${ARCHIVE}" SHA512)
file(SHA256 "${ARCHIVE}" SHA256)

foreach(file IN ITEMS vcpkg/ports/sello/portfile.cmake vcpkg/ports/sello/vcpkg.json conan/conanfile.py)
  file(READ "${CMAKE_CURRENT_LIST_DIR}/${file}" text)
  if(NOT file MATCHES "portfile" AND NOT text MATCHES "version\"?[ =:]+\"${VERSION}\"")
    message(FATAL_ERROR "${file} is not of version ${VERSION}")
  endif()
  string(REPLACE "@REPOSITORY@" "${REPOSITORY}" text "${text}")
  string(REPLACE "@SHA512@" "${SHA512}" text "${text}")
  string(REPLACE "What stands between @ is filled in for a release, by" "Filled in by" text "${text}")
  file(WRITE "${OUTPUT}/${file}" "${text}")
endforeach()
file(COPY "${CMAKE_CURRENT_LIST_DIR}/vcpkg/ports/sello/usage" DESTINATION "${OUTPUT}/vcpkg/ports/sello")
file(COPY "${CMAKE_CURRENT_LIST_DIR}/conan/test_package" DESTINATION "${OUTPUT}/conan")
file(
  WRITE "${OUTPUT}/conan/conandata.yml"
  "# SPDX-License-Identifier: MIT\n"
  "sources:\n"
  "  \"${VERSION}\":\n"
  "    url: \"https://github.com/${REPOSITORY}/archive/v${VERSION}.tar.gz\"\n"
  "    sha256: \"${SHA256}\"\n"
)
