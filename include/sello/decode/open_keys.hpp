// SPDX-License-Identifier: MIT
// The keys of all objects that are open while a document is read, and which of one object stand twice.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <forward_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sello::inline v0::detail {

/// A stack of keys, outermost object first. Those that stand in the document as they are cost no copy.
class open_keys {
 public:
  open_keys() { keys_.reserve(32); }

  /// `sent` is the key in the document, which outlives this, with its quotes.
  void add(std::string_view key, std::string_view sent) {
    if (key.data() != sent.data() + 1) key = unescaped_.emplace_front(key);
    keys_.push_back({mark_of(key), key});
  }

  [[nodiscard]] std::size_t size() const noexcept { return keys_.size(); }
  [[nodiscard]] std::string_view operator[](std::size_t index) const noexcept { return keys_[index].text; }

  /// Takes off the keys from `first` on, those of the object that ends, and gives the first in the order of their texts
  /// that stands twice.
  [[nodiscard]] std::optional<std::string> close(std::size_t first) {
    const auto begin = keys_.begin() + static_cast<std::ptrdiff_t>(first);
    std::optional<std::string> twice;
    if (repeats(begin, before{.by_mark = true})) twice = repeats(begin, before{.by_mark = false});
    keys_.resize(first);
    return twice;
  }

 private:
  /// Texts with different marks are different; most different ones have different marks.
  struct marked {
    std::uint64_t mark = 0;
    std::string_view text{};
  };

  /// Of the size, and of the first and the last eight bytes, or four; of a shorter text it is all.
  [[nodiscard]] static std::uint64_t mark_of(std::string_view text) noexcept {
    const auto ends = [text](auto first) {
      auto last = first;
      std::memcpy(&first, text.data(), sizeof first);
      std::memcpy(&last, text.data() + text.size() - sizeof last, sizeof last);
      return std::uint64_t{first} ^ std::rotl(std::uint64_t{last}, 31);
    };
    const std::size_t size = text.size();
    if (size >= sizeof(std::uint64_t)) return ends(std::uint64_t{}) + size;
    if (size >= sizeof(std::uint32_t)) return ends(std::uint32_t{}) + size;
    std::uint64_t mark = size;
    for (const char c : text) mark = mark << 8U | static_cast<unsigned char>(c);
    return mark;
  }

  struct before {
    bool by_mark;
    [[nodiscard]] bool operator()(const marked& a, const marked& b) const noexcept {
      return by_mark && a.mark != b.mark ? a.mark < b.mark : a.text < b.text;
    }
  };

  [[nodiscard]] std::optional<std::string> repeats(std::vector<marked>::iterator begin, before order) {
    std::sort(begin, keys_.end(), order);
    const auto twice = std::adjacent_find(
        begin, keys_.end(), [](const marked& a, const marked& b) { return a.mark == b.mark && a.text == b.text; });
    return twice == keys_.end() ? std::nullopt : std::optional{std::string{twice->text}};
  }

  std::vector<marked> keys_{};
  std::forward_list<std::string> unescaped_{};  // of the whole document
};

}  // namespace sello::inline v0::detail
