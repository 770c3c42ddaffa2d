// SPDX-License-Identifier: MIT
// Reads a proven body: the envelope, and the data into the event of the handler that its type has.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sello/base/error.hpp>
#include <sello/base/function_ref.hpp>
#include <sello/decode/decoder.hpp>
#include <sello/decode/describe.hpp>
#include <sello/decode/tokens.hpp>
#include <sello/route/event.hpp>
#include <sello/route/route.hpp>

namespace sello::inline v0::detail {

/// One pass where the type stands before the data, as all three senders write it; a second one, which knows the type,
/// where it does not.
class body_reader {
 public:
  using finder = function_ref<const route*(std::string_view type)>;

  body_reader(const envelope_keys& keys, const finder& find, tokeniser tokens) noexcept
      : keys_{&keys}, find_{&find}, tokens_{tokens} {}
  body_reader(const body_reader&) = delete;
  body_reader& operator=(const body_reader&) = delete;
  ~body_reader() = default;

  /// Nothing, or why the body cannot become its event. Without a type it is one that nobody describes.
  [[nodiscard]] std::optional<error> read(std::string_view body) {
    auto fault = read_envelope(body);
    if (types_ > 1) type_.clear();  // two are none
    if (fault) return fault;
    choose();
    if (!wants_data() || data_seen_) return std::nullopt;
    if (keys_->data.empty()) return decoder{pending_->data(), tokens_, &misfits_}.read(body);
    if (auto second = read_envelope(body)) return second;
    if (data_seen_ || pending_->data().type->optional) return std::nullopt;
    return error{errc::missing_field, '/' + std::string{keys_->data}};
  }

  /// "" where it was not read, or where there is none; read also where something else was at fault.
  [[nodiscard]] std::string& type() noexcept { return type_; }
  [[nodiscard]] sello::envelope& envelope() noexcept { return envelope_; }
  [[nodiscard]] std::vector<error>& misfits() noexcept { return misfits_; }
  /// Null: nobody handles it.
  [[nodiscard]] pending* event() const noexcept { return pending_.get(); }

 private:
  [[nodiscard]] std::optional<error> read_envelope(std::string_view body) {
    static constexpr value_type root = [] {
      value_type type;
      type.open = [](void* object, bool array) { return array ? nullptr : object; };
      type.child = [](void* object, std::string_view key) { return static_cast<body_reader*>(object)->member(key); };
      return type;
    }();
    types_ = 0;
    misfits_.clear();
    return decoder{{this, &root}, tokens_, &misfits_}.read(body);
  }

  [[nodiscard]] slot member(std::string_view key) {
    static constexpr value_type type_name = [] {
      value_type type;
      type.scalar = [](void* object, const scalar_value& value) -> std::optional<errc> {
        if (value.is == scalar_value::kind::null) return errc::missing_field;
        if (value.is != scalar_value::kind::string) return errc::wrong_type;
        auto& reader = *static_cast<body_reader*>(object);
        reader.type_ = value.text;
        reader.has_type_ = true;
        return std::nullopt;
      };
      return type;
    }();
    if (key.empty()) return {};
    if (key == keys_->type) {
      ++types_;
      return {this, &type_name};
    }
    if (key == keys_->timestamp) return {&envelope_.timestamp, &value_of<std::optional<timestamp>>};
    if (key == keys_->organization) return {&envelope_.organization_id, &value_of<std::optional<std::string>>};
    if (key != keys_->data || !(has_type_ || chosen_)) return {};
    choose();
    if (!wants_data()) return {};
    data_seen_ = true;
    return pending_->data();
  }

  void choose() {
    if (chosen_) return;
    chosen_ = true;
    if (const route* found = (*find_)(type_)) pending_ = found->begin();
  }

  [[nodiscard]] bool wants_data() const noexcept { return pending_ && pending_->data().type != nullptr; }

  const envelope_keys* keys_;
  const finder* find_;
  tokeniser tokens_;
  std::string type_{};
  sello::envelope envelope_{};
  std::vector<error> misfits_{};
  std::unique_ptr<pending> pending_{};
  std::size_t types_ = 0;  // how often the key of the type has come
  bool has_type_ = false;
  bool chosen_ = false;
  bool data_seen_ = false;
};

}  // namespace sello::inline v0::detail
