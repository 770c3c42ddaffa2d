// SPDX-License-Identifier: MIT
// What a receiver's observer was told of one delivery, kept.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include <sello/sello.hpp>

namespace demo {

struct verdict {
  std::string text = "none";  ///< an `outcome` or an `errc`; "none": the HTTP server refused it by itself
  std::string meaning;        ///< of an `errc`
  std::string where;
  std::string misfits;  ///< what was left out of a good delivery, and where
  std::string type;
  std::string id;
  int status = 0;
  std::chrono::nanoseconds verifying{};
  std::chrono::nanoseconds decoding{};
  std::chrono::nanoseconds handling{};
  std::chrono::nanoseconds storing{};
  std::string handler_got;

  verdict() = default;
  verdict(const sello::record& seen, std::string handler_got_)
      : text{seen.error ? to_string(*seen.error) : to_string(seen.outcome.value())},
        meaning{seen.error ? explain(*seen.error) : std::string_view{}},
        where{seen.where},
        type{seen.type},
        id{seen.id},
        status{seen.status},
        verifying{seen.verifying},
        decoding{seen.decoding},
        handling{seen.handling},
        storing{seen.storing},
        handler_got{std::move(handler_got_)} {
    for (const sello::error& each : seen.misfits)
      misfits.append(misfits.empty() ? "" : ", ").append(to_string(each.code)).append(" at ").append(each.where);
  }

  [[nodiscard]] std::chrono::nanoseconds took() const noexcept { return verifying + decoding + handling + storing; }
};

}  // namespace demo
