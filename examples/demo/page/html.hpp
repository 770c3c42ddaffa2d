// SPDX-License-Identifier: MIT
// Pieces of HTML for the demo's page. Whatever a delivery brought goes through `escaped`.
#pragma once

#include <string>
#include <string_view>

#include <sello/sello.hpp>

namespace demo::html {

/// A text from elsewhere, as HTML's text and as the value of an attribute in quotes.
[[nodiscard]] inline std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : sello::printable(text)) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
  return out;
}

// The arguments of all below are HTML already.

[[nodiscard]] inline std::string element(std::string_view name, std::string_view classes, std::string_view inside) {
  std::string out = "<" + std::string{name};
  if (!classes.empty()) out.append(" class=\"").append(classes).append("\"");
  return out.append(">").append(inside).append("</").append(name).append(">");
}

[[nodiscard]] inline std::string code(std::string_view inside) { return element("code", "", inside); }
[[nodiscard]] inline std::string quiet(std::string_view inside) { return element("span", "quiet", inside); }

/// A word in a colour: good, refused or bad. What is bad is said by a sign too.
[[nodiscard]] inline std::string mark(std::string_view kind, std::string_view inside) {
  return element("span", "mark " + std::string{kind}, (kind == "bad" ? "✕ " : "") + std::string{inside});
}

// Tables. The roles are those that the elements have; some browsers forget them when a table is shown as cards.

[[nodiscard]] inline std::string heading(std::string_view inside, std::string_view classes = "") {
  return std::string{"<th role=\"columnheader\" scope=\"col\" class=\""}.append(classes).append("\">").append(inside) +
         "</th>";
}

[[nodiscard]] inline std::string row_heading(std::string_view inside, std::string_view classes = "") {
  return std::string{"<th role=\"rowheader\" scope=\"row\" class=\""}.append(classes).append("\">").append(inside) +
         "</th>";
}

/// `label`: what a narrow window shows in place of the column's heading.
[[nodiscard]] inline std::string cell(std::string_view inside, std::string_view classes = "",
                                      std::string_view label = "") {
  std::string out = std::string{"<td role=\"cell\" class=\""}.append(classes).append("\"");
  if (!label.empty()) out.append(" data-label=\"").append(label).append("\"");
  return out.append(">").append(inside).append("</td>");
}

[[nodiscard]] inline std::string row(std::string_view cells) {
  return std::string{"<tr role=\"row\">"}.append(cells).append("</tr>\n");
}

[[nodiscard]] inline std::string table(std::string_view classes, std::string_view caption, std::string_view head,
                                       std::string_view rows) {
  return std::string{"<table role=\"table\" class=\""}
      .append(classes)
      .append("\"><caption class=\"unseen\">")
      .append(caption)
      .append("</caption>\n<thead role=\"rowgroup\"><tr role=\"row\">")
      .append(head)
      .append("</tr></thead>\n<tbody role=\"rowgroup\">\n")
      .append(rows)
      .append("</tbody></table>\n");
}

[[nodiscard]] inline std::string section(std::string_view id, std::string_view title, std::string_view text,
                                         std::string_view inside) {
  return std::string{"<section id=\""}
      .append(id)
      .append("\"><h2>")
      .append(title)
      .append("</h2>\n<p>")
      .append(text)
      .append("</p>\n")
      .append(inside)
      .append("</section>\n");
}

/// A section that can be folded.
[[nodiscard]] inline std::string folding_section(std::string_view id, std::string_view title, std::string_view note,
                                                 std::string_view inside) {
  return std::string{"<section id=\""}
      .append(id)
      .append("\"><details open><summary><h2>")
      .append(title)
      .append("</h2>")
      .append(note)
      .append("</summary>\n")
      .append(inside)
      .append("</details></section>\n");
}

}  // namespace demo::html
