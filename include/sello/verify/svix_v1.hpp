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
    const auto svix = headers.lines(svix_names);
    auto read = read_family(headers, svix, svix_names);
    if (!read && read.error().code == errc::missing_header) read = read_webhook_family(headers, svix, read.error());
    return read;
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
    return {{std::string{svix_names[at_id]}, std::string{sent.id}},
            {std::string{svix_names[at_timestamp]}, unix_seconds(sent)},
            {std::string{svix_names[at_signature]}, std::string{"v1,"} + reinterpret_cast<const char*>(text.data())}};
  }

 private:
  static constexpr std::size_t at_id = 0;
  static constexpr std::size_t at_timestamp = 1;
  static constexpr std::size_t at_signature = 2;
  using names = std::array<std::string_view, 3>;
  using family = std::array<header_lines, 3>;
  static constexpr names svix_names{"svix-id", "svix-timestamp", "svix-signature"};
  static constexpr names webhook_names{"webhook-id", "webhook-timestamp", "webhook-signature"};

  [[nodiscard]] static bool has_any(const family& of) noexcept {
    return std::any_of(of.begin(), of.end(), [](const header_lines& each) { return each.has_value(); });
  }

  /// Of the other family, where the one is not whole; if neither is, the header that is missing.
  [[nodiscard]] static result<claim, refusal> read_webhook_family(const header_view& headers, const family& svix,
                                                                  const refusal& missing) {
    const auto webhook = headers.lines(webhook_names);
    auto other = read_family(headers, webhook, webhook_names);
    if (other || other.error().code != errc::missing_header) return other;
    return has_any(svix) || !has_any(webhook) ? missing : other;
  }

  [[nodiscard]] static result<claim, refusal> read_family(const header_view& headers, const family& of,
                                                          const names& called) {
    for (std::size_t i = 0; i < of.size(); ++i) {
      if (!of[i].has_value()) return refusal{errc::missing_header, called[i]};
    }
    const auto id = of[at_id].one(called[at_id]);
    if (!id) return id.error();
    // A dot in the id would let the boundary between id, timestamp and body be moved.
    if (id->find('.') != id->npos) return refusal{errc::malformed_header, called[at_id]};
    const auto time = of[at_timestamp].one(called[at_timestamp]);
    if (!time) return time.error();

    claim read;
    read.signature_header = called[at_signature];
    read.timestamp_header = called[at_timestamp];
    read.message_id = *id;
    constexpr std::size_t most_digits = 11;  // more are milliseconds
    if (time->size() <= most_digits) read.sent_at = parse_unix_seconds(*time);
    if (!read.sent_at) return refusal{errc::malformed_timestamp, called[at_timestamp]};
    for (const std::string_view part : {*id, std::string_view{"."}, *time, std::string_view{"."}}) read.signs(part);
    if (!read_signatures(headers, of[at_signature], called[at_signature], read))
      return refusal{errc::malformed_header, called[at_signature]};
    if (read.signatures().empty()) return refusal{errc::malformed_signature, called[at_signature]};
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

  static constexpr bool separates(char c) noexcept { return c <= ',' && (c == ' ' || c == '\t' || c == ','); }

  /// The signatures of a list that comes in lines. A version names the next piece; what is not named `v1`, or is no signature,
  /// is skipped.
  struct signature_list {
    claim& read;
    std::size_t named = 0;
    std::string_view version{};

    /// The pieces between spaces, tabs and commas: proxies and frameworks write the list in all these forms.
    void add(std::string_view line) {
      for (std::size_t end = 0; end < line.size();) {
        const std::size_t begin = end;
        while (end < line.size() && !separates(line[end])) ++end;
        if (end == begin) {
          ++end;
        } else {
          add_piece(line.substr(begin, end - begin));
        }
      }
    }

    void add_piece(std::string_view piece) {
      if (is_version(piece)) {
        version = piece;
        return;
      }
      if (!version.empty() && ++named <= claim::max_signatures && version == "v1")
        static_cast<void>(read.add_base64(piece));
      version = {};
    }
  };

  /// Whether the last piece of a line is `v1`, whose value is in another line.
  [[nodiscard]] static constexpr bool ends_in_v1(std::string_view line) noexcept {
    while (!line.empty() && separates(line.back())) line.remove_suffix(1);
    return line.ends_with("v1") && (line.size() == 2 || separates(line[line.size() - 3]));
  }

  /// In every line of the header. Where another line ends in `v1`, a line may begin with its value, before or behind it: not
  /// every server keeps the order of lines. False where there are more signatures, or more text, than is looked at.
  [[nodiscard]] static bool read_signatures(const header_view& headers, const header_lines& lines,
                                            std::string_view name, claim& read) {
    if (!lines.within()) return false;
    signature_list list{read};
    if (lines.count() == 1) {
      list.add(lines.first());
    } else {
      std::size_t cut = 0;
      headers.each(name, [&](std::string_view line) { cut += ends_in_v1(line) ? 1U : 0U; });
      headers.each(name, [&](std::string_view line) {
        list.version = cut > (ends_in_v1(line) ? 1U : 0U) ? "v1" : "";
        list.add(line);
      });
    }
    return list.named <= claim::max_signatures;
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
