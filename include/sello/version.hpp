// SPDX-License-Identifier: MIT
// The version of sello, and the only macros of the library. CMake reads the numbers from here.
#pragma once

#define SELLO_VERSION_MAJOR 0
#define SELLO_VERSION_MINOR 1
#define SELLO_VERSION_PATCH 0
#define SELLO_VERSION_STRING "0.1.0"
