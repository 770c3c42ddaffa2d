// SPDX-License-Identifier: MIT
// Prints what sello refuses, as a table in Markdown. The README shows what it prints; the demo sends most of these.
#include <array>
#include <iostream>
#include <string_view>

#include <sello/sello.hpp>

namespace {

struct refused {
  std::string_view what;
  sello::errc code;
};

using enum sello::errc;

constexpr std::array list{
    refused{"No signature, or an empty one; for Akua, no whole family of `svix-*` or `webhook-*` headers",
            missing_header},
    refused{"A header that must be one comes twice with different values; an id with a dot; over 8 KiB",
            malformed_header},
    refused{"Akua: a timestamp with a sign, a fraction or an exponent, or in milliseconds", malformed_timestamp},
    refused{"A replay from before the window", timestamp_too_old},
    refused{"A time after the window", timestamp_too_new},
    refused{"A signature that the sender does not write so: `sha256=…`, `0x…`, truncated; for Akua no `v1,` at all",
            malformed_signature},
    refused{"A body changed by one byte; another secret; another sender's delivery", signature_mismatch},
    refused{"Signed, but not one JSON value in UTF-8: cut off, a BOM, trailing bytes, half a surrogate",
            malformed_json},
    refused{"The same key twice in one object, at any level, however it is escaped", duplicate_key},
    refused{"Over 64 levels of nesting", too_deep},
    refused{"A required id is absent or null", missing_field},
    refused{"A required id, or the type, is no string", wrong_type},
    refused{"A number beyond every `double`, wherever it stands", out_of_range},
    refused{"A body over the limit, 1 MiB by default", body_too_large},
    refused{"A request that carries no delivery; an adapter says 405 for another method, 415 for a compressed body",
            bad_request},
};

}  // namespace

int main() {
  std::cout << "| What comes | `errc` | Status |\n| --- | --- | --- |\n";
  for (const auto& [what, code] : list)
    std::cout << "| " << what << " | `" << to_string(code) << "` | " << sello::http_status(code) << " |\n";
}
