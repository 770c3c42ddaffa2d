// SPDX-License-Identifier: MIT
// A value or an error, with the member names of std::expected: one type in every language mode.
#pragma once

#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

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
class [[nodiscard]] result {  // NOLINT(cppcoreguidelines-special-member-functions): one assignment copies and moves
  static constexpr bool moves_without_throwing =
      std::is_nothrow_move_constructible_v<T> && std::is_nothrow_move_constructible_v<E>;

 public:
  using value_type = T;
  using error_type = E;

  result(T value) noexcept(std::is_nothrow_move_constructible_v<T>)  // NOLINT(performance-unnecessary-value-param)
      : value_(std::move(value)), held_{held::value} {}
  result(E error) noexcept(std::is_nothrow_move_constructible_v<E>) : error_(std::move(error)), held_{held::error} {}
  /// The same value; or the same error, as another type.
  template <class F>
    requires(!std::is_same_v<F, E> && std::is_convertible_v<const F&, E>)
  result(result<T, F>&& other) {
    if (other) {
      std::construct_at(std::addressof(value_), std::move(*other));
      held_ = held::value;
    } else {
      std::construct_at(std::addressof(error_), static_cast<E>(other.error()));
      held_ = held::error;
    }
  }

  result(const result& other)
    requires(std::is_copy_constructible_v<T>)
  {
    hold_of(other);
  }
  result(result&& other) noexcept(moves_without_throwing) { hold_of(std::move(other)); }
  result& operator=(result other) noexcept(moves_without_throwing) {  // where the copy throws, this is as it was
    drop();
    hold_of(std::move(other));
    return *this;
  }
  ~result() { drop(); }

  [[nodiscard]] bool has_value() const noexcept { return held_ == held::value; }
  [[nodiscard]] explicit operator bool() const noexcept { return has_value(); }

  [[nodiscard]] const T& operator*() const& noexcept { return known_value(); }
  [[nodiscard]] T& operator*() & noexcept { return known_value(); }
  [[nodiscard]] T operator*() && noexcept(std::is_nothrow_move_constructible_v<T>) { return std::move(known_value()); }
  [[nodiscard]] const T* operator->() const& noexcept { return &known_value(); }
  [[nodiscard]] T* operator->() & noexcept { return &known_value(); }
  [[nodiscard]] T* operator->() && noexcept { return &known_value(); }
  T* operator->() &&
    requires detail::gives_views<T>
  = delete;  // its views would outlive it: keep the result in a variable first
  [[nodiscard]] const E& error() const& noexcept { return known_error(); }
  [[nodiscard]] E error() && noexcept { return std::move(known_error()); }

  /// The value; throws `bad_result` if there is none.
  [[nodiscard]] const T& value() const& { return has_value() ? **this : throw bad_result{error()}; }
  [[nodiscard]] T value() && { return has_value() ? *std::move(*this) : throw bad_result{error()}; }

  template <class U>
  [[nodiscard]] T value_or(U&& other) const& {
    return has_value() ? **this : static_cast<T>(std::forward<U>(other));
  }

 private:
  enum class held : unsigned char { nothing, value, error };  // nothing: the move of a value threw

  template <class Result>
  void hold_of(Result&& other) {
    const held of_other = other.held_;
    if (of_other == held::value) {
      std::construct_at(std::addressof(value_), std::forward<Result>(other).value_);
    } else if (of_other == held::error) {
      std::construct_at(std::addressof(error_), std::forward<Result>(other).error_);
    }
    held_ = of_other;
  }
  void drop() noexcept {
    switch (held_) {
      case held::value: std::destroy_at(std::addressof(value_)); break;
      case held::error: std::destroy_at(std::addressof(error_)); break;
      case held::nothing: break;
    }
    held_ = held::nothing;
  }

  [[nodiscard]] const T& known_value() const noexcept {
    return held_ == held::value ? value_ : (std::terminate(), value_);
  }
  [[nodiscard]] T& known_value() noexcept { return held_ == held::value ? value_ : (std::terminate(), value_); }
  [[nodiscard]] const E& known_error() const noexcept {
    return held_ == held::error ? error_ : (std::terminate(), error_);
  }
  [[nodiscard]] E& known_error() noexcept { return held_ == held::error ? error_ : (std::terminate(), error_); }

  // Not a std::variant, of which each type costs the compiler many functions.
  union {
    T value_;
    E error_;
  };
  held held_ = held::nothing;
};

/// Success without a value, or why not.
template <class E>
class [[nodiscard]] result<void, E> {
 public:
  using value_type = void;
  using error_type = E;

  result() noexcept = default;
  result(E error) : error_{std::move(error)} {}

  [[nodiscard]] bool has_value() const noexcept { return !error_; }
  [[nodiscard]] explicit operator bool() const noexcept { return has_value(); }
  [[nodiscard]] const E& error() const noexcept {
    if (error_) return *error_;
    std::terminate();
  }
  /// Throws `bad_result` if it is an error.
  void value() const {
    if (!has_value()) throw bad_result{error()};
  }

 private:
  std::optional<E> error_{};
};

}  // namespace sello::inline v0
