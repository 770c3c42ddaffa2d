// SPDX-License-Identifier: MIT
// The door to Akua: its verifier, its deliveries, its events.
#pragma once

#include <sello/akua/events.hpp>
#include <sello/akua/provider.hpp>
