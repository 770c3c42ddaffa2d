// SPDX-License-Identifier: MIT
// The keys of all objects that are open while a document is read, and which of one object stand twice.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sello::inline v0::detail {

/// A stack of keys, outermost object first. For documents of less than 4 GiB.
class open_keys {
 public:
  void add(std::string_view key) {
    spans_.push_back({static_cast<std::uint32_t>(texts_.size()), static_cast<std::uint32_t>(key.size())});
    texts_ += key;
  }

  [[nodiscard]] std::size_t size() const noexcept { return spans_.size(); }

  /// Valid until the stack changes.
  [[nodiscard]] std::string_view operator[](std::size_t index) const noexcept { return text(spans_[index]); }

  /// Takes off the keys from `first` on, those of the object that ends, and gives one that stands twice.
  [[nodiscard]] std::optional<std::string> close(std::size_t first) {
    if (first == spans_.size()) return std::nullopt;
    const auto begin = spans_.begin() + static_cast<std::ptrdiff_t>(first);
    const std::uint32_t texts_end = begin->begin;
    std::sort(begin, spans_.end(),
              [this](span a, span b) { return a.size != b.size ? a.size < b.size : text(a) < text(b); });
    const auto twice = std::adjacent_find(begin, spans_.end(), [this](span a, span b) { return text(a) == text(b); });
    std::optional<std::string> found;
    if (twice != spans_.end()) found = text(*twice);
    texts_.resize(texts_end);
    spans_.resize(first);
    return found;
  }

 private:
  struct span {
    std::uint32_t begin;
    std::uint32_t size;
  };

  [[nodiscard]] std::string_view text(span key) const noexcept {
    return std::string_view{texts_}.substr(key.begin, key.size);
  }

  std::vector<span> spans_{};
  std::string texts_{};
};

}  // namespace sello::inline v0::detail
