// SPDX-License-Identifier: MIT
// The version of sello, the only macros of the library, and what it needs of the compiler. CMake reads the numbers from
// here.
#pragma once

#define SELLO_VERSION_MAJOR 0
#define SELLO_VERSION_MINOR 1
#define SELLO_VERSION_PATCH 0
#define SELLO_VERSION_STRING "0.1.0"

// Compilers go on after #error, but not after a header that is not there: nothing of the library is read without these.
#if __cplusplus < 202002L
#error "sello needs C++20: compile with -std=c++20 or later"
#include <end_of_this_compilation>
#elif !defined(__cpp_rtti) || !defined(__cpp_exceptions)
#error "sello needs RTTI and exceptions: compile without -fno-rtti and -fno-exceptions"
#include <end_of_this_compilation>
#endif
