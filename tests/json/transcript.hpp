// SPDX-License-Identifier: MIT
// What two tokenisers say of one text, to the last position.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include <sello/decode/tokens.hpp>
#include <sello/json/simdjson.hpp>

/// Writes down all that it is told, and says stop after some tokens.
class transcript final : public sello::detail::token_sink {
 public:
  explicit transcript(std::size_t patience) noexcept : patience_{patience} {}

  bool null() override { return say("null", {}, {}); }
  bool boolean(bool value) override { return say(value ? "true" : "false", {}, {}); }
  bool number(std::string_view sent) override { return say("number", sent, {}); }
  bool string(std::string_view text, std::string_view sent) override { return say("string", text, sent); }
  bool key(std::string_view text, std::string_view sent) override { return say("key", text, sent); }
  bool begin(bool array, std::size_t at) override { return say(array ? "array" : "object", std::to_string(at), {}); }
  bool end(std::size_t behind) override { return say("end", std::to_string(behind), {}); }

  [[nodiscard]] const std::string& said() const noexcept { return said_; }

 private:
  bool say(std::string_view what, std::string_view text, std::string_view sent) {
    for (const std::string_view part : {what, text, sent}) said_.append(part).push_back('\n');
    return patience_ == 0 || --patience_ > 0;
  }

  std::size_t patience_;  // 0: endless
  std::string said_{};
};

[[nodiscard]] inline std::string tokens_of(sello::detail::tokeniser read, std::string_view text,
                                           std::size_t patience = 0) {
  transcript heard{patience};
  const auto how = read(text, heard);
  return heard.said() + std::to_string(static_cast<int>(how));
}

/// Whether both say the same, also where the sink stops them.
[[nodiscard]] inline bool say_the_same(std::string_view text) {
  constexpr sello::detail::tokeniser one = &sello::detail::read_tokens<nlohmann::json>;
  constexpr sello::detail::tokeniser other = &sello::simdjson_tokens_t::read<nlohmann::json>;
  for (const std::size_t patience : {0U, 1U, 2U, 7U}) {
    if (tokens_of(one, text, patience) != tokens_of(other, text, patience)) return false;
  }
  return true;
}
