// SPDX-License-Identifier: MIT
// The border of a store: inside it faults are thrown, outside they are results.
#pragma once

#include <type_traits>

#include <sello/base/result.hpp>

namespace sello::inline v0::detail {

template <class T>
struct as_result {
  using type = result<T>;
};
template <class T>
struct as_result<result<T>> {
  using type = result<T>;
};

template <class Work>
using guarded_result = typename as_result<std::invoke_result_t<const Work&>>::type;

/// What `work` gives, or the error of the `bad_result` that it throws; whatever else is thrown is `internal_error`.
template <class Work>
[[nodiscard]] guarded_result<Work> guarded(const Work& work) noexcept {
  try {
    if constexpr (std::is_void_v<std::invoke_result_t<const Work&>>) {
      work();
      return {};
    } else {
      return work();
    }
  } catch (const bad_result& thrown) {
    return error{thrown.error()};
  } catch (...) {
    return static_cast<error>(refusal{errc::internal_error, "memory"});
  }
}

}  // namespace sello::inline v0::detail
