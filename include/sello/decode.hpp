// SPDX-License-Identifier: MIT
// The door to the decode wing alone: from JSON to described structs, strictly. Needs nlohmann/json; reads no header of
// OpenSSL.
#pragma once

// clang-format off
#include <sello/version.hpp>

#include <sello/base/error.hpp>
#include <sello/base/result.hpp>

#include <sello/base/timestamp.hpp>
#include <sello/decode/decimal.hpp>
#include <sello/decode/describe.hpp>
#include <sello/decode/raw_json.hpp>
#include <sello/decode/tokens.hpp>
#include <sello/decode/decoder.hpp>
// clang-format on
