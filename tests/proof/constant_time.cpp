// SPDX-License-Identifier: MIT
// No branch and no address depends on a key or on a MAC of ours. Under valgrind's memcheck the key bytes are marked
// undefined, so everything that is computed from them is undefined too, and memcheck reports each conditional jump and
// each address that depends on it. The verdict alone becomes defined, in `published` (see published.cpp).
// Not under test: the text of a secret, which is decoded once, when a verifier is made, before any stranger is heard.
// The controls at the end do it wrong, and must be reported: what sees nothing proves nothing.
#include <valgrind/memcheck.h>

// Declared before key_ring.hpp defines it: a call must stay a call, so that the linker can put published.cpp there.
namespace sello::inline v0::detail {
enum class verdict : unsigned char;
#if defined(__clang__)
[[gnu::noinline]] verdict published(unsigned matches) noexcept;
#else
[[gnu::noipa]] verdict published(unsigned matches) noexcept;
#endif
}  // namespace sello::inline v0::detail

#include <chrono>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

#include <sello/verify/gu1_hmac.hpp>
#include <sello/verify/hex_hmac.hpp>
#include <sello/verify/svix_v1.hpp>
#include <sello/verify/verifier.hpp>

#include "../support/sign.hpp"
#include "check.hpp"

extern unsigned hidden_verdicts;  // in published.cpp

namespace {

/// A scheme whose keys memcheck takes for undefined.
template <class Scheme>
struct hidden : Scheme {
  [[nodiscard]] static sello::result<sello::secret> key(std::string_view text) {
    auto key = Scheme::key(text);
    if (key) VALGRIND_MAKE_MEM_UNDEFINED(key->bytes().data(), key->bytes().size());
    return key;
  }
};

constexpr std::string_view body = R"({"type":"instrument.created","data":{"instrument_id":"ins-1"}})";
constexpr std::string_view id = "msg_1";
constexpr std::string_view time_text = "1614265330";
constexpr std::chrono::system_clock::time_point now{std::chrono::seconds{1'614'265'330}};

constexpr std::string_view key = "a key of thirty-three raw bytes..";
constexpr std::string_view other_key = "another key, which signed nothing";
constexpr std::string_view long_key =
    "a key that is longer than the block of SHA-256 and is therefore hashed before it is used as the key";

unsigned reports() { return static_cast<unsigned>(VALGRIND_COUNT_ERRORS); }

/// Runs what must not be reported, and gives that many verdicts that depend on a key.
template <class Work>
void silent(const std::string& name, unsigned verdicts, Work work) {
  const unsigned before = reports();
  const unsigned hidden_before = hidden_verdicts;
  work();
  const unsigned seen = reports() - before;
  std::printf("%-64s %u reports\n", name.c_str(), seen);
  proof::expect(seen == 0, name, "a branch or an address depends on the key");
  proof::expect(hidden_verdicts - hidden_before == verdicts, name, "memcheck lost sight of the key on its way");
}

/// Runs what must be reported.
template <class Work>
void reported(const std::string& name, Work work) {
  const unsigned before = reports();
  work();
  const unsigned seen = reports() - before;
  std::printf("%-64s %u reports\n", name.c_str(), seen);
  proof::expect(seen != 0, name, "memcheck did not see it, so its silence above proves nothing");
}

/// The same text with another digit, hexadecimal as well as base64, at one place.
std::string changed(std::string text, std::size_t at) {
  text[at] = text[at] == 'a' ? 'b' : 'a';
  return text;
}

template <class Scheme>
struct sender;

template <class Scheme>
  requires sello::single_signature_scheme<Scheme>
struct sender<Scheme> {
  static std::string secret(std::string_view raw) { return std::string{raw}; }
  static std::string sign(std::string_view raw) { return independent::hex_signature(raw, body); }
  static std::string wrong_at_front(std::string_view raw) { return changed(sign(raw), 0); }
  static std::string wrong_at_end(std::string_view raw) { return changed(sign(raw), 63); }
  static sello::header_list headers(const std::string& signature) { return {{"X-Webhook-Signature", signature}}; }
};

template <>
struct sender<sello::svix_v1> {
  static std::string secret(std::string_view raw) { return "whsec_" + independent::base64(raw); }
  static std::string sign(std::string_view raw) { return independent::svix_signature(raw, id, time_text, body); }
  static std::string wrong_at_front(std::string_view raw) { return changed(sign(raw), 3); }
  static std::string wrong_at_end(std::string_view raw) { return changed(sign(raw), 3 + 41); }
  static sello::header_list headers(const std::string& signature) {
    return {{"svix-id", std::string{id}}, {"svix-timestamp", std::string{time_text}}, {"svix-signature", signature}};
  }
};

/// Every way through one scheme's verifier.
template <class Scheme>
void verify(const std::string& name) {
  using from = sender<Scheme>;
  using verifier = sello::verifier<hidden<Scheme>>;
  const std::string secret = from::secret(key);
  const std::string other_secret = from::secret(other_key);
  const std::string long_secret = from::secret(long_key);
  const std::string good = from::sign(key);
  const std::string wrong = from::wrong_at_front(key);
  const std::string nearly = from::wrong_at_end(key);

  const auto judge = [&](const std::string& what, const verifier& by, const std::string& signature, bool accepted) {
    silent(name + ", " + what, 3, [&] {
      for (int again = 0; again < 3; ++again)  // the first takes a copy of the keyed state, the others restart one
        proof::expect(by.verify(from::headers(signature), body, now).has_value() == accepted, name + ", " + what,
                      "another verdict than expected");
    });
    silent(name + ", in pieces, " + what, 1, [&] {
      auto incoming = by.begin(from::headers(signature), now);
      proof::expect(incoming.has_value(), name, "refused on the headers alone");
      if (!incoming) return;
      auto running = *std::move(incoming);
      running.update(body.substr(0, 7));
      running.update(body.substr(7));
      proof::expect(running.finish().has_value() == accepted, name + ", " + what, "another verdict than expected");
    });
  };

  silent(name + ", keying", 0, [&] { const verifier by{secret}; });
  silent(name + ", keying with a long key", 0, [&] { const verifier by{long_secret}; });

  const verifier one{secret};
  judge("one key, the right MAC", one, good, true);
  judge("one key, a MAC wrong at its front", one, wrong, false);
  judge("one key, a MAC wrong at its end", one, nearly, false);
  judge("a long key, the right MAC", verifier{long_secret}, from::sign(long_key), true);

  const verifier three{{other_secret, secret, long_secret}};
  judge("three keys, the right MAC of the second", three, good, true);
  judge("three keys, the right MAC of the last", three, from::sign(long_key), true);
  judge("three keys, a wrong MAC", three, nearly, false);

  if constexpr (sello::timed_scheme<Scheme>) {
    judge("one key, many signatures, the first right", one, good + " " + wrong + " " + nearly, true);
    judge("one key, many signatures, the last right", one, wrong + " " + nearly + " " + good, true);
    judge("three keys, many signatures, none right", three, wrong + " " + nearly + " " + wrong, false);
    judge("three keys, many signatures, two right", three, good + " " + wrong + " " + from::sign(other_key), true);
  }
  if constexpr (sello::single_signature_scheme<Scheme>) {
    silent(name + ", verify_signature", 2, [&] {
      proof::expect(one.verify_signature(good, body).has_value(), name, "the right signature was refused");
      proof::expect(!one.verify_signature(nearly, body).has_value(), name, "a wrong signature was accepted");
    });
  }
}

/// Our MAC, as undefined as the key.
sello::mac our_mac() {
  std::string hidden_key{key};
  VALGRIND_MAKE_MEM_UNDEFINED(hidden_key.data(), hidden_key.size());
  const sello::detail::hmac_sha256 keyed{
      {reinterpret_cast<const unsigned char*>(hidden_key.data()), hidden_key.size()}};
  sello::detail::hmac_sha256::computation computation{keyed};
  computation.update(body);
  sello::mac code{};
  proof::expect(computation.finish(code), "controls", "no MAC");
  return code;
}

/// What verifiers are written like, wrongly. Each ends with the verdict made public in the right way, so what memcheck
/// reports is what came before.
void controls() {
  const sello::mac right = independent::hmac_sha256(key, body);
  const auto publish = [](bool equal) {
    unsigned verdict = equal ? 1U : 0U;
    static_cast<void>(sello::detail::published(verdict));
  };

  silent("control: our MAC compared as sello does", 1, [&] {
    const sello::mac ours = our_mac();
    static_cast<void>(sello::detail::published(sello::detail::equal_in_constant_time(ours, right)));
  });
  reported("control: memcmp on our MAC", [&] {
    const sello::mac ours = our_mac();
    int (*volatile compare)(const void*, const void*, std::size_t) = std::memcmp;
    unsigned difference = static_cast<unsigned>(compare(ours.data(), right.data(), ours.size()));
    VALGRIND_MAKE_MEM_DEFINED(&difference, sizeof difference);
    publish(difference == 0);
  });
  reported("control: our MAC as hex, its text not even compared", [&] {
    const sello::mac ours = our_mac();
    publish(sello::detail::hex_encode(ours).empty());
  });
  reported("control: our MAC as hex, and the texts compared", [&] {
    const sello::mac ours = our_mac();
    publish(sello::detail::hex_encode(ours) == independent::hex(right));
  });
  reported("control: our MAC as base64, and the texts compared", [&] {
    const sello::mac ours = our_mac();
    unsigned char text[45];
    sello::detail::base64_encode(ours, text);
    publish(independent::base64({reinterpret_cast<const char*>(right.data()), right.size()}) ==
            reinterpret_cast<const char*>(text));
  });
  reported("control: no more signatures tried after a match", [&] {
    const sello::mac ours = our_mac();
    unsigned matches = 0;
    for (const sello::mac& signature : {right, sello::mac{}}) {
      matches |= sello::detail::equal_in_constant_time(ours, signature);
      if (matches != 0) break;
    }
    static_cast<void>(sello::detail::published(matches));
  });
}

}  // namespace

int main() {
  if (RUNNING_ON_VALGRIND == 0) {
    std::puts("skipped: this is to be run under valgrind");
    return proof::skipped;
  }
  verify<sello::svix_v1>("svix_v1");
  verify<sello::hex_hmac>("hex_hmac");
  verify<sello::gu1_hmac>("gu1_hmac");
  controls();
  return proof::verdict();
}
