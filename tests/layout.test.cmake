# SPDX-License-Identifier: MIT
# The house rules of include/sello: who may include whom, which headers may know OpenSSL or JSON,
# and the form of every header. Run with cmake -P.

cmake_minimum_required(VERSION 3.25)

# Lowest first; a header includes only headers of lower lines. Regular expressions, under sello/.
set(
  ranks
  "version|error|detail/function_ref"
  "result"
  "secret|headers|timestamp|decimal"
  "detail/encoding"
  "detail/crypto"
  "scheme|describe"
  "delivery|key_ring|scheme/.*|detail/json"
  "verifier|decode"
  "signer|event"
  "detail/route"
  "router"
  "receiver"
  "(kuenta|akua|gu1)/provider"
  "(kuenta|akua|gu1)/events"
  "kuenta|akua|gu1"
  "sello"
  "testing/attack"
  "testing/.*"
  "server/detail/refusals"
  "server/detail/routes"
  "(server|inbox)/detail/.*"
  "(server|inbox)/.*"
)

# The folders of opt-in headers, which sello.hpp does not reach.
set(opt_in "server|inbox|testing")

# Who may include these libraries.
set(openssl_allowed "secret|detail/(crypto|encoding)")
set(nlohmann_allowed "detail/json")

# The two wings: neither reaches the other or its library, by whatever way.
set(verify_wing "secret|headers|scheme|scheme/.*|delivery|key_ring|verifier|signer|detail/(crypto|encoding)")
set(decode_wing "describe|decimal|decode|detail/json")

# Providers, who never include each other.
set(providers kuenta akua gu1)

set(max_lines 300)
set(max_median 120)

# ---------------------------------------------------------------------------------------------

get_filename_component(include_dir "${CMAKE_CURRENT_LIST_DIR}/../include/sello" ABSOLUTE)
set(failures 0)

function(fail text)
  message(NOTICE "${text}")
  math(EXPR failures "${failures} + 1")
  set(failures ${failures} PARENT_SCOPE)
endfunction()

# rank_of(<header> <variable>): the position in `ranks`, or -1. The first line that matches counts.
function(rank_of header variable)
  set(rank 0)
  foreach(line IN LISTS ranks)
    if(header MATCHES "^(${line})$")
      set(${variable} ${rank} PARENT_SCOPE)
      return()
    endif()
    math(EXPR rank "${rank} + 1")
  endforeach()
  set(${variable} -1 PARENT_SCOPE)
endfunction()

# reach(<header> <variable>): all that a header includes, directly or not.
function(reach header variable)
  set(reached "")
  set(waiting ${header})
  while(waiting)
    list(POP_FRONT waiting next)
    foreach(other IN LISTS includes_${next})
      if(NOT other IN_LIST reached)
        list(APPEND reached ${other})
        list(APPEND waiting ${other})
      endif()
    endforeach()
  endwhile()
  set(${variable} "${reached}" PARENT_SCOPE)
endfunction()

file(GLOB_RECURSE files RELATIVE ${include_dir} ${include_dir}/*.hpp)
set(headers "")
set(line_counts "")

foreach(file IN LISTS files)
  string(REGEX REPLACE "\\.hpp$" "" header ${file})
  list(APPEND headers ${header})
  file(READ ${include_dir}/${file} text)

  string(REGEX REPLACE "[^\n]" "" newlines "${text}")
  string(LENGTH "${newlines}" lines)
  list(APPEND line_counts ${lines})
  if(lines GREATER max_lines)
    fail("${file}: ${lines} lines, over ${max_lines}")
  endif()
  if(NOT text MATCHES "^// SPDX-License-Identifier: MIT\n// [^\n]+\n")
    fail("${file}: must begin with the SPDX line and one sentence on its role")
  endif()
  if(NOT text MATCHES "\n#pragma once\n")
    fail("${file}: no #pragma once")
  endif()
  if(text MATCHES "#[ ]*include[ ]*\"")
    fail("${file}: includes are written with <...>")
  endif()
  if(NOT file STREQUAL version.hpp AND text MATCHES "\n[ ]*#[ ]*define[ ]+([A-Za-z_0-9]+)")
    fail("${file}: macro ${CMAKE_MATCH_1}; only version.hpp has macros")
  endif()

  set(includes_${header} "")
  string(REGEX MATCHALL "\n[ ]*#[ ]*include[ ]*<[^>\n]+>" found "${text}")
  foreach(include IN LISTS found)
    string(REGEX REPLACE ".*<(.+)>" "\\1" include "${include}")
    if(include MATCHES "^sello/(.+)\\.hpp$")
      list(APPEND includes_${header} ${CMAKE_MATCH_1})
    elseif(include MATCHES "^openssl/")
      list(APPEND includes_${header} openssl)
      if(NOT header MATCHES "^(${openssl_allowed})$")
        fail("${file}: may not include <${include}>")
      endif()
    elseif(include MATCHES "^nlohmann/")
      list(APPEND includes_${header} nlohmann)
      if(NOT header MATCHES "^(${nlohmann_allowed})$")
        fail("${file}: may not include <${include}>")
      endif()
    endif()
  endforeach()
endforeach()

list(SORT line_counts COMPARE NATURAL)
list(LENGTH line_counts count)
if(count EQUAL 0)
  message(FATAL_ERROR "no headers in ${include_dir}")
endif()
math(EXPR middle "${count} / 2")
list(GET line_counts ${middle} median)
if(median GREATER max_median)
  fail("the median header has ${median} lines, over ${max_median}")
endif()

foreach(header IN LISTS headers)
  rank_of(${header} rank)
  if(rank EQUAL -1)
    fail("${header}.hpp: has no rank; give it one in tests/layout.test.cmake")
  endif()
  foreach(other IN LISTS includes_${header})
    if(other IN_LIST headers)
      rank_of(${other} other_rank)
      if(NOT other_rank LESS rank)
        fail("${header}.hpp: may not include ${other}.hpp, which has no lower rank")
      endif()
    elseif(NOT other MATCHES "^(openssl|nlohmann)$")
      fail("${header}.hpp: includes ${other}.hpp, which does not exist")
    endif()
  endforeach()

  reach(${header} reached)
  foreach(other IN LISTS reached)
    if(header MATCHES "^(${verify_wing})$" AND other MATCHES "^(nlohmann|${decode_wing})$")
      fail("${header}.hpp: of the verify wing, reaches ${other} of the decode wing")
    endif()
    if(header MATCHES "^(${decode_wing})$" AND other MATCHES "^(openssl|${verify_wing})$")
      fail("${header}.hpp: of the decode wing, reaches ${other} of the verify wing")
    endif()
    foreach(provider IN LISTS providers)
      if(header MATCHES "^${provider}(/|$)")
        foreach(stranger IN LISTS providers)
          if(NOT stranger STREQUAL provider AND other MATCHES "^${stranger}(/|$)")
            fail("${header}.hpp: knows another provider, ${other}.hpp")
          endif()
        endforeach()
      endif()
    endforeach()
  endforeach()
endforeach()

# The core is complete: sello.hpp reaches every header but the opt-in ones, and none of those.
reach(sello reached)
foreach(header IN LISTS headers)
  if(header MATCHES "^(${opt_in})/")
    if(header IN_LIST reached)
      fail("sello.hpp: reaches the opt-in ${header}.hpp")
    endif()
  elseif(NOT header IN_LIST reached AND NOT header STREQUAL sello)
    fail("sello.hpp: does not reach ${header}.hpp")
  endif()
endforeach()

if(failures)
  message(FATAL_ERROR "${failures} faults in ${count} headers")
endif()
message(STATUS "${count} headers, median ${median} lines")
