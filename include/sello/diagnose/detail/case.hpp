// SPDX-License-Identifier: MIT
// What is diagnosed: the headers as lines of one's own, within bounds, and how a secret or a header is called.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <sello/base/printable.hpp>
#include <sello/diagnose/options.hpp>
#include <sello/verify/headers.hpp>
#include <sello/verify/scheme.hpp>

namespace sello::inline v0::detail::diagnosis {

/// A delivery and what is known of it.
struct question {
  header_list lines{};
  std::string_view body{};
  std::vector<named_secret> secrets{};
  diagnose_options options{};
};

inline constexpr std::size_t most_lines = 256;
inline constexpr std::size_t longest_name = 256;
inline constexpr std::size_t longest_value = 2 * header_lines::max_size;  // too long for a verifier, too

inline constexpr std::array<std::string_view, 2> families{"svix-", "webhook-"};

/// A function that is asked for headers does not say which there are.
inline constexpr std::array<std::string_view, 32> asked_names{"svix-id",
                                                              "svix-timestamp",
                                                              "svix-signature",
                                                              "webhook-id",
                                                              "webhook-timestamp",
                                                              "webhook-signature",
                                                              "x-svix-id",
                                                              "x-svix-timestamp",
                                                              "x-svix-signature",
                                                              "x-original-svix-id",
                                                              "x-original-svix-timestamp",
                                                              "x-original-svix-signature",
                                                              "x-original-webhook-id",
                                                              "x-original-webhook-timestamp",
                                                              "x-original-webhook-signature",
                                                              "x-original-x-webhook-signature",
                                                              "x-webhook-signature",
                                                              "x-webhook-timestamp",
                                                              "x-webhook-id",
                                                              "x-signature",
                                                              "x-signature-256",
                                                              "x-hub-signature-256",
                                                              "x-hmac-signature",
                                                              "x-timestamp",
                                                              "x-request-timestamp",
                                                              "x-request-id",
                                                              "stripe-signature",
                                                              "signature",
                                                              "date",
                                                              "content-length",
                                                              "content-encoding",
                                                              "content-type"};

/// Keeps the header lines, the longest of them cut.
template <header_source H>
[[nodiscard]] header_list lines_of(const H& headers, std::string_view signature_header) {
  header_list lines;
  const auto add = [&](std::string_view name, std::string_view value) {
    if (lines.size() < most_lines) lines.emplace_back(name.substr(0, longest_name), value.substr(0, longest_value));
  };
  if constexpr (header_lookup<H>) {
    const auto ask = [&](std::string_view name) {
      if (const std::optional<std::string_view> value = headers(name)) add(name, *value);
    };
    for (const std::string_view name : asked_names) ask(name);
    if (std::none_of(asked_names.begin(), asked_names.end(),
                     [&](std::string_view name) { return same_header_name(name, signature_header); }))
      ask(signature_header);
  } else {
    for (auto&& line : headers) add(view_of(std::get<0>(line)), view_of(std::get<1>(line)));
  }
  return lines;
}

/// Whether a text can be written out: it shares no eight characters in a row with a secret, or all of a shorter one, and is
/// too short to hold a MAC. What is called as senders and proxies call it can be.
[[nodiscard]] inline bool can_be_said(const question& of, std::string_view text) {
  constexpr std::size_t longest = 40;
  const auto shares = [text](const named_secret& each) {
    constexpr std::size_t shortest_secret = 4;
    constexpr std::size_t longest_part = 8;
    const std::size_t size = std::min(each.text().size(), longest_part);
    if (size < shortest_secret) return false;
    for (std::size_t at = 0; at + size <= text.size(); ++at) {
      if (each.text().find(text.substr(at, size)) != text.npos) return true;
    }
    return false;
  };
  const auto usual = [text](std::string_view name) { return same_header_name(name, text); };
  if (std::any_of(asked_names.begin(), asked_names.end(), usual)) return true;
  return text.size() <= longest && std::none_of(of.secrets.begin(), of.secrets.end(), shares);
}

/// `secret 2 of 3, "previous"`.
[[nodiscard]] inline std::string name_of_secret(const question& of, std::size_t index) {
  std::string text = "secret " + std::to_string(index + 1) + " of " + std::to_string(of.secrets.size());
  const std::string_view name = of.secrets[index].name();
  if (!name.empty() && can_be_said(of, name)) text.append(", \"").append(printable(name)).append("\"");
  return text;
}

/// A header's name, which is a stranger's text.
[[nodiscard]] inline std::string name_of_header(const question& of, std::string_view name) {
  return can_be_said(of, name) ? printable(name) : "a header with another name";
}

}  // namespace sello::inline v0::detail::diagnosis
