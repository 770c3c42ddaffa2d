// SPDX-License-Identifier: MIT
// The part of the demo's page on the durable inbox: what it kept, and at which try each event came in.
#pragma once

#include <cstddef>
#include <string>

#include "../durable.hpp"
#include "html.hpp"

namespace demo::html {

/// A square for each event that was sent: the try that was answered, or a cross.
[[nodiscard]] inline std::string strip(const outage& of) {
  std::string squares;
  for (const int answered : of.answered_try)
    squares += answered == 0
                   ? "<li class=\"gone\"><span class=\"unseen\">given up</span><span aria-hidden=\"true\">✕</span></li>"
               : answered == 1 ? "<li>1</li>"
                               : element("li", "later", std::to_string(answered));
  return "<figure><figcaption>Away for " + std::to_string(of.away.count()) +
         " s: the try at which each event, in the order of sending, was answered; ✕ where all four met the "
         "outage</figcaption><ol class=\"strip\">" +
         squares + "</ol></figure>\n";
}

[[nodiscard]] inline std::string durable_section(const durable_result& found) {
  if (!found.failed.empty())
    return html::section("durable", "The durable inbox", mark("bad", "it did not come to its end"),
                         element("p", "", escaped(found.failed)));
  if (!found.tried)
    return html::section("durable", "The durable inbox", "Left out: SQLite is not installed (Debian: libsqlite3-dev).",
                         "");
  std::string rows;
  const auto add = [&](const std::string& what, std::size_t sent, std::size_t answered, std::size_t effects,
                       const std::string& result) {
    rows += row(row_heading(what, "what") + cell(std::to_string(sent), "number", "sent") +
                cell(std::to_string(answered), "number", "stored") +
                cell(std::to_string(effects), "number", "effects") + cell(result, "result"));
  };
  std::string strips;
  for (const outage& each : found.outages) {
    const std::size_t gone = each.sent - each.answered;
    add("The database is away for " + std::to_string(each.away.count()) + " s", each.sent, each.answered, each.effects,
        !each.good() ? mark("bad", "not what was answered")
        : gone == 0  ? mark("good", "nothing lost or doubled")
                     : mark("refused", std::to_string(gone) + " given up by Gu1"));
    strips += strip(each);
  }
  add("The process is killed " + std::to_string(found.kills) + " times, in the middle of a handler", found.deliveries,
      found.deliveries, found.effects,
      found.lost() == 0 && found.doubled() == 0
          ? mark("good", "nothing lost or doubled")
          : mark("bad", std::to_string(found.lost()) + " lost, " + std::to_string(found.doubled()) + " doubled"));
  return html::section(
      "durable", "The durable inbox",
      "What is answered with 200 is stored, and takes effect once. An event is lost only where all tries of its "
      "sender, for Gu1 at 0, 1, 3 and 7 s, meet the outage.",
      table("cards outcomes", "What the durable inbox kept",
            heading("What happened", "what") + heading("Sent", "number") + heading("Stored", "number") +
                heading("Effects", "number") + heading("Result", "result"),
            rows) +
          strips);
}

}  // namespace demo::html
