// SPDX-License-Identifier: MIT
// The objects and arrays that are open while a document is read: where their parts go, and where in the document they are.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <sello/decode/open_keys.hpp>
#include <sello/decode/pointer.hpp>
#include <sello/decode/value.hpp>

namespace sello::inline v0 {

/// How deeply objects and arrays may be nested.
inline constexpr std::size_t max_depth = 64;

namespace detail {

/// One of them.
struct open_value {
  slot of{};                  // whose value this is; no type: nobody asked for it, or it has been emptied
  void* object = nullptr;     // what the parts go into
  std::size_t first_key = 0;  // the first of this object's keys
  std::size_t index = 0;      // how many elements of this array have begun
  std::uint64_t set = 0;      // which fields have a value
  std::size_t field = 0;      // the field of the value that comes next,
  bool in_field = false;      // if there is one,
  bool by_fallback = false;   // and whether it stands under its second key
  bool array = false;

  [[nodiscard]] bool has(std::size_t field_) const noexcept { return (set >> field_ & 1U) != 0; }
  void mark(std::size_t field_) noexcept { set |= std::uint64_t{1} << field_; }

  /// Where the value under a key of this object goes; its struct has `fields`. Most senders write them in that order, so the
  /// search begins behind the last one that was found.
  [[nodiscard]] slot member(std::string_view key) {
    const auto fields = of.type->fields;
    in_field = false;
    for (std::size_t tried = 0, i = field + 1; tried < fields.size(); ++tried, ++i) {
      if (i >= fields.size()) i = 0;
      const field_info& candidate = fields[i];
      const bool second = !candidate.fallback.empty() && candidate.fallback == key;
      if (candidate.key != key && !second) continue;
      if (second && has(i)) return {};
      in_field = true;
      by_fallback = second;
      field = i;
      return {candidate.address(object), candidate.type};
    }
    return {};
  }
};

/// A stack of them, the outermost first.
class open_values {
 public:
  [[nodiscard]] std::size_t depth() const noexcept { return depth_; }
  [[nodiscard]] bool full() const noexcept { return depth_ == max_depth; }
  [[nodiscard]] open_value& top() noexcept { return levels_[depth_ - 1]; }
  [[nodiscard]] open_value& operator[](std::size_t level) noexcept { return levels_[level]; }

  void push(open_value opened) noexcept {
    opened.first_key = keys_.size();
    levels_[depth_++] = opened;
  }

  /// The key of the value that comes next, and as it stands in the document, which outlives this.
  void add_key(std::string_view key, std::string_view sent) { keys_.add(key, sent); }
  [[nodiscard]] std::string_view key() const noexcept { return keys_[keys_.size() - 1]; }

  /// The innermost one ends; gives the JSON Pointer to a key that it has twice. Of later ones only the key: many pointers,
  /// each as long as the keys around it, would take time that is quadratic in the text.
  [[nodiscard]] std::optional<std::string> pop() {
    std::optional<std::string> twice = keys_.close(top().first_key);
    if (twice && !std::exchange(told_, true)) twice = pointer_to(*twice);
    --depth_;
    return twice;
  }

  /// The JSON Pointer to a key of the innermost object.
  [[nodiscard]] std::string pointer_to(std::string_view key) const {
    std::string where = pointer(depth_ - 1);
    append_segment(where, key);
    return where;
  }

  /// The JSON Pointer (RFC 6901) through the outermost `depth` levels.
  [[nodiscard]] std::string pointer(std::size_t depth) const {
    std::string where;
    for (std::size_t level = 0; level < depth; ++level) {
      const open_value& at = levels_[level];
      const std::size_t keys_end = level + 1 < depth_ ? levels_[level + 1].first_key : keys_.size();
      if (at.array) {
        if (at.index > 0) append_segment(where, std::to_string(at.index - 1));
      } else if (keys_end > at.first_key) {
        append_segment(where, keys_[keys_end - 1]);
      }
    }
    return where;
  }

 private:
  std::array<open_value, max_depth> levels_{};
  bool told_ = false;  // of a key that stands twice
  std::size_t depth_ = 0;
  open_keys keys_{};
};

}  // namespace detail
}  // namespace sello::inline v0
