// SPDX-License-Identifier: MIT
// What a diagnosis takes, in seconds: a body of 1 MiB and eight secrets, of which none signed it, is the worst, for all is
// tried. It must stay under two seconds.
#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <sello/diagnose.hpp>
#include <sello/verify/signer.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

constexpr std::string_view secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// As JavaScript writes it, with all that styles differ in.
std::string body_of(std::size_t size) {
  std::string body = R"({"type":"payment.capture.cleared","data":[)";
  for (std::size_t i = 0; body.size() < size; ++i) {
    if (i != 0) body += ',';
    body += R"({"url":"https://a/b?c=<1>&d","firstName":"Ana","lastName":"Pérez","score":0.97,"valid":true,"n":)" +
            std::to_string(i) + '}';
  }
  return body + "]}";
}

std::vector<std::string> secrets_of(std::size_t count) {
  std::vector<std::string> secrets;
  for (std::size_t i = 0; i < count; ++i)
    secrets.push_back("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" + std::string(1, static_cast<char>('A' + i)));
  return secrets;
}

/// Headers as a proxy sends them on.
sello::header_list headers_of(const std::string& body) {
  auto headers = sello::signer<sello::svix_v1>{secret}.sign(body);
  for (const auto& [name, value] :
       {std::pair{"X-Request-Id", "7b0e8a60"}, std::pair{"X-Webhook-Id", "wbk-1"},
        std::pair{"X-Request-Start", "1614265330"}, std::pair{"Content-Type", "application/json"}})
    headers.emplace_back(name, value);
  return headers;
}

void nothing_fits(benchmark::State& state) {
  const std::string body = body_of(static_cast<std::size_t>(state.range(0)));
  const auto headers = headers_of(body);
  const auto secrets = secrets_of(static_cast<std::size_t>(state.range(1)));
  for (auto _ : state) {
    const std::clock_t began = std::clock();
    const auto found = sello::diagnose(headers, body, secrets);
    const auto seconds = static_cast<double>(std::clock() - began) / CLOCKS_PER_SEC;
    if (body.size() < 2U << 20U && seconds > 2) {
      std::cerr << "too slow: " << seconds << " s\n";
      std::exit(1);
    }
    if (found.back().cause != sello::cause::nothing_fits) state.SkipWithError("something fits");
    state.SetLabel(found.back().text.substr(found.back().text.rfind(';') + 2));
  }
}
BENCHMARK(nothing_fits)
    ->Args({1 << 20, 8})
    ->Args({1 << 20, 1})
    ->Args({1 << 10, 8})
    ->Args({1 << 24, 8})
    ->Unit(benchmark::kSecond);

/// Bodies of which each way of writing them anew takes long.
std::string slow_body_of(int kind) {
  constexpr std::size_t size = 1 << 20;
  const auto filled = [](std::string_view first, std::string_view part, std::string_view last) {
    std::string body{first};
    while (body.size() < size) body += part;
    return body + std::string{last};
  };
  switch (kind) {
    case 0: return filled(R"({"a":")", "x", R"("})");
    case 1: return filled(R"({"a":")", R"(\u00e9)", R"("})");
    case 2: return filled(R"({"a":")", "é", R"("})");
    case 3: return filled(R"({"a":")", "Ã©", R"("})");
    case 4: return filled("[1", ",5.50", "]");
    case 5: return filled("[0", R"(,{"k":"é","b":"/"})", "]");
    default: break;
  }
  std::string body = "{";
  for (int i = 0; body.size() < size; ++i) body += "\"k" + std::to_string(i) + R"(":"\u00e9",)";
  return body + R"("k":1})";
}

void slow_to_make(benchmark::State& state) {
  const std::string body = slow_body_of(static_cast<int>(state.range(0)));
  const auto headers = headers_of(body_of(100));
  const auto secrets = secrets_of(8);
  for (auto _ : state) {
    const std::clock_t began = std::clock();
    const auto found = sello::diagnose(headers, body, secrets);
    const auto seconds = static_cast<double>(std::clock() - began) / CLOCKS_PER_SEC;
    if (seconds > 2) {
      std::cerr << "too slow: " << seconds << " s\n";
      std::exit(1);
    }
    if (found.back().cause != sello::cause::nothing_fits) state.SkipWithError("something fits");
  }
}
BENCHMARK(slow_to_make)->DenseRange(0, 6)->Unit(benchmark::kSecond);

void rewritten(benchmark::State& state) {
  const std::string body = body_of(static_cast<std::size_t>(state.range(0)));
  const auto headers = headers_of(body);
  auto secrets = secrets_of(7);
  secrets.emplace_back(secret);
  for (auto _ : state) {
    const auto found = sello::diagnose(headers, body + "\n", secrets);
    if (found.front().cause != sello::cause::newline_added) state.SkipWithError("not found");
  }
}
BENCHMARK(rewritten)->Arg(1 << 20)->Arg(1 << 10)->Unit(benchmark::kSecond);

}  // namespace
