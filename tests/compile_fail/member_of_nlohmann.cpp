// SPDX-License-Identifier: MIT
// error: sello cannot read a member of this type.*sello::raw_json
// The layout of nlohmann's type depends on how each unit has configured it.
#include <sello/sello.hpp>

struct sale {
#ifdef SELLO_COMPILE_FAIL
  std::optional<nlohmann::json> total;
#else
  std::optional<sello::raw_json> total;
#endif
  static constexpr std::array fields{sello::field<&sale::total>("total")};
};

bool read(std::string_view text) { return sello::decode<sale>(text).has_value(); }
