// SPDX-License-Identifier: MIT
#include <sello/observe/prometheus.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <prometheus/text_serializer.h>

#include "catch.hpp"

namespace {

using namespace std::chrono_literals;
using sello::errc;
using sello::outcome;
using sello::record;
using metrics = sello::observe::prometheus;

std::shared_ptr<prometheus::Registry> a_registry() { return std::make_shared<prometheus::Registry>(); }

/// As Prometheus reads it.
std::string text_of(const prometheus::Registry& registry) {
  return prometheus::TextSerializer{}.Serialize(registry.Collect());
}

/// The lines that begin so, in order.
std::vector<std::string> lines(const prometheus::Registry& registry, std::string_view beginning) {
  std::vector<std::string> found;
  const std::string text = text_of(registry);
  for (std::size_t at = 0; at < text.size();) {
    const auto end = text.find('\n', at);
    if (std::string line = text.substr(at, end - at); line.starts_with(beginning)) found.push_back(std::move(line));
    at = end + 1;
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::optional<errc> refused(const std::shared_ptr<prometheus::Registry>& registry, std::vector<double> buckets) try {
  const metrics made{registry, {.buckets = std::move(buckets)}};
  return std::nullopt;
} catch (const sello::bad_result& thrown) {
  return thrown.error().code;
}

}  // namespace

TEST_CASE("prometheus: a delivery counts by provider, outcome and errc", "[observe]") {
  const auto registry = a_registry();
  const metrics count{registry};
  count(record{.provider = "akua", .outcome = outcome::handled});
  count(record{.provider = "akua", .outcome = outcome::handled});
  count(record{.provider = "akua", .error = errc::signature_mismatch});
  count(record{.provider = "gu1", .outcome = outcome::handled});
  CHECK(lines(*registry, "sello_deliveries_total{") ==
        std::vector<std::string>{
            R"(sello_deliveries_total{errc="none",outcome="handled",provider="akua"} 2)",
            R"(sello_deliveries_total{errc="none",outcome="handled",provider="gu1"} 1)",
            R"(sello_deliveries_total{errc="signature_mismatch",outcome="error",provider="akua"} 1)",
        });
}

TEST_CASE("prometheus: an inbox's endpoint is a label, and a parked delivery has its outcome and its errc",
          "[observe]") {
  const auto registry = a_registry();
  const metrics count{registry};
  record parked{.provider = "kuenta", .outcome = outcome::parked, .error = errc::handler_failed, .handling = 1ms};
  parked.endpoint = "credit";
  count(parked);
  CHECK(lines(*registry, "sello_deliveries_total{") ==
        std::vector<std::string>{
            R"(sello_deliveries_total{endpoint="credit",errc="handler_failed",outcome="parked",provider="kuenta"} 1)"});
  CHECK(
      lines(*registry, "sello_stage_seconds_count{") ==
      std::vector<std::string>{R"(sello_stage_seconds_count{endpoint="credit",provider="kuenta",stage="handling"} 1)"});
}

TEST_CASE("prometheus: stages are histograms in seconds, each where it took place", "[observe]") {
  const auto registry = a_registry();
  const metrics count{registry, {.buckets = {0.001, 0.25}}};
  record seen{.provider = "akua", .outcome = outcome::queued, .verifying = 1ms, .decoding = 250ms, .handling = -1ns};
  seen.storing = 500ms;
  count(seen);
  const auto of = [&](const std::string& stage, const std::string& part) {
    const std::string labels = R"({provider="akua",stage=")" + stage + '"';
    std::string values;
    for (const auto& line : lines(*registry, "sello_stage_seconds_" + part + labels))
      values += (values.empty() ? "" : " ") + line.substr(line.rfind(' ') + 1);
    return values;
  };
  CHECK(of("verifying", "bucket") == "1 1 1");
  CHECK(of("decoding", "bucket") == "1 0 1");  // sorted as text: +Inf, 0.001, 0.25
  CHECK(of("storing", "bucket") == "1 0 0");
  CHECK(of("verifying", "sum") == "0.001");
  CHECK(of("decoding", "sum") == "0.25");
  CHECK(of("storing", "sum") == "0.5");
  CHECK(of("handling", "count").empty());
}

TEST_CASE("prometheus: nothing that a sender writes becomes a label", "[observe]") {
  const auto registry = a_registry();
  const metrics count{registry};
  for (int i = 0; i < 100; ++i) {
    const std::string odd = "made-up-" + std::to_string(i);
    count(record{.provider = "gu1",
                 .type = odd,
                 .id = odd,
                 .error = errc::wrong_type,
                 .where = odd,
                 .misfits = {{errc::wrong_type, odd}},
                 .request_id = odd,
                 .webhook = odd,
                 .status = 400 + i,
                 .body_size = static_cast<std::size_t>(i)});
  }
  CHECK(text_of(*registry).find("made-up") == std::string::npos);
  CHECK(lines(*registry, "sello_") ==
        std::vector<std::string>{R"(sello_deliveries_total{errc="wrong_type",outcome="error",provider="gu1"} 100)"});
}

TEST_CASE("prometheus: observers of one registry, and copies, count together, from every thread", "[observe]") {
  const auto registry = a_registry();
  const metrics first{registry};
  const std::function<void(const record&)> second = metrics{registry};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      for (int n = 0; n < 250; ++n) {
        const record seen{.provider = n % 2 == 0 ? "akua" : "gu1", .outcome = outcome::handled, .verifying = 1us};
        i % 2 == 0 ? first(seen) : second(seen);
        if (n % 50 == 0) static_cast<void>(text_of(*registry));
      }
    });
  }
  for (auto& each : threads) each.join();
  CHECK(lines(*registry, "sello_deliveries_total{") ==
        std::vector<std::string>{R"(sello_deliveries_total{errc="none",outcome="handled",provider="akua"} 500)",
                                 R"(sello_deliveries_total{errc="none",outcome="handled",provider="gu1"} 500)"});
  CHECK(lines(*registry, "sello_stage_seconds_count{") ==
        std::vector<std::string>{R"(sello_stage_seconds_count{provider="akua",stage="verifying"} 500)",
                                 R"(sello_stage_seconds_count{provider="gu1",stage="verifying"} 500)"});
}

TEST_CASE("prometheus: the registry lives as long as an observer", "[observe]") {
  auto registry = a_registry();
  const std::weak_ptr<prometheus::Registry> seen = registry;
  const metrics count{std::move(registry)};
  count(record{.provider = "akua", .outcome = outcome::handled});
  REQUIRE(seen.lock() != nullptr);
  CHECK(lines(*seen.lock(), "sello_deliveries_total{").size() == 1);
}

TEST_CASE("prometheus: what cannot be meant is refused", "[observe]") {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  constexpr double no_number = std::numeric_limits<double>::quiet_NaN();
  CHECK(refused(nullptr, {1}) == errc::malformed_option);
  CHECK_FALSE(refused(a_registry(), {1}));
  CHECK_FALSE(refused(a_registry(), {1, 2}));
  for (const std::vector<double>& buckets :
       std::vector<std::vector<double>>{{}, {0}, {-1}, {1, 1}, {2, 1}, {1, infinity}, {no_number}, {1, no_number}})
    CHECK(refused(a_registry(), buckets) == errc::malformed_option);
}
