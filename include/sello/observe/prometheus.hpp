// SPDX-License-Identifier: MIT
// An observer that counts deliveries, and how long their stages take, for Prometheus (prometheus-cpp 1.0 or later).
#pragma once

#include <array>
#include <chrono>
#include <cmath>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <sello/base/error.hpp>
#include <sello/base/result.hpp>
#include <sello/route/record.hpp>

namespace sello::inline v0::observe {

/// Set by name: `prometheus metrics{registry, {.buckets = {0.01, 0.1, 1}}};`
struct prometheus_options {
  /// The upper bounds of the histograms in seconds, each above the one before. By default from a verification, which takes
  /// microseconds, to a handler that is too slow for every sender.
  std::vector<double> buckets{0.000'001, 0.000'01, 0.0001, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10};
};

/// The `observer` of receivers, of an inbox's endpoints and of workers, of any number of them in one registry:
///
/// - `sello_deliveries_total`, by `provider`, `outcome` (or "error"), `errc` (or "none") and, with an inbox, `endpoint`. A
///   delivery to an inbox counts when it is received, and again at each try of a worker.
/// - `sello_stage_seconds`, by `provider`, `stage` ("verifying", "decoding", "storing", "handling") and `endpoint`: only
///   stages that took place.
///
/// Every label comes from the program, none from a request: types, keys and ids are not counted, since a sender could make
/// any number of them. Nothing of a payload is in it. Copies count into the same metrics, from any thread.
class prometheus {
 public:
  /// Keeps the registry. Throws `bad_result` with `malformed_option` for none, and for bounds that do not ascend.
  explicit prometheus(std::shared_ptr<::prometheus::Registry> registry, const prometheus_options& options = {})
      : registry_{std::move(registry)}, buckets_{checked(registry_.get(), options.buckets)} {}

  template <class Registry>
    requires std::is_base_of_v<::prometheus::Registry, std::remove_cvref_t<Registry>>
  explicit prometheus(Registry&&, const prometheus_options& = {}) {
    static_assert(
        !std::is_same_v<Registry, Registry>,
        "sello: give the registry as a std::shared_ptr<prometheus::Registry>, which an Exposer takes too: it must "
        "live as long as the observer");
  }

  void operator()(const record& seen) const {
    ::prometheus::Labels labels{{"provider", std::string{seen.provider}}};
    if (!seen.endpoint.empty()) labels.emplace("endpoint", seen.endpoint);
    const std::array<std::pair<const char*, std::chrono::duration<double>>, 4> stages{{
        {"verifying", seen.verifying},
        {"decoding", seen.decoding},
        {"storing", seen.storing},
        {"handling", seen.handling},
    }};
    for (const auto& [stage, took] : stages) {
      if (took.count() <= 0) continue;
      ::prometheus::Labels of_stage = labels;
      of_stage.emplace("stage", stage);
      stages_.get().Add(of_stage, buckets_).Observe(took.count());
    }
    labels.emplace("outcome", seen.outcome ? to_string(*seen.outcome) : "error");
    labels.emplace("errc", seen.error ? to_string(*seen.error) : "none");
    deliveries_.get().Add(labels).Increment();
  }

 private:
  [[nodiscard]] static const std::vector<double>& checked(const ::prometheus::Registry* registry,
                                                          const std::vector<double>& bounds) {
    const auto refuse = [](const char* why) { throw bad_result{{errc::malformed_option, why}}; };
    if (registry == nullptr) refuse("metrics need a registry, and the pointer to it is null");
    if (bounds.empty()) refuse("a histogram needs at least one bucket");
    double before = 0;
    for (const double bound : bounds) {
      if (!std::isfinite(bound) || bound <= before)
        refuse("the bounds of buckets are seconds, above 0, and each above the one before");
      before = bound;
    }
    return bounds;
  }

  std::shared_ptr<::prometheus::Registry> registry_;
  std::vector<double> buckets_;
  std::reference_wrapper<::prometheus::Family<::prometheus::Counter>> deliveries_ =
      ::prometheus::BuildCounter()
          .Name("sello_deliveries_total")
          .Help("Deliveries received, and tries of a worker, by what became of them")
          .Register(*registry_);
  std::reference_wrapper<::prometheus::Family<::prometheus::Histogram>> stages_ =
      ::prometheus::BuildHistogram()
          .Name("sello_stage_seconds")
          .Help("How long each stage of a delivery took")
          .Register(*registry_);
};

}  // namespace sello::inline v0::observe
