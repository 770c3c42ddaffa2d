// SPDX-License-Identifier: MIT
// A callable passed down the stack, without a template and without an allocation.
#pragma once

#include <concepts>
#include <memory>
#include <type_traits>
#include <utility>

#include <sello/version.hpp>

namespace sello::inline v0::detail {

template <class Signature>
class function_ref;

/// Borrows the callable: valid for the call that it is passed to, never stored.
template <class R, class... Args>
class function_ref<R(Args...)> {
 public:
  template <class F>
    requires(!std::same_as<std::remove_cvref_t<F>, function_ref> && std::is_object_v<std::remove_reference_t<F>> &&
             std::is_invocable_r_v<R, F&, Args...>)
  function_ref(F&& callable) noexcept
      : object_{const_cast<void*>(static_cast<const void*>(std::addressof(callable)))},
        call_{[](void* object, Args... args) -> R {
          auto& target = *static_cast<std::add_pointer_t<F>>(object);
          if constexpr (std::is_void_v<R>) {
            static_cast<void>(target(std::forward<Args>(args)...));
          } else {
            return target(std::forward<Args>(args)...);
          }
        }} {}

  R operator()(Args... args) const { return call_(object_, std::forward<Args>(args)...); }

 private:
  void* object_;
  R (*call_)(void*, Args...);
};

}  // namespace sello::inline v0::detail
