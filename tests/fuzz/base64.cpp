// SPDX-License-Identifier: MIT
// Base64, both ways.
#include <optional>
#include <string>
#include <vector>

#include <sello/verify/encoding.hpp>

#include "fuzz.hpp"
#include "reference.hpp"

namespace {

constexpr std::size_t longest = 4096;

std::optional<std::string> decode(std::string_view text, std::size_t room) {
  std::vector<unsigned char> bytes(room);
  const auto count = sello::detail::base64_decode(text, bytes);
  if (!count) return std::nullopt;
  return std::string{bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(*count)};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text{fuzz::text_of(data, size)};
  const std::size_t room = text.size() / 4 * 3;
  const auto decoded = decode(text, room);
  if (text.size() > longest) {
    fuzz::require(!decoded, "no more is looked at");
    return 0;
  }
  fuzz::require(decoded == reference::from_base64(text), "the reference's bytes");
  if (room > 0) fuzz::require(!decode(text, room - 1), "refused where there is no room");

  std::vector<unsigned char> encoded(sello::detail::base64_encoded_size(text.size()) + 1);
  sello::detail::base64_encode({data, size}, encoded.data());
  fuzz::require(encoded.back() == 0, "ends with a NUL");
  encoded.pop_back();
  const std::string written{encoded.begin(), encoded.end()};
  fuzz::require(written == reference::to_base64(text), "the reference's text");
  if (written.size() <= longest) fuzz::require(decode(written, written.size() / 4 * 3) == text, "there and back");
  return 0;
}
