// SPDX-License-Identifier: MIT
// Verifying, signing, receiving, decoding and dispatching, for each sender and each event of its catalog.
#include "scenarios.hpp"

#include <chrono>
#include <concepts>
#include <cstddef>
#include <exception>
#include <initializer_list>
#include <memory>
#include <new>
#include <utility>

#include <sello/sello.hpp>

#include "../support/samples.hpp"

namespace proof {
namespace {

constexpr std::string_view secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
constexpr std::string_view other_secret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX";
constexpr std::chrono::system_clock::time_point now{std::chrono::seconds{1'614'265'330}};

template <class T, class E>
[[nodiscard]] std::string_view word(const sello::result<T, E>& answer) {
  return answer ? std::string_view{"ok"} : to_string(answer.error().code);
}

[[nodiscard]] std::string_view word(const sello::response& answer) {
  switch (answer.status) {
    case 200: return "200";
    case 400: return "400";
    case 401: return "401";
    case 413: return "413";
    case 500: return "500";
    default: return "another status";
  }
}

/// What may be thrown is what is documented: `bad_result` with its code, or `bad_alloc`.
template <class Work>
[[nodiscard]] std::string_view word_or_thrown(Work work) {
  try {
    return work();
  } catch (const sello::bad_result& thrown) {
    return to_string(thrown.error().code);
  } catch (const std::bad_alloc&) {
    return "bad_alloc";
  } catch (const std::exception&) {
    return "another exception";
  }
}

/// A delivery, its forgery, and one that its sender's scheme refuses for its headers.
struct request {
  std::string body;
  sello::header_list headers;
};

template <class Verifier>
[[nodiscard]] request signed_with(std::string_view with, std::string body, std::string_view type) {
  sello::header_list headers =
      sello::signer<typename Verifier::scheme_type>{with}.sign(body, {.id = "msg_1", .sent_at = now, .type = type});
  return {std::move(body), std::move(headers)};
}

/// A router with a handler for every event of a catalog; each says in `ran` that it was called.
template <class Catalog>
[[nodiscard]] sello::router router_for(int& ran) {
  sello::router made;
  Catalog::for_each([&]<class E>() { made.on<E>([&ran](const sello::event<E>&) { ++ran; }); });
  made.otherwise([&ran](const sello::unknown_event&) { ++ran; });
  return made;
}

/// The scenarios of one sender.
template <class Verifier>
void add_sender(std::vector<scenario>& all) {
  using scheme = typename Verifier::scheme_type;
  using provider = typename Verifier::provider_type;
  using catalog = typename provider::catalog;
  const auto add = [&](std::string_view what, std::string_view expected,
                       std::initializer_list<std::string_view> with_fault, std::function<std::string_view()> run) {
    all.push_back({std::string{provider::name}.append(": ").append(what), expected, with_fault, std::move(run)});
  };

  add("a verifier is made", "ok", {"internal_error", "bad_alloc"}, [] {
    return word_or_thrown([] {
      const Verifier made{secret};
      return "ok";
    });
  });
  add("a verifier with three secrets is made", "ok", {"internal_error"},
      [] { return word_or_thrown([] { return word(Verifier::create({secret, other_secret, secret})); }); });
  add("a verifier without a secret is refused", "empty_secret", {"internal_error"},
      [] { return word_or_thrown([] { return word(Verifier::create({secret, ""})); }); });
  if constexpr (sello::identified_scheme<scheme>) {
    add("a bad secret is refused", "malformed_secret", {"internal_error"},
        [] { return word_or_thrown([] { return word(Verifier::create("whsec_AAAA\\")); }); });
  }

  add("a signer is made and signs", "ok", {"internal_error", "bad_alloc"}, [] {
    return word_or_thrown([] {
      const sello::signer<scheme> signer{secret};
      return signer.sign("{}", {.id = "msg_1", .sent_at = now, .type = "a.type"}).empty() ? "no headers" : "ok";
    });
  });

  const Verifier verifier{{other_secret, secret}};
  std::string text;
  catalog::for_each([&]<class E>() {
    if (text.empty()) text = samples::body<E>();
  });
  const request good = signed_with<Verifier>(secret, text, {});
  const request forged = signed_with<Verifier>("whsec_bm9ib2R5J3Mgc2VjcmV0IGF0IGFsbA==", text, {});
  const request unsigned_request{text, {}};

  // The first deliveries of a verifier, which has no idle contexts yet.
  add("a verifier is made and verifies", "ok", {"internal_error", "bad_alloc"},
      [=] { return word_or_thrown([&] { return word(Verifier{secret}.verify(good.headers, good.body, now)); }); });
  add("a verifier is made and refuses", "signature_mismatch", {"internal_error", "bad_alloc"},
      [=] { return word_or_thrown([&] { return word(Verifier{secret}.verify(forged.headers, forged.body, now)); }); });

  // A forgery never gets in, and a good delivery is at worst undecided: never called a forgery.
  add("verify, signed", "ok", {"internal_error"}, [=] { return word(verifier.verify(good.headers, good.body, now)); });
  add("verify, forged", "signature_mismatch", {"internal_error"},
      [=] { return word(verifier.verify(forged.headers, forged.body, now)); });
  add("verify_owned, signed", "ok", {"internal_error", "bad_alloc"}, [=] {
    return word_or_thrown([&] {
      std::string own = good.body;
      const auto delivery = verifier.verify_owned(good.headers, std::move(own), now);
      if (!delivery) return word(delivery);
      return delivery->owned().body_digest().size() == 64 ? std::string_view{"ok"} : std::string_view{"no digest"};
    });
  });
  add("verify_owned, forged", "signature_mismatch", {"internal_error", "bad_alloc"}, [=] {
    return word_or_thrown([&] {
      std::string own = forged.body;
      return word(verifier.verify_owned(forged.headers, std::move(own), now));
    });
  });
  add("verify, not signed", "missing_header", {"internal_error"},
      [=] { return word(verifier.verify(unsigned_request.headers, unsigned_request.body, now)); });
  if constexpr (sello::single_signature_scheme<scheme>) {
    add("verify_signature, signed", "ok", {"internal_error"},
        [=] { return word(verifier.verify_signature(good.headers.front().second, good.body)); });
    add("verify_signature, forged", "signature_mismatch", {"internal_error"},
        [=] { return word(verifier.verify_signature(forged.headers.front().second, forged.body)); });
  }
  const auto in_pieces = [verifier](const request& sent) {
    return word_or_thrown([&] {
      auto begun = verifier.begin(sent.headers, now);
      if (!begun) return word(begun);
      auto running = *std::move(begun);
      running.update(std::string_view{sent.body}.substr(0, 9));
      running.update(std::string_view{sent.body}.substr(9));
      return word(running.finish());
    });
  };
  add("verify in pieces, signed", "ok", {"internal_error", "bad_alloc"}, [=] { return in_pieces(good); });
  add("verify in pieces, forged", "signature_mismatch", {"internal_error", "bad_alloc"},
      [=] { return in_pieces(forged); });

  // One router and one receiver for every fault: they must stay as good as new.
  auto ran = std::make_shared<int>(0);
  const auto seen = std::make_shared<std::size_t>(0);
  const sello::receiver receiver{verifier, router_for<catalog>(*ran), {.observer = [seen](const sello::record& record) {
                                   *seen += record.where.size();
                                 }}};
  // A handler that ran and succeeded is never answered with a failure, which would make it run again.
  const auto count_runs = [ran](const auto& work) {
    *ran = 0;
    const std::string_view answer = work();
    const bool told_so = answer == "200" || answer == "handled";
    return *ran == (told_so ? 1 : 0) ? answer : std::string_view{"the handler's run and the answer disagree"};
  };
  const auto receive = [receiver](const request& sent) { return word(receiver.receive(sent.headers, sent.body, now)); };
  const auto receive_in_pieces = [receiver](const request& sent) {
    auto incoming = receiver.begin(sent.headers, now);
    for (std::size_t at = 0; at < sent.body.size(); at += 16) {
      if (!incoming.feed(std::string_view{sent.body}.substr(at, 16))) break;
    }
    return word(incoming.finish());
  };
  add("receive, signed", "200", {"500"}, [=] { return count_runs([&] { return receive(good); }); });
  add("receive, forged", "401", {"500"}, [=] { return count_runs([&] { return receive(forged); }); });
  add("receive, not signed", "401", {"500"}, [=] { return count_runs([&] { return receive(unsigned_request); }); });
  add("receive in pieces, signed", "200", {"500"}, [=] { return count_runs([&] { return receive_in_pieces(good); }); });
  add("receive in pieces, forged", "401", {"500"},
      [=] { return count_runs([&] { return receive_in_pieces(forged); }); });
  add("receive in pieces, not signed", "401", {"500"},
      [=] { return count_runs([&] { return receive_in_pieces(unsigned_request); }); });
  for (const std::string_view odd : {R"({"a":1,"a":2})", R"([{"deep":{"er":[1,2,{"x":)", "[]"}) {
    const request malformed = signed_with<Verifier>(secret, std::string{odd}, {});
    add(std::string{"receive, signed, not as documented: "}.append(odd), "400", {"500"},
        [=] { return count_runs([&] { return receive(malformed); }); });
  }
  const std::string digest = sello::detail::sha256_hex(good.body);
  add("the digest of a body", "ok", {"internal_error", "bad_alloc"}, [=] {
    return word_or_thrown([&] {
      const auto delivery = verifier.verify(good.headers, good.body, now);
      if (!delivery) return word(delivery);
      return delivery->body_digest() == digest ? std::string_view{"ok"} : std::string_view{"another digest"};
    });
  });

  // Every event of the catalog, and one that nobody knows.
  const auto add_dispatch = [&](std::string_view type, std::string body) {
    const auto sent = std::make_shared<const request>(signed_with<Verifier>(secret, std::move(body), type));
    const auto delivery = verifier.verify(sent->headers, sent->body, now).value();
    const sello::router router = router_for<catalog>(*ran);
    add(std::string{"dispatch "}.append(type), "handled", {"internal_error"}, [=] {
      return count_runs([&, keep = sent] {
        const auto outcome = router.dispatch(delivery);
        return outcome ? to_string(*outcome) : word(outcome);
      });
    });
  };
  catalog::for_each([&]<class E>() {
    add_dispatch(E::type, samples::body<E>());
    add(std::string{"decode "}.append(E::type), "ok", {"bad_alloc"},
        [] { return word_or_thrown([] { return word(sello::decode<E>(samples::data<E>())); }); });
  });
  if constexpr (std::same_as<provider, sello::kuenta::provider>)
    add_dispatch("new.event", samples::kuenta_body("new.event"));
  if constexpr (std::same_as<provider, sello::akua::provider>)
    add_dispatch("new.event", samples::akua_body("new.event", "{}"));
  if constexpr (std::same_as<provider, sello::gu1::provider>) {
    add_dispatch("new.event", samples::gu1_body("new.event", "{}"));
    add_dispatch("kyc.new_event", samples::gu1_body("kyc.new_event", samples::gu1_validation_row));
    add_dispatch("kyc.validation_in_review",
                 samples::gu1_body("kyc.validation_in_review", samples::gu1_validation_row));
  }

  // A registration that failed has not happened: it can be tried again.
  add("a router is filled", "ok", {"bad_alloc"}, [] {
    int unused = 0;
    sello::router router;
    std::string_view answer = "ok";
    catalog::for_each([&]<class E>() {
      const auto attempt = [&] {
        return word_or_thrown([&] {
          router.on<E>([&unused](const sello::event<E>&) { ++unused; });
          return "ok";
        });
      };
      if (attempt() == "bad_alloc") answer = attempt() == "ok" ? "bad_alloc" : "half registered";
    });
    const auto attempt = [&] {
      return word_or_thrown([&] {
        router.otherwise([](const sello::unknown_event&) {});
        return "ok";
      });
    };
    if (attempt() == "bad_alloc") answer = attempt() == "ok" ? "bad_alloc" : "half registered";
    return answer;
  });
}

/// The scenarios of public keys. Where OpenSSL runs out of memory in the middle of one verification it calls a right
/// signature wrong: then the sender is refused, and tries again.
void add_public_keys(std::vector<scenario>& all) {
  namespace standard = sello::standard_webhooks;
  constexpr std::string_view key = "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=";
  constexpr std::string_view other_key = "whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
  constexpr std::string_view private_key =
      "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==";
  const auto add = [&](std::string_view what, std::string_view expected,
                       std::initializer_list<std::string_view> with_fault, std::function<std::string_view()> run) {
    all.push_back({std::string{"public keys: "}.append(what), expected, with_fault, std::move(run)});
  };
  add("a verifier with two keys is made", "ok", {"internal_error"},
      [=] { return word_or_thrown([&] { return word(standard::public_key_verifier::create({other_key, key})); }); });
  add("a bad key is refused", "malformed_secret", {"internal_error"},
      [=] { return word_or_thrown([&] { return word(standard::public_key_verifier::create({key, private_key})); }); });
  add("a signer is made and signs", "ok", {"internal_error", "bad_alloc"}, [=] {
    return word_or_thrown([&] {
      const standard::private_key_signer signer{private_key};
      return signer.sign("{}", {.id = "msg_1", .sent_at = now}).empty() ? "no headers" : "ok";
    });
  });

  const standard::public_key_verifier verifier{{other_key, key}};
  const std::string body = R"({"type":"a.type","timestamp":"2022-11-03T20:26:10Z","data":{}})";
  const request good{body, standard::private_key_signer{private_key}.sign(body, {.id = "msg_1", .sent_at = now})};
  request forged = good;
  forged.body.back() = ' ';
  add("verify, signed", "ok", {"internal_error", "signature_mismatch"},
      [=] { return word(verifier.verify(good.headers, good.body, now)); });
  add("verify, forged", "signature_mismatch", {"internal_error"},
      [=] { return word(verifier.verify(forged.headers, forged.body, now)); });
  const auto owned = [verifier](const request& sent) {
    return word_or_thrown([&] {
      std::string own = sent.body;
      return word(verifier.verify_owned(sent.headers, std::move(own), now));
    });
  };
  add("verify_owned, signed", "ok", {"internal_error", "signature_mismatch", "bad_alloc"}, [=] { return owned(good); });
  add("verify_owned, forged", "signature_mismatch", {"internal_error", "bad_alloc"}, [=] { return owned(forged); });
  const auto in_pieces = [verifier](const request& sent) {
    return word_or_thrown([&] {
      auto begun = verifier.begin(sent.headers, now);
      if (!begun) return word(begun);
      auto running = *std::move(begun);
      running.update(std::string_view{sent.body}.substr(0, 9));
      running.update(std::string_view{sent.body}.substr(9));
      return word(running.finish());
    });
  };
  add("verify in pieces, signed", "ok", {"internal_error", "signature_mismatch", "bad_alloc"},
      [=] { return in_pieces(good); });
  add("verify in pieces, forged", "signature_mismatch", {"internal_error", "bad_alloc"},
      [=] { return in_pieces(forged); });
  sello::router router;
  router.otherwise([](const sello::unknown_event&) {});
  const sello::receiver receiver{verifier, router};
  add("receive, signed", "200", {"401", "500"}, [=] { return word(receiver.receive(good.headers, good.body, now)); });
  add("receive, forged", "401", {"500"}, [=] { return word(receiver.receive(forged.headers, forged.body, now)); });
}

}  // namespace

std::vector<scenario> all_scenarios() {
  std::vector<scenario> all;
  add_sender<sello::akua::verifier>(all);
  add_sender<sello::kuenta::verifier>(all);
  add_sender<sello::gu1::verifier>(all);
  add_public_keys(all);
  return all;
}

}  // namespace proof
