// SPDX-License-Identifier: MIT
// What the servers of this folder share: receivers of the small and of the larger delivery, without an observer, as
// `<program> sello`; and the choices of `<program> bare <keep|close>`, whose handler answers 200 unseen.
#pragma once

#include <cstdlib>
#include <iostream>
#include <sello/json/simdjson.hpp>
#include <sello/sello.hpp>
#include <string>
#include <string_view>

namespace bench {

inline const char* secret(const char* name) {
  if (const char* value = std::getenv(name)) return value;
  std::cerr << name << " is not set\n";
  std::exit(2);
}

/// Whether the program is to serve sello's receivers; else a bare handler.
inline bool is_sello(int argc, char** argv) { return argc > 1 && std::string_view{argv[1]} == "sello"; }

/// Whether a bare handler's connections are kept, or end after each answer, as those of sello's adapters do in some servers.
inline bool keeps(int argc, char** argv) { return argc > 2 && std::string_view{argv[2]} == "keep"; }

inline void listening(int port) { std::cout << port << std::endl; }

inline constexpr std::string_view answer = "ok\n";

/// A receiver a sender; Gu1's with either tokeniser.
struct endpoints {
  static sello::router handlers() {
    sello::router made;
    made.on<sello::kuenta::credit_disbursed>([](const auto&) {})
        .on<sello::gu1::kyc_validation_approved>([](const auto&) {});
    return made;
  }
  static sello::router quick_handlers() {
    sello::router made = handlers();
    made.read_with(sello::simdjson_tokens);
    return made;
  }

  const sello::receiver<sello::kuenta::verifier> kuenta{sello::kuenta::verifier{secret("KUENTA_SECRET")}, handlers()};
  const sello::receiver<sello::gu1::verifier> gu1{sello::gu1::verifier{secret("GU1_SECRET")}, handlers()};
  const sello::receiver<sello::gu1::verifier> quick_gu1{sello::gu1::verifier{secret("GU1_SECRET")}, quick_handlers()};

  /// Calls `mount` with each path and its receiver.
  template <class Mount>
  void each(Mount mount) const {
    mount("/kuenta", kuenta);
    mount("/gu1", gu1);
    mount("/gu1/simdjson", quick_gu1);
  }
};

}  // namespace bench
