// SPDX-License-Identifier: MIT
// Sends requests to a server, and says in a few words what it does.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client.hpp"
#include "deliveries.hpp"

inline constexpr std::size_t mebibyte = 1024 * 1024;
inline constexpr long allowed_growth = 8 * 1024;  // KiB: the limit of 1 MiB, some buffers, some threads

/// The status of the next reply, or "closed", or "silence".
inline std::string next(connection& from, bool with_body = true) {
  const auto got = from.receive(with_body);
  return got ? std::to_string(got->status) : from.closed() ? "closed" : "silence";
}

/// Sends the text and gives the statuses of that many replies, and "closed" for what does not come.
inline std::string talk(const server& to, const std::string& text, int replies = 1) {
  connection peer{to};
  peer.send(text);
  std::string statuses;
  for (int i = 0; i < replies; ++i) {
    statuses += (i == 0 ? "" : " ") + next(peer);
    if (statuses.back() > '9') break;
  }
  return statuses;
}

/// The same for one request, and whether the connection ends then.
inline std::string talk_and_end(const server& to, const std::string& text) {
  connection peer{to};
  peer.send(text);
  const std::string status = next(peer);
  if (status == "closed") return status;
  return status + (peer.closes() ? " closed" : " open");
}

/// Sends 64 MiB in pieces, or as much as is taken.
inline std::string flood(const server& to, const request& head, std::string_view before, std::string_view piece) {
  const long peak = to.peak();
  connection peer{to};
  peer.send(head.head() + std::string{before});
  while (peer.sent() < 64 * mebibyte && peer.send(piece)) {
  }
  std::string what = "no answer";
  if (peer.sent() < 64 * mebibyte || !peer.quiet_for(100)) what = next(peer);
  if (peer.sent() >= 64 * mebibyte) what += ", all of it read";
  if (to.peak() - peak > allowed_growth) what += ", memory grows";
  return what;
}

inline std::string flood_chunked(const server& to, request head) {
  head.headers.emplace_back("Transfer-Encoding", "chunked");
  return flood(to, head, "", chunk(std::string(64 * 1024, ' ')));
}

/// All that a stranger can see of these refusals: "same 401", or that they differ.
inline std::string compare_refusals(const server& to, const std::vector<request>& refused) {
  std::optional<reply> first;
  for (const auto& each : refused) {
    connection peer{to};
    peer.send(each.text());
    auto got = peer.receive();
    if (!got) return std::string{"closed"};
    if (const auto date = got->head.find("\r\nDate: "); date != got->head.npos)
      got->head.erase(date, got->head.find("\r\n", date + 2) - date);
    if (first && (first->head != got->head || first->body != got->body))
      return "different: " + first->head + first->body + " / " + got->head + got->body;
    first = got;
  }
  return "same " + std::to_string(first->status);
}
