// SPDX-License-Identifier: MIT
// Bodies and headers, from files and from the standard input: bytes exactly.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <fstream>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>
#include <sello/decode/decoder.hpp>
#include <sello/verify/headers.hpp>
#include <sello/verify/scheme.hpp>

#include "exits.hpp"
#include "output.hpp"

namespace cli {

/// All of a file; "-" is the standard input.
[[nodiscard]] inline std::string read_file(const std::string& path) {
  const int file = path == "-" ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  std::string all;
  std::array<char, 65'536> piece{};
  ssize_t size = file < 0 ? -1 : 0;
  while (file >= 0 && (size = ::read(file, piece.data(), piece.size())) > 0)
    all.append(piece.data(), static_cast<std::size_t>(size));
  const int fault = errno;
  if (file > STDIN_FILENO) ::close(file);
  if (size < 0)
    throw failure{wrong_usage,
                  shown(path) + ": " + std::strerror(fault) + "; give a file, or - for the standard input"};
  return all;
}

inline void write_file(const std::string& path, std::string_view bytes) {
  std::ofstream file{path, std::ios::binary};
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (!file) throw failure{broken, shown(path) + " cannot be written"};
}

namespace detail {

[[nodiscard]] inline failure odd_headers(const std::string& where, const std::string& why = "") {
  return {wrong_usage,
          where + ": " + why +
              "the headers are lines `Name: value`, or JSON: an object of names, each with a text or a list "
              "of texts, or a list of [name, value] or of {\"name\": ..., \"value\": ...}"};
}

/// Adds a value, or each of a list.
inline void add_header(sello::header_list& to, const std::string& where, const json& name, const json& value) {
  if (!name.is_string()) throw odd_headers(where);
  const std::string named = name.get<std::string>();
  for (const json& each : value.is_array() ? value : json::array({value})) {
    if (!each.is_string())
      throw failure{wrong_usage,
                    where + ": the header " + shown(named) + " is no text in the JSON, nor a list of texts"};
    to.emplace_back(named, each.get<std::string>());
  }
}

[[nodiscard]] inline sello::header_list headers_of_json(std::string_view text, const std::string& where) {
  if (const auto sound = sello::raw_json::parse(text); !sound)
    throw odd_headers(where, shown(sound.error().message()) + "; ");
  json read = json::parse(text, nullptr, false);
  if (read.is_object() && read.contains("headers") && read["headers"].is_structured()) read = json(read["headers"]);
  sello::header_list headers;
  if (read.is_object()) {
    for (const auto& [name, value] : read.items()) add_header(headers, where, json(name), value);
  } else if (read.is_array()) {
    for (const json& each : read) {
      const bool pair = each.is_array() && each.size() == 2;
      if (!pair && !(each.is_object() && each.contains("name") && each.contains("value"))) throw odd_headers(where);
      pair ? add_header(headers, where, each[0], each[1]) : add_header(headers, where, each["name"], each["value"]);
    }
  } else {
    throw odd_headers(where);
  }
  if (headers.empty()) throw failure{wrong_usage, where + ": there are no headers in the JSON"};
  return headers;
}

}  // namespace detail

/// Lines `Name: value`, as `sello sign` and `curl -v` print them and an access log may have them, or JSON in the forms of
/// frameworks and HAR files. A line of the request itself, such as `POST / HTTP/1.1`, is left out. `where` is for messages.
[[nodiscard]] inline sello::header_list read_headers(std::string_view text, const std::string& where) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first != text.npos && (text[first] == '{' || text[first] == '[')) return detail::headers_of_json(text, where);
  sello::header_list headers;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    for (const std::string_view mark : {"> ", "< "}) {
      if (line.starts_with(mark)) line.remove_prefix(mark.size());
    }
    const std::size_t colon = line.find(':');
    const std::string_view name = sello::trimmed(line.substr(0, colon));
    if (name.empty() || name.find(' ') != name.npos) continue;
    if (colon == line.npos)
      throw failure{wrong_usage, where + ": a line of the headers has no colon; they are lines `Name: value`"};
    headers.emplace_back(name, sello::trimmed(line.substr(colon + 1)));
  }
  if (headers.empty()) throw failure{wrong_usage, where + ": there are no headers; they are lines `Name: value`"};
  return headers;
}

/// The headers in a file.
[[nodiscard]] inline sello::header_list read_headers_of(const std::string& option, const std::string& path) {
  return read_headers(read_file(path), option + ' ' + shown(path));
}

/// Throws `failure` unless it is a file of certificates.
inline void check_ca_file(const std::string& path) {
  if (path.empty()) return;
  if (read_file(path).find("-----BEGIN ") == std::string::npos)
    throw failure{wrong_usage, "--ca-file " + shown(path) + " has no certificate in PEM (-----BEGIN CERTIFICATE-----)"};
}

}  // namespace cli
