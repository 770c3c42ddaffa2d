// SPDX-License-Identifier: MIT
// The three headers of Svix and of Standard Webhooks: the id, the time, and signatures of the version that is asked for.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include <sello/base/timestamp.hpp>
#include <sello/verify/scheme.hpp>

namespace sello::inline v0::detail {

/// `svix-id`, `svix-timestamp`, `svix-signature`, or the same with `webhook-`. `Version` says which signatures count:
/// - `name`: as the list of signatures names them, `v1`;
/// - `add(claim, text)`: adds one, if it has their form. False: the claim has as many of them as are looked at.
/// - `any(claim)`: whether there is one.
template <class Version>
class svix_headers {
 public:
  using names = std::array<std::string_view, 3>;
  static constexpr names svix_names{"svix-id", "svix-timestamp", "svix-signature"};
  static constexpr names webhook_names{"webhook-id", "webhook-timestamp", "webhook-signature"};

  /// One whole family is read, never a mix; `svix-*` wins where it is complete.
  [[nodiscard]] static result<claim, refusal> read(const header_view& headers) {
    const auto svix = headers.lines(svix_names);
    auto read = read_family(headers, svix, svix_names);
    if (!read && read.error().code == errc::missing_header) read = read_webhook_family(headers, svix, read.error());
    return read;
  }

  /// The signed bytes before the body: `<id>.<timestamp>.`.
  [[nodiscard]] static std::string signed_prefix(const message& sent) {
    return std::string{sent.id} + '.' + unix_seconds(sent) + '.';
  }

  /// The header lines of one signature.
  [[nodiscard]] static header_list write(const names& called, const message& sent, std::string_view signature) {
    return {{std::string{called[at_id]}, std::string{sent.id}},
            {std::string{called[at_timestamp]}, unix_seconds(sent)},
            {std::string{called[at_signature]}, std::string{Version::name} + ',' + std::string{signature}}};
  }

 private:
  static constexpr std::size_t at_id = 0;
  static constexpr std::size_t at_timestamp = 1;
  static constexpr std::size_t at_signature = 2;
  using family = std::array<header_lines, 3>;

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
    if (!Version::any(read)) return refusal{errc::malformed_signature, called[at_signature]};
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

  /// The signatures of a list that comes in lines. A version names the next piece; what is not named as ours, or is no
  /// signature, is skipped.
  struct signature_list {
    claim& read;
    std::size_t named = 0;
    bool within = true;  // there are not more of ours than are looked at
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
      if (!version.empty() && ++named <= claim::max_signatures && version == Version::name)
        within = Version::add(read, piece) && within;
      version = {};
    }
  };

  /// Whether the last piece of a line is our version, whose value is in another line.
  [[nodiscard]] static constexpr bool ends_in_version(std::string_view line) noexcept {
    while (!line.empty() && separates(line.back())) line.remove_suffix(1);
    if (!line.ends_with(Version::name)) return false;
    return line.size() == Version::name.size() || separates(line[line.size() - Version::name.size() - 1]);
  }

  /// In every line of the header. Where another line ends in our version, a line may begin with its value, before or
  /// behind it: not every server keeps the order of lines. False where there are more signatures, or more text, than is
  /// looked at.
  [[nodiscard]] static bool read_signatures(const header_view& headers, const header_lines& lines,
                                            std::string_view name, claim& read) {
    if (!lines.within()) return false;
    signature_list list{read};
    if (lines.count() == 1) {
      list.add(lines.first());
    } else {
      std::size_t cut = 0;
      headers.each(name, [&](std::string_view line) { cut += ends_in_version(line) ? 1U : 0U; });
      headers.each(name, [&](std::string_view line) {
        list.version = cut > (ends_in_version(line) ? 1U : 0U) ? Version::name : "";
        list.add(line);
      });
    }
    return list.within && list.named <= claim::max_signatures;
  }

  [[nodiscard]] static std::string unix_seconds(const message& sent) {
    return std::to_string(std::chrono::floor<std::chrono::seconds>(sent.sent_at).time_since_epoch().count());
  }
};

}  // namespace sello::inline v0::detail
