// SPDX-License-Identifier: MIT
// The order in which the senders' pages show the keys of their bodies, and how a body is brought back to it.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <sello/diagnose/detail/json_tokens.hpp>

namespace sello::inline v0::detail::diagnosis {

/// The keys on top, and those of all that is inside.
struct key_order {
  std::span<const std::string_view> on_top{};
  std::span<const std::string_view> inside{};
};

/// Sources: Kuenta's page "Webhooks", "Estructura del payload"; Akua's page, "Evento de Ejemplo"; Gu1's page, "Campos Comunes
/// del Payload", and its newest samples, whose payload is the validation's row; Standard Webhooks, "Payload structure".
inline constexpr std::array<std::string_view, 3> kuenta_keys{"event", "data", "timestamp"};
inline constexpr std::array<std::string_view, 6> kuenta_inside{"id",       "amount", "term",
                                                               "termUnit", "status", "createdAt"};
inline constexpr std::array<std::string_view, 2> akua_keys{"type", "data"};
inline constexpr std::array<std::string_view, 10> akua_inside{
    "instrument_id", "payment_id", "transaction_id", "trace_id", "error_code",
    "error_type",    "message",    "merchant_id",    "name",     "organization_id"};
inline constexpr std::array<std::string_view, 4> gu1_keys{"event", "timestamp", "organizationId", "payload"};
inline constexpr std::array<std::string_view, 13> gu1_inside{
    "validationId", "entityId",      "entity",         "id",       "externalId", "name", "type", "status",
    "verifiedAt",   "extractedData", "verifiedFields", "warnings", "decision"};
inline constexpr std::array<std::string_view, 15> gu1_row{
    "id",       "entityId", "organizationId",      "status",   "decision",  "extractedData", "verifiedFields",
    "warnings", "metadata", "validationSessionId", "provider", "expiresAt", "verifiedAt",    "createdAt",
    "updatedAt"};
inline constexpr std::array<std::string_view, 3> standard_keys{"type", "timestamp", "data"};
inline constexpr std::array<key_order, 5> documented_orders{{{kuenta_keys, kuenta_inside},
                                                             {akua_keys, akua_inside},
                                                             {gu1_keys, gu1_inside},
                                                             {gu1_keys, gu1_row},
                                                             {standard_keys, {}}}};

/// Brings the members of each object into an order; those that it does not name stay behind, as they were.
class key_sorter {
 public:
  /// Nothing if that changes nothing.
  [[nodiscard]] static std::optional<std::vector<json_token>> sort(std::span<const json_token> tokens,
                                                                   const key_order& order, bool all_levels) {
    key_sorter sorter{tokens, order, all_levels};
    sorter.sorted_.reserve(tokens.size());
    sorter.copy_value(0, 0);
    if (!sorter.changed_) return std::nullopt;
    return std::move(sorter.sorted_);
  }

 private:
  struct member {
    std::size_t rank;
    std::size_t at;  // its key
  };

  key_sorter(std::span<const json_token> tokens, const key_order& order, bool all_levels)
      : tokens_{tokens}, order_{order}, all_levels_{all_levels} {}

  /// Copies a value; gives the place behind it. As deep as the text, which is bounded.
  std::size_t copy_value(std::size_t at, std::size_t depth) {  // NOLINT(misc-no-recursion): no deeper than max_depth
    const json_token& first = tokens_[at];
    sorted_.push_back(first);
    ++at;
    if (first.is != json_token::kind::open) return at;
    if (first.spelled == "[") {
      while (tokens_[at].is != json_token::kind::close) at = copy_value(at, depth + 1);
    } else {
      at = copy_members(at, depth);
    }
    sorted_.push_back(tokens_[at]);
    return at + 1;
  }

  std::size_t copy_members(std::size_t at, std::size_t depth) {  // NOLINT(misc-no-recursion): as above
    std::vector<member> members;
    while (tokens_[at].is != json_token::kind::close) {
      members.push_back({rank(tokens_[at].spelled, depth), at});
      at = behind_value(at + 1);
    }
    const auto by_rank = [](const member& a, const member& b) {
      return std::pair{a.rank, a.at} < std::pair{b.rank, b.at};
    };
    if (depth == 0 || all_levels_) {
      changed_ = changed_ || !std::is_sorted(members.begin(), members.end(), by_rank);
      std::sort(members.begin(), members.end(), by_rank);
    }
    for (const member& each : members) {
      sorted_.push_back(tokens_[each.at]);
      copy_value(each.at + 1, depth + 1);
    }
    return at;
  }

  /// The place behind the value that begins there.
  [[nodiscard]] std::size_t behind_value(std::size_t at) const {
    std::size_t depth = 0;
    do {
      const auto is = tokens_[at].is;
      if (is == json_token::kind::open) ++depth;
      if (is == json_token::kind::close) --depth;
      ++at;
    } while (depth != 0);
    return at;
  }

  [[nodiscard]] std::size_t rank(std::string_view quoted, std::size_t depth) const {
    const auto keys = depth == 0 ? order_.on_top : order_.inside;
    const std::string_view key = quoted.substr(1, quoted.size() - 2);
    const auto found = std::find(keys.begin(), keys.end(), key);
    return static_cast<std::size_t>(found - keys.begin());
  }

  std::span<const json_token> tokens_;
  const key_order& order_;
  bool all_levels_;
  std::vector<json_token> sorted_{};
  bool changed_ = false;
};

}  // namespace sello::inline v0::detail::diagnosis
