// SPDX-License-Identifier: MIT
// Types of sello cross between two translation units and a shared library.
#pragma once

#include <string>
#include <string_view>

#include <sello/sello.hpp>

/// In the other translation unit.
sello::result<sello::kuenta::delivery> verify(std::string_view signature, std::string_view body);

/// In the shared library.
sello::router make_router(std::string& seen);
