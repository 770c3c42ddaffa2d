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

[[nodiscard]] inline sello::header_list headers_of_json(std::string_view text) {
  if (const auto sound = sello::raw_json::parse(text); !sound)
    throw failure{wrong_usage, "the JSON of the headers: " + shown(sound.error().message())};
  json read = json::parse(text, nullptr, false);
  if (read.is_object() && read.contains("headers")) read = json(read["headers"]);
  if (!read.is_object()) throw failure{wrong_usage, "the headers begin with { and are no JSON object of texts"};
  sello::header_list headers;
  for (const auto& [name, value] : read.items()) {
    if (!value.is_string()) throw failure{wrong_usage, "the header " + shown(name) + " is no text in the JSON"};
    headers.emplace_back(name, value.get<std::string>());
  }
  return headers;
}

}  // namespace detail

/// Lines `Name: value`, as `sello sign` and `curl -v` print them and an access log may have them, or a JSON object. A line
/// of the request itself, such as `POST / HTTP/1.1`, is left out.
[[nodiscard]] inline sello::header_list read_headers(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first != text.npos && text[first] == '{') return detail::headers_of_json(text);
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
      throw failure{wrong_usage, "a line of the headers has no colon; they are lines `Name: value`"};
    headers.emplace_back(name, sello::trimmed(line.substr(colon + 1)));
  }
  if (headers.empty()) throw failure{wrong_usage, "there are no headers; they are lines `Name: value`"};
  return headers;
}

}  // namespace cli
