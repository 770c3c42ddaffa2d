# SPDX-License-Identifier: MIT
# What each opt-in component needs. The build and the installed package both read this file.
#
#   sello_<component>_package  the package to find
#   sello_<component>_target   the target to link
#   sello_<component>_hint     what a person has to install (packages of Debian and Ubuntu); short, one line

set(sello_known_components httplib)

set(sello_httplib_package httplib)
set(sello_httplib_target httplib::httplib)
set(sello_httplib_hint "cpp-httplib (libcpp-httplib-dev and pkgconf)")
