// SPDX-License-Identifier: MIT
// A second implementation of the rules, as plain as possible and with nothing of sello's: what the fuzz targets compare
// with. Verdicts are texts: "" for accepted, else the name of the error.
#pragma once

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace reference {

using lines = std::vector<std::pair<std::string, std::string>>;

// Bytes and texts

inline std::string hmac(const std::string& key, const std::string& message) {
  unsigned char code[32];
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(message.data()),
       message.size(), code, nullptr);
  return {reinterpret_cast<const char*>(code), 32};
}

inline std::string to_hex(const std::string& bytes) {
  std::string text;
  for (const char byte : bytes) {
    char two[3];
    std::snprintf(two, sizeof two, "%02x", static_cast<unsigned>(static_cast<unsigned char>(byte)));
    text += two;
  }
  return text;
}

inline std::string digest(const std::string& message) {
  unsigned char code[32];
  SHA256(reinterpret_cast<const unsigned char*>(message.data()), message.size(), code);
  return to_hex({reinterpret_cast<const char*>(code), 32});
}

inline std::optional<std::string> from_hex(const std::string& text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    int value = 0;
    for (std::size_t j = i; j < i + 2; ++j) {
      const std::string digits = "0123456789abcdef0123456789ABCDEF";
      const auto digit = digits.find(text[j]);
      if (digit == std::string::npos) return std::nullopt;
      value = value * 16 + static_cast<int>(digit % 16);
    }
    bytes += static_cast<char>(value);
  }
  return bytes;
}

inline const std::string base64_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

inline std::string to_base64(const std::string& bytes) {
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    unsigned group = 0;
    for (std::size_t j = i; j < i + 3; ++j)
      group = group * 256 + (j < bytes.size() ? static_cast<unsigned char>(bytes[j]) : 0);
    text += base64_alphabet[group >> 18U];
    text += base64_alphabet[group >> 12U & 63U];
    text += i + 1 < bytes.size() ? base64_alphabet[group >> 6U & 63U] : '=';
    text += i + 2 < bytes.size() ? base64_alphabet[group & 63U] : '=';
  }
  return text;
}

/// Strict: padded, standard alphabet, no stray bits, nothing else.
inline std::optional<std::string> from_base64(const std::string& text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::string bits;
  std::string bytes;
  std::size_t length = text.size();
  for (int i = 0; i < 2; ++i) {
    if (length > 0 && text[length - 1] == '=') --length;
  }
  for (std::size_t i = 0; i < length; ++i) {
    const auto value = base64_alphabet.find(text[i]);
    if (value == std::string::npos) return std::nullopt;
    for (int bit = 5; bit >= 0; --bit) bits += (value >> static_cast<unsigned>(bit)) % 2 == 1 ? '1' : '0';
  }
  std::size_t at = 0;
  for (; bits.size() - at >= 8; at += 8) {
    int byte = 0;
    for (std::size_t i = at; i < at + 8; ++i) byte = byte * 2 + (bits[i] - '0');
    bytes += static_cast<char>(byte);
  }
  if (bits.size() - at > 5 || bits.find('1', at) != std::string::npos) return std::nullopt;
  return bytes;
}

// Headers

inline bool same_name(const std::string& a, const std::string& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const auto upper = [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; };
    if (upper(a[i]) != upper(b[i])) return false;
  }
  return true;
}

inline std::vector<std::string> values(const lines& headers, const std::string& name) {
  std::vector<std::string> found;
  for (const auto& line : headers) {
    if (same_name(line.first, name)) found.push_back(line.second);
  }
  return found;
}

inline std::string without_blanks_around(std::string text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.erase(0, 1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.pop_back();
  return text;
}

inline constexpr std::size_t longest_header = 8192;
inline constexpr std::size_t most_lines = 64;
inline constexpr std::size_t most_signatures = 16;
inline constexpr std::size_t most_of_v1a = 4;

/// Every line's value, without the blanks around it; nothing where there is more than is looked at.
inline std::optional<std::vector<std::string>> bounded_values(const lines& headers, const std::string& name) {
  auto all = values(headers, name);
  std::size_t size = 0;
  for (auto& value : all) {
    value = without_blanks_around(value);
    size += value.size();
  }
  if (size > longest_header || all.size() > most_lines) return std::nullopt;
  return all;
}

inline std::vector<std::string> split(const std::string& text, const std::string& separators) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (separators.find(c) != std::string::npos) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

/// The value of one line: `a` of `a, a`.
inline std::string one_value(const std::string& text) {
  auto parts = split(text, ",");
  for (auto& part : parts) part = without_blanks_around(part);
  for (const auto& part : parts) {
    if (part != parts.front()) return without_blanks_around(text);
  }
  return parts.front();
}

/// The value of a header that must have one. The error is "missing_header" or "malformed_header".
struct single {
  std::string value;
  std::string error;
};

inline single one(const lines& headers, const std::string& name) {
  auto all = bounded_values(headers, name);
  if (!all) return {"", "malformed_header"};
  for (auto& value : *all) {
    value = one_value(value);
    if (value != all->front()) return {"", "malformed_header"};
  }
  if (all->empty() || all->front().empty()) return {"", "missing_header"};
  return {all->front(), ""};
}

// Hexadecimal HMAC of the body: Kuenta and Gu1

inline std::string verify_hex_text(const std::string& text, const std::vector<std::string>& secrets,
                                   const std::string& body) {
  const std::string signature = one_value(text);
  if (signature.empty()) return "missing_header";
  const auto received = from_hex(signature);
  if (signature.size() != 64 || !received) return "malformed_signature";
  for (const auto& secret : secrets) {
    if (hmac(secret, body) == *received) return "";
  }
  return "signature_mismatch";
}

inline std::string verify_hex(const lines& headers, const std::vector<std::string>& secrets, const std::string& body) {
  const single signature = one(headers, "X-Webhook-Signature");
  return signature.error.empty() ? verify_hex_text(signature.value, secrets, body) : signature.error;
}

/// Whether the lines of Gu1's unsigned event type say different things.
inline bool type_hint_contradicts(const lines& headers) {
  return one(headers, "X-Webhook-Event").error == "malformed_header";
}

/// Gu1's unsigned event type: nothing, or what it says; "" where it contradicts itself.
inline std::optional<std::string> type_hint(const lines& headers) {
  const single type = one(headers, "X-Webhook-Event");
  if (type.error == "missing_header") return std::nullopt;
  return type.value;
}

// Secrets

/// The key, or the name of the error.
struct key_reading {
  std::string key;
  std::string error;
};

/// The characters of a text in UTF-8; a byte that belongs to none as itself, negated.
inline std::vector<long> characters(const std::string& text) {
  std::vector<long> all;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    std::size_t more = 0;
    long code = lead;
    if (lead >= 0xc0) more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
    if (more > 0) code = lead % (64L >> more);
    bool good = lead < 0x80 || (lead >= 0xc2 && lead <= 0xf4);
    for (std::size_t j = 1; j <= more && good; ++j) {
      const int next = i + j < text.size() ? static_cast<unsigned char>(text[i + j]) : 0;
      good = next / 64 == 2;
      code = code * 64 + next % 64;
    }
    const long least[] = {0, 0x80, 0x800, 0x10000};
    good = good && code >= least[more] && code <= 0x10ffff && code / 0x800 != 0x1b;
    all.push_back(good ? code : -1L - lead);
    i += good ? more + 1 : 1;
  }
  return all;
}

inline bool is_white(long c) {
  return (c >= 9 && c <= 13) || c == 32 || c == 0x85 || c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200d) ||
         c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x2060 || c == 0x3000 || c == 0xfeff;
}

inline bool is_quote(long c) { return c == 34 || c == 39 || c == 0xab || c == 0xbb || (c >= 0x2018 && c <= 0x201f); }

inline bool stands_for_a_secret(const std::string& text) {
  const auto begins_and_ends = [&](const std::string& a, const std::string& b) {
    return text.size() >= a.size() + b.size() && text.substr(0, a.size()) == a &&
           text.substr(text.size() - b.size()) == b;
  };
  const auto is_name = [](const std::string& name) {
    for (const char c : name) {
      if (!(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && c != '_') return false;
    }
    return !name.empty();
  };
  if (begins_and_ends("${", "}") || begins_and_ends("{{", "}}") || begins_and_ends("<", ">")) return true;
  if (begins_and_ends("$", "") && is_name(text.substr(1))) return true;
  if (begins_and_ends("%", "%") && is_name(text.substr(1, text.size() - 2))) return true;
  const auto all = characters(text);
  bool repeated = true;
  for (const long c : all) repeated = repeated && c == all.front();
  if (repeated) return true;

  std::string lower = text;
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  for (const char* word :
       {"null", "nil", "none", "undefined", "changeme", "change-me", "change_me", "secret", "placeholder"}) {
    if (lower == word) return true;
  }
  const auto words = split(lower, "-_ ");
  for (const auto& word : words) {
    if (word.empty()) return false;
  }
  if (words.size() == 2) return words[0] == "your" && words[1] == "secret";
  return words.size() == 3 && words[0] == "your" && (words[1] == "secret" || words[2] == "secret");
}

/// What is wrong with a text as anybody's secret.
inline std::string fault_of_secret(const std::string& text) {
  const auto all = characters(text);
  bool blank = true;
  bool control = false;
  for (const long c : all) {
    blank = blank && is_white(c);
    control = control || (c >= 0 && c < 32) || (c >= 127 && c < 160);
  }
  if (blank) return "empty_secret";
  for (const long c : {all.front(), all.back()}) {
    if (is_white(c) || is_quote(c)) return "malformed_secret";
  }
  return control || stands_for_a_secret(text) ? "malformed_secret" : "";
}

/// The key of a plain-text secret: the text.
inline key_reading text_key(const std::string& text) {
  const std::string fault = fault_of_secret(text);
  if (!fault.empty()) return {"", fault};
  if (text.size() < 8) return {"", "malformed_secret"};
  return {text, ""};
}

// Svix v1 and v1a

inline constexpr std::size_t longest_secret = 4093;

/// Strict base64, whose padding may be missing.
inline std::optional<std::string> key_from_base64(std::string text) {
  if (text.size() > longest_secret) return std::nullopt;
  if (text.find('=') == std::string::npos) {
    while (text.size() % 4 >= 2) text += '=';
  }
  return from_base64(text);
}

inline key_reading svix_key(std::string text) {
  const std::string white_space = " \t\n\v\f\r";
  while (!text.empty() && white_space.find(text.front()) != std::string::npos) text.erase(0, 1);
  while (!text.empty() && white_space.find(text.back()) != std::string::npos) text.pop_back();
  const std::string fault = fault_of_secret(text);
  if (!fault.empty()) return {"", fault};
  if (text.starts_with("whsec_")) text.erase(0, 6);
  if (text.empty()) return {"", "empty_secret"};
  const auto key = key_from_base64(text);
  if (!key || key->size() < 16) return {"", "malformed_secret"};
  return {*key, ""};
}

/// Whether a point under which anybody can sign, or an ordinate that is none: as numbers in hexadecimal, the highest digit first.
inline bool is_bad_point(std::string bytes) {
  bytes = std::string{bytes.rbegin(), bytes.rend()};
  bytes[0] = static_cast<char>(bytes[0] & 0x7f);
  const std::string number = to_hex(bytes);
  const std::string zeros(60, '0');
  for (const std::string& small : {zeros + "0000", zeros + "0001", "7f" + std::string(60, 'f') + "ec",
                                   std::string{"05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826"},
                                   std::string{"7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7"}}) {
    if (number == small) return true;
  }
  return number >= "7f" + std::string(60, 'f') + "ed";
}

/// The public key of v1a.
inline key_reading v1a_key(std::string text) {
  const std::string white_space = " \t\n\v\f\r";
  while (!text.empty() && white_space.find(text.front()) != std::string::npos) text.erase(0, 1);
  while (!text.empty() && white_space.find(text.back()) != std::string::npos) text.pop_back();
  const std::string fault = fault_of_secret(text);
  if (!fault.empty()) return {"", fault};
  if (!text.starts_with("whpk_")) return {"", "malformed_secret"};
  if (text == "whpk_") return {"", "empty_secret"};
  const auto key = key_from_base64(text.substr(5));
  if (!key || key->size() != 32 || is_bad_point(*key)) return {"", "malformed_secret"};
  return {*key, ""};
}

inline bool verify_ed25519(const std::string& key, const std::string& message, const std::string& signature) {
  EVP_PKEY* made = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr,
                                               reinterpret_cast<const unsigned char*>(key.data()), key.size());
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  EVP_DigestVerifyInit(context, nullptr, nullptr, nullptr, made);
  const bool right =
      EVP_DigestVerify(context, reinterpret_cast<const unsigned char*>(signature.data()), signature.size(),
                       reinterpret_cast<const unsigned char*>(message.data()), message.size()) == 1;
  EVP_MD_CTX_free(context);
  EVP_PKEY_free(made);
  return right;
}

inline std::string sign_ed25519(const std::string& seed, const std::string& message) {
  EVP_PKEY* key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr,
                                               reinterpret_cast<const unsigned char*>(seed.data()), seed.size());
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  unsigned char code[64];
  std::size_t size = sizeof code;
  EVP_DigestSignInit(context, nullptr, nullptr, nullptr, key);
  EVP_DigestSign(context, code, &size, reinterpret_cast<const unsigned char*>(message.data()), message.size());
  EVP_MD_CTX_free(context);
  EVP_PKEY_free(key);
  return {reinterpret_cast<const char*>(code), size};
}

inline std::optional<std::int64_t> unix_seconds(const std::string& text) {
  if (text.empty() || text.size() > 11) return std::nullopt;
  if (text.size() > 1 && text[0] == '0') return std::nullopt;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
  }
  return std::stoll(text);
}

/// What a complete family of headers says; the id and the time where it is accepted.
struct svix_reading {
  std::string error;
  std::string id;
  std::int64_t sent_at = 0;
};

inline bool is_version(const std::string& piece) {
  std::string digits = piece.substr(1);
  if (!digits.empty() && digits.back() >= 'a' && digits.back() <= 'z') digits.pop_back();
  return piece[0] == 'v' && !digits.empty() && digits.find_first_not_of("0123456789") == std::string::npos;
}

inline svix_reading verify_svix_family(const lines& headers, const std::string& family,
                                       const std::vector<std::string>& keys, const std::string& body, std::int64_t now,
                                       std::int64_t tolerance, const std::string& ours) {
  const single id = one(headers, family + "id");
  if (!id.error.empty()) return {id.error, "", 0};
  if (id.value.find('.') != std::string::npos) return {"malformed_header", "", 0};
  const single time = one(headers, family + "timestamp");
  if (!time.error.empty()) return {time.error, "", 0};
  const auto sent_at = unix_seconds(time.value);
  if (!sent_at) return {"malformed_timestamp", "", 0};

  const auto lists = bounded_values(headers, family + "signature");
  if (!lists) return {"malformed_header", "", 0};
  std::vector<std::vector<std::string>> pieces;
  for (const auto& line : *lists) {
    pieces.emplace_back();
    for (const auto& piece : split(line, " \t,")) {
      if (!piece.empty()) pieces.back().push_back(piece);
    }
  }
  std::vector<std::pair<std::string, std::string>> named;  // version and value
  for (const auto& line : pieces) {
    std::string version;
    for (const auto& other : pieces) {
      if (&other != &line && !other.empty() && other.back() == ours) version = ours;
    }
    for (const auto& piece : line) {
      if (is_version(piece)) {
        version = piece;
      } else if (!version.empty()) {
        named.emplace_back(version, piece);
        version.clear();
      }
    }
  }
  if (named.size() > most_signatures) return {"malformed_header", "", 0};
  std::vector<std::string> signatures;
  for (const auto& [of, value] : named) {
    if (of != ours) continue;
    if (ours == "v1a" && signatures.size() == most_of_v1a) return {"malformed_header", "", 0};
    const auto received = from_base64(value);
    if (received && received->size() == (ours == "v1a" ? 64 : 32)) signatures.push_back(*received);
  }
  if (signatures.empty()) return {"malformed_signature", "", 0};

  if (now - *sent_at > tolerance) return {"timestamp_too_old", "", 0};
  if (*sent_at - now > tolerance) return {"timestamp_too_new", "", 0};

  for (const auto& received : signatures) {
    for (const auto& key : keys) {
      const std::string message = id.value + "." + time.value + "." + body;
      const bool right = ours == "v1a" ? verify_ed25519(key, message, received) : hmac(key, message) == received;
      if (right) return {"", id.value, *sent_at};
    }
  }
  return {"signature_mismatch", "", 0};
}

inline bool is_complete(const lines& headers, const std::string& family) {
  for (const char* name : {"id", "timestamp", "signature"}) {
    bool found = false;
    for (const auto& value : values(headers, family + name)) found = found || !without_blanks_around(value).empty();
    if (!found) return false;
  }
  return true;
}

inline svix_reading verify_svix(const lines& headers, const std::vector<std::string>& keys, const std::string& body,
                                std::int64_t now, std::int64_t tolerance, const std::string& ours = "v1") {
  for (const char* family : {"svix-", "webhook-"}) {
    if (is_complete(headers, family)) return verify_svix_family(headers, family, keys, body, now, tolerance, ours);
  }
  return {"missing_header", "", 0};
}

// Time

/// Microseconds since 1970 of an RFC 3339 text, through the C library's calendar.
inline std::optional<std::int64_t> rfc3339(const std::string& text) {
  const std::string pattern = "dddd-dd-ddTdd:dd:dd";
  if (text.size() < pattern.size()) return std::nullopt;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (pattern[i] == 'd' ? !digit : text[i] != pattern[i] && !(pattern[i] == 'T' && text[i] == 't'))
      return std::nullopt;
  }
  const auto number = [&](std::size_t at, std::size_t digits) { return std::stoi(text.substr(at, digits)); };
  std::tm given{};
  given.tm_year = number(0, 4) - 1900;
  given.tm_mon = number(5, 2) - 1;
  given.tm_mday = number(8, 2);
  given.tm_hour = number(11, 2);
  given.tm_min = number(14, 2);
  if (given.tm_hour > 23 || given.tm_min > 59 || number(17, 2) > 60) return std::nullopt;
  std::tm normal = given;
  std::int64_t seconds = timegm(&normal);
  // A date that is not in the calendar comes back as another one.
  if (normal.tm_year != given.tm_year || normal.tm_mon != given.tm_mon || normal.tm_mday != given.tm_mday)
    return std::nullopt;
  seconds += number(17, 2);

  std::string rest = text.substr(pattern.size());
  std::string fraction;
  if (!rest.empty() && rest[0] == '.') {
    rest.erase(0, 1);
    while (!rest.empty() && rest[0] >= '0' && rest[0] <= '9') {
      fraction += rest[0];
      rest.erase(0, 1);
    }
    if (fraction.empty()) return std::nullopt;
  }
  fraction.resize(6, '0');
  if (rest != "Z" && rest != "z") {
    if (rest.size() != 6 || (rest[0] != '+' && rest[0] != '-') || rest[3] != ':') return std::nullopt;
    for (const std::size_t at : {1U, 2U, 4U, 5U}) {
      if (rest[at] < '0' || rest[at] > '9') return std::nullopt;
    }
    const int hours = std::stoi(rest.substr(1, 2));
    const int minutes = std::stoi(rest.substr(4, 2));
    if (hours > 23 || minutes > 59) return std::nullopt;
    const int offset = (hours * 60 + minutes) * 60;
    seconds += rest[0] == '+' ? -offset : offset;
  }
  return seconds * 1'000'000 + std::stoll(fraction);
}

// Numbers

/// Whether a text is a number of JSON (RFC 8259, section 6).
inline bool is_number(const std::string& text) {
  std::size_t at = 0;
  const auto here = [&](const char* any_of) {
    return at < text.size() && std::string{any_of}.find(text[at]) != std::string::npos;
  };
  const auto digits = [&] {
    const auto begin = at;
    while (here("0123456789")) ++at;
    return at > begin;
  };
  if (here("-")) ++at;
  if (here("0")) {
    ++at;
  } else if (!digits()) {
    return false;
  }
  if (here(".")) {
    ++at;
    if (!digits()) return false;
  }
  if (here("eE")) {
    ++at;
    if (here("+-")) ++at;
    if (!digits()) return false;
  }
  return at == text.size();
}

/// A number of JSON times ten to the power of `places`, if that is whole and fits: by moving the point in the text.
inline std::optional<std::int64_t> scaled(std::string text, int places) {
  const bool negative = text[0] == '-';
  if (negative) text.erase(0, 1);
  long exponent = places;
  if (const auto e = text.find_first_of("eE"); e != std::string::npos) {
    std::string digits = text.substr(e + 1);
    const bool below = digits[0] == '-';
    if (digits[0] == '-' || digits[0] == '+') digits.erase(0, 1);
    while (digits.size() > 1 && digits[0] == '0') digits.erase(0, 1);
    const long size = digits.size() > 17 ? 100'000'000'000'000'000 : std::stol(digits);
    exponent += below ? -size : size;
    text.erase(e);
  }
  if (const auto point = text.find('.'); point != std::string::npos) {
    exponent -= static_cast<long>(text.size() - point - 1);
    text.erase(point, 1);
  }
  while (!text.empty() && text[0] == '0') text.erase(0, 1);
  if (text.empty()) return 0;
  while (text.back() == '0') {
    text.pop_back();
    ++exponent;
  }
  if (exponent < 0 || exponent > 19 || text.size() > 19) return std::nullopt;
  text.append(static_cast<std::size_t>(exponent), '0');
  if (text.size() > 19) return std::nullopt;
  const std::string limit = negative ? "9223372036854775808" : "9223372036854775807";
  if (text.size() == 19 && text > limit) return std::nullopt;
  const auto size = std::stoull(text);
  return static_cast<std::int64_t>(negative ? 0 - size : size);
}

}  // namespace reference
