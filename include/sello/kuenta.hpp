// SPDX-License-Identifier: MIT
// The door to Kuenta: its verifier, its deliveries, its events.
#pragma once

#include <sello/kuenta/events.hpp>
#include <sello/kuenta/provider.hpp>
