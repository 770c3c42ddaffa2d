// SPDX-License-Identifier: MIT
// error: or_key is for members without parts
// Both keys' arrays would be put into one vector.
#include <sello/sello.hpp>

struct party {
  std::optional<std::string> name;
  std::optional<std::string> id;
  static constexpr std::array fields{sello::field<&party::name>("name"), sello::field<&party::id>("id").or_key("key")};
};

struct sale {
  std::vector<party> buyer;
#ifdef SELLO_COMPILE_FAIL
  static constexpr std::array fields{sello::field<&sale::buyer>("buyer").or_key("customer")};
#else
  static constexpr std::array fields{sello::field<&sale::buyer>("buyer")};
#endif
};

bool read(std::string_view text) { return sello::decode<sale>(text).has_value(); }
