// SPDX-License-Identifier: MIT
// What a delivery costs, stage by stage, beside what a receiver written by hand does: a keyed-anew HMAC and a DOM.
// Figures are ratios within one run; nothing here passes or fails.
#include <benchmark/benchmark.h>
#include <openssl/hmac.h>

#include <chrono>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <sello/sello.hpp>
#include <string>

namespace {

namespace akua = sello::akua;

constexpr const char* secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const auto now = std::chrono::system_clock::now();

/// Akua's documented sample, 150 bytes.
const std::string sample =
    R"({"type":"payment.authorization.processed","data":{"payment_id":"pay-d07u8e218e1elk12b92g",)"
    R"("transaction_id":"trx-d0gv1122dpo29a8d7l4g","trace_id":"c-1"}})";
const sello::header_list headers =
    sello::signer<sello::svix_v1>{secret}.sign(sample, {.id = "msg_p5jXN8AQM9LWM0D4loKWxJek", .sent_at = now});

sello::router make_router() {
  sello::router router;
  router.on<akua::payment_authorization_processed>(
      [](const auto& event) { benchmark::DoNotOptimize(event.data.payment_id.data()); });
  return router;
}

void require(bool good) {
  if (!good) std::abort();
}

void verify(benchmark::State& state) {
  const akua::verifier verifier{secret};
  for (auto _ : state) require(verifier.verify(headers, sample, now).has_value());
}
BENCHMARK(verify)->ThreadRange(1, 2)->UseRealTime();

void refuse_forged(benchmark::State& state) {
  const akua::verifier verifier{secret};
  const std::string forged = sample + ' ';
  for (auto _ : state) require(!verifier.verify(headers, forged, now).has_value());
}
BENCHMARK(refuse_forged);

void dispatch(benchmark::State& state) {
  const akua::verifier verifier{secret};
  const sello::router router = make_router();
  const auto delivery = verifier.verify(headers, sample, now);
  for (auto _ : state) require(router.dispatch(*delivery).has_value());
}
BENCHMARK(dispatch);

void receive(benchmark::State& state) {
  const sello::receiver receiver{akua::verifier{secret}, make_router()};
  for (auto _ : state) require(receiver.receive(headers, sample, now).status == 200);
}
BENCHMARK(receive);

void by_hand_hmac_keyed_anew(benchmark::State& state) {
  const std::string key(24, 'k');
  std::array<unsigned char, 32> mac{};
  for (auto _ : state) {
    unsigned size = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(sample.data()),
         sample.size(), mac.data(), &size);
    benchmark::DoNotOptimize(mac);
  }
}
BENCHMARK(by_hand_hmac_keyed_anew);

void by_hand_json_dom(benchmark::State& state) {
  for (auto _ : state) {
    const auto body = nlohmann::json::parse(sample);
    benchmark::DoNotOptimize(body.at("data").at("payment_id").get_ref<const std::string&>().data());
  }
}
BENCHMARK(by_hand_json_dom);

/// One object with many keys: what looking for duplicates costs, as bytes per second.
void dispatch_many_keys(benchmark::State& state) {
  std::string body = R"({"event":"x","data":{)";
  for (int i = 0; i < state.range(0); ++i)
    body += (i == 0 ? "\"k" : ",\"k") + std::to_string(i * 7919 % 1000003) + "\":1";
  body += "}}";
  const sello::kuenta::verifier verifier{"s3cret-of-it"};
  const auto delivery = verifier.verify(sello::signer<sello::hex_hmac>{"s3cret-of-it"}.sign(body), body, now);
  const sello::router router;
  for (auto _ : state) require(router.dispatch(*delivery).has_value());
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(body.size()));
}
BENCHMARK(dispatch_many_keys)->RangeMultiplier(8)->Range(64, 1 << 15);

}  // namespace
