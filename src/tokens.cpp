// SPDX-License-Identifier: MIT
// sello::compiled: the tokeniser. The one source that reads nlohmann/json, with a configuration of its own.
#undef SELLO_COMPILED
#include <sello/decode/tokens.hpp>

namespace sello::inline v0::detail {

template <>
read_end read_tokens<compiled_json>(std::string_view text, token_sink& sink) {
  return read_tokens<nlohmann::json>(text, sink);
}

}  // namespace sello::inline v0::detail
