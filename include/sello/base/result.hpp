// SPDX-License-Identifier: MIT
// A value or an error, with the member names of std::expected: one type in every language mode.
#pragma once

#include <exception>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

#include <sello/base/error.hpp>

namespace sello::inline v0 {

/// What `result::value()` and a constructor given a bad secret throw; carries the error.
class bad_result : public std::exception {
 public:
  explicit bad_result(sello::error error)
      : error_{std::make_shared<const sello::error>(std::move(error))},
        message_{std::make_shared<const std::string>(error_->message())} {}
  // Moving copies: what was moved from still says what it said.
  bad_result(const bad_result&) noexcept = default;
  bad_result& operator=(const bad_result&) noexcept = default;
  ~bad_result() override = default;

  [[nodiscard]] const sello::error& error() const noexcept { return *error_; }
  /// `error().message()`.
  [[nodiscard]] const char* what() const noexcept override { return message_->c_str(); }

 private:
  std::shared_ptr<const sello::error> error_;  // shared, because copying an exception must not throw
  std::shared_ptr<const std::string> message_;
};

namespace detail {

/// A type whose members give views of itself (`using gives_views = void`). Of a temporary they would point at nothing.
template <class T>
concept gives_views = requires { typename T::gives_views; };

}  // namespace detail

/// A `T`, or why there is none. `*` and `->` on an error, and `error()` on a value, end the program in every build mode:
/// what was not verified must not be readable by mistake. Only `value()` throws. Of a temporary result `*`, `value()` and
/// `error()` give what they hold, not a reference to it.
template <class T, class E = error>
class [[nodiscard]] result {
 public:
  using value_type = T;
  using error_type = E;

  result(T value) : state_{std::in_place_index<0>, std::move(value)} {}
  result(E error) : state_{std::in_place_index<1>, std::move(error)} {}
  /// The same value; or the same error, as another type.
  template <class F>
    requires(!std::is_same_v<F, E> && std::is_convertible_v<const F&, E>)
  result(result<T, F>&& other)
      : state_{other ? std::variant<T, E>{std::in_place_index<0>, std::move(*other)}
                     : std::variant<T, E>{std::in_place_index<1>, static_cast<E>(other.error())}} {}

  [[nodiscard]] bool has_value() const noexcept { return state_.index() == 0; }
  [[nodiscard]] explicit operator bool() const noexcept { return has_value(); }

  [[nodiscard]] const T& operator*() const& noexcept { return get<0>(state_); }
  [[nodiscard]] T& operator*() & noexcept { return get<0>(state_); }
  [[nodiscard]] T operator*() && noexcept(std::is_nothrow_move_constructible_v<T>) { return std::move(get<0>(state_)); }
  [[nodiscard]] const T* operator->() const& noexcept { return &get<0>(state_); }
  [[nodiscard]] T* operator->() & noexcept { return &get<0>(state_); }
  [[nodiscard]] T* operator->() && noexcept { return &get<0>(state_); }
  T* operator->() &&
    requires detail::gives_views<T>
  = delete;  // its views would outlive it: keep the result in a variable first
  [[nodiscard]] const E& error() const& noexcept { return get<1>(state_); }
  [[nodiscard]] E error() && noexcept { return std::move(get<1>(state_)); }

  /// The value; throws `bad_result` if there is none.
  [[nodiscard]] const T& value() const& { return has_value() ? **this : throw bad_result{error()}; }
  [[nodiscard]] T value() && { return has_value() ? *std::move(*this) : throw bad_result{error()}; }

  template <class U>
  [[nodiscard]] T value_or(U&& other) const& {
    return has_value() ? **this : static_cast<T>(std::forward<U>(other));
  }

 private:
  template <std::size_t I, class Variant>
  [[nodiscard]] static auto& get(Variant& state) noexcept {
    if (auto* held = std::get_if<I>(&state)) return *held;
    std::terminate();
  }

  std::variant<T, E> state_;
};

/// Success without a value, or why not.
template <class E>
class [[nodiscard]] result<void, E> {
 public:
  using value_type = void;
  using error_type = E;

  result() noexcept = default;
  result(E error) : state_{std::in_place_index<1>, std::move(error)} {}

  [[nodiscard]] bool has_value() const noexcept { return state_.index() == 0; }
  [[nodiscard]] explicit operator bool() const noexcept { return has_value(); }
  [[nodiscard]] const E& error() const noexcept {
    if (const auto* held = std::get_if<1>(&state_)) return *held;
    std::terminate();
  }
  /// Throws `bad_result` if it is an error.
  void value() const {
    if (!has_value()) throw bad_result{error()};
  }

 private:
  std::variant<std::monostate, E> state_{};
};

}  // namespace sello::inline v0
