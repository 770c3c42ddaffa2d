// SPDX-License-Identifier: MIT
// What a unit does, whatever its macros make of nlohmann's types; see json_unit.cpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <sello/sello.hpp>

struct unit {
  /// Which macros it was built with.
  std::string_view name;
  /// A router whose handler writes down what it gets.
  sello::router (*make_router)(std::string& seen);
  sello::result<sello::outcome> (*dispatch)(const sello::router& router, std::string_view signature,
                                            std::string_view body);
  sello::result<sello::gu1::kyc_validation> (*decode)(std::string_view text);
  /// Each of its members as text.
  std::string (*write)(const sello::gu1::kyc_validation& validation);
  std::size_t size;
};

/// As nlohmann has it by default, and with NDEBUG.
extern const unit plain_unit;
/// With JSON_DIAGNOSTICS, which changes the layout of nlohmann's types, and with assertions.
extern const unit diagnostic_unit;
/// With the version left out of the name of nlohmann's namespace.
extern const unit unversioned_unit;
/// With the library `sello::compiled`.
extern const unit compiled_unit;
