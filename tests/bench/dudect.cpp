// SPDX-License-Identifier: MIT
// Does the time of a refusal depend on how much of the signature is right? In the manner of dudect (Reparaz, Balasch,
// Verbauwhede, "Dude, is my code constant time?", 2017): two classes of forgeries in random order, Welch's t-test over
// their times, also with the slowest ones cropped. In one class all bytes of the MAC but the last are right, in the other
// they are those of another body's MAC: so both have the same texts, and what depends on the received text alone, which is
// public, is the same in both. |t| below 4.5 is no evidence of a difference, above 10 there is one. It depends on the
// machine: it prints, and judges nothing. The control compares with an early exit, and must be far beyond 10.
//
//   bench_dudect [measurements of each scheme, in thousands]
#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sello/verify/gu1_hmac.hpp>
#include <sello/verify/hex_hmac.hpp>
#include <sello/verify/svix_v1.hpp>
#include <sello/verify/verifier.hpp>

#include "../support/sign.hpp"

namespace {

constexpr std::string_view key = "a key of thirty-three raw bytes..";
constexpr std::string_view id = "msg_1";
constexpr std::string_view time_text = "1614265330";
constexpr std::chrono::system_clock::time_point now{std::chrono::seconds{1'614'265'330}};

/// The class of a forgery.
enum class forgery : unsigned char { nearly_right, of_another_body };

/// A body, its right MAC, and what is sent with it. All of them lie alike in memory, and stay in the first cache: a body
/// that crosses more cache lines than another is slower, whatever is sent with it.
struct alignas(64) target {
  std::array<char, 64> bytes{};
  sello::mac right{};

  [[nodiscard]] std::string_view body() const { return {bytes.data(), bytes.size()}; }
};

template <class Sent>
struct attempt {
  const target* at;
  forgery of;
  Sent sent;
};

struct measurement {
  forgery of;
  double nanoseconds;
};

/// Mean and variance as they come (Welford), for two classes; Welch's t.
class t_test {
 public:
  void add(const measurement& one) {
    sums& to = of_[static_cast<std::size_t>(one.of)];
    ++to.count;
    const double difference = one.nanoseconds - to.mean;
    to.mean += difference / to.count;
    to.squares += difference * (one.nanoseconds - to.mean);
  }

  [[nodiscard]] double t() const {
    const auto share = [](const sums& s) { return s.squares / (s.count - 1) / s.count; };
    return (of_[0].mean - of_[1].mean) / std::sqrt(share(of_[0]) + share(of_[1]));
  }

  [[nodiscard]] double difference() const { return of_[0].mean - of_[1].mean; }

 private:
  struct sums {
    double count = 0;
    double mean = 0;
    double squares = 0;
  };
  std::array<sums, 2> of_{};
};

/// The t-value at several croppings, the largest last: what an attacker who knows the best one would see.
void report(std::string_view name, std::vector<measurement> all) {
  std::vector<double> sorted;
  sorted.reserve(all.size());
  for (const measurement& one : all) sorted.push_back(one.nanoseconds);
  std::sort(sorted.begin(), sorted.end());
  std::printf("%-28.*s median %7.1f ns  ", static_cast<int>(name.size()), name.data(), sorted[sorted.size() / 2]);
  double worst = 0;
  for (const double kept : {1.0, 0.99, 0.9, 0.75, 0.5}) {
    const double limit = sorted[static_cast<std::size_t>(kept * static_cast<double>(sorted.size() - 1))];
    t_test test;
    for (const measurement& one : all) {
      if (one.nanoseconds <= limit) test.add(one);
    }
    std::printf("  %3.0f%%: t %+8.2f (%+5.1f ns)", kept * 100, test.t(), test.difference());
    if (std::abs(test.t()) > std::abs(worst)) worst = test.t();
  }
  std::printf("   |t| max %.2f\n", std::abs(worst));
}

/// Forgeries are made in batches, before their times are taken, in random order; the first batch warms up.
template <class Prepare, class Work>
[[nodiscard]] std::vector<measurement> measure(std::size_t count, const std::vector<target>& targets, Prepare prepare,
                                               Work work) {
  constexpr std::size_t batch = 1000;
  std::mt19937_64 random{20'240'320};
  std::vector<measurement> all;
  all.reserve(count);
  for (bool warm = false; all.size() < count; warm = true) {
    std::vector<attempt<decltype(prepare(sello::mac{}))>> attempts;
    for (std::size_t i = 0; i < batch; ++i) {
      const std::size_t at = random() % targets.size();
      const std::size_t other = (at + 1 + random() % (targets.size() - 1)) % targets.size();
      const auto of = static_cast<forgery>(random() & 1U);
      sello::mac forged = targets[of == forgery::nearly_right ? at : other].right;
      forged.back() = static_cast<unsigned char>(forged.back() ^ (1U + random() % 255U));
      attempts.push_back({&targets[at], of, prepare(forged)});
    }
    for (const auto& each : attempts) {
      const auto begun = std::chrono::steady_clock::now();
      work(*each.at, each.sent);
      const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - begun;
      if (warm) all.push_back({each.of, took.count()});
    }
  }
  return all;
}

template <class Verifier>
void measure_verifier(std::string_view name, std::size_t count, const std::vector<target>& targets,
                      const Verifier& verifier, auto headers_of) {
  bool accepted = false;
  report(name, measure(count, targets, headers_of, [&](const target& at, const sello::header_list& headers) {
           accepted = verifier.verify(headers, at.body(), now).has_value() || accepted;
         }));
  if (accepted) std::puts("a forgery was accepted");
}

/// Bodies of one length with their MACs, over the bytes that a scheme signs before them.
[[nodiscard]] std::vector<target> make_targets(std::string_view signed_before) {
  std::vector<target> made(64);
  for (std::size_t i = 0; i < made.size(); ++i) {
    const std::string text = R"({"type":"instrument.created","data":{"instrument_id":"ins-)" + std::to_string(1000 + i);
    text.copy(made[i].bytes.data(), made[i].bytes.size());
    made[i].right = independent::hmac_sha256(key, std::string{signed_before}.append(made[i].body()));
  }
  return made;
}

/// What sello does not do.
[[nodiscard]] bool equal_with_early_exit(const sello::mac& a, const sello::mac& b) {
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[i]) return false;
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t count = 1000 * (argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 500);
  const auto bodies = make_targets("");
  const auto signed_headers = [](const sello::mac& code) {
    return sello::header_list{{"X-Webhook-Signature", independent::hex(code)}};
  };
  measure_verifier("hex_hmac", count, bodies, sello::verifier<sello::hex_hmac>{key}, signed_headers);
  measure_verifier("gu1_hmac", count, bodies, sello::verifier<sello::gu1_hmac>{key}, signed_headers);

  const auto messages = make_targets(std::string{id}.append(".").append(time_text).append("."));
  const sello::verifier<sello::svix_v1> svix{"whsec_" + independent::base64(key)};
  measure_verifier("svix_v1", count, messages, svix, [](const sello::mac& code) {
    return sello::header_list{
        {"svix-id", std::string{id}},
        {"svix-timestamp", std::string{time_text}},
        {"svix-signature", "v1," + independent::base64({reinterpret_cast<const char*>(code.data()), code.size()})}};
  });

  volatile unsigned equal = 0;
  const auto same = [](const sello::mac& code) { return code; };
  report("comparison alone", measure(count, bodies, same, [&](const target& at, const sello::mac& code) {
           equal = sello::detail::equal_in_constant_time(code, at.right);
         }));
  report("control: early exit", measure(count, bodies, same, [&](const target& at, const sello::mac& code) {
           equal = equal_with_early_exit(code, at.right) ? 1U : 0U;
         }));
}
