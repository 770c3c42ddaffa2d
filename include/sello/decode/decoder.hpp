// SPDX-License-Identifier: MIT
// One strict pass over a JSON text, straight into described structs.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sello/base/result.hpp>
#include <sello/decode/describe.hpp>
#include <sello/decode/tokens.hpp>

namespace sello::inline v0 {

/// How deeply objects and arrays may be nested.
inline constexpr std::size_t max_depth = 64;

namespace detail {

/// Puts each value where its struct says, and checks everything, also what no struct describes. A fault is noted and the
/// reading goes on, because a graver one may follow: see `decode`.
class decoder final : public token_sink {
 public:
  explicit decoder(slot root) noexcept : root_{root} {}

  /// Nothing if the whole text was read. Time and memory grow linearly with the text, but for the sorting of one
  /// object's keys.
  [[nodiscard]] std::optional<error> read(std::string_view text) {
    if (text.size() > (std::numeric_limits<std::uint32_t>::max)()) return error{errc::body_too_large, {}};
    const read_end end = read_tokens(text, *this);
    if (end == read_end::malformed) {
      const bool in_array = depth_ != 0 && top().array;  // then at the array: of an element, `next` has not heard
      return error{errc::malformed_json, pointer(in_array ? depth_ - 1 : depth_)};
    }
    if (end == read_end::number_too_large) {
      if (depth_ != 0 && top().array) ++top().index;  // of which `next` has not heard
      note(errc::out_of_range);
    }
    return duplicate_ ? std::move(duplicate_) : std::move(fault_);
  }

  bool null() override { return value({.is = scalar_value::kind::null}); }
  bool boolean(bool value_) override { return value({.is = scalar_value::kind::boolean, .flag = value_}); }
  bool number(std::string& text) override { return value({.is = scalar_value::kind::number, .text = &text}); }
  bool string(std::string& text) override { return value({.is = scalar_value::kind::string, .text = &text}); }

  bool key(const std::string& text) override {
    keys_.push_back({static_cast<std::uint32_t>(key_text_.size()), static_cast<std::uint32_t>(text.size())});
    key_text_ += text;
    return true;
  }

  bool begin(bool array) override {
    const slot to = next();
    if (depth_ == max_depth) {
      duplicate_ = error{errc::too_deep, pointer(depth_)};  // which nothing outranks
      return false;
    }
    frame opened;
    opened.first_key = keys_.size();
    opened.array = array;
    if (to.type != nullptr) {
      if (to.type->open != nullptr) opened.object = to.type->open(to.object, array);
      if (opened.object == nullptr) {
        misfit(errc::wrong_type);
      } else {
        opened.type = to.type;
        mark_set();
      }
    }
    frames_[depth_++] = opened;
    return true;
  }

  bool end() override {
    const frame& closed = top();
    if (!closed.array) check_keys(closed);
    if (keys_.size() > closed.first_key) key_text_.resize(keys_[closed.first_key].begin);
    keys_.resize(closed.first_key);
    --depth_;
    return true;
  }

 private:
  struct frame {
    const value_type* type = nullptr;  // null: nobody asked for this
    void* object = nullptr;
    std::size_t first_key = 0;  // the first of this object's keys in `keys_`
    std::size_t index = 0;      // how many elements of this array have begun
    std::uint64_t set = 0;      // which fields have a value
    std::size_t field = 0;      // the field of the value that comes next,
    bool in_field = false;      // if there is one,
    bool by_fallback = false;   // and whether it stands under its second key
    bool array = false;
  };

  /// A value under a second key that did not fit: a fault only if the first key gives none.
  struct second_fault {
    std::size_t depth;
    std::size_t field;
    errc code;
  };

  struct span {
    std::uint32_t begin;
    std::uint32_t size;
  };

  [[nodiscard]] frame& top() noexcept { return frames_[depth_ - 1]; }

  [[nodiscard]] std::string_view text(span key) const noexcept {
    return std::string_view{key_text_}.substr(key.begin, key.size);
  }

  /// Where the value that now begins goes.
  [[nodiscard]] slot next() {
    if (depth_ == 0) return root_;
    frame& in = top();
    if (in.array) {
      ++in.index;
      return in.type == nullptr || in.type->append == nullptr ? slot{} : in.type->append(in.object);
    }
    if (in.type == nullptr) return {};
    const std::string_view name = text(keys_.back());
    return in.type->child != nullptr ? in.type->child(in.object, name) : field(in, name);
  }

  [[nodiscard]] static slot field(frame& in, std::string_view name) {
    in.in_field = false;
    for (std::size_t i = 0; const field_info* candidate = in.type->field(i); ++i) {
      const bool by_fallback = !candidate->fallback.empty() && candidate->fallback == name;
      if (candidate->key != name && !by_fallback) continue;
      if (by_fallback && (in.set >> i & 1U) != 0) return {};
      in.in_field = true;
      in.by_fallback = by_fallback;
      in.field = i;
      return {candidate->address(in.object), candidate->type};
    }
    return {};
  }

  /// A null leaves a required field without its value, which `check_keys` finds.
  [[nodiscard]] bool value(const scalar_value& given) {
    const slot to = next();
    if (to.type == nullptr) return true;
    const bool in_field = depth_ != 0 && top().in_field;
    if (in_field && given.is == scalar_value::kind::null) {
      const bool keep = (top().set >> top().field & 1U) != 0;  // what the second key has given
      if (!to.type->optional || keep) return true;
    }
    const std::optional<errc> fault =
        to.type->scalar != nullptr ? to.type->scalar(to.object, given) : not_scalar(given);
    if (fault) {
      misfit(*fault);
    } else if (given.is != scalar_value::kind::null) {
      mark_set();
    }
    return true;
  }

  /// The value that now begins does not fit where it goes.
  void misfit(errc code) {
    if (depth_ != 0 && top().in_field && top().by_fallback) {
      second_faults_.push_back({depth_, top().field, code});
    } else {
      note(code);
      mark_set();
    }
  }

  /// A null is a missing object, anything else, or a null in an array, a wrong one.
  [[nodiscard]] errc not_scalar(const scalar_value& given) noexcept {
    const bool missing = given.is == scalar_value::kind::null && depth_ != 0 && !top().array;
    return missing ? errc::missing_field : errc::wrong_type;
  }

  void mark_set() noexcept {
    if (depth_ == 0 || !top().in_field) return;
    top().set |= std::uint64_t{1} << top().field;
    top().in_field = false;
  }

  /// At the end of an object: no key twice, nothing required missing.
  void check_keys(const frame& closed) {
    const auto first = keys_.begin() + static_cast<std::ptrdiff_t>(closed.first_key);
    const auto shorter_or_less = [this](span a, span b) {
      return a.size != b.size ? a.size < b.size : text(a) < text(b);
    };
    const auto equal = [this](span a, span b) { return text(a) == text(b); };
    const auto lowest = first == keys_.end() ? 0 : first->begin;
    std::sort(first, keys_.end(), shorter_or_less);
    const auto twice = std::adjacent_find(first, keys_.end(), equal);
    if (twice != keys_.end() && !duplicate_) duplicate_ = error{errc::duplicate_key, pointer_to(text(*twice))};
    if (first != keys_.end()) first->begin = lowest;  // where `end` cuts the texts off
    if (closed.type == nullptr || closed.type->field == nullptr) return;
    const auto of_others = std::find_if(second_faults_.rbegin(), second_faults_.rend(),
                                        [this](const second_fault& second) { return second.depth != depth_; });
    for (auto second = of_others.base(); second != second_faults_.end(); ++second) {
      if ((closed.set >> second->field & 1U) == 0) note(second->code, closed.type->field(second->field)->fallback);
    }
    second_faults_.erase(of_others.base(), second_faults_.end());
    for (std::size_t i = 0; const field_info* member = closed.type->field(i); ++i) {
      if (!member->type->optional && (closed.set >> i & 1U) == 0) note(errc::missing_field, member->key);
    }
  }

  /// A fault at the value that now begins or ends.
  void note(errc code) {
    if (!fault_) fault_ = error{code, pointer(depth_)};
  }

  /// A fault at a key of the innermost object.
  void note(errc code, std::string_view name) {
    if (!fault_) fault_ = error{code, pointer_to(name)};
  }

  /// The JSON Pointer to a key of the innermost object.
  [[nodiscard]] std::string pointer_to(std::string_view name) const {
    std::string where = pointer(depth_ - 1);
    append_segment(where, name);
    return where;
  }

  /// The JSON Pointer (RFC 6901) through the outermost `depth` levels.
  [[nodiscard]] std::string pointer(std::size_t depth) const {
    std::string where;
    for (std::size_t level = 0; level < depth; ++level) {
      const frame& at = frames_[level];
      const std::size_t keys_end = level + 1 < depth_ ? frames_[level + 1].first_key : keys_.size();
      if (at.array) {
        if (at.index > 0) append_segment(where, std::to_string(at.index - 1));
      } else if (keys_end > at.first_key) {
        append_segment(where, text(keys_[keys_end - 1]));
      }
    }
    return where;
  }

  static void append_segment(std::string& where, std::string_view name) {
    where += '/';
    for (const char c : name) {
      if (c == '~') {
        where += "~0";
      } else if (c == '/') {
        where += "~1";
      } else {
        where += c;
      }
    }
  }

  slot root_;
  std::array<frame, max_depth> frames_{};
  std::size_t depth_ = 0;
  std::vector<span> keys_;  // of every object that is open, outermost first
  std::string key_text_;
  std::vector<second_fault> second_faults_;  // of every object that is open, outermost first
  std::optional<error> duplicate_;           // a key that stands twice, or nothing that is read: outranks `fault_`,
  std::optional<error> fault_;               // the first one against the schema
};

}  // namespace detail

/// Reads a JSON text into a described struct. Keys that no member has are checked for being JSON and otherwise ignored.
/// Of several faults one is told, with its JSON Pointer: `too_deep`, which ends the reading where it is found; else
/// `malformed_json`; else the first `duplicate_key`, wherever it stands; else the first `missing_field`, `wrong_type` or
/// `out_of_range` in the order of the text. Throws only `std::bad_alloc`.
template <described T>
[[nodiscard]] result<T> decode(std::string_view text) {
  T value{};
  detail::decoder decoder{{&value, &detail::value_of<T>}};
  if (auto fault = decoder.read(text)) return *std::move(fault);
  return value;
}

}  // namespace sello::inline v0
