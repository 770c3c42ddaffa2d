// SPDX-License-Identifier: MIT
// The library's own list of attacks, sent to a server over sockets.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <functional>
#include <set>
#include <string>
#include <string_view>

#include <sello/sello.hpp>
#include <sello/testing/attacks.hpp>

#include "client.hpp"
#include "deliveries.hpp"

/// What stands for a status where there is none.
inline constexpr int closed = 0;
inline constexpr int silence = -1;

inline std::string text_of(int status) {
  return status == closed ? "closed" : status == silence ? "silence" : std::to_string(status);
}

/// Sends the body in its pieces, each a chunk and a packet of its own. A head that servers may find too long may be
/// answered with the end of the connection, which stands for 400; nothing else may.
inline int send(const server& to, const std::string& path, const sello::testing::request& what) {
  constexpr std::size_t long_head = 8 * 1024;
  request sent = what.chunks.empty() ? with_length(path, what.headers, what.body)
                                     : request{.path = path, .headers = what.headers, .body = {}};
  if (!what.chunks.empty()) sent.headers.emplace_back("Transfer-Encoding", "chunked");
  connection peer{to};
  bool going = peer.send(sent.text());
  std::string_view rest = what.chunks.empty() ? std::string_view{} : what.body;
  for (std::size_t i = 0; going && !rest.empty(); ++i) {
    const std::size_t size = i < what.chunks.size() ? std::min(what.chunks[i], rest.size()) : rest.size();
    going = peer.send(chunk(rest.substr(0, size)));
    rest.remove_prefix(size);
  }
  if (going && !what.chunks.empty()) peer.send("0\r\n\r\n");
  if (const auto answer = peer.receive()) return answer->status;
  if (!peer.closed()) return silence;
  return sent.head().size() > long_head ? 400 : closed;
}

/// Is told of each attack: "as listed", or the statuses that its requests got and must not.
using told = std::function<void(const std::string& name, bool chunked, const std::string& got)>;

template <class Scheme>
void attack(const server& to, const std::string& sender, const sello::testing::target<Scheme>& at, const told& tell) {
  const auto list = sello::testing::attacks(at);
  std::size_t requests = 0;
  for (const auto& each : list) requests += each.requests.size();
  std::printf("%s: %zu attacks, %zu requests; otherwise than listed:\n", sender.c_str(), list.size(), requests);
  for (const auto& each : list) {
    std::set<std::string> statuses;
    for (const auto& found :
         sello::testing::run({each}, [&](const auto& one) { return send(to, "/webhooks/" + sender, one); }))
      statuses.insert(text_of(found.status));
    std::string got;
    for (const auto& status : statuses) got += (got.empty() ? "" : " ") + status;
    const bool chunked =
        std::any_of(each.requests.begin(), each.requests.end(), [](const auto& one) { return !one.chunks.empty(); });
    tell(each.name, chunked, got.empty() ? "as listed" : got);
  }
}

inline void attack_all(const server& to, const told& tell) {
  attack<sello::hex_hmac>(to, "kuenta",
                          {.secret = kuenta_secret,
                           .other_secret = "another-secret",
                           .body = disbursed,
                           .type_key = "event",
                           .type = "credit.disbursed",
                           .options = {}},
                          tell);
  attack<sello::svix_v1>(to, "akua",
                         {.secret = akua_secret,
                          .other_secret = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                          .body = cleared,
                          .type_key = "type",
                          .type = "payment.capture.cleared",
                          .options = {}},
                         tell);
  attack<sello::gu1_hmac>(to, "gu1",
                          {.secret = gu1_secret,
                           .other_secret = "another-secret",
                           .body = rejected,
                           .type_key = "event",
                           .type = "kyc.validation_rejected",
                           .options = {}},
                          tell);
}
