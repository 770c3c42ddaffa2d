// SPDX-License-Identifier: MIT
// Svix and Standard Webhooks, version v1 (HMAC-SHA256): Akua's scheme.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <sello/base/timestamp.hpp>
#include <sello/verify/scheme.hpp>

namespace sello::inline v0 {

/// `svix-id`, `svix-timestamp`, `svix-signature`, or the same with `webhook-`. The signed bytes are
/// `<id>.<timestamp>.<body>`, so a delivery has a proven id, equal across retries, and a proven time.
/// Sources: Svix, "Verifying webhooks manually"; the Standard Webhooks specification, "Signature scheme".
struct svix_v1 {
  static constexpr bool signs_id = true;
  static constexpr bool signs_time = true;

  /// How far the signed time may lie from now, both ways and inclusive.
  std::chrono::seconds tolerance{300};

  /// One whole family of headers is read, never a mix; `svix-*` wins where it is complete. `missing_header`,
  /// `malformed_header` (an id with a dot, more than 16 signatures, over 8 KiB), `malformed_timestamp` or
  /// `malformed_signature` (no `v1` value of the form of a signature), at the header.
  [[nodiscard]] result<claim, refusal> read(const header_view& headers) const {
    auto read = read_family(headers, svix_names);
    if (read || read.error().code != errc::missing_header) return read;
    auto other = read_family(headers, webhook_names);
    if (other || other.error().code != errc::missing_header) return other;
    return has_any(headers, svix_names) || !has_any(headers, webhook_names) ? read : other;
  }

  /// Standard base64 of at least 16 bytes after one optional `whsec_`, with or without its padding; ASCII white space around
  /// it is cut off. `empty_secret` or `malformed_secret`, whose `where` says what is wrong.
  [[nodiscard]] static result<secret> key(std::string_view text) {
    using detail::bad_secret;
    constexpr std::string_view prefix = "whsec_";
    constexpr std::string_view white_space = " \t\n\v\f\r";
    text = text.substr(0, text.find_last_not_of(white_space) + 1);
    if (!text.empty()) text.remove_prefix(text.find_first_not_of(white_space));
    if (auto fault = detail::fault_of_secret(text)) return *std::move(fault);
    if (text.starts_with("v1,")) return bad_secret("it starts with \"v1,\": give it from \"whsec_\" on");
    if (text.starts_with("whpk_"))
      return bad_secret("\"whpk_\" is a public key (ed25519); this scheme needs \"whsec_\"");
    if (text.starts_with("whsk_"))
      return bad_secret("\"whsk_\" is a signing key (ed25519); this scheme needs \"whsec_\"");
    if (text.starts_with("wbk-")) return bad_secret("\"wbk-\" is the id of the webhook, not its secret");
    if (text.find_first_of("\"'") != text.npos) return bad_secret("it has quotes; give what stands between them");
    if (text.find('\\') != text.npos)
      return bad_secret("it has a back-slash, as a secret copied from a Markdown page; write \"whsec_\" without it");
    if (text.starts_with(prefix)) text.remove_prefix(prefix.size());
    if (text.empty()) return error{errc::empty_secret, "nothing stands behind \"whsec_\""};
    if (text.starts_with(prefix)) return bad_secret("the prefix \"whsec_\" stands twice");
    if (text.find_first_of("-_") != text.npos)
      return bad_secret("it has \"-\" or \"_\", the URL-safe alphabet; standard base64 has \"+\" and \"/\"");
    return decode(text);
  }

  [[nodiscard]] std::string signed_prefix(const message& sent) const {
    return std::string{sent.id} + '.' + unix_seconds(sent) + '.';
  }
  [[nodiscard]] header_list write(const message& sent, const mac& code) const {
    std::array<unsigned char, detail::base64_encoded_size(std::tuple_size_v<mac>) + 1> text{};
    detail::base64_encode(code, text.data());
    return {{std::string{svix_names.id}, std::string{sent.id}},
            {std::string{svix_names.timestamp}, unix_seconds(sent)},
            {std::string{svix_names.signature}, std::string{"v1,"} + reinterpret_cast<const char*>(text.data())}};
  }

 private:
  struct names {
    std::string_view id;
    std::string_view timestamp;
    std::string_view signature;
  };
  static constexpr names svix_names{"svix-id", "svix-timestamp", "svix-signature"};
  static constexpr names webhook_names{"webhook-id", "webhook-timestamp", "webhook-signature"};

  /// Whether a header of that name has a value.
  [[nodiscard]] static bool has(const header_view& headers, std::string_view name) {
    bool found = false;
    headers.each(name, [&](std::string_view value) { found = found || !value.empty(); });
    return found;
  }

  [[nodiscard]] static bool has_any(const header_view& headers, const names& family) {
    return has(headers, family.id) || has(headers, family.timestamp) || has(headers, family.signature);
  }

  [[nodiscard]] static result<claim, refusal> read_family(const header_view& headers, const names& family) {
    for (const std::string_view name : {family.id, family.timestamp, family.signature}) {
      if (!has(headers, name)) return refusal{errc::missing_header, name};
    }
    const auto id = headers.one(family.id);
    if (!id) return id.error();
    // A dot in the id would let the boundary between id, timestamp and body be moved.
    if (id->find('.') != id->npos) return refusal{errc::malformed_header, family.id};
    const auto time = headers.one(family.timestamp);
    if (!time) return time.error();

    claim read;
    read.signature_header = family.signature;
    read.timestamp_header = family.timestamp;
    read.message_id = *id;
    constexpr std::size_t most_digits = 11;  // more are milliseconds
    if (time->size() <= most_digits) read.sent_at = parse_unix_seconds(*time);
    if (!read.sent_at) return refusal{errc::malformed_timestamp, family.timestamp};
    for (const std::string_view part : {*id, std::string_view{"."}, *time, std::string_view{"."}}) read.signs(part);
    if (!read_signatures(headers, family.signature, read)) return refusal{errc::malformed_header, family.signature};
    if (read.signatures().empty()) return refusal{errc::malformed_signature, family.signature};
    return read;
  }

  /// `v`, digits, at most one small letter.
  [[nodiscard]] static constexpr bool is_version(std::string_view piece) noexcept {
    if (!piece.starts_with('v')) return false;
    piece.remove_prefix(1);
    const auto end = piece.find_first_not_of("0123456789");
    if (end == piece.npos) return !piece.empty();
    return end > 0 && end + 1 == piece.size() && piece[end] >= 'a' && piece[end] <= 'z';
  }

  static constexpr std::string_view separators = " \t,";

  /// Whether the last piece of a line is `v1`, whose value is in another line.
  [[nodiscard]] static constexpr bool ends_in_v1(std::string_view line) noexcept {
    line = line.substr(0, line.find_last_not_of(separators) + 1);
    return line.substr(line.find_last_of(separators) + 1) == "v1";
  }

  /// The pieces between spaces, tabs and commas, in every line of the header: proxies and frameworks write the list in all
  /// these forms. A version names the next piece; what is not named `v1`, or is no signature, is skipped. Where another line
  /// ends in `v1`, a line may begin with its value, before or behind it: not every server keeps the order of lines. False
  /// where there are more signatures, or more text, than is looked at.
  [[nodiscard]] static bool read_signatures(const header_view& headers, std::string_view name, claim& read) {
    std::size_t cut = 0;
    if (!headers.each_bounded(name, [&](std::string_view line) { cut += ends_in_v1(line) ? 1U : 0U; })) return false;
    std::size_t named = 0;
    headers.each(name, [&](std::string_view line) {
      std::string_view version = cut > (ends_in_v1(line) ? 1U : 0U) ? "v1" : "";
      for (auto at = line.find_first_not_of(separators); at != line.npos; at = line.find_first_not_of(separators)) {
        line.remove_prefix(at);
        const std::string_view piece = line.substr(0, line.find_first_of(separators));
        line.remove_prefix(piece.size());
        if (is_version(piece)) {
          version = piece;
          continue;
        }
        if (!version.empty() && ++named <= claim::max_signatures && version == "v1")
          static_cast<void>(read.add_base64(piece));
        version = {};
      }
    });
    return named <= claim::max_signatures;
  }

  [[nodiscard]] static result<secret> decode(std::string_view text) {
    constexpr std::size_t shortest = 16;
    std::array<unsigned char, detail::base64_max_size> padded{};
    std::array<unsigned char, detail::base64_max_size> bytes{};
    if (text.size() + 3 > padded.size()) return detail::bad_secret("it is longer than any secret of this scheme");
    const std::size_t lacking = text.find('=') == text.npos ? (4 - text.size() % 4) % 4 : 0;
    std::fill_n(std::copy(text.begin(), text.end(), padded.begin()), lacking, static_cast<unsigned char>('='));
    const auto size =
        detail::base64_decode({reinterpret_cast<const char*>(padded.data()), text.size() + lacking}, bytes);
    result<secret> key = size && *size >= shortest ? result<secret>{secret{std::span{bytes}.first(*size)}}
                                                   : result<secret>{fault_of_base64(text, size)};
    wipe(padded);
    wipe(bytes);
    return key;
  }

  [[nodiscard]] static error fault_of_base64(std::string_view text, std::optional<std::size_t> size) {
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";
    if (size)
      return detail::bad_secret("it decodes to " + std::to_string(*size) +
                                " bytes, and needs 16 or more (Standard Webhooks: 24 to 64)");
    if (text.find_first_not_of(alphabet) == text.npos)
      return detail::bad_secret("it is cut: as base64 a character is missing, or one is too many");
    return detail::bad_secret("it is not standard base64; is it a secret of another sender?");
  }

  [[nodiscard]] static std::string unix_seconds(const message& sent) {
    return std::to_string(std::chrono::floor<std::chrono::seconds>(sent.sent_at).time_since_epoch().count());
  }
};

}  // namespace sello::inline v0
