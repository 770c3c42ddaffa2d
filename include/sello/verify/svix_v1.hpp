// SPDX-License-Identifier: MIT
// Svix and Standard Webhooks, version v1 (HMAC-SHA256): Akua's scheme.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
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
  /// `malformed_header` (an id with a dot, more than 16 signatures, over 8 KiB) or `malformed_timestamp`, at the header.
  [[nodiscard]] result<claim, refusal> read(const header_view& headers) const {
    auto read = read_family(headers, svix_names);
    if (read || read.error().code != errc::missing_header) return read;
    auto other = read_family(headers, webhook_names);
    if (other || other.error().code != errc::missing_header) return other;
    return has_any(headers, svix_names) || !has_any(headers, webhook_names) ? read : other;
  }

  /// Standard base64 after one optional `whsec_`, with or without its padding; ASCII white space around it is cut off.
  /// `empty_secret` or `malformed_secret`, whose `where` says what is wrong.
  [[nodiscard]] static result<secret> key(std::string_view text) {
    constexpr std::string_view prefix = "whsec_";
    constexpr std::string_view white_space = " \t\n\v\f\r";
    const auto first = text.find_first_not_of(white_space);
    if (first == text.npos) return error{errc::empty_secret, {}};
    text = text.substr(first, text.find_last_not_of(white_space) - first + 1);
    if (text.starts_with("v1,")) return malformed("it starts with \"v1,\": give it from \"whsec_\" on");
    if (text.starts_with("whpk_"))
      return malformed("\"whpk_\" is a public key (ed25519); this scheme needs \"whsec_\"");
    if (text.starts_with("whsk_"))
      return malformed("\"whsk_\" is a signing key (ed25519); this scheme needs \"whsec_\"");
    if (text.starts_with("wbk-")) return malformed("\"wbk-\" is the id of the webhook, not its secret");
    if (text.find_first_of("\"'") != text.npos) return malformed("it has quotes; give what stands between them");
    if (text.find('\\') != text.npos)
      return malformed("it has a back-slash, as a secret copied from a Markdown page; write \"whsec_\" without it");
    if (text.starts_with(prefix)) text.remove_prefix(prefix.size());
    if (text.empty()) return error{errc::empty_secret, "nothing stands behind \"whsec_\""};
    if (text.starts_with(prefix)) return malformed("the prefix \"whsec_\" stands twice");
    if (text.find_first_of("-_") != text.npos)
      return malformed("it has \"-\" or \"_\", the URL-safe alphabet; standard base64 has \"+\" and \"/\"");
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
    read.sent_at = parse_unix_seconds(*time);
    if (!read.sent_at) return refusal{errc::malformed_timestamp, family.timestamp};
    for (const std::string_view part : {*id, std::string_view{"."}, *time, std::string_view{"."}}) read.signs(part);
    if (!read_signatures(headers, family.signature, read)) return refusal{errc::malformed_header, family.signature};
    return read;
  }

  /// Tokens between spaces, in every line of the header. A token that is no `v1` signature is skipped: it may be of a
  /// newer version. False where there are more tokens, or more text, than is looked at.
  [[nodiscard]] static bool read_signatures(const header_view& headers, std::string_view name, claim& read) {
    std::size_t tokens = 0;
    std::size_t size = 0;
    headers.each(name, [&](std::string_view line) {
      size += line.size();
      while (size <= header_view::max_header_size && tokens <= claim::max_signatures) {
        const auto start = line.find_first_not_of(' ');
        if (start == line.npos) break;
        line.remove_prefix(start);
        std::string_view token = line.substr(0, line.find(' '));
        line.remove_prefix(token.size());
        ++tokens;
        if (token.ends_with(',')) token.remove_suffix(1);  // from header lines that were joined with ", "
        if (token.starts_with("v1,")) static_cast<void>(read.add_base64(token.substr(3)));
      }
    });
    return size <= header_view::max_header_size && tokens <= claim::max_signatures;
  }

  [[nodiscard]] static error malformed(std::string_view why) { return {errc::malformed_secret, std::string{why}}; }

  [[nodiscard]] static result<secret> decode(std::string_view text) {
    std::array<unsigned char, detail::base64_max_size> padded{};
    std::array<unsigned char, detail::base64_max_size> bytes{};
    if (text.size() + 3 > padded.size()) return malformed("it is longer than any secret of this scheme");
    const std::size_t lacking = text.find('=') == text.npos ? (4 - text.size() % 4) % 4 : 0;
    std::fill_n(std::copy(text.begin(), text.end(), padded.begin()), lacking, static_cast<unsigned char>('='));
    const auto size =
        detail::base64_decode({reinterpret_cast<const char*>(padded.data()), text.size() + lacking}, bytes);
    result<secret> key =
        size ? result<secret>{secret{std::span{bytes}.first(*size)}}
             : result<secret>{malformed("it is not standard base64; is it a secret of another sender?")};
    wipe(padded);
    wipe(bytes);
    return key;
  }

  [[nodiscard]] static std::string unix_seconds(const message& sent) {
    return std::to_string(std::chrono::floor<std::chrono::seconds>(sent.sent_at).time_since_epoch().count());
  }
};

}  // namespace sello::inline v0
