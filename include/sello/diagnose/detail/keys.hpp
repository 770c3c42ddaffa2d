// SPDX-License-Identifier: MIT
// Which keys a secret's text may have become, at the sender or here.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sello/diagnose/detail/case.hpp>
#include <sello/diagnose/detail/deviation.hpp>
#include <sello/diagnose/detail/texts.hpp>
#include <sello/verify/ed25519.hpp>
#include <sello/verify/hmac.hpp>
#include <sello/verify/key_ring.hpp>
#include <sello/verify/secret.hpp>
#include <sello/verify/svix_v1a.hpp>
#include <sello/verify/text_key.hpp>

namespace sello::inline v0::detail::diagnosis {

/// A key that may have signed: of an HMAC, or a public one.
struct key_reading {
  std::size_t secret = 0;
  readings of{};
  std::unique_ptr<const hmac_sha256> shared{};
  std::unique_ptr<const ed25519_public_key> open{};
};

/// A text that is overwritten when it goes.
class passing_secret {
 public:
  explicit passing_secret(std::string text) noexcept : text_{std::move(text)} {}
  passing_secret(std::string_view first, std::string_view second) {
    text_.reserve(std::max(first.size() + second.size(), shortest_on_heap));
    text_.append(first).append(second);
  }
  passing_secret(const passing_secret&) = delete;
  passing_secret& operator=(const passing_secret&) = delete;
  ~passing_secret() { wipe({reinterpret_cast<unsigned char*>(text_.data()), text_.size()}); }
  [[nodiscard]] std::string_view view() const noexcept { return text_; }

 private:
  std::string text_{};
};

/// Makes the keys of each secret. Of two readings that give the same bytes the first is kept.
class key_collector {
 public:
  void collect(const question& of) {
    for (secret_ = 0; secret_ < of.secrets.size(); ++secret_) {
      seen_.clear();
      add_readings(of.secrets[secret_].text());
    }
  }

  [[nodiscard]] std::vector<key_reading> take() { return std::move(keys_); }

 private:
  static constexpr std::string_view prefix = "whsec_";

  void add_readings(std::string_view text) {
    using enum cause;
    const std::string_view whole = without_ends(text);
    const passing_secret core{core_of(whole)};
    const bool prefixed = core.view().starts_with(prefix);
    const std::string_view bare = prefixed ? core.view().substr(prefix.size()) : core.view();
    constexpr std::string_view text_was_key = "the key was the text of the secret, which this scheme decodes";
    constexpr std::string_view around = "something stands around the secret: white space, a line break, a quote";

    add(text, proper(), deviates(secret_as_text, text_was_key));
    if (const auto bytes = decoded(bare)) {
      const bool as_it_stands = core.view() == stripped(text);
      add(bytes->view(), deviates(secret_as_base64, "the key was what the base64 of the secret stands for"),
          as_it_stands
              ? proper()
              : deviates(secret_untrimmed, "the secret has something around or in it that does not belong to it"));
    }
    add(whole, deviates(secret_untrimmed, around), deviates(secret_as_text, text_was_key));
    for (const std::string_view end : {"\n", "\r\n"})
      add(passing_secret{text, end}.view(),
          deviates(secret_line_break, "the sender's secret ends in a line break, which is missing here"), impossible());
    add(bare, deviates(secret_prefix, "the key was the secret without its \"whsec_\""),
        deviates(secret_as_text, "the key was the text behind \"whsec_\", which this scheme decodes"));
    if (!prefixed)
      add(passing_secret{prefix, core.view()}.view(),
          deviates(secret_prefix, "the key was the secret with a \"whsec_\" before it"), impossible());
    if (const auto bytes = prefixed ? decoded(core.view()) : nullptr)
      add(bytes->view(), impossible(), deviates(secret_prefix, "\"whsec_\" was decoded with the secret"));
    if (const auto bytes = from_hex(bare)) {
      const reading hex = deviates(secret_as_hex, "the key was what the hexadecimal digits of the secret stand for");
      add(bytes->view(), hex, hex);
    }
    add_encoded(text);
    add_parts(text);
    add_public(text);
  }

  void add_encoded(std::string_view text) {
    const reading base64 = deviates(cause::secret_encoded, "the key was the base64 of the secret, as a text");
    const reading hex = deviates(cause::secret_encoded, "the key was the secret as hexadecimal digits, as a text");
    if (text.size() > longest) return;
    add(passing_secret{base64_text(text)}.view(), base64, base64);
    add(passing_secret{hex_encode({reinterpret_cast<const unsigned char*>(text.data()), text.size()})}.view(), hex,
        hex);
  }

  /// Several secrets in one text, as one variable holds them.
  void add_parts(std::string_view text) {
    constexpr std::string_view between = ",;| \t\r\n";
    constexpr std::size_t most = 8;
    const reading joined = deviates(cause::secrets_joined, "several secrets stand in one text");
    text = stripped(text);
    if (text.find_first_of(between) == text.npos) return;
    for (std::size_t count = 0; !text.empty() && count < most; ++count) {
      const auto end = text.find_first_of(between);
      const std::string_view part = without_ends(text.substr(0, end));
      add(part, joined, impossible());
      if (const auto bytes = decoded(part.starts_with(prefix) ? part.substr(prefix.size()) : part))
        add(bytes->view(), impossible(), joined);
      text.remove_prefix(std::min(end, text.size() - 1) + 1);
    }
  }

  void add_public(std::string_view text) {
    const auto key = key_of_secret<svix_v1a>(text);
    if (!key) return;
    key_reading made{.secret = secret_, .of = {impossible(), impossible(), proper()}};
    made.open = std::make_unique<const ed25519_public_key>(key->bytes());
    keys_.push_back(std::move(made));
  }

  void add(std::string_view bytes, reading as_hex, reading as_svix) {
    if (bytes.empty()) return;
    const auto same = [bytes](const secret& other) {
      return std::string_view{reinterpret_cast<const char*>(other.bytes().data()), other.bytes().size()} == bytes;
    };
    if (std::any_of(seen_.begin(), seen_.end(), same)) return;
    const secret& key = seen_.emplace_back(bytes);
    key_reading made{.secret = secret_, .of = {std::move(as_hex), std::move(as_svix), impossible()}};
    made.shared = std::make_unique<const hmac_sha256>(key.bytes());
    keys_.push_back(std::move(made));
  }

  [[nodiscard]] static std::unique_ptr<const passing_secret> decoded(std::string_view text) {
    auto bytes = text.size() > longest ? std::nullopt : base64_bytes(text);
    return bytes ? std::make_unique<const passing_secret>(*std::move(bytes)) : nullptr;
  }

  [[nodiscard]] static std::unique_ptr<const passing_secret> from_hex(std::string_view text) {
    constexpr std::size_t shortest = 16;
    if (text.size() < shortest || text.size() > longest || text.size() % 2 != 0) return nullptr;
    if (text.find_first_not_of(hex_digits) != text.npos) return nullptr;
    return std::make_unique<const passing_secret>(bytes_of_hex(text));
  }

  /// Without what no secret begins or ends with: white space in all its forms, a mark, quotes.
  [[nodiscard]] static std::string_view without_ends(std::string_view text) {
    while (!text.empty() && !stray_name(first_character(text).code).empty())
      text.remove_prefix(first_character(text).size);
    while (!text.empty()) {
      const character last = last_character(text);
      if (stray_name(last.code).empty()) break;
      text.remove_suffix(last.size);
    }
    return text;
  }

  /// Without the back-slash of a Markdown page, the version of a signature, and a prefix that stands twice.
  [[nodiscard]] static std::string core_of(std::string_view text) {
    if (text.starts_with("v1,")) text.remove_prefix(3);
    std::string core;
    core.reserve(std::max(text.size(), shortest_on_heap));
    for (const char c : text) {
      if (c != '\\') core += c;
      if (core == "whsec_whsec_") core.resize(prefix.size());
    }
    return core;
  }

  static constexpr std::size_t longest = base64_max_size;
  std::size_t secret_ = 0;
  std::vector<secret> seen_{};
  std::vector<key_reading> keys_{};
};

}  // namespace sello::inline v0::detail::diagnosis
