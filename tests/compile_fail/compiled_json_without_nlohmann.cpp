// SPDX-License-Identifier: MIT
// error: sello: with sello::compiled a unit that makes documents of nlohmann's, by `json\(\)`, includes <nlohmann/json.hpp>
#define SELLO_COMPILED
#ifndef SELLO_COMPILE_FAIL
#include <nlohmann/json.hpp>
#endif
#include <sello/sello.hpp>

void print(const sello::unknown_event& event) { static_cast<void>(event.json()); }
