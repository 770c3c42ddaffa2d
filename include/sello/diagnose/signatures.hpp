// SPDX-License-Identifier: MIT
// Whatever in the headers has the form of a signature, in which header and in which encoding.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sello/diagnose/coding.hpp>
#include <sello/diagnose/finding.hpp>
#include <sello/verify/encoding.hpp>
#include <sello/verify/headers.hpp>
#include <sello/verify/hmac.hpp>
#include <sello/verify/scheme.hpp>

namespace sello::inline v0::detail {

/// The ways to sign that are tried: what is signed before the body.
enum class signing : std::uint8_t { svix, plain, time_dot, v0_time };

/// A signature and where it stood.
template <class Code>
struct seen_signature {
  Code code{};
  std::string_view header{};  ///< its name
  std::string_view label{};   ///< what stands before it: `v1`, `sha256`
  enum class form : std::uint8_t { hex, base64, other_base64 } written = form::hex;
};

[[nodiscard]] inline bool is_svix_name(std::string_view header, std::string_view part) noexcept {
  for (const std::string_view family : {"svix-", "webhook-"}) {
    if (header.size() == family.size() + part.size() && same_header_name(header.substr(0, family.size()), family) &&
        same_header_name(header.substr(family.size()), part))
      return true;
  }
  return false;
}

/// The signatures of all headers, with bounds on how many are taken. It points into the headers.
class seen_signatures {
 public:
  static constexpr std::size_t most = 32;

  explicit seen_signatures(const header_list& headers) {
    for (const auto& [name, value] : headers) read(name, value);
  }

  [[nodiscard]] const std::vector<seen_signature<mac>>& macs() const noexcept { return macs_; }
  [[nodiscard]] const std::vector<mac>& codes() const noexcept { return codes_; }
  [[nodiscard]] const std::vector<seen_signature<ed25519_signature>>& ed25519() const noexcept { return ed25519_; }
  [[nodiscard]] bool empty() const noexcept { return macs_.empty() && ed25519_.empty(); }

 private:
  /// The pieces between blanks, commas, semicolons and quotes; a short one names the next.
  void read(std::string_view name, std::string_view value) {
    constexpr std::string_view between = " \t,;\"'";
    std::string_view label;
    while (!value.empty()) {
      const auto end = std::min(value.find_first_of(between), value.size());
      const std::string_view piece = value.substr(0, end);
      value.remove_prefix(std::min(end + 1, value.size()));
      if (piece.empty()) continue;
      const auto sign = piece.find_first_of("=:");
      const bool added = add(name, label, piece) || (sign < longest_label && sign + 1 < piece.size() &&
                                                     add(name, piece.substr(0, sign), piece.substr(sign + 1)));
      label = added || piece.size() > longest_label ? std::string_view{} : piece;
    }
  }

  bool add(std::string_view header, std::string_view label, std::string_view text) {
    const std::string plain = form_decode(text, false);
    return add_to(macs_, codes_, header, label, plain) || add_to(ed25519_, codes64_, header, label, plain);
  }

  template <class Code>
  static bool add_to(std::vector<seen_signature<Code>>& all, std::vector<Code>& codes, std::string_view header,
                     std::string_view label, std::string_view text) {
    using seen = seen_signature<Code>;
    constexpr std::size_t size = std::tuple_size_v<Code>;
    if (all.size() == most || text.size() > 2 * size) return false;
    seen found{{}, header, label, seen::form::hex};
    if (const auto hex = hex_decode<size>(text)) {
      found.code = *hex;
    } else if (const auto strict = base64_decode<size>(text)) {
      found.code = *strict;
      found.written = seen::form::base64;
    } else {
      const auto loose = loose_base64_decode(text);
      if (!loose || loose->size() != size) return false;
      std::transform(loose->begin(), loose->end(), found.code.begin(),
                     [](char c) { return static_cast<unsigned char>(c); });
      found.written = seen::form::other_base64;
    }
    all.push_back(found);
    codes.push_back(found.code);
    return true;
  }

  static constexpr std::size_t longest_label = 16;

  std::vector<seen_signature<mac>> macs_{};
  std::vector<mac> codes_{};
  std::vector<seen_signature<ed25519_signature>> ed25519_{};
  std::vector<ed25519_signature> codes64_{};
};

/// A header's name as a part of a sentence. A name that could hide a secret or a signature is not said.
[[nodiscard]] inline std::string said_name(std::string_view header) {
  const bool known =
      header.size() <= 40 && std::all_of(header.begin(), header.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
      });
  return known && !header.empty() ? std::string{header} : std::string{"another header"};
}

/// What is unusual in how a right signature is written. `expected`: the header it should stand in.
template <class Code>
[[nodiscard]] deviations deviations_of(const seen_signature<Code>& seen, signing how, std::string_view expected) {
  using form = typename seen_signature<Code>::form;
  deviations all;
  const bool svix = how == signing::svix;
  if (!svix && how != signing::plain) return all;
  constexpr bool is_public = std::tuple_size_v<Code> != std::tuple_size_v<mac>;
  const std::string_view version = is_public ? "v1a" : "v1";
  if (seen.written != (svix ? form::base64 : form::hex))
    all.push_back(
        {cause::signature_encoding,
         svix ? "the signature is right but not in standard base64 with its padding, as this scheme writes it: "
                "mend what writes it, or what decodes it on the way"
              : "the signature is right but in base64 where this scheme has hexadecimal digits: write a scheme of "
                "your own that reads base64, or let the sender write hexadecimal"});
  if (svix && seen.label != version)
    all.push_back(
        {cause::signature_prefix, "the signature is right but without \"" + std::string{version} +
                                      ",\" before it: let the sender write it, or give on the header as it came"});
  if (!svix && !seen.label.empty())
    all.push_back(
        {cause::signature_prefix,
         "the signature is right but has something before it, as \"sha256=\": write a scheme of your own that "
         "cuts it, or let the sender write the digits alone"});
  if (svix ? !is_svix_name(seen.header, "signature") : !same_header_name(seen.header, expected))
    all.push_back(
        {cause::header_renamed,
         "the signature stands in " + said_name(seen.header) + " and not in " + std::string{expected} +
             (svix ? ": let nothing in front of you rename it" : ": set signature_header to the name that comes")});
  return all;
}

}  // namespace sello::inline v0::detail
