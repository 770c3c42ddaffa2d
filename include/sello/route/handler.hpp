// SPDX-License-Identifier: MIT
// What a handler is, what it may answer, and what becomes of what it throws.
#pragma once

#include <concepts>
#include <exception>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <sello/base/function_ref.hpp>
#include <sello/base/result.hpp>

namespace sello::inline v0 {

/// Can handle `Event`: callable as const (one handler serves all threads), giving nothing or `result<void>`.
template <class H, class Event>
concept handler_of = std::is_invocable_v<const H&, const Event&> &&
                     (std::is_void_v<std::invoke_result_t<const H&, const Event&>> ||
                      std::same_as<std::invoke_result_t<const H&, const Event&>, result<void>>);

/// What a handler returns for an event that no retry will mend: `permanent_failure`, 422, and where the sender has a way
/// to be told, that it need not try again.
[[nodiscard]] inline result<void> permanent(std::string why) { return error{errc::permanent_failure, std::move(why)}; }

/// What a handler returns for an event that the sender should send again later: `handler_failed`, 500.
[[nodiscard]] inline result<void> retry(std::string why) { return error{errc::handler_failed, std::move(why)}; }

namespace detail {

/// Says in words what a handler takes and gives, where the one at hand does not.
template <class Event, class Handler>
consteval void check_handler() {
  constexpr bool takes_it = std::is_invocable_v<const Handler&, const Event&>;
  static_assert(
      takes_it,
      "sello: a handler takes its event as `const sello::event<E>&` (on<E>), `const sello::unknown_event&` "
      "(on_prefix, otherwise), `const sello::unreadable_event&` (unreadable) or `const auto&`, and is callable "
      "as const, because one handler serves all threads");
  if constexpr (takes_it) {
    static_assert(handler_of<Handler, Event>,
                  "sello: a handler returns nothing or `sello::result<void>`, e.g. `sello::retry(\"why\")`; anything "
                  "else would be lost");
  }
}

/// A null pointer to a function, or an empty `std::function`.
template <class Callable>
[[nodiscard]] constexpr bool is_null(const Callable& callable) {
  if constexpr (!std::is_empty_v<Callable> && requires {
                  { callable == nullptr } -> std::convertible_to<bool>;
                }) {
    return callable == nullptr;
  } else {
    return false;
  }
}

template <class Callable>
[[nodiscard]] constexpr bool is_null(const std::reference_wrapper<Callable>& callable) {
  return is_null(callable.get());
}

/// What the owner's code threw, in words.
[[nodiscard]] inline std::string words_of(const std::exception& thrown) {
  const char* const what = thrown.what();
  return what != nullptr ? what : "it threw an exception that says nothing";
}
inline constexpr std::string_view no_exception = "it threw something that is no std::exception";

/// A handler's own failure is not the delivery's: whatever it returns, or throws as a `bad_result`, is `handler_failed`,
/// except that a store that does not answer, and what is permanent, are that.
[[nodiscard]] inline error failure_of_handler(error why) {
  switch (why.code) {
    case errc::handler_failed:
    case errc::permanent_failure:
    case errc::store_unavailable: return why;
    default: return {errc::handler_failed, why.message()};
  }
}

/// Any other exception is `handler_failed`, too. Thread cancellation (`pthread_exit`, `pthread_cancel`)
/// is no exception: glibc ends the process where it is caught, here, or where it meets `noexcept`, in `dispatch`.
/// A template for the sake of `sello::compiled`, which has it compiled.
template <class = void>
[[nodiscard]] result<void> answer_of(const function_ref<result<void>()>& handler) {
  try {
    result<void> answer = handler();
    if (answer) return answer;
    return failure_of_handler(answer.error());
  } catch (const bad_result& thrown) {
    return failure_of_handler(thrown.error());
  } catch (const std::exception& thrown) {
    return error{errc::handler_failed, words_of(thrown)};
  } catch (...) {
    return error{errc::handler_failed, std::string{no_exception}};
  }
}

/// The handler's answer, whatever it throws.
template <class Handler, class Event>
[[nodiscard]] result<void> call(const Handler& handler, const Event& event) {
  return detail::answer_of([&]() -> result<void> {
    if constexpr (std::is_void_v<std::invoke_result_t<const Handler&, const Event&>>) {
      handler(event);
      return {};
    } else {
      return handler(event);
    }
  });
}

}  // namespace detail
}  // namespace sello::inline v0
