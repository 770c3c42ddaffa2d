// SPDX-License-Identifier: MIT
// The signatures that came, in whatever header and form.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sello/diagnose/detail/case.hpp>
#include <sello/diagnose/detail/contents.hpp>
#include <sello/diagnose/detail/deviation.hpp>
#include <sello/diagnose/detail/texts.hpp>
#include <sello/verify/ed25519.hpp>
#include <sello/verify/encoding.hpp>
#include <sello/verify/hmac.hpp>

namespace sello::inline v0::detail::diagnosis {

/// A signature that came, or its beginning.
struct code_reading {
  mac code{};
  std::size_t size = 0;  ///< how many of its bytes came
  std::optional<ed25519_signature> open{};
  readings of{};
};

/// Collects them from the headers.
class code_collector {
 public:
  explicit code_collector(const question& of) : of_{of}, own_{std::string{own_family(of.lines)} + "signature"} {
    for (const bool in_signatures : {true, false}) {  // first where they belong, for their number is bounded
      for (const auto& [name, value] : of.lines) {
        const std::string normal = normal_name(name);
        const bool named = same_header_name(name, of.options.signature_header) || normal.find("sign") != normal.npos ||
                           normal.find("hmac") != normal.npos || normal.find("digest") != normal.npos;
        if (named == in_signatures) add_line(name, value, named);
      }
    }
  }

  [[nodiscard]] const std::vector<code_reading>& all() const noexcept { return all_; }
  /// Whether a header of the family has `v1a` signatures, and no other.
  [[nodiscard]] bool only_asymmetric() const noexcept {
    return !all_.empty() &&
           std::all_of(all_.begin(), all_.end(), [](const code_reading& one) { return one.open.has_value(); });
  }

 private:
  static constexpr std::size_t most = 64;

  /// How a signature is written: as the scheme of `hex_hmac` wants it, or of Svix, or which cause it is.
  struct form {
    bool hex = false;
    std::optional<cause> fault{};  ///< altered or cut
  };

  void add_line(std::string_view name, std::string_view value, bool named) {
    constexpr std::string_view between = " \t,;";
    std::string label;
    value = trimmed(value);
    const std::string_view whole = value;
    if (named) add_with_blanks(name, value);
    while (!value.empty()) {
      const auto end = value.find_first_of(between);
      const std::string_view word = value.substr(0, end);
      value.remove_prefix(std::min(end, value.size() - 1) + 1);
      if (word.empty()) continue;
      if (!add_word(name, label, word, named, word.size() == whole.size())) {
        label = word;
      } else {
        label.clear();
      }
    }
  }

  /// A signature whose plus signs became blanks.
  void add_with_blanks(std::string_view name, std::string_view value) {
    if (value.find(' ') == value.npos) return;
    const auto comma = value.find(',');
    std::string text{value.substr(comma == value.npos ? 0 : comma + 1)};
    std::replace(text.begin(), text.end(), ' ', '+');
    if (const auto code = base64_decode<32>(text))
      add(name, comma == value.npos ? "" : value.substr(0, comma), *code, code->size(),
          {.fault = cause::signature_altered}, true);
  }

  /// A word of a header's value; false if it is no signature.
  bool add_word(std::string_view name, std::string_view label, std::string_view word, bool named, bool alone) {
    for (const char quote : {'"', '\''}) {
      if (word.size() > 2 && word.front() == quote && word.back() == quote) word = word.substr(1, word.size() - 2);
    }
    if (add_text(name, label, word, named, alone)) return true;
    const auto mark = word.find_first_of("=:");
    if (mark == word.npos || mark + 1 >= word.size() || word[mark + 1] == '=') return false;
    return add_text(name, word.substr(0, mark), word.substr(mark + 1), named, false);
  }

  bool add_text(std::string_view name, std::string_view label, std::string_view text, bool named, bool alone) {
    if (const auto code = hex_decode<32>(text)) return add(name, label, *code, code->size(), {.hex = true}, alone);
    if (const auto code = base64_decode<32>(text)) return add(name, label, *code, code->size(), {}, alone);
    if (!named) return false;
    if (const auto open = base64_decode<64>(text)) {
      const std::string bytes{open->begin(), open->end()};
      if (const auto twice = hex_decode<32>(bytes))
        return add(name, label, *twice, twice->size(), {.fault = cause::signature_altered}, alone);
      return add_open(name, label, *open);
    }
    const auto plain = form_decode(text, false);
    if (plain) text = *plain;
    if (text.starts_with("0x") || text.starts_with("0X")) text.remove_prefix(2);
    const bool hex = text.size() >= 2 * shortest && text.size() <= 2 * std::tuple_size_v<mac> && text.size() % 2 == 0 &&
                     text.find_first_not_of(hex_digits) == text.npos;
    return add_bytes(name, label, hex ? std::optional{bytes_of_hex(text)} : base64_bytes(text), hex, alone);
  }

  /// A signature in a form that no scheme has, or its beginning.
  bool add_bytes(std::string_view name, std::string_view label, const std::optional<std::string>& bytes, bool hex,
                 bool alone) {
    if (!bytes || bytes->size() < shortest) return false;
    mac code{};
    if (bytes->size() > code.size()) return false;
    std::transform(bytes->begin(), bytes->end(), code.begin(), [](char c) { return static_cast<unsigned char>(c); });
    const cause fault = bytes->size() < code.size() ? cause::signature_cut : cause::signature_altered;
    return add(name, label, code, bytes->size(), {.hex = hex, .fault = fault}, alone);
  }

  bool add(std::string_view name, std::string_view label, const mac& code, std::size_t size, const form& written,
           bool alone) {
    if (all_.size() == most) return true;
    all_.push_back({code, size, {}, {as_hex(name, written, alone), as_svix(name, label, written), impossible()}});
    return true;
  }

  bool add_open(std::string_view name, std::string_view label, const ed25519_signature& signature) {
    if (all_.size() == most) return true;
    reading read = as_svix(name, label == "v1a" ? "v1" : label, {});
    all_.push_back({{}, 0, signature, {impossible(), impossible(), std::move(read)}});
    return true;
  }

  [[nodiscard]] reading as_hex(std::string_view name, const form& written, bool alone) const {
    reading read = proper();
    const bool here = same_header_name(name, of_.options.signature_header);
    if (!here) read.from.push_back(elsewhere(name, of_.options.signature_header));
    if (written.fault) read.from.push_back(faulty(*written.fault));
    if (!written.fault && !written.hex)
      read.from.push_back({cause::signature_base64, "the signature is base64, and hexadecimal digits are expected"});
    if (!alone)
      read.from.push_back({cause::signature_prefixed, "something stands beside the signature, as in \"sha256=\""});
    return read;
  }

  [[nodiscard]] reading as_svix(std::string_view name, std::string_view label, const form& written) const {
    reading read = proper();
    if (!same_header_name(name, own_)) {
      read.from.push_back(elsewhere(name, own_));
      read.from.back().then = "let the proxy pass the sender's headers under their names, which are fixed";
    }
    if (written.fault) read.from.push_back(faulty(*written.fault));
    if (!written.fault && written.hex)
      read.from.push_back({cause::signature_hex, "the signature is hexadecimal, and base64 is expected"});
    if (label != "v1")
      read.from.push_back({cause::signature_version, "the signature is not named \"v1\", as in \"v1,\""});
    return read;
  }

  [[nodiscard]] deviation elsewhere(std::string_view name, std::string_view expected) const {
    return {cause::signature_elsewhere,
            "the signature stands in " + name_of_header(of_, name) + ", not in " + name_of_header(of_, expected)};
  }

  [[nodiscard]] static deviation faulty(cause why) {
    if (why == cause::signature_cut) return {why, "the end of the signature is cut off"};
    return {why, "the signature was written in another alphabet, without its padding, or encoded twice"};
  }

  static constexpr std::size_t shortest = 8;
  const question& of_;
  std::string own_;
  std::vector<code_reading> all_{};
};

}  // namespace sello::inline v0::detail::diagnosis
