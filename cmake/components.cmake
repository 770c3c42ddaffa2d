# SPDX-License-Identifier: MIT
# What each opt-in component needs. The build and the installed package both read this file.
#
#   sello_<component>_package  the package to find
#   sello_<component>_target   the target that it makes
#   sello_<component>_link     what to link, where that is not the target
#   sello_<component>_header   its header, where that has not the component's name
#   sello_<component>_threads  ON: it starts threads, and links Threads::Threads beside the target
#   sello_<component>_hint     what a person has to install (packages of Debian and Ubuntu); short, one line
#   sello_<component>_absent   what to do where the installed package has not this component

set(sello_known_components httplib httplib_client beast restinio microhttpd sqlite postgres prometheus simdjson)

set(sello_httplib_package httplib)
set(sello_httplib_target httplib::httplib)
set(sello_httplib_hint "cpp-httplib (libcpp-httplib-dev and pkgconf)")

# OpenSSL itself is found for the core.
set(sello_httplib_client_package httplib)
set(sello_httplib_client_target httplib::httplib)
set(sello_httplib_client_link httplib::httplib OpenSSL::SSL)
set(sello_httplib_client_header kuenta/subscriptions/httplib.hpp)
set(sello_httplib_client_hint "cpp-httplib with TLS (libcpp-httplib-dev and pkgconf)")

set(sello_beast_package beast)
set(sello_beast_target Boost::headers)
set(sello_beast_hint "Boost 1.74 (libboost-dev)")

set(sello_restinio_package restinio)
set(sello_restinio_target restinio::restinio)
set(sello_restinio_hint "RESTinio 0.6.12, fmt and Asio (librestinio-dev and libasio-dev)")

set(sello_microhttpd_package microhttpd)
set(sello_microhttpd_target microhttpd::microhttpd)
set(sello_microhttpd_hint "libmicrohttpd 0.9.71 (libmicrohttpd-dev and pkgconf)")

set(sello_sqlite_package SQLite3)
set(sello_sqlite_target SQLite::SQLite3)
# CMake 4.3 has another name, and warns of this one. By whatever version the package is installed: the one that links decides.
set(sello_sqlite_link "$<IF:$<TARGET_EXISTS:SQLite3::SQLite3>,SQLite3::SQLite3,SQLite::SQLite3>")
set(sello_sqlite_threads ON)
set(sello_sqlite_hint "SQLite 3.35 (libsqlite3-dev)")

set(sello_postgres_package PostgreSQL)
set(sello_postgres_target PostgreSQL::PostgreSQL)
set(sello_postgres_threads ON)
set(sello_postgres_hint "libpq 14 (libpq-dev)")

set(sello_prometheus_package prometheus-cpp)
set(sello_prometheus_target prometheus-cpp::core)
set(sello_prometheus_hint "prometheus-cpp 1.0 (prometheus-cpp-dev)")

set(sello_simdjson_package simdjson)
set(sello_simdjson_target simdjson::simdjson)
set(sello_simdjson_hint "simdjson 3.0.1 (libsimdjson-dev)")

# It needs what the core needs. Not among those above, which are headers.
set(sello_compiled_package OpenSSL)
set(sello_compiled_absent "; for it, build and install sello with -DSELLO_BUILD_COMPILED=ON")
