# SPDX-License-Identifier: MIT
# Writes <OUTPUT>/docs_header.html: the header of this Doxygen's pages, with the scripts of doxygen-awesome-css.
# cmake -DDOXYGEN=<program> -DOUTPUT=<folder> -P header.cmake

cmake_minimum_required(VERSION 3.25)

set(header ${OUTPUT}/docs_header.html)
execute_process(
  COMMAND ${DOXYGEN} -w html ${header} ${OUTPUT}/docs_footer.html ${OUTPUT}/docs_style.css
  OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY
)
file(READ ${header} text)
string(
  REPLACE "</head>" [[
<script type="text/javascript" src="$relpath^doxygen-awesome-darkmode-toggle.js"></script>
<script type="text/javascript" src="$relpath^doxygen-awesome-fragment-copy-button.js"></script>
<script type="text/javascript">DoxygenAwesomeDarkModeToggle.init(); DoxygenAwesomeFragmentCopyButton.init();</script>
</head>]]
  text "${text}"
)
file(WRITE ${header} "${text}")
