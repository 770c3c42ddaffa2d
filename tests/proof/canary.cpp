// SPDX-License-Identifier: MIT
// Nothing that sello says of a delivery has a secret, a signature or a value of the payload in it. A canary secret signs
// canary payloads with canary header values, every `errc` is provoked for every sender, and each text that the caller, the
// observer or the peer gets is searched. (By design a record has the event's type and its idempotency key, and what a
// handler throws goes to the log: there are no canaries in these.)
#include <array>
#include <chrono>
#include <cstddef>
#include <functional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sello/sello.hpp>

#include "../support/samples.hpp"
#include "../support/sign.hpp"
#include "check.hpp"

namespace {

using sello::errc;

constexpr std::string_view key = "canary-secret-of-thirty-two-bytes";
const std::string secret = "whsec_" + independent::base64(key);
constexpr std::string_view payload_canary = "canary-payload";
constexpr std::string_view header_canary = "canary-header";
constexpr std::string_view number_canary = "8088808880888088808880888";
constexpr std::string_view id = "msg_1";
constexpr std::chrono::system_clock::time_point now{std::chrono::seconds{1'614'265'330}};

std::vector<std::string> forbidden{secret,
                                   secret.substr(6),
                                   std::string{key},
                                   std::string{payload_canary},
                                   std::string{header_canary},
                                   std::string{number_canary},
                                   "canary"};
std::size_t texts_searched = 0;
std::set<errc> provoked;

void search(std::string_view where, std::string_view text) {
  ++texts_searched;
  for (const std::string& canary : forbidden) {
    if (text.find(canary) != std::string_view::npos) proof::fail(where, std::string{"says a canary: "}.append(text));
  }
}

/// Every text that an error has, thrown as well.
void search(std::string_view where, const sello::error& said) {
  provoked.insert(said.code);
  search(where, said.where);
  search(where, said.message());
  try {
    throw sello::bad_result{said};
  } catch (const std::exception& thrown) {
    search(where, thrown.what());
  }
}

void search(std::string_view where, const sello::record& said) {
  for (const std::string_view text : {said.provider, said.type, said.id, said.where, said.request_id, said.webhook})
    search(where, text);
  search(where, said.message());
  for (const sello::error& misfit : said.misfits) search(where, misfit);
  if (said.error) provoked.insert(*said.error);
}

struct request {
  std::string body;
  sello::header_list headers;
};

/// What makes a delivery go wrong, for one sender.
template <class Verifier>
class endpoint {
  using scheme = typename Verifier::scheme_type;
  using provider = typename Verifier::provider_type;
  static constexpr bool timed = sello::timed_scheme<scheme>;

 public:
  void provoke_everything() {
    const std::string envelope = std::string{"{\""}.append(provider::keys.type).append("\":\"") + std::string{type()} +
                                 "\",\"" + std::string{provider::keys.data} + "\":";
    const std::string good = envelope + std::string{data()} + "}";

    // Nothing proves who sent it.
    expect(errc::missing_header, {good, {{"X-Other", std::string{header_canary}}}});
    for (const std::string& signature : {std::string{header_canary}, std::string(64, 'a'), std::string{}}) {
      request twice = sign(good);
      twice.headers.emplace_back(timed ? "svix-id" : "X-Webhook-Signature", signature + "canary-header");
      expect(errc::malformed_header, twice);
    }
    if constexpr (timed) {
      expect(errc::malformed_header, with(sign(good), "svix-id", "canary.header"));
      expect(errc::malformed_timestamp, with(sign(good), "svix-timestamp", "canary-header"));
      expect(errc::malformed_signature, with(sign(good), "svix-signature", "v1,canary-header canary-header"));
      expect(errc::signature_mismatch, with(sign(good), "svix-signature", "v1," + std::string(43, 'A') + "="));
      expect(errc::timestamp_too_old, sign(good, now - std::chrono::hours{1}));
      expect(errc::timestamp_too_new, sign(good, now + std::chrono::hours{1}));
    } else {
      expect(errc::malformed_signature, with(sign(good), "X-Webhook-Signature", "canary-header"));
    }
    request changed = sign(good);
    changed.body += ' ';
    expect(errc::signature_mismatch, changed);
    expect(errc::body_too_large, sign(envelope + '"' + std::string(70'000, 'x') + "canary-payload\"}"));
    expect_internal_error(good);

    // Proven, but not what the provider documents.
    expect(errc::malformed_json, sign(envelope + "\"canary-payload"));
    expect(errc::malformed_json, sign(envelope + "{\"x\": canary-payload}}"));
    expect(errc::malformed_json, sign("canary-payload"));
    expect(errc::malformed_json, sign(good + "canary-payload"));
    expect(errc::duplicate_key, sign(envelope + R"({"x":"canary-payload","x":"canary-payload"}})"));
    expect(errc::too_deep,
           sign(envelope + "{\"x\":" + std::string(80, '[') + "\"canary-payload\"" + std::string(80, ']') + "}}"));
    expect(errc::wrong_type, sign(std::string{"{\""} + std::string{provider::keys.type} + R"(":["canary-payload"]})"));
    expect(errc::out_of_range, sign(envelope + "{\"x\":" + std::string{number_canary} + "e999}}"));
    if constexpr (std::same_as<provider, sello::kuenta::provider>) {
      const std::string_view end = R"(,"timestamp":"2021-02-25T15:02:10Z"})";
      expect_misfit(errc::out_of_range, sign((envelope + "{\"term\":").append(number_canary).append("}").append(end)));
      expect_misfit(errc::wrong_type, sign((envelope + R"({"amount":"canary-payload"})").append(end)));
      expect_misfit(errc::wrong_type, sign((envelope + R"({"createdAt":"canary-payload"})").append(end)));
      expect_misfit(errc::wrong_type, sign((envelope + R"("canary-payload")").append(end)));
    } else {
      expect(errc::missing_field, sign(envelope + R"({"trace_id":"canary-payload","entityId":"canary-payload"}})"));
      expect(errc::wrong_type, sign(envelope + "\"canary-payload\"}"));
    }
    if constexpr (!provider::keys.timestamp.empty()) {
      expect(errc::missing_field, sign(R"({"some":"canary-payload"})"));
      const std::string at = good.substr(0, good.size() - 1) + R"(,"timestamp":)";
      expect(errc::timestamp_too_old, sign(at + "\"2001-01-01T00:00:00Z\"}"));
      expect(errc::timestamp_too_new, sign(at + "\"2099-01-01T00:00:00Z\"}"));
      expect(errc::wrong_type, sign(at + "\"canary-payload\"}"));
    }

    // Ours to mend. These get as far as the handler.
    const std::string fresh = provider::keys.timestamp.empty()
                                  ? good
                                  : good.substr(0, good.size() - 1) + R"(,"timestamp":"2021-02-25T15:02:10Z"})";
    mood_ = [] { throw std::runtime_error{"the handler's own words"}; };
    expect(errc::handler_failed, sign(fresh));
    mood_ = [] { throw 1; };
    expect(errc::handler_failed, sign(fresh));
    mood_ = [] {};
    for (const errc code : {errc::store_unavailable, errc::permanent_failure}) {
      answer_ = sello::error{code, "the handler's own words"};
      expect(code, sign(fresh));
    }
    answer_ = {};
    if constexpr (std::same_as<provider, sello::gu1::provider>) {
      request contradicted = sign(fresh);
      contradicted.headers.emplace_back("X-Webhook-Event", header_canary);
      expect_misfit(errc::header_body_mismatch, contradicted);
    }
    search_response(provider::name, receiver_.refuse(400, "Content-Encoding", contents_of_a_stranger()),
                    errc::bad_request);
    proof::expect(receiver_.receive(sign(fresh).headers, fresh, now).status == 200, provider::name, "not handled");

    expect_bad_secrets();
  }

 private:
  using handler = std::function<void()>;

  [[nodiscard]] static std::string_view type() {
    if constexpr (std::same_as<provider, sello::kuenta::provider>) return "payment.created";
    if constexpr (std::same_as<provider, sello::akua::provider>) return "instrument.created";
    if constexpr (std::same_as<provider, sello::gu1::provider>) return "kyc.validation_created";
  }

  [[nodiscard]] static std::string_view data() {
    if constexpr (std::same_as<provider, sello::kuenta::provider>) return R"({"id":"canary-payload"})";
    if constexpr (std::same_as<provider, sello::akua::provider>) return R"({"instrument_id":"canary-payload"})";
    if constexpr (std::same_as<provider, sello::gu1::provider>) return R"({"id":"1","entityId":"canary-payload"})";
  }

  [[nodiscard]] static request sign(std::string body, std::chrono::system_clock::time_point sent_at = now) {
    const std::string seconds =
        std::to_string(std::chrono::floor<std::chrono::seconds>(sent_at).time_since_epoch().count());
    sello::header_list headers;
    if constexpr (timed) {
      headers = {{"svix-id", std::string{id}},
                 {"svix-timestamp", seconds},
                 {"svix-signature", independent::svix_signature(key, id, seconds, body)}};
    } else {
      headers = {{"X-Webhook-Signature", independent::hex_signature(secret, body)}};
    }
    forbidden.push_back(headers.back().second);
    return {std::move(body), std::move(headers)};
  }

  [[nodiscard]] static request with(request sent, std::string_view name, std::string value) {
    for (auto& [line, current] : sent.headers) {
      if (line == name) current = value;
    }
    return sent;
  }

  [[nodiscard]] static sello::header_list contents_of_a_stranger() {
    return {{"Content-Encoding", std::string{header_canary}}, {"svix-signature", std::string{header_canary}}};
  }

  /// The delivery is handled, whole and in pieces, and what did not fit is noted without a canary.
  void expect_misfit(errc code, const request& sent) {
    const std::string name = std::string{provider::name} + ", misfit " + std::string{to_string(code)};
    for (const bool whole : {true, false}) {
      misfits_.clear();
      const sello::response answer = whole ? receiver_.receive(sent.headers, sent.body, now) : receive_in_pieces(sent);
      proof::expect(answer.status == 200, name, "was not handled");
      proof::expect(misfits_.size() == 1 && misfits_.front().code == code, name, "was not noted");
    }
  }

  /// The delivery is refused for that reason, whole and in pieces, and neither says a canary.
  void expect(errc code, const request& sent) {
    const std::string name = std::string{provider::name} + ", " + std::string{to_string(code)};
    for (const bool whole : {true, false}) {
      last_ = {};
      const sello::response answer = whole ? receiver_.receive(sent.headers, sent.body, now) : receive_in_pieces(sent);
      proof::expect(last_ == code, name, last_ ? to_string(*last_) : "was handled");
      search_response(name, answer, code);
    }
    const Verifier verifier{secret};
    const auto delivery = verifier.verify(sent.headers, sent.body, now);
    if (!delivery) {
      search(name, delivery.error());
    } else if (const auto outcome = router_.dispatch(*delivery); !outcome) {
      search(name, outcome.error());
    }
  }

  [[nodiscard]] sello::response receive_in_pieces(const request& sent) const {
    auto incoming = receiver_.begin(sent.headers, now);
    for (std::size_t at = 0; at < sent.body.size(); at += 1000) {
      if (!incoming.feed(std::string_view{sent.body}.substr(at, 1000))) break;
    }
    return incoming.finish();
  }

  void search_response(std::string_view name, const sello::response& answer, errc code) {
    search(name, answer.body);
    for (const auto& [header, value] : answer.headers) {
      search(name, header);
      search(name, value);
    }
    const sello::response refused{.status = sello::http_status(code)};
    proof::expect(answer.status == refused.status && answer.body == refused.body, name,
                  "the peer learns more than the status");
  }

  /// Headers whose reading throws, with a canary in what is thrown.
  void expect_internal_error(const std::string& body) {
    const auto headers = [](std::string_view) -> std::optional<std::string_view> {
      throw std::runtime_error{std::string{header_canary}};
    };
    const std::string name = std::string{provider::name} + ", internal_error";
    search_response(name, receiver_.receive(headers, body, now), errc::internal_error);
    search_response(name, receiver_.begin(headers, now).finish(), errc::internal_error);
    search(name, Verifier{secret}.verify(headers, body, now).error());
  }

  void expect_bad_secrets() {
    const std::string name = std::string{provider::name} + ", secrets";
    std::vector<std::string> bad{""};
    if constexpr (timed) {
      const std::string good = secret;
      bad.insert(bad.end(), {"whsec_", "whsec_" + good, "v1," + good, "whpk_" + good.substr(6),
                             "whsk_" + good.substr(6), "whsec\\_" + good.substr(6), good + "-", good + "_", good + "!",
                             good + "=", good + " x", std::string(5000, 'A') + good});
    }
    scheme options;
    if constexpr (timed) {
      options.tolerance = std::chrono::seconds{-1};
    } else {
      options.signature_header = "not a token";
    }
    const auto made_with_options = Verifier::create(secret, options);
    proof::expect(!made_with_options, name, "a bad option was accepted");
    if (!made_with_options) search(name, made_with_options.error());
    for (const std::string& text : bad) {
      for (const bool alone : {true, false}) {
        const auto made = alone ? Verifier::create(text) : Verifier::create({secret, text});
        proof::expect(!made, name, "a bad secret was accepted");
        if (!made) search(name, made.error());
      }
      try {
        const Verifier made{text};
        proof::fail(name, "a bad secret was accepted");
      } catch (const sello::bad_result& thrown) {
        search(name, thrown.what());
        search(name, thrown.error());
      }
    }
  }

  handler mood_ = [] {};
  sello::result<void> answer_;
  std::optional<errc> last_;
  std::vector<sello::error> misfits_;
  sello::router router_ = [this] {
    sello::router made;
    provider::catalog::for_each([&]<class E>() {
      made.on<E>([this](const sello::event<E>&) {
        mood_();
        return answer_;
      });
    });
    return made;
  }();
  sello::receiver<Verifier> receiver_{
      Verifier{secret},
      router_,
      {.body_limit = 65'536, .freshness = freshness(), .observer = [this](const sello::record& seen) {
         last_ = seen.error;
         misfits_ = seen.misfits;
         search(provider::name, seen);
       }}};

  [[nodiscard]] static std::optional<std::chrono::seconds> freshness() {
    return provider::keys.timestamp.empty() ? std::nullopt : std::optional{std::chrono::seconds{60}};
  }
};

}  // namespace

int main() {
  proof::control("an error with a value of the payload",
                 [] { search("control", sello::error{errc::wrong_type, "/data is canary-payload"}); });
  proof::control("a record with a signature", [] { search("control", sello::record{.where = "v1,canary-header"}); });
  provoked.clear();

  endpoint<sello::akua::verifier>{}.provoke_everything();
  endpoint<sello::kuenta::verifier>{}.provoke_everything();
  endpoint<sello::gu1::verifier>{}.provoke_everything();

  for (int code = 0; code <= static_cast<int>(errc::internal_error); ++code) {
    proof::expect(provoked.contains(static_cast<errc>(code)), to_string(static_cast<errc>(code)), "was never provoked");
  }
  std::printf("%zu codes provoked, %zu texts searched for %zu canaries\n", provoked.size(), texts_searched,
              forbidden.size());
  return proof::verdict();
}
