// SPDX-License-Identifier: MIT
// The texts of keys in Svix and in Standard Webhooks: base64 behind a prefix that says what key it is.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <sello/verify/encoding.hpp>
#include <sello/verify/secret.hpp>
#include <sello/verify/text_key.hpp>

namespace sello::inline v0::detail {

/// The form of the text of one kind of key.
struct svix_key_form {
  std::string_view version{};  ///< of the signatures: `v1`
  std::string_view prefix{};   ///< `whsec_`
  bool prefix_optional = false;
  std::string_view needed_by{};             ///< "this scheme"
  bool (*has_size)(std::size_t) = nullptr;  ///< whether such a key can have so many bytes
  std::string_view size{};                  ///< what is said behind "it decodes to 5 bytes"
};

/// What is wrong with the base64 of a key, of which `size` bytes were decoded.
[[nodiscard]] inline error fault_of_svix_base64(std::string_view text, const svix_key_form& form,
                                                std::optional<std::size_t> size) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";
  if (size) return bad_secret("it decodes to " + std::to_string(*size) + " bytes" + std::string{form.size});
  if (text.find_first_not_of(alphabet) == text.npos)
    return bad_secret("it is cut: as base64 a character is missing, or one is too many");
  return bad_secret("it is not standard base64; is it a secret of another sender?");
}

/// Strict base64, with or without its padding.
[[nodiscard]] inline result<secret> decode_svix_key(std::string_view text, const svix_key_form& form) {
  std::array<unsigned char, base64_max_size> padded{};
  std::array<unsigned char, base64_max_size> bytes{};
  if (text.size() + 3 > padded.size()) return bad_secret("it is longer than any secret of this scheme");
  const std::size_t lacking = text.find('=') == text.npos ? (4 - text.size() % 4) % 4 : 0;
  std::fill_n(std::copy(text.begin(), text.end(), padded.begin()), lacking, static_cast<unsigned char>('='));
  const auto size = base64_decode({reinterpret_cast<const char*>(padded.data()), text.size() + lacking}, bytes);
  result<secret> key = size && form.has_size(*size) ? result<secret>{secret{std::span{bytes}.first(*size)}}
                                                    : result<secret>{fault_of_svix_base64(text, form, size)};
  wipe(padded);
  wipe(bytes);
  return key;
}

/// The key; ASCII white space around its text is cut off. `empty_secret`, or `malformed_secret` whose `where` says what is
/// wrong: another kind of key first of all, since a public key that is taken for a secret is known to everybody.
[[nodiscard]] inline result<secret> svix_key(std::string_view text, const svix_key_form& form) {
  struct kind {
    std::string_view prefix;
    std::string_view what;
  };
  constexpr std::array<kind, 3> kinds{{{"whsec_", "a shared secret (HMAC)"},
                                       {"whpk_", "a public key (ed25519)"},
                                       {"whsk_", "a signing key (ed25519)"}}};
  constexpr std::string_view white_space = " \t\n\v\f\r";
  const auto quoted = [](std::string_view name) { return '"' + std::string{name} + '"'; };
  text = text.substr(0, text.find_last_not_of(white_space) + 1);
  if (!text.empty()) text.remove_prefix(text.find_first_not_of(white_space));
  if (auto fault = fault_of_secret(text)) return *std::move(fault);
  if (text.starts_with(form.version) && text.substr(form.version.size()).starts_with(','))
    return bad_secret("it starts with \"" + std::string{form.version} + ",\": give it from " + quoted(form.prefix) +
                      " on");
  for (const kind& other : kinds) {
    if (other.prefix != form.prefix && text.starts_with(other.prefix))
      return bad_secret(quoted(other.prefix).append(" is ").append(other.what).append("; ").append(form.needed_by) +
                        " needs " + quoted(form.prefix));
  }
  if (text.starts_with("wbk-")) return bad_secret("\"wbk-\" is the id of the webhook, not its secret");
  if (text.find_first_of("\"'") != text.npos) return bad_secret("it has quotes; give what stands between them");
  if (text.find('\\') != text.npos)
    return bad_secret("it has a back-slash, as a secret copied from a Markdown page; write " + quoted(form.prefix) +
                      " without it");
  const bool prefixed = text.starts_with(form.prefix);
  if (!prefixed && !form.prefix_optional)
    return bad_secret("it does not begin with " + quoted(form.prefix) + ", as the sender's dashboard shows it");
  if (prefixed) text.remove_prefix(form.prefix.size());
  if (text.empty()) return error{errc::empty_secret, "nothing stands behind " + quoted(form.prefix)};
  if (text.starts_with(form.prefix)) return bad_secret("the prefix " + quoted(form.prefix) + " stands twice");
  if (text.find_first_of("-_") != text.npos)
    return bad_secret("it has \"-\" or \"_\", the URL-safe alphabet; standard base64 has \"+\" and \"/\"");
  return decode_svix_key(text, form);
}

}  // namespace sello::inline v0::detail
