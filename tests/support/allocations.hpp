// SPDX-License-Identifier: MIT
// Counts what C++ allocates, by this program's own operator new (in allocations.cpp).
#pragma once

#include <cstddef>

namespace support {

/// How often operator new has been called by now, on all threads.
[[nodiscard]] std::size_t allocations() noexcept;

}  // namespace support
