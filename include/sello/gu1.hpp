// SPDX-License-Identifier: MIT
// The door to Gu1: its verifier, its deliveries, its events.
#pragma once

#include <sello/gu1/events.hpp>
#include <sello/gu1/provider.hpp>
