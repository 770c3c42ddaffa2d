// SPDX-License-Identifier: MIT
// A sender that sello does not know: GitHub, with a webhook that is subscribed to "Issues". Nothing in the library changes.
// Source: https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
#include <array>
#include <cstdint>
#include <iostream>
#include <string>
#include <string_view>

#include <sello/sello.hpp>

namespace github {

/// `X-Hub-Signature-256: sha256=<hex(HMAC-SHA256(secret, body))>`
struct hub_signature_256 {
  static constexpr std::string_view header = "X-Hub-Signature-256";
  static constexpr std::string_view prefix = "sha256=";

  static sello::result<sello::claim, sello::refusal> read(const sello::header_view& headers) {
    const auto value = headers.one(header);
    if (!value) return value.error();
    if (!value->starts_with(prefix)) return sello::refusal{sello::errc::malformed_signature, header};
    return sello::claim::from_hex(value->substr(prefix.size()), header);
  }

  static sello::result<sello::secret> key(std::string_view text) { return sello::hex_hmac::key(text); }
};

class catalog;

/// The body has no envelope. Its event's name ("issues") is only in the header X-GitHub-Event and the delivery's id only
/// in X-GitHub-Delivery. Neither is signed, so neither decides here: the type is the signed `action`, and a body that is
/// no issue, whatever its header says, has no `issue` and is refused.
struct provider {
  static constexpr std::string_view name = "github";
  static constexpr sello::envelope_keys keys{.type = "action"};
  using catalog = github::catalog;

  static std::string idempotency_key(const sello::signed_facts& facts, const auto&) { return facts.body_digest(); }
};

using verifier = sello::verifier<hub_signature_256, provider>;

struct issue {
  std::int64_t number = 0;
  std::string title;

  static constexpr std::array fields{sello::field<&issue::number>("number"), sello::field<&issue::title>("title")};
};

struct repository {
  std::string full_name;

  static constexpr std::array fields{sello::field<&repository::full_name>("full_name")};
};

struct issue_change {
  github::issue issue;
  github::repository repository;

  static constexpr std::array fields{sello::field<&issue_change::issue>("issue"),
                                     sello::field<&issue_change::repository>("repository")};
};

struct opened : issue_change, sello::named<"opened"> {
  using provider = github::provider;
};
struct closed : issue_change, sello::named<"closed"> {
  using provider = github::provider;
};

class catalog : public sello::catalog_of<opened, closed> {};

}  // namespace github

namespace {

/// The known answer of GitHub's page: this secret and body give this signature.
bool known_answer_verifies() {
  const sello::header_list headers{
      {"X-Hub-Signature-256", "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"}};
  return github::verifier{"It's a Secret to Everybody"}.verify(headers, "Hello, World!").has_value();
}

/// As GitHub signs.
sello::header_list sign(std::string_view secret, std::string_view body) {
  auto headers = sello::signer<sello::hex_hmac>{secret, {.signature_header = "X-Hub-Signature-256"}}.sign(body);
  headers.front().second.insert(0, github::hub_signature_256::prefix);
  headers.emplace_back("X-GitHub-Event", "issues");
  return headers;
}

}  // namespace

int main() {
  if (!known_answer_verifies()) return 1;

  sello::router router;
  router
      .on<github::opened>([](const auto& event) {
        std::cout << event.data.repository.full_name << '#' << event.data.issue.number
                  << " opened: " << event.data.issue.title << '\n';
      })
      .on<github::closed>([](const auto& event) {
        std::cout << event.data.repository.full_name << '#' << event.data.issue.number << " closed\n";
      });
  const auto log = [](const sello::record& seen) {
    if (seen.error) std::cout << seen.message() << '\n';
  };
  const std::string secret = "a long random text";
  const sello::receiver receiver{github::verifier{secret}, router, {.observer = log}};

  const auto deliver = [&](const std::string& body) { return receiver.receive(sign(secret, body), body).status; };
  const std::string repository = R"("repository":{"full_name":"octocat/hello-world"}})";
  const bool as_expected =
      deliver(R"({"action":"opened","issue":{"number":7,"title":"It does not build"},)" + repository) == 200 &&
      deliver(R"({"action":"closed","issue":{"number":7,"title":"It does not build"},)" + repository) == 200 &&
      // Signed, and the unsigned header says "issues", but it is about a pull request:
      deliver(R"({"action":"opened","pull_request":{"number":8,"title":"It builds"},)" + repository) == 400;
  return as_expected ? 0 : 1;
}
