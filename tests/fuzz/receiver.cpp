// SPDX-License-Identifier: MIT
// Arbitrary requests to responses: in one piece, and in pieces.
#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <sello/route/receiver.hpp>

#include "dispatch.hpp"

namespace {

/// What a request is to get: the status that the rules give it.
struct expected_answer {
  std::string verdict;  // of the verifier
  fuzz::expectation body;
  int status = 0;
};

int status_of(const fuzz::expectation& body, std::string_view order) {
  if (body.fault.starts_with("timestamp_")) return 401;
  if (!body.fault.empty() || (!body.readable() && body.how.empty())) return 400;
  if (body.how.empty() || order.empty()) return 200;
  return order == "busy" ? 503 : order == "permanent" ? 422 : 500;
}

template <class Provider>
expected_answer expect(const fuzz::request& given, std::string_view routes, std::optional<std::int64_t> freshness,
                       std::string_view order) {
  expected_answer made;
  made.verdict = fuzz::kit<Provider>::verify(given).error;
  made.status = 401;
  if (made.verdict.empty()) {
    made.body = fuzz::expect<Provider>(given, routes, freshness);
    made.status = status_of(made.body, order);
  }
  return made;
}

/// Whether the one `Content-Length` is over the limit.
bool declares_too_much(const fuzz::request& given, std::size_t limit) {
  const auto length = reference::one(given.headers, "Content-Length");
  std::string digits = length.error.empty() ? length.value.substr(0, length.value.find_first_not_of("0123456789")) : "";
  while (digits.size() > 1 && digits[0] == '0') digits.erase(0, 1);
  if (digits.empty()) return false;
  return digits.size() > 9 || static_cast<std::size_t>(std::stoul(digits)) > limit;
}

/// What an observer is told, copied.
struct observed {
  int calls = 0;
  int status = 0;
  std::string type;
  std::string id;
  std::string provider;
  std::optional<sello::outcome> outcome;
  std::optional<sello::errc> error;
  std::size_t body_size = 0;
};

void check_answer(const sello::response& answer, int status, const observed& seen, const expected_answer& expected) {
  const bool may_be_stale = expected.verdict.empty() && expected.body.time_unknown && status != 413;
  if (may_be_stale) {  // whether the time stood before the fault, the reference does not know
    const bool unread = answer.status == 400 || answer.status == 401;
    fuzz::require(unread || answer.status == status, "the status of what is unreadable");
    status = answer.status;
  }
  fuzz::require(answer.status == status, "the status");
  fuzz::require_same(answer.body, status == 200 ? "ok\n" : "refused\n", "one line, the same for every cause");
  fuzz::require(answer.headers[0].first == "Content-Type" && answer.headers[0].second == "text/plain; charset=utf-8",
                "the type of the answer");
  fuzz::require(seen.calls == 1, "the observer is told once");
  fuzz::require(seen.status == status, "the observer is told the status");
  fuzz::require(seen.outcome.has_value() == (status == 200) && seen.error.has_value() == (status != 200),
                "an outcome, or an error");
  if (status == 200) fuzz::require(expected.verdict.empty(), "nothing that the reference refuses gets in");
  if (status == 413 || !expected.verdict.empty()) {
    fuzz::require(seen.type.empty() && seen.id.empty(), "nothing unproven is told");
    if (status == 413) {
      fuzz::require(seen.error == sello::errc::body_too_large, "too large");
    } else {
      fuzz::require_same(to_string(*seen.error), expected.verdict, "the verifier's reason");
    }
    fuzz::require(fuzz::handling::now().calls == 0, "no handler without a proof");
    return;
  }
  fuzz::check_outcome(seen.outcome, seen.error, expected.body);
  fuzz::check_handling(expected.body);
}

template <class Provider>
void check(fuzz::request& given) {
  using kit = fuzz::kit<Provider>;
  kit::fill_in(given);
  const auto secrets = fuzz::views_of(given.secrets);
  const auto verifier = kit::verifier::create(secrets);
  if (!verifier) return;

  const std::string_view routes = given.directive("routes");
  const std::string_view handler = given.directive("handler");
  const std::string_view order =
      handler == "throws" || handler == "fails" || handler == "busy" || handler == "permanent" ? handler : "";
  const auto limit = static_cast<std::size_t>(fuzz::number_of(given.directive("limit", "1048576")));
  std::optional<std::int64_t> freshness;
  if (!given.directive("freshness").empty()) freshness = fuzz::number_of(given.directive("freshness"));

  observed seen;
  sello::receiver_options options{.body_limit = limit, .observer = [&](const sello::record& record) {
                                    ++seen.calls;
                                    seen.status = record.status;
                                    seen.type = record.type;
                                    seen.id = record.id;
                                    seen.provider = record.provider;
                                    seen.outcome = record.outcome;
                                    seen.error = record.error;
                                    seen.body_size = record.body_size;
                                    if (!given.directive("observer").empty()) throw std::runtime_error{"as told"};
                                  }};
  if (freshness) options.freshness = std::chrono::seconds{*freshness};
  const sello::receiver<typename kit::verifier> receiver{*verifier, fuzz::router_of(routes), options};
  const auto expected = expect<Provider>(given, routes, freshness, order);
  const auto begin = [&](bool compare) {
    seen = {};
    fuzz::handling::now() = {};
    fuzz::handling::now().order = order;
    fuzz::handling::now().compare = compare;
  };

  const bool too_large = given.body.size() > limit;
  begin(true);
  const auto whole = receiver.receive(given.headers, given.body, fuzz::time_of(given.now));
  check_answer(whole, too_large ? 413 : expected.status, seen, expected);
  fuzz::require(seen.body_size == given.body.size(), "the body's size");
  fuzz::require_same(seen.provider, kit::about.name, "the provider's name");

  // In pieces: what the headers alone decide is decided before a byte of the body is seen.
  const bool refused_unseen = !expected.verdict.empty() && expected.verdict != "signature_mismatch";
  const bool declared = declares_too_much(given, limit);
  const int status = declared ? 413 : refused_unseen ? 401 : too_large ? 413 : expected.status;
  const std::size_t hash = fuzz::hash_of(given.body);
  for (const std::size_t longest : {given.body.size(), std::size_t{1}, std::size_t{64}, 1 + hash % 4096}) {
    if (longest == 1 && given.body.size() > 256) continue;
    begin(false);
    auto incoming = receiver.begin(given.headers, fuzz::time_of(given.now));
    fuzz::require(incoming.answered().has_value() == (declared || refused_unseen), "refused on headers alone");
    std::string_view rest = given.body;
    for (std::size_t step = hash; !rest.empty(); step = step / 3 + longest) {
      const std::size_t size = longest <= 1 || longest == given.body.size() ? longest : 1 + step % longest;
      const std::string_view piece = rest.substr(0, size);
      const bool more = incoming.feed(piece);
      fuzz::require(more == !incoming.answered(), "goes on until there is an answer");
      rest.remove_prefix(piece.size());
    }
    fuzz::require(incoming.feed("") == !incoming.answered(), "an empty piece changes nothing");
    const auto early = incoming.answered();
    const auto answer = incoming.finish();
    if (early) fuzz::require(*early == answer, "an answer stays");
    check_answer(answer, status, seen, expected);
    fuzz::require(incoming.finish() == answer && seen.calls == 1, "finished once");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = fuzz::text_of(data, size);
  fuzz::request given = fuzz::parse_request(input, fuzz::svix_secret);
  const std::string_view provider = given.directive("provider", "kuenta");
  if (provider == "akua") check<sello::akua::provider>(given);
  if (provider == "gu1") check<sello::gu1::provider>(given);
  if (provider == "kuenta") check<sello::kuenta::provider>(given);
  return 0;
}
