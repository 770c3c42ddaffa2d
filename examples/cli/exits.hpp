// SPDX-License-Identifier: MIT
// How the program ends, and the failure that ends a command early.
#pragma once

#include <array>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace cli {

enum exit_code : int {
  all_well = 0,
  refused = 1,
  wrong_usage = 2,
  unreachable = 3,
  broken = 4,
};

/// What each means, for the help.
inline constexpr std::array<std::string_view, 5> exit_texts{
    "done: verified, answered as it must be, stored",
    "the answer is no: not verified, refused by the other side, an attack was answered wrongly, no such delivery",
    "wrong usage: an argument, a file or a secret that cannot be meant; nothing was sent and nothing changed",
    "not reached: no connection or no whole answer, a port that is taken, no inbox there, a database that is away",
    "broken: the output could not be written, or this machine failed",
};

/// The variables of the environment, for the help and the manual.
inline constexpr std::array<std::array<std::string_view, 2>, 6> environment_texts{{
    {"SELLO_SECRET", "the secret, unless --secret-env or --secret-file says where another is"},
    {"SELLO_INBOX", "the inbox of `sello inbox` and of `sello listen`: its file, or a connection string of PostgreSQL"},
    {"KUENTA_API", "the API of `sello kuenta`: what stands before /v1/webhooks"},
    {"KUENTA_ORGANIZATION", "whose webhooks `sello kuenta` means"},
    {"PGPASSWORD", "the password of PostgreSQL; so are the other variables of libpq read"},
    {"NO_COLOR", "where it is not empty: no colours"},
}};

/// Its text says what is wrong and what to do next, and has no secret in it.
class failure : public std::runtime_error {
 public:
  failure(exit_code how, const std::string& what) : std::runtime_error{what}, how_{how} {}
  [[nodiscard]] exit_code how() const noexcept { return how_; }

 private:
  exit_code how_;
};

}  // namespace cli
