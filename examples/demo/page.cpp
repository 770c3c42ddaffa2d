// SPDX-License-Identifier: MIT
// Writes the demo's page, from what is most urgent to what is longest.
#include "page.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "page/bars.hpp"
#include "page/durable.hpp"
#include "page/html.hpp"
#include "page/style.hpp"

namespace demo::html {
namespace {

std::array<const demo::section*, 4> sections(const report& found) {
  return {&found.unusual, &found.hostile, &found.known, &found.attacks};
}

/// Its verdict and its status. Green: it was handled. Amber: it was refused, and had to be. Red: it was not as expected.
std::string answer(const delivery& each, std::string_view before = "") {
  const std::string_view text = each.seen.text == "none" ? "the server itself" : std::string_view{each.seen.text};
  return element("div", "line",
                 std::string{before} +
                     mark(!each.good                    ? "bad"
                          : each.seen.text == "handled" ? "good"
                                                        : "refused",
                          escaped(text)) +
                     quiet(std::to_string(each.status)));
}

std::string tile(std::string_view link, std::string_view big, std::string_view small, std::string_view text,
                 bool good) {
  return std::string{"<li><a href=\"#"}.append(link).append("\">") +
         element("strong", good ? "" : "bad", (good ? "" : "✕ ") + std::string{big} + ' ' + quiet(small)) +
         std::string{text} + "</a></li>\n";
}

std::string tile(std::string_view link, const demo::section& of, std::string_view text) {
  return tile(link, std::to_string(of.good()), "of " + std::to_string(of.deliveries.size()), text, of.all_good());
}

std::string tiles(const report& found) {
  const durable_result& durable = found.durable;
  const std::string kills = std::to_string(durable.kills);
  return "<ul class=\"tiles\">\n" + tile("known", found.known, "known events handled") +
         tile("unusual", found.unusual, "unusual deliveries handled") +
         tile("hostile", found.hostile, "hostile deliveries refused") +
         tile("attacks", found.attacks, "attacks answered as they must be") +
         tile("refusals", std::to_string(found.refusals.size()), "", "body for every refusal", found.one_answer()) +
         (!durable.failed.empty() ? tile("durable", "–", "", "durable part failed", false)
          : durable.tried         ? tile("durable", std::to_string(durable.lost() + durable.doubled()), "",
                                         "lost or doubled in " + kills + " kills", durable.good())
                                  : tile("durable", "–", "", "durable part left out", true)) +
         "</ul>\n";
}

std::string deliveries(std::string_view caption, const std::vector<delivery>& list, nanoseconds whole) {
  std::string rows;
  for (const delivery& each : list) {
    std::string what = escaped(each.what);
    if (!each.seen.type.empty() && each.what != each.seen.type)
      what += element("div", "type", code(escaped(each.seen.type)));
    const std::string id = escaped(each.seen.id);
    rows += row(cell(escaped(each.sender), "from quiet") + row_heading(what, "what") + cell(answer(each), "answer") +
                cell(escaped(each.note), "note") +
                cell(id.empty() ? "" : "<code class=\"cut\" title=\"" + id + "\">" + id + "</code>", "key quiet") +
                cell(timed_bar(each.seen, whole), "took"));
  }
  return table("cards deliveries", caption,
               heading("From", "from") + heading("Delivery", "what") + heading("Verdict and status", "answer") +
                   heading("What the handler got, or where the fault is", "note") + heading("Idempotency key", "key") +
                   heading("Microseconds", "took"),
               rows);
}

/// What the reader looks for first, if there is any.
std::string unexpected(const report& found, nanoseconds whole) {
  std::vector<delivery> list;
  for (const demo::section* part : sections(found))
    std::copy_if(part->deliveries.begin(), part->deliveries.end(), std::back_inserter(list),
                 [](const delivery& each) { return !each.good; });
  if (list.empty()) return "";
  return html::section("unexpected", "Not as expected",
                       "What was expected stands behind each arrow; what came, in the verdict before it.",
                       deliveries("Not as expected", list, whole));
}

std::string refusals(const report& found) {
  struct cause {
    std::string_view meaning;
    std::set<int> statuses{};
    std::size_t count = 0;
  };
  std::map<std::string_view, cause> causes;
  for (const demo::section* part : sections(found)) {
    for (const delivery& each : part->deliveries) {
      if (each.status == 200) continue;
      cause& of = causes[each.seen.text];
      of.meaning = each.seen.text == "none" ? "refused by the HTTP server, before the receiver was asked"
                                            : std::string_view{each.seen.meaning};
      of.statuses.insert(each.status);
      ++of.count;
    }
  }
  std::vector<std::pair<std::string_view, cause>> ordered(causes.begin(), causes.end());
  std::sort(ordered.begin(), ordered.end(), [](const auto& a, const auto& b) {
    return a.second.count != b.second.count ? a.second.count > b.second.count : a.first < b.first;
  });
  std::string rows;
  for (const auto& [name, of] : ordered) {
    std::string statuses;
    for (const int status : of.statuses) statuses += (statuses.empty() ? "" : ", ") + std::to_string(status);
    const double part = static_cast<double>(of.count) / static_cast<double>(ordered.front().second.count);
    rows += row(row_heading(name == "none" ? "the server itself" : code(escaped(name)), "cause") +
                cell(escaped(of.meaning), "meaning quiet") + cell(statuses, "status number") +
                cell(element("div", "time",
                             element("span", "number", std::to_string(of.count)) +
                                 element("span", "bar", piece("count", part))),
                     "count"));
  }
  return html::section(
      "refusals", "Refusals by cause",
      "The cause is for the receiver's log. The sender was told none of it: " +
          (found.one_answer() ? std::string{"every refusal had the same body."}
                              : std::to_string(found.refusals.size()) + " different bodies were sent."),
      table("cards causes", "Refusals by cause",
            heading("Cause", "cause") + heading("What it means", "meaning") + heading("Status", "status number") +
                heading("Deliveries", "count"),
            rows));
}

/// The medians of the known events, by sender, and of what was stored.
std::string times(const report& found, nanoseconds whole) {
  std::vector<std::pair<std::string, std::vector<verdict>>> groups;
  for (const delivery& each : found.known.deliveries) {
    const std::string name = each.sender + ", to its handler";
    if (groups.empty() || groups.back().first != name) groups.push_back({name, {}});
    groups.back().second.push_back(each.seen);
  }
  for (const outage& each : found.durable.outages)
    if (!each.stored.empty()) {
      groups.push_back({"gu1, into the durable inbox", each.stored});
      break;
    }
  std::string rows;
  for (const auto& [name, seen] : groups)
    rows += row(row_heading(escaped(name), "what") + cell(std::to_string(seen.size()), "number", "deliveries") +
                cell(timed_bar(median(seen), whole), "took"));
  return html::section(
      "times", "How long it took",
      "The medians of this run, in microseconds. Here and below a bar is full at " + microseconds(whole) +
          " microseconds, which 19 of 20 deliveries stay below; one that took longer fades out.",
      legend() +
          table("cards medians", "Medians",
                heading("Deliveries of", "what") + heading("Deliveries", "number") + heading("Microseconds", "took"),
                rows));
}

std::string score(const demo::section& of) {
  return mark(of.all_good() ? "good" : "bad",
              std::to_string(of.good()) + " of " + std::to_string(of.deliveries.size()) + " as expected");
}

std::string folding(std::string_view id, const demo::section& of, nanoseconds whole) {
  return folding_section(id, of.title, score(of), deliveries(of.title, of.deliveries, whole));
}

/// A row for each attack by name, a column for each endpoint.
std::string attacks(const demo::section& of, nanoseconds whole) {
  std::vector<std::string> names;
  std::vector<std::string> senders;
  std::map<std::pair<std::string, std::string>, std::string> cells;
  const auto remember = [](std::vector<std::string>& all, const std::string& one) {
    if (std::find(all.begin(), all.end(), one) == all.end()) all.push_back(one);
  };
  for (const delivery& each : of.deliveries) {
    remember(names, each.what);
    remember(senders, each.sender);
    const std::string where = escaped(each.good ? each.seen.where : each.note);
    cells[{each.what, each.sender}] =
        cell(answer(each, element("span", "name quiet", escaped(each.sender))) +
                 (where.empty() ? "" : "<code class=\"cut\" title=\"" + where + "\">" + where + "</code>") +
                 timed_bar(each.seen, whole),
             "attacked");
  }
  std::string head = heading("Attack", "what");
  for (const std::string& sender : senders) head += heading(escaped(sender));
  std::string rows;
  for (const std::string& name : names) {
    std::string line = row_heading(escaped(name), "what");
    for (const std::string& sender : senders) {
      const auto found = cells.find({name, sender});
      line += found != cells.end() ? found->second : cell(quiet("–"), "none");
    }
    rows += row(line);
  }
  return folding_section(
      "attacks", "Attacks by name", score(of),
      "<p>Each of <code>sello/testing/attacks.hpp</code> on each endpoint that it fits. Of an attack of several "
      "requests the last is shown. An attack that changes nothing that counts is handled.</p>\n" +
          table("cards attacks", "Attacks by name", head, rows));
}

/// A slow build is no slow library.
constexpr std::string_view build =
#ifdef __OPTIMIZE__
    "optimised";
#else
    "not optimised, so the times are longer than they need be";
#endif

}  // namespace
}  // namespace demo::html

std::string demo::page(const report& found, std::string_view made) {
  using namespace html;
  const auto all = html::sections(found);
  const nanoseconds whole = usual_time({all.begin(), all.end()});
  std::size_t count = 0;
  for (const demo::section* part : all) count += part->deliveries.size();
  const std::string_view summary = found.good() ? "all as expected" : "not all as expected";
  return std::string{
             "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
             "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
             "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
             "<meta name=\"color-scheme\" content=\"light dark\">\n<title>sello's demo: "}
             .append(summary)
             .append("</title>\n<style>")
             .append(style)
             .append("</style>\n</head>\n<body>\n<header><div><h1>What became of each delivery</h1>\n<p>sello's demo, ")
             .append(made)
             .append(": ")
             .append(std::to_string(count))
             .append(" deliveries and attacks, over HTTP, on three endpoints</p></div>\n")
             .append(mark(found.good() ? "good" : "bad", summary))
             .append("</header>\n<main>\n")
             .append(tiles(found))
             .append(unexpected(found, whole))
             .append(refusals(found))
             .append(durable_section(found.durable))
             .append(times(found, whole))
             .append(folding("unusual", found.unusual, whole))
             .append(folding("hostile", found.hostile, whole))
             .append(folding("known", found.known, whole))
             .append(attacks(found.attacks, whole)) +
         "</main>\n<footer>sello " SELLO_VERSION_STRING ", " + std::string{build} +
         ". This page has no scripts, and loads nothing.</footer>\n</body>\n</html>\n";
}
