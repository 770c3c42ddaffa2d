# SPDX-License-Identifier: MIT
# The demo's page by its text, and the demo's options. Run with cmake -DDEMO=<program> -DPAGE=<file> -P page.test.cmake
#
# - What deliveries brought stands there as text: no markup of theirs is the page's.
# - The page has no scripts, and nothing from elsewhere.
# - It has each part. demo.look, which needs chromium, sees how it looks.
# - Options that are none, or are not meant so, end with 2 and a sentence; a file that cannot be written, with 1.

cmake_minimum_required(VERSION 3.25)

file(READ "${PAGE}" page)

function(require_text text)
  string(FIND "${page}" "${text}" at)
  if(at EQUAL -1)
    message(FATAL_ERROR "${PAGE}: ${text} is not there")
  endif()
endfunction()

# The demo sends markup as a type, as an id and as a key.
foreach(
  text IN ITEMS
  "<code>&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;</code>"
  "title=\"&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;\""
  ">/data/&lt;img src=x onerror=&#39;alert(1)&#39;&gt;<"
)
  require_text("${text}")
endforeach()
if(page MATCHES "<(script|img|link|iframe|object|embed|base)[^a-z]|<[^>]* (on[a-z]+|src|srcdoc)=|@import|@font-face|url\\(|https?:")
  message(FATAL_ERROR "${PAGE}: has what it must not: ${CMAKE_MATCH_0}")
endif()
string(REGEX MATCHALL "href=\"[^#][^\"]*" links "${page}")
if(links)
  message(FATAL_ERROR "${PAGE}: leads elsewhere: ${links}")
endif()

foreach(
  text IN ITEMS
  # a known event, an unusual delivery, a hostile one, an attack, a cause with what it means
  ">credit.disbursed</th>" ">chunked body<" ">replayed after 25 hours<" ">signed with another secret</th>"
  "<code>signature_mismatch</code></th><td role=\"cell\" class=\"meaning quiet\">no live secret signed these bytes"
  # what one delivery's row says
  "<span class=\"mark refused\">timestamp_too_old</span><span class=\"quiet\">401</span>" ">/timestamp</td>"
  "<span class=\"mark good\">handled</span><span class=\"quiet\">200</span>"
  "<i class=\"verify\" style=\"width:" "<span>decode " "<span>handle "
  # what was as expected
  "<span class=\"mark good\">all as expected</span>" "every refusal had the same body" "<h2>The durable inbox</h2>"
)
  require_text("${text}")
endforeach()
if(page MATCHES "Not as expected|mark bad")
  message(FATAL_ERROR "${PAGE}: not all is as expected")
endif()

# check(<exit code> <what it says> <argument>...)
function(check code says)
  execute_process(COMMAND ${DEMO} ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE said ERROR_VARIABLE said TIMEOUT 20)
  if(NOT result EQUAL code OR NOT said MATCHES "${says}")
    message(FATAL_ERROR "demo ${ARGN}: ended with ${result}, not ${code}, and said:\n${said}")
  endif()
endfunction()
check(0 "demo --html <file>" --help)
check(2 "demo: no option is named --color\n" --color)
check(2 "demo: no option is named report.html\n" report.html)
check(2 "demo: --help does not go with these arguments\n" --help more)
check(2 "demo: --html takes one file to write" --html)
check(2 "demo: --html takes one file to write" --html --serve)
check(2 "demo: --html takes one file to write" --html a.html b.html)
check(2 "demo: --serve takes a port, 0 to 65535, and not 65536\n" --serve 65536)
check(1 "cannot write ${PAGE}/report.html: Not a directory" --html ${PAGE}/report.html)

message(STATUS "the page has each part, and nothing from elsewhere; nine command lines")
