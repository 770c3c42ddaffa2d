# SPDX-License-Identifier: MIT
# The built reference. Run with cmake -DHTML=<folder> -DOUTPUT=<folder> -P docs.test.cmake
#
# - No command of Doxygen is left over on a page.
# - No page is wider than a narrow window: code and tables scroll in themselves. This needs chromium.

cmake_minimum_required(VERSION 3.25)

file(GLOB pages ${HTML}/*.html)
list(LENGTH pages count)
foreach(page IN LISTS pages)
  file(STRINGS ${page} left REGEX "(^|[ (])[@\\\\](ref|subpage|section|anchor|include|snippet) ")
  if(left)
    message(FATAL_ERROR "${page}: Doxygen left a command as it is:\n${left}")
  endif()
endforeach()

find_program(CHROMIUM NAMES chromium chromium-browser google-chrome)
if(NOT CHROMIUM)
  message(NOTICE "skipped: needs chromium")
  return()
endif()

list(JOIN pages "\", \"" names)
string(PREPEND names "\"")
string(APPEND names "\"")

file(WRITE ${OUTPUT}/narrow.html "<!DOCTYPE html>
<pre id=\"seen\">not done</pre>
<iframe id=\"window\" width=\"420\" height=\"900\"></iframe>
<script>
const pages = [${names}];
const frame = document.getElementById('window');
const seen = [];
frame.onload = () => {
  const page = frame.contentDocument;
  for (const part of [page.documentElement, page.getElementById('doc-content')])
    if (part && part.scrollWidth > 420) seen.push(pages[0].replace(/.*\\//, '') + ' is ' + part.scrollWidth + ' wide');
  pages.shift();
  next();
};
function next() {
  if (pages.length) frame.src = 'file://' + pages[0];
  else document.getElementById('seen').textContent = seen.length ? seen.join('\\n') : 'all fit';
}
next();
</script>
")

set(profile ${OUTPUT}/chromium)
file(REMOVE_RECURSE ${profile})
execute_process(
  COMMAND
    ${CHROMIUM} --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
    --disable-component-update --disable-sync --allow-file-access-from-files --user-data-dir=${profile}
    --virtual-time-budget=600000 --dump-dom file://${OUTPUT}/narrow.html
  OUTPUT_VARIABLE dom
  ERROR_VARIABLE errors
  TIMEOUT 300
)
file(REMOVE_RECURSE ${profile})
if(NOT dom MATCHES "<pre id=\"seen\">([^<]*)</pre>")
  message(FATAL_ERROR "${CHROMIUM} did not show the pages:\n${errors}")
elseif(NOT CMAKE_MATCH_1 STREQUAL "all fit")
  message(FATAL_ERROR "In a window of 420 pixels:\n${CMAKE_MATCH_1}")
endif()
message(STATUS "${count} pages fit into 420 pixels")
