// SPDX-License-Identifier: MIT
// sello, and in the same program what it is made of: OpenSSL's digest and nlohmann's parser alone, simdjson where it is
// there, and a receiver written by hand. Like every contender it answers, for each line "<operation> <body>", how many
// nanoseconds of CPU time one operation takes, or "-" where it has none of that name.
//   bench_contender <directory>   writes the bodies there with their headers and secrets, for the others, and answers
//   bench_contender --count       under callgrind, for instructions.cmake
//   bench_contender --toolchain   what those counts depend on
#define OPENSSL_SUPPRESS_DEPRECATED  // for the bare compression, SHA256_Update on a context
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <functional>
#include <iostream>
#include <iterator>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <sello/sello.hpp>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#if __has_include(<simdjson.h>) && !defined(BENCH_WITHOUT_SIMDJSON)
#include <simdjson.h>

#include <sello/json/simdjson.hpp>
#define BENCH_SIMDJSON 1
#endif
#if __has_include(<valgrind/callgrind.h>)
#include <valgrind/callgrind.h>
#endif
#if __has_include(<gnu/libc-version.h>)
#include <gnu/libc-version.h>
#endif

namespace {

namespace akua = sello::akua;
namespace gu1 = sello::gu1;
namespace kuenta = sello::kuenta;

constexpr std::string_view base64_secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
constexpr std::string_view text_secret = "a-secret-of-thirty-two-characters";

/// How often an operation runs while its instructions are counted.
constexpr std::size_t counted = 100;

void require(bool good) {
  if (good) return;
  std::fputs("the contender does not do its work\n", stderr);
  std::abort();
}

template <class T>
void keep(T& value) {
  asm volatile("" : : "g"(&value) : "memory");
}

/// A body with its headers, and what its key is.
struct sample {
  std::string body;
  std::string secret;
  std::string key;     // its bytes
  std::string before;  // the signed bytes in front of the body
  sello::header_list headers;
};

[[nodiscard]] std::string read_file(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  require(file.good());
  return {std::istreambuf_iterator<char>{file}, {}};
}

/// Signed a little ahead, so that the tolerance of 300 s reaches to the end of the run.
[[nodiscard]] sample svix_sample(std::string body) {
  const auto sent_at = std::chrono::system_clock::now() + std::chrono::seconds{240};
  sample made{.body = std::move(body), .secret = std::string{base64_secret}, .key = {}, .before = {}, .headers = {}};
  const auto key = sello::svix_v1::key(base64_secret).value();
  made.key.assign(reinterpret_cast<const char*>(key.bytes().data()), key.bytes().size());
  const sello::message message{.id = "msg_p5jXN8AQM9LWM0D4loKWxJek", .sent_at = sent_at};
  made.before = sello::svix_v1{}.signed_prefix(message);
  made.headers = sello::signer<sello::svix_v1>{base64_secret}.sign(made.body, message);
  return made;
}

template <class Scheme>
[[nodiscard]] sample hex_sample(std::string body, std::string_view type) {
  sample made{.body = std::move(body),
              .secret = std::string{text_secret},
              .key = std::string{text_secret},
              .before = {},
              .headers = {}};
  made.headers = sello::signer<Scheme>{text_secret}.sign(made.body, {.type = type});
  return made;
}

/// What a server adds to each request.
void add_usual_headers(sello::header_list& headers) {
  const sello::header_list usual{
      {"Host", "hooks.example.com"},
      {"User-Agent", "Svix-Webhooks/1.24.0 (sender-9YMgn; +https://www.svix.com/http-sender/)"},
      {"Content-Length", "168"},
      {"Accept", "*/*"},
      {"Content-Type", "application/json"},
      {"X-Forwarded-For", "203.0.113.7"}};
  headers.insert(headers.begin(), usual.begin(), usual.end());
}

/// Runs an operation as often as it is told.
using operation = std::function<void(std::size_t)>;

template <class Work>
[[nodiscard]] operation repeated(Work work) {
  return [work](std::size_t times) {
    for (std::size_t i = 0; i < times; ++i) work();
  };
}

[[nodiscard]] double thread_nanoseconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

[[nodiscard]] double measured(const operation& work, std::size_t times) {
  const double begun = thread_nanoseconds();
  work(times);
  return thread_nanoseconds() - begun;
}

/// An operation in some threads at once, and how often it takes to be measured.
struct contest {
  operation work;
  std::size_t threads = 1;
  std::size_t times = 0;

  [[nodiscard]] double nanoseconds() {
    if (times == 0) {
      constexpr double enough = 2e6;
      for (times = 1; measured(work, times) < enough;) times *= 2;
    }
    if (threads == 1) return measured(work, times) / static_cast<double>(times);
    std::vector<double> took(threads);
    std::vector<std::thread> running;
    for (double& each : took) running.emplace_back([this, &each] { each = measured(work, 4 * times); });
    for (std::thread& one : running) one.join();
    double sum = 0;
    for (const double each : took) sum += each;
    return sum / static_cast<double>(threads * 4 * times);
  }
};

using contests = std::map<std::string, contest>;

/// OpenSSL's context of a digest that has hashed the key, inside and outside; cloned for each MAC.
class cloned_digest {
 public:
  explicit cloned_digest(std::string_view key) : inner_{keyed(key, 0x36)}, outer_{keyed(key, 0x5c)} {}

  void operator()(std::string_view before, std::string_view body, unsigned char* mac) const {
    unsigned size = 0;
    EVP_MD_CTX_copy_ex(work_.get(), inner_.get());
    if (!before.empty()) EVP_DigestUpdate(work_.get(), before.data(), before.size());
    EVP_DigestUpdate(work_.get(), body.data(), body.size());
    EVP_DigestFinal_ex(work_.get(), mac, &size);
    EVP_MD_CTX_copy_ex(work_.get(), outer_.get());
    EVP_DigestUpdate(work_.get(), mac, 32);
    EVP_DigestFinal_ex(work_.get(), mac, &size);
  }

 private:
  using context = std::shared_ptr<EVP_MD_CTX>;
  [[nodiscard]] static context made() { return {EVP_MD_CTX_new(), &EVP_MD_CTX_free}; }
  [[nodiscard]] static context keyed(std::string_view key, unsigned char pad) {
    std::array<unsigned char, 64> block{};
    for (std::size_t i = 0; i < block.size(); ++i)
      block[i] = static_cast<unsigned char>((i < key.size() ? static_cast<unsigned char>(key[i]) : 0U) ^ pad);
    context of = made();
    EVP_DigestInit_ex(of.get(), EVP_sha256(), nullptr);
    EVP_DigestUpdate(of.get(), block.data(), block.size());
    return of;
  }

  context inner_;
  context outer_;
  context work_ = made();
};

/// What everything rests on.
void add_floors(contests& to, const std::string& name, const sample& of) {
  to["digest " + name] = {[floor = cloned_digest{of.key}, &of](std::size_t times) {
    std::array<unsigned char, 32> mac{};
    for (std::size_t i = 0; i < times; ++i) {
      floor(of.before, of.body, mac.data());
      keep(mac);
    }
  }};
  to["compression " + name] = {[&of](std::size_t times) {
    const std::vector<unsigned char> blocks(((of.before.size() + of.body.size() + 9 + 63) / 64 + 1) * 64);
    SHA256_CTX context;
    SHA256_Init(&context);
    for (std::size_t i = 0; i < times; ++i) {
      SHA256_Update(&context, blocks.data(), blocks.size());
      keep(context);
    }
  }};
  to["accept " + name] = {repeated([&of] { require(nlohmann::json::accept(of.body)); })};
  to["parse " + name] = {repeated([&of] {
    const auto parsed = nlohmann::json::parse(of.body);
    keep(parsed);
  })};
#ifdef BENCH_SIMDJSON
  to["simdjson " + name] = {[&of](std::size_t times) {
    static simdjson::dom::parser parser;
    const simdjson::padded_string padded{of.body};
    for (std::size_t i = 0; i < times; ++i) {
      auto parsed = parser.parse(padded);
      require(parsed.error() == simdjson::SUCCESS);
    }
  }};
#endif
}

/// As most receivers are written: the key set anew, the signed bytes put together, a tree for the body.
void add_by_hand(contests& to, const std::string& name, const sample& of, std::string_view type,
                 std::string_view signature) {
  const auto claimed = [&of, signature] {
    for (const auto& [header, value] : of.headers) {
      if (sello::same_header_name(header, signature)) return std::string_view{value};
    }
    return std::string_view{};
  };
  to["by_hand " + name] = {repeated([&of, type = std::string{type}, claimed] {
    std::array<unsigned char, 32> mac{};
    unsigned size = 0;
    const std::string message = of.before + of.body;
    HMAC(EVP_sha256(), of.key.data(), static_cast<int>(of.key.size()),
         reinterpret_cast<const unsigned char*>(message.data()), message.size(), mac.data(), &size);
    std::array<unsigned char, 65> text{};
    std::string_view sent = claimed();
    if (!of.before.empty()) {
      sent.remove_prefix(3);
      EVP_EncodeBlock(text.data(), mac.data(), 32);
    } else {
      for (std::size_t i = 0; i < 32; ++i) std::snprintf(reinterpret_cast<char*>(&text[2 * i]), 3, "%02x", mac[i]);
    }
    require(CRYPTO_memcmp(text.data(), sent.data(), sent.size()) == 0);
    const auto parsed = nlohmann::json::parse(of.body);
    keep(parsed.at(type).get_ref<const std::string&>());
  })};
}

template <class Verifier>
void add_verify(contests& to, const std::string& name, const sample& of) {
  const auto verifier = std::make_shared<const Verifier>(of.secret);
  const operation verify = repeated([verifier, &of] { require(verifier->verify(of.headers, of.body).has_value()); });
  to["verify " + name] = {verify};
  to["verify_in_two_threads " + name] = {verify, 2};
}

template <class Verifier>
void add_sello(contests& to, const std::string& name, const sample& of, const sello::router& router) {
  add_verify<Verifier>(to, name, of);
  const auto both =
      std::make_shared<const Verifier>(std::vector<std::string>{of.secret, std::string{base64_secret} + "AAAA"});
  to["verify_with_two_keys " + name] = {
      repeated([both, &of] { require(both->verify(of.headers, of.body).has_value()); })};
  const auto verifier = std::make_shared<const Verifier>(of.secret);
  const auto delivery =
      std::make_shared<const typename Verifier::delivery_type>(verifier->verify(of.headers, of.body).value());
  sello::router keyed = router;  // the digest of a body, which is the key of Kuenta's events, is no part of decoding
  keyed.identify<typename Verifier::provider_type>([](const sello::signed_facts&) { return std::string{"a key"}; });
  to["decode " + name] = {repeated([delivery, keyed] {
    const auto outcome = keyed.dispatch(*delivery);
    require(outcome && *outcome == sello::outcome::handled);
  })};
  const auto receiver = std::make_shared<const sello::receiver<Verifier>>(Verifier{of.secret}, router);
  const operation receive =
      repeated([receiver, &of] { require(receiver->receive(of.headers, of.body).status == 200); });
  to["receive " + name] = {receive};
  to["receive_in_two_threads " + name] = {receive, 2};
  to["receive_observed " + name] = {
      repeated([observed = std::make_shared<const sello::receiver<Verifier>>(
                    Verifier{of.secret}, router,
                    sello::receiver_options{.observer = [](const sello::record& seen) { keep(seen); }}),
                &of] { require(observed->receive(of.headers, of.body).status == 200); })};
}

#ifdef BENCH_SIMDJSON
template <class Verifier>
void add_receive_simdjson(contests& to, const std::string& name, const sample& of, sello::router router) {
  router.read_with(sello::simdjson_tokens);
  to["receive_simdjson " + name] = {
      repeated([receiver = std::make_shared<const sello::receiver<Verifier>>(Verifier{of.secret}, router), &of] {
        require(receiver->receive(of.headers, of.body).status == 200);
      })};
}
#endif

/// What is refused, by its cause.
void add_refusals(contests& to, const sample& of, const sello::router& router) {
  struct refused {
    const char* cause;
    sello::header_list headers;
    std::string body;
    int status;
  };
  const auto with = [&](std::size_t from_last, std::string value) {
    sello::header_list headers = of.headers;
    headers[headers.size() - from_last].second = std::move(value);
    return headers;
  };
  const auto resigned = [](std::string body) { return refused{"", svix_sample(body).headers, body, 400}; };
  const std::string& good = of.headers.back().second;
  std::vector<refused> all{
      {"missing_header", {of.headers.begin(), of.headers.end() - 1}, of.body, 401},
      {"malformed_signature", with(1, "sha256=00"), of.body, 401},
      {"timestamp_too_old", with(2, "1614265330"), of.body, 401},
      {"signature_mismatch", of.headers, of.body + ' ', 401},
      {"signature_of_sixteen",
       with(1,
            [&] {
              std::string list = good;
              for (int i = 1; i < 16; ++i) list += ' ' + good;
              return list;
            }()),
       of.body + ' ', 401},
      {"body_too_large", of.headers, std::string(1'048'577, ' '), 413},
  };
  std::string broken = of.body;
  broken.pop_back();
  for (auto [cause, body] :
       {std::pair<const char*, std::string>{"malformed_json", broken},
        {"duplicate_key", of.body.substr(0, of.body.size() - 1) + R"(,"data":1})"},
        {"missing_field", R"({"type":"payment.capture.cleared","data":{"trace_id":"order-7"}})"}}) {
    all.push_back(resigned(body));
    all.back().cause = cause;
  }
  const auto receiver = std::make_shared<const sello::receiver<akua::verifier>>(akua::verifier{of.secret}, router);
  for (refused& each : all) {
    to[std::string{"refuse "} + each.cause] = {
        repeated([receiver, request = std::make_shared<const refused>(std::move(each))] {
          require(receiver->receive(request->headers, request->body).status == request->status);
        })};
  }
}

[[nodiscard]] std::string sized_body(std::size_t size) {
  const std::string before = R"({"type":"payment.capture.cleared","data":{"payment_id":")";
  const std::string behind = R"("}})";
  const std::size_t around = before.size() + behind.size();
  std::string body = before;
  for (std::size_t i = around; i < size; ++i) body += static_cast<char>('a' + i % 26);
  return body + behind;
}

/// The search of a handler among so many of one sender. They are made when it begins, behind all
/// others by its name: so those have the heap that they always have.
void add_lookup(contests& to, std::size_t handlers) {
  struct none final : sello::detail::route {
    [[nodiscard]] std::unique_ptr<sello::detail::pending> begin() const override { return nullptr; }
  };
  to["which_handler " + std::to_string(handlers)] = {
      [table = std::make_shared<sello::detail::route_table>(), handlers](std::size_t times) {
        const std::size_t missing = table->empty() ? handlers : 0;
        for (std::size_t i = 0; i < missing; ++i)
          table->add_exact("payment.kind-" + std::to_string(i) + ".cleared", std::make_shared<const none>());
        for (std::size_t i = 0; i < times; ++i) require(table->find("payment.kind-7.cleared") != nullptr);
      }};
}

[[nodiscard]] sello::router make_router() {
  sello::router router;
  router.on<akua::payment_capture_cleared>([](const auto& event) { keep(event.data.payment_id); })
      .on<gu1::kyc_validation_approved>([](const auto& event) { keep(event.data.validation_id); })
      .on<kuenta::credit_application_created>([](const auto& event) { keep(event.data.id); });
  return router;
}

void write_for_others(const std::string& directory, const std::string& name, const sample& of) {
  std::ofstream{directory + '/' + name + ".body", std::ios::binary} << of.body;
  std::ofstream{directory + '/' + name + ".secret"} << of.secret;
  std::ofstream headers{directory + '/' + name + ".headers"};
  for (const auto& [header, value] : of.headers) headers << header << ": " << value << '\n';
}

/// The digest and each of sello's operations a few times, and then a dump of callgrind's counters that has its name.
int count_instructions([[maybe_unused]] contests& all) {
#ifdef CALLGRIND_DUMP_STATS_AT
  for (auto& [name, each] : all) {
    const bool own = name.starts_with("digest") || name.starts_with("verify") || name.starts_with("decode") ||
                     name.starts_with("receive") || name.starts_with("refuse") || name.starts_with("which_handler");
    if (!own || each.threads != 1) continue;
    each.work(3);
    CALLGRIND_ZERO_STATS;
    each.work(counted);
    CALLGRIND_DUMP_STATS_AT(name.c_str());
  }
  return 0;
#else
  std::puts("skipped: valgrind/callgrind.h was not there when this was built");
  return 77;
#endif
}

/// What the number of instructions depends on, besides sello.
void print_toolchain() {
  std::printf("%s, %s, nlohmann %d.%d.%d", __VERSION__, OpenSSL_version(OPENSSL_VERSION_STRING),
              NLOHMANN_JSON_VERSION_MAJOR, NLOHMANN_JSON_VERSION_MINOR, NLOHMANN_JSON_VERSION_PATCH);
#ifdef __GLIBC__
  std::printf(", glibc %s", gnu_get_libc_version());
#endif
#ifdef __x86_64__
  std::printf(", x86-64");
#endif
  std::puts("");
}

}  // namespace

int main(int argc, char** argv) {
  require(argc == 2);
  if (argv[1] == std::string_view{"--toolchain"}) {
    print_toolchain();
    return 0;
  }
  const bool counts = argv[1] == std::string_view{"--count"};
  const std::string bodies = BENCH_BODIES;
  std::map<std::string, sample> samples;
  samples["akua"] = svix_sample(read_file(bodies + "/akua_payment.json"));
  samples["gu1"] = hex_sample<sello::gu1_hmac>(read_file(bodies + "/gu1_approval.json"), "kyc.validation_approved");
  samples["kuenta"] = hex_sample<sello::hex_hmac>(read_file(bodies + "/kuenta_sample.json"), "");
  if (counts) {
    samples["16384"] = svix_sample(sized_body(16384));
  } else {
    for (std::size_t size = 64; size <= std::size_t{4} << 20U; size *= 4)
      samples[std::to_string(size)] = svix_sample(sized_body(size));
    samples["1048576"] = svix_sample(sized_body(1048576));
  }
  for (auto& [name, each] : samples) add_usual_headers(each.headers);

  const sello::router router = make_router();
  contests all;
  for (const auto& [name, each] : samples) add_floors(all, name, each);
  add_by_hand(all, "akua", samples["akua"], "type", "svix-signature");
  add_by_hand(all, "gu1", samples["gu1"], "event", "x-webhook-signature");
  add_by_hand(all, "kuenta", samples["kuenta"], "event", "x-webhook-signature");
  add_sello<akua::verifier>(all, "akua", samples["akua"], router);
  add_sello<gu1::verifier>(all, "gu1", samples["gu1"], router);
  add_sello<kuenta::verifier>(all, "kuenta", samples["kuenta"], router);
  for (const auto& [name, each] : samples) {
    if (!all.contains("verify " + name)) add_verify<akua::verifier>(all, name, each);
  }
#ifdef BENCH_SIMDJSON
  add_receive_simdjson<akua::verifier>(all, "akua", samples["akua"], router);
  add_receive_simdjson<gu1::verifier>(all, "gu1", samples["gu1"], router);
  add_receive_simdjson<kuenta::verifier>(all, "kuenta", samples["kuenta"], router);
#endif
  add_refusals(all, samples["akua"], router);
  for (const std::size_t handlers : {10U, 10'000U}) add_lookup(all, handlers);
  if (counts) return count_instructions(all);

  for (const auto& [name, each] : samples) write_for_others(argv[1], name, each);
  for (std::string line; std::getline(std::cin, line);) {
    const auto found = all.find(line);
    if (found == all.end()) {
      std::puts("-");
    } else {
      std::printf("%.1f\n", found->second.nanoseconds());
    }
    std::fflush(stdout);
  }
  return 0;
}
