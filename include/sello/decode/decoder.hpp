// SPDX-License-Identifier: MIT
// One strict pass over a JSON text, straight into described structs.
#pragma once

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
#include <sello/decode/number.hpp>
#include <sello/decode/open_values.hpp>
#include <sello/decode/raw_json.hpp>
#include <sello/decode/tokens.hpp>

namespace sello::inline v0 {

/// How many misfits of one body are noted; of further ones the member is left empty all the same. So what a sender signs
/// cannot fill the memory.
inline constexpr std::size_t max_misfits = 64;

namespace detail {

/// Puts each value where its struct says, and checks everything, also what no struct describes. What does not fit empties
/// the innermost optional around it and is noted; without one it is the body's fault. Then the reading goes on, because a
/// graver fault may follow: see `decode`. One decoder reads one body.
class decoder final : public token_sink {
 public:
  /// Misfits go behind those that are in `misfits`, in the order in which they are found, until it has `max_misfits`. Null:
  /// they are faults.
  decoder(slot root, tokeniser tokens, std::vector<error>* misfits) : root_{root}, tokens_{tokens}, misfits_{misfits} {}
  decoder(const decoder&) = delete;
  decoder& operator=(const decoder&) = delete;
  ~decoder() = default;

  /// Nothing if the whole text was read. Time and memory grow linearly with the text, but for the sorting of one object's
  /// keys.
  [[nodiscard]] std::optional<error> read(std::string_view text) {
    if (text.size() > (std::numeric_limits<std::uint32_t>::max)()) return error{errc::body_too_large, {}};
    text_ = text;
    if (tokens_(text, *this) == read_end::malformed) {
      const std::size_t depth = open_.depth();
      const bool in_array = depth != 0 && open_.top().array;  // then at the array: of an element, `next` has not heard
      return error{errc::malformed_json, open_.pointer(in_array ? depth - 1 : depth)};
    }
    return graver_ ? std::move(graver_) : std::move(fault_);
  }

  bool null() override { return value({.is = scalar_value::kind::null, .sent = "null"}); }
  bool boolean(bool flag) override {
    return value({.is = scalar_value::kind::boolean, .flag = flag, .sent = flag ? "true" : "false"});
  }
  bool number(std::string_view sent) override {
    if (!is_beyond_double(sent)) return value({.is = scalar_value::kind::number, .sent = sent});
    static_cast<void>(next());
    set_fault(errc::out_of_range, std::nullopt);
    return true;
  }
  bool string(std::string_view text, std::string_view sent) override {
    return value({.is = scalar_value::kind::string, .text = text, .sent = sent});
  }

  bool key(std::string_view text, std::string_view sent) override {
    open_.add_key(text, sent);
    return true;
  }

  bool begin(bool array, std::size_t at) override {
    const slot to = next();
    if (open_.full()) {
      graver_ = error{errc::too_deep, open_.pointer(max_depth)};
      return false;
    }
    open_value opened;
    opened.array = array;
    if (to.type != nullptr && to.type->as_sent) {
      copied_ = to;
      copied_from_ = at;
      copied_depth_ = open_.depth() + 1;
      mark_set();
    } else if (to.type != nullptr) {
      if (to.type->open != nullptr) opened.object = to.type->open(to.object, array);
      if (opened.object != nullptr) {
        opened.of = to;
        mark_set();
      } else {
        unfit(to, errc::wrong_type);
      }
    }
    open_.push(opened);
    return true;
  }

  bool end(std::size_t behind) override {
    if (copied_depth_ == open_.depth()) {
      const std::string_view sent = text_.substr(copied_from_, behind - copied_from_);
      static_cast<void>(copied_.type->scalar(copied_.object, {.is = scalar_value::kind::parts, .sent = sent}));
      copied_depth_ = 0;
    }
    check_second_keys();
    check_required();
    auto twice = open_.pop();
    if (twice && !graver_) graver_ = error{errc::duplicate_key, *std::move(twice)};
    return true;
  }

 private:
  /// A value under a second key that did not fit: of importance only if the first key gives none.
  struct second_misfit {
    std::size_t depth;
    std::size_t field;
    errc code;
  };

  /// Where the value that now begins goes.
  [[nodiscard]] slot next() {
    if (open_.depth() == 0) return root_;
    open_value& in = open_.top();
    const value_type* const type = in.of.type;
    if (in.array) {
      ++in.index;
      return type == nullptr || type->append == nullptr ? slot{} : type->append(in.object);
    }
    if (type == nullptr) return {};
    return type->child != nullptr ? type->child(in.object, open_.key()) : in.member(open_.key());
  }

  [[nodiscard]] bool in_field() noexcept { return open_.depth() != 0 && open_.top().in_field; }

  void mark_set() noexcept {
    if (!in_field()) return;
    open_.top().mark(open_.top().field);
    open_.top().in_field = false;
  }

  [[nodiscard]] bool value(const scalar_value& given) {
    const slot to = next();
    if (to.type == nullptr) return true;
    if (given.is == scalar_value::kind::null) {
      if (in_field() && open_.top().has(open_.top().field)) return true;  // the second key's value stays
      if (to.type->optional) {
        to.type->clear(to.object);
        return true;
      }
      if (in_field()) return true;  // missing, which `check_required` finds
    }
    const auto misfit = to.type->scalar != nullptr ? to.type->scalar(to.object, given) : not_scalar(given);
    if (misfit) {
      unfit(to, *misfit);
    } else {
      mark_set();
    }
    return true;
  }

  /// A null is a missing object, anything else, or a null in an array, a wrong one.
  [[nodiscard]] std::optional<errc> not_scalar(const scalar_value& given) noexcept {
    const bool missing = given.is == scalar_value::kind::null && open_.depth() != 0 && !open_.top().array;
    return missing ? errc::missing_field : errc::wrong_type;
  }

  /// The value that now begins does not fit where it goes.
  void unfit(const slot& to, errc code) {
    if (to.type->optional) to.type->clear(to.object);
    if (in_field() && open_.top().by_fallback) {
      second_misfits_.push_back({open_.depth(), open_.top().field, code});
      return;
    }
    mark_set();
    told(to.type->optional, code, std::nullopt);
  }

  /// What does not fit, at the value that now begins or at a key of the innermost object.
  void told(bool of_optional, errc code, std::optional<std::string_view> key) {
    if (misfits_ == nullptr || !(of_optional || empty_innermost())) {
      set_fault(code, key);
    } else if (misfits_->size() < max_misfits) {
      misfits_->push_back({code, place(key)});
    }
  }

  /// Empties the innermost optional of what is open; false if there is none.
  [[nodiscard]] bool empty_innermost() {
    for (std::size_t level = open_.depth(); level-- > 0;) {
      const slot of = open_[level].of;
      if (of.type == nullptr || !of.type->optional) continue;
      of.type->clear(of.object);
      for (; level < open_.depth(); ++level) open_[level].of = {};
      return true;
    }
    return false;
  }

  /// The first one against the schema is told.
  void set_fault(errc code, std::optional<std::string_view> key) {
    if (!fault_) fault_ = error{code, place(key)};
  }

  [[nodiscard]] std::string place(std::optional<std::string_view> key) const {
    return key ? open_.pointer_to(*key) : open_.pointer(open_.depth());
  }

  /// At the end of an object: what second keys gave counts where the first ones gave nothing.
  void check_second_keys() {
    std::size_t first = second_misfits_.size();
    while (first != 0 && second_misfits_[first - 1].depth == open_.depth()) --first;
    open_value& in = open_.top();
    for (std::size_t i = first; i < second_misfits_.size(); ++i) {
      const second_misfit& second = second_misfits_[i];
      if (in.of.type == nullptr || in.has(second.field)) continue;
      in.mark(second.field);
      const field_info& member = in.of.type->fields[second.field];
      told(member.type->optional, second.code, member.fallback);
    }
    second_misfits_.erase(second_misfits_.begin() + static_cast<std::ptrdiff_t>(first), second_misfits_.end());
  }

  void check_required() {
    const open_value& in = open_.top();
    if (in.of.type == nullptr) return;
    const auto fields = in.of.type->fields;
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (fields[i].type->optional || in.has(i)) continue;
      told(false, errc::missing_field, fields[i].key);
      if (in.of.type == nullptr) return;  // this very object has been emptied
    }
  }

  slot root_;
  tokeniser tokens_;
  std::vector<error>* misfits_;
  std::string_view text_{};
  open_values open_{};
  std::vector<second_misfit> second_misfits_{};  // of every object that is open, outermost first
  slot copied_{};                                // where the value goes that is copied when it ends,
  std::size_t copied_from_ = 0;                  // where that begins,
  std::size_t copied_depth_ = 0;                 // and its level; 0: there is none
  std::optional<error> graver_{};                // too deep, or a key twice: outranks `fault_`
  std::optional<error> fault_{};
};

template <class T>
[[nodiscard]] result<T> decode(std::string_view text, tokeniser tokens, std::vector<error>* misfits) {
  T value{};
  decoder decoder{{&value, &value_of<T>}, tokens, misfits};
  if (auto fault = decoder.read(text)) return *std::move(fault);
  return value;
}

}  // namespace detail

/// Reads a JSON text into a described struct. Keys that no member has are checked for being JSON and otherwise ignored.
/// An optional member whose value does not fit is left empty, and noted in `misfits`, which is replaced: `where` is the
/// JSON Pointer of what did not fit, also where that is deep inside of a struct or vector, which is then left empty as a
/// whole. At most `max_misfits` are noted.
/// Of several faults one is told, with its JSON Pointer: `too_deep`, which ends the reading where it is found; else
/// `malformed_json`; else the `duplicate_key` of the object that ends first, of several the first by text; else the first
/// `missing_field`, `wrong_type` or `out_of_range` of a required member, or number beyond every `double` (1e400, `out_of_range` wherever it stands: other
/// readers of the same body refuse it), in the order of the text. Throws only `std::bad_alloc`.
template <described T, class Json = detail::own_json>
[[nodiscard]] result<T> decode(std::string_view text, std::vector<error>& misfits) {
  misfits.clear();
  return detail::decode<T>(text, &detail::read_tokens<Json>, &misfits);
}

/// The same, strictly: a member that does not fit is a fault also where it is optional, since nothing would tell of it.
template <described T, class Json = detail::own_json>
[[nodiscard]] result<T> decode(std::string_view text) {
  return detail::decode<T>(text, &detail::read_tokens<Json>, nullptr);
}

template <class Json>
result<raw_json> raw_json::parse(std::string_view text) {
  return detail::decode<raw_json>(text, &detail::read_tokens<Json>, nullptr);
}

template <described T, class Json>
result<T> raw_json::as() const {
  return decode<T, Json>(text());
}

}  // namespace sello::inline v0
