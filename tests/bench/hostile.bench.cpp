// SPDX-License-Identifier: MIT
// What the worst inputs cost, beside an ordinary request of the same size: time and memory per byte, at 64 KiB and 1 MiB,
// so that more than linear growth shows. Columns:
//   ns/byte  processor time of the whole request, from headers and body to the response; the best of ten
//   ratio    that time, divided by the time of the ordinary request of that size
//   peak     most bytes that were allocated at once, divided by the request's size
//   news     how often memory was allocated
#include <benchmark/benchmark.h>
#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <new>
#include <sello/sello.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

/// What operator new has given out.
std::size_t live = 0;
std::size_t peak = 0;
std::size_t news = 0;

void* allocate(std::size_t size) {
  void* const memory = std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc{};
  live += malloc_usable_size(memory);
  peak = std::max(peak, live);
  ++news;
  return memory;
}

void release(void* memory) noexcept {
  if (memory != nullptr) live -= malloc_usable_size(memory);
  std::free(memory);
}

}  // namespace

void* operator new(std::size_t size) { return allocate(size); }
void* operator new[](std::size_t size) { return allocate(size); }
void operator delete(void* memory) noexcept { release(memory); }
void operator delete[](void* memory) noexcept { release(memory); }
void operator delete(void* memory, std::size_t) noexcept { release(memory); }
void operator delete[](void* memory, std::size_t) noexcept { release(memory); }

namespace {

namespace akua = sello::akua;
namespace gu1 = sello::gu1;
namespace kuenta = sello::kuenta;

constexpr std::string_view secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const auto now = std::chrono::system_clock::now();

struct request {
  sello::header_list headers;
  std::string body;
  int status;  // what it must get
};

/// Repeats what `piece(i)` gives, with commas between, up to about `size` bytes.
template <class Piece>
std::string list(std::string_view before, std::size_t size, Piece piece, std::string_view behind) {
  std::string text{before};
  for (std::size_t i = 0; text.size() < size; ++i) {
    if (i != 0) text += ',';
    text += piece(i);
  }
  return text.append(behind);
}

std::string times(std::size_t count, std::string_view piece) {
  std::string text;
  text.reserve(count * piece.size());
  for (std::size_t i = 0; i < count; ++i) text += piece;
  return text;
}

/// A number as a key of fixed length behind `before`.
std::string key(std::string before, std::size_t number, std::size_t digits) {
  std::string text(digits, 'a');
  for (std::size_t i = digits; i-- > 0; number /= 26) text[i] = static_cast<char>('a' + number % 26);
  return before + text;
}

// JSON values of about `size` bytes

std::string ordinary(std::size_t size) {
  const auto piece = [](std::size_t i) {
    return R"({"firstName":"Ana","lastName":"Pérez","document":{"type":"passport","number":"AB)" + std::to_string(i) +
           R"("},"score":0.97,"year":1990,"valid":true,"note":null})";
  };
  return list("[", size, piece, "]");
}

std::string many_keys(std::size_t size) {
  return list("{", size, [](std::size_t i) { return '"' + key("", i, 4) + "\":0"; }, "}");
}

template <std::size_t Length>
std::string common_prefix(std::size_t size) {
  const std::string prefix(Length, 'k');
  const std::size_t count = size / (Length + 9) + 1;
  return list("{", size, [&](std::size_t i) { return '"' + key(prefix, i * 7919 % count, 4) + "\":0"; }, "}");
}

std::string duplicates(std::size_t size) {
  return list("{", size, [](std::size_t) { return R"("k":0)"; }, "}");
}

std::string deep(std::size_t size) {
  const std::string piece = std::string(60, '[') + std::string(60, ']');
  return list("[", size, [&](std::size_t) { return piece; }, "]");
}

std::string deep_objects(std::size_t size) {
  const std::string piece = times(60, R"({"":)") + "0" + std::string(60, '}');
  return list("[", size, [&](std::size_t) { return piece; }, "]");
}

std::string numbers(std::size_t size) {
  return list("[", size, [](std::size_t) { return "0"; }, "]");
}

std::string fractions(std::size_t size) {
  return list("[", size, [](std::size_t) { return "4.9406564584124654e-324"; }, "]");
}

std::string empty_arrays(std::size_t size) {
  return list("[", size, [](std::size_t) { return "[]"; }, "]");
}

std::string small_objects(std::size_t size) {
  return list("[", size, [](std::size_t) { return R"({"":0})"; }, "]");
}

std::string long_number(std::size_t size) { return "1." + std::string(size, '7'); }
std::string long_string(std::size_t size) { return '"' + std::string(size, 'x') + '"'; }
std::string escapes(std::size_t size) { return '"' + times(size / 6, "\\u0041") + '"'; }
std::string surrogates(std::size_t size) { return '"' + times(size / 12, "\\ud83d\\ude00") + '"'; }
std::string utf8(std::size_t size) { return '"' + times(size / 4, "\xF0\x9F\x98\x80") + '"'; }
std::string not_closed(std::size_t size) { return ordinary(size) + "{"; }

// Requests

template <class Verifier>
sello::header_list signature(const std::string& body) {
  return sello::signer<typename Verifier::scheme_type>{secret}.sign(body, {.id = "msg_1", .sent_at = now});
}

template <class Verifier>
request signed_request(std::string body, int status = 200) {
  auto headers = signature<Verifier>(body);
  return {std::move(headers), std::move(body), status};
}

/// In a member that is kept as JSON.
request kept(const std::string& value, int status = 200) {
  return signed_request<gu1::verifier>(
      R"({"event":"kyc.validation_approved","payload":{"validationId":"v","extractedData":)" + value + "}}", status);
}

/// In a member that nobody reads.
request unread(const std::string& value, int status = 200) {
  return signed_request<kuenta::verifier>(R"({"event":"credit.disbursed","data":{"x":)" + value + "}}", status);
}

/// Behind the data, so that the body is read twice.
request read_twice(const std::string& value) {
  return signed_request<kuenta::verifier>(R"({"data":{"x":)" + value + R"(},"event":"credit.disbursed"})");
}

/// As a member of its type.
request typed(std::string_view member, const std::string& value) {
  return signed_request<kuenta::verifier>(R"({"event":"credit.disbursed","data":{")" + std::string{member} +
                                          "\":" + value + "}}");
}

/// An event that no struct describes, whose id is looked for in the whole body as JSON.
request unknown(const std::string& value) {
  return signed_request<gu1::verifier>(R"({"event":"kyc.not_known","payload":{"id":"v","extractedData":)" + value +
                                       "}}");
}

request second_keys(std::size_t size) {
  return signed_request<gu1::verifier>(
      list(
          R"({"event":"kyc.validation_approved","payload":{)", size, [](std::size_t) { return R"("id":1)"; }, "}}"),
      400);
}

/// A body nobody signed, below headers of about `size` bytes.
request with_headers(sello::header_list headers) { return {std::move(headers), "{}", 401}; }

sello::header_list svix_headers(std::string id, std::string signatures) {
  return {{"svix-id", std::move(id)},
          {"svix-timestamp", std::to_string(std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count())},
          {"svix-signature", std::move(signatures)}};
}

sello::header_list& repeat(sello::header_list& headers, std::size_t size, const std::string& name,
                           const std::string& value) {
  headers.insert(headers.end(), size / (name.size() + value.size()), {name, value});
  return headers;
}

request ordinary_headers(std::size_t size) {
  sello::header_list headers = svix_headers("msg_1", "v1," + std::string(43, 'A') + '=');
  return with_headers(repeat(headers, size, "X-Forwarded-Something", "an ordinary value of a header"));
}

request many_lines(std::size_t size, const std::string& name, const std::string& value) {
  sello::header_list headers = svix_headers("msg_1", "v1," + std::string(43, 'A') + '=');
  return with_headers(repeat(headers, size, name, value));
}

request wrong_signatures(std::size_t count, std::size_t size) {
  const std::string token = "v1," + std::string(43, 'A') + "= ";
  return {svix_headers("msg_1", times(count, token)), std::string(size, 'x'), 401};
}

/// A receiver for each sender, with a handler for the events above.
sello::response receive(const request& asked) {
  static const sello::router router = [] {
    sello::router made;
    made.on<gu1::kyc_validation_approved>([](const auto& event) { benchmark::DoNotOptimize(&event.data); });
    made.on<kuenta::credit_disbursed>([](const auto& event) {
      if (event.data.amount) benchmark::DoNotOptimize(event.data.amount->scaled(2));
    });
    made.otherwise([](const auto& event) { benchmark::DoNotOptimize(event.idempotency_key.data()); });
    return made;
  }();
  static const sello::receiver for_akua{akua::verifier{secret}, router, {.body_limit = 4'194'304}};
  static const sello::receiver for_gu1{gu1::verifier{secret}, router, {.body_limit = 4'194'304}};
  static const sello::receiver for_kuenta{kuenta::verifier{secret}, router, {.body_limit = 4'194'304}};
  if (asked.headers.front().first == "svix-id") return for_akua.receive(asked.headers, asked.body, now);
  if (asked.body.find("kyc.") != std::string::npos) return for_gu1.receive(asked.headers, asked.body, now);
  return for_kuenta.receive(asked.headers, asked.body, now);
}

std::size_t size_of(const request& asked) {
  std::size_t size = asked.body.size();
  for (const auto& [name, value] : asked.headers) size += name.size() + value.size();
  return size;
}

/// Of this thread alone, so that a busy machine does not show.
double cpu_seconds() {
  std::timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

double seconds_of(const request& asked) {
  const double begun = cpu_seconds();
  if (receive(asked).status != asked.status) std::abort();
  return cpu_seconds() - begun;
}

using maker = std::function<request(std::size_t)>;

void measure(benchmark::State& state, const maker& make, const maker& make_ordinary) {
  const auto size = static_cast<std::size_t>(state.range(0));
  const request asked = make(size);
  const request beside = make_ordinary(size);
  const auto bytes = static_cast<double>(size_of(asked));
  const auto bytes_beside = static_cast<double>(size_of(beside));
  seconds_of(asked);

  double best = 1e9;
  double best_beside = 1e9;
  for (auto _ : state) {
    const double time = seconds_of(asked);
    state.SetIterationTime(time);
    best = std::min(best, time);
    best_beside = std::min(best_beside, seconds_of(beside));
  }

  const std::size_t live_before = live;
  const std::size_t news_before = news;
  peak = live;
  seconds_of(asked);
  const std::size_t news_made = news - news_before;
  const std::size_t peak_made = peak - live_before;
  state.counters["ns/byte"] = best * 1e9 / bytes;
  state.counters["ratio"] = best / bytes / (best_beside / bytes_beside);
  state.counters["peak"] = static_cast<double>(peak_made) / bytes;
  state.counters["news"] = static_cast<double>(news_made);
}

void add(const std::string& name, maker make, maker make_ordinary) {
  benchmark::RegisterBenchmark(name.c_str(), [make = std::move(make), make_ordinary = std::move(make_ordinary)](
                                                 benchmark::State& state) { measure(state, make, make_ordinary); })
      ->Arg(65536)
      ->Arg(1048576)
      ->Unit(benchmark::kMicrosecond)
      ->UseManualTime()
      ->Iterations(10);
}

const bool added = [] {
  using std::size_t;
  const maker kept_ordinary = [](size_t n) { return kept(ordinary(n)); };
  const maker unread_ordinary = [](size_t n) { return unread(ordinary(n)); };
  const std::pair<const char*, std::string (*)(size_t)> values[] = {
      {"ordinary", ordinary},
      {"many_keys", many_keys},
      {"keys_with_16_in_common", common_prefix<16>},
      {"keys_with_256_in_common", common_prefix<256>},
      {"keys_with_4096_in_common", common_prefix<4096>},
      {"deep_arrays", deep},
      {"deep_objects", deep_objects},
      {"numbers", numbers},
      {"denormal_fractions", fractions},
      {"empty_arrays", empty_arrays},
      {"small_objects", small_objects},
      {"long_number", long_number},
      {"long_string", long_string},
      {"escapes", escapes},
      {"surrogates", surrogates},
      {"utf8", utf8},
  };
  for (const auto& [name, make] : values) {
    add(std::string{"kept/"} + name, [make = make](size_t n) { return kept(make(n)); }, kept_ordinary);
    add(std::string{"unread/"} + name, [make = make](size_t n) { return unread(make(n)); }, unread_ordinary);
  }
  add("kept/duplicates", [](size_t n) { return kept(duplicates(n), 400); }, kept_ordinary);
  add("kept/not_closed", [](size_t n) { return kept(not_closed(n), 400); }, kept_ordinary);
  add("unread/duplicates", [](size_t n) { return unread(duplicates(n), 400); }, unread_ordinary);
  add("typed/long_number", [](size_t n) { return typed("amount", long_number(n)); }, unread_ordinary);
  add("typed/escapes", [](size_t n) { return typed("id", escapes(n)); }, unread_ordinary);
  add("typed/second_keys", second_keys, unread_ordinary);
  add("twice/ordinary", [](size_t n) { return read_twice(ordinary(n)); }, unread_ordinary);
  add("twice/many_keys", [](size_t n) { return read_twice(many_keys(n)); }, unread_ordinary);
  add("unknown/ordinary", [](size_t n) { return unknown(ordinary(n)); }, unread_ordinary);
  add("unknown/small_objects", [](size_t n) { return unknown(small_objects(n)); }, unread_ordinary);

  const maker one_wrong = [](size_t n) { return wrong_signatures(1, n); };
  add("refused/one_signature", one_wrong, one_wrong);
  add("refused/16_signatures", [](size_t n) { return wrong_signatures(16, n); }, one_wrong);
  add("refused/17_signatures", [](size_t n) { return wrong_signatures(17, n); }, one_wrong);

  add("headers/ordinary", ordinary_headers, ordinary_headers);
  add("headers/empty_names", [](size_t n) { return many_lines(n, "a", ""); }, ordinary_headers);
  add("headers/empty_signature_lines", [](size_t n) { return many_lines(n, "svix-signature", ""); }, ordinary_headers);
  add("headers/blank_signature_lines", [](size_t n) { return many_lines(n, "svix-signature", " "); }, ordinary_headers);
  add("headers/equal_id_lines", [](size_t n) { return many_lines(n, "svix-id", "msg_1"); }, ordinary_headers);
  add("headers/nearly_the_name", [](size_t n) { return many_lines(n, "svix-signaturf", ""); }, ordinary_headers);
  add(
      "headers/million_signatures", [](size_t n) { return with_headers(svix_headers("m", times(n / 8, "v1,AAAA "))); },
      ordinary_headers);
  add(
      "headers/blanks", [](size_t n) { return with_headers(svix_headers("m", std::string(n, ' '))); },
      ordinary_headers);
  add(
      "headers/commas", [](size_t n) { return with_headers(svix_headers("m", std::string(n, ','))); },
      ordinary_headers);
  add(
      "headers/long_id", [](size_t n) { return with_headers(svix_headers(std::string(n, 'i'), "v1,AAAA")); },
      ordinary_headers);
  return true;
}();

}  // namespace
