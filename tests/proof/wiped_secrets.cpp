// SPDX-License-Identifier: MIT
// No copy of a secret that sello makes is left behind: whatever memory C++ and OpenSSL give back is looked at first, and
// has no eight bytes in a row of a key, of its text, or of a key as HMAC pads it; nor has what is still in use when the
// last user of the key is gone. (The caller's own text is the caller's to wipe: here it is constant.)
#include <openssl/crypto.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string>
#include <string_view>
#include <utility>

#include <sello/diagnose.hpp>
#include <sello/kuenta/subscriptions.hpp>
#include <sello/route/receiver.hpp>
#include <sello/verify/gu1_hmac.hpp>
#include <sello/verify/hex_hmac.hpp>
#include <sello/verify/signer.hpp>
#include <sello/verify/svix_v1.hpp>
#include <sello/verify/verifier.hpp>

#include "check.hpp"

namespace {

// Base64 of the two keys below, so that every scheme has a secret whose text and whose key are watched.
constexpr std::string_view text_1 = "whsec_cGFwZXIgYm9hdHMgb24gYSBzbG93IHllbGxvdyByaXZlcg==";
constexpr std::string_view key_1 = "paper boats on a slow yellow river";
constexpr std::string_view text_2 = "whsec_Nzkgd2V0IHRpZ2VycyBxdWV1ZSB1cCBmb3IgamFzbWluZSB0ZWE=";
constexpr std::string_view key_2 = "79 wet tigers queue up for jasmine tea";

constexpr std::size_t window = 8;

/// Whether the block has eight bytes in a row of `text`, each changed by `pad`.
bool has_piece_of(std::string_view text, unsigned char pad, std::string_view block) {
  std::array<char, 64> padded{};
  for (std::size_t i = 0; i < text.size(); ++i)
    padded[i] = static_cast<char>(static_cast<unsigned char>(text[i]) ^ pad);
  for (std::size_t from = 0; from + window <= text.size(); ++from) {
    if (block.find(std::string_view{padded.data() + from, window}) != std::string_view::npos) return true;
  }
  return false;
}

bool has_secret(std::string_view block) {
  constexpr unsigned char inner_pad = 0x36;
  constexpr unsigned char outer_pad = 0x5c;
  for (const std::string_view text : {text_1.substr(6), key_1, text_2.substr(6), key_2}) {
    for (const unsigned char pad : {static_cast<unsigned char>(0), inner_pad, outer_pad}) {
      if (has_piece_of(text, pad, block)) return true;
    }
  }
  return false;
}

/// What stands before each block.
struct alignas(std::max_align_t) header {
  header* previous;
  header* next;
  std::size_t size;

  [[nodiscard]] std::string_view block() const { return {reinterpret_cast<const char*>(this + 1), size}; }
};

header first_block{};
std::size_t freed_with_secret = 0;
std::size_t blocks_freed = 0;

void* allocate(std::size_t size) noexcept {
  auto* made = static_cast<header*>(std::malloc(sizeof(header) + size));
  if (made == nullptr) return nullptr;
  *made = {.previous = &first_block, .next = first_block.next, .size = size};
  if (made->next != nullptr) made->next->previous = made;
  first_block.next = made;
  return made + 1;
}

void release(void* block) noexcept {
  if (block == nullptr) return;
  auto* of = static_cast<header*>(block) - 1;
  ++blocks_freed;
  if (has_secret(of->block())) ++freed_with_secret;
  of->previous->next = of->next;
  if (of->next != nullptr) of->next->previous = of->previous;
  std::memset(block, 0, of->size);  // so that the next user of this memory has only what is its own
  std::free(of);
}

void* reallocate(void* block, std::size_t size) noexcept {
  void* made = allocate(size);
  if (made == nullptr || block == nullptr) return made;
  const std::size_t old_size = (static_cast<header*>(block) - 1)->size;
  std::memcpy(made, block, old_size < size ? old_size : size);
  release(block);
  return made;
}

std::size_t live_with_secret() {
  std::size_t count = 0;
  for (const header* each = first_block.next; each != nullptr; each = each->next) count += has_secret(each->block());
  return count;
}

/// Runs what makes and destroys keys.
template <class Work>
void watch(std::string_view name, Work work) {
  const std::size_t before = freed_with_secret;
  const std::size_t freed_before = blocks_freed;
  work();
  proof::expect(freed_with_secret == before, name, "memory was given back with a secret in it");
  proof::expect(live_with_secret() == 0, name, "memory that is still in use has a secret in it");
  if (!proof::in_control)
    std::printf("%-60.*s %5zu blocks given back\n", static_cast<int>(name.size()), name.data(),
                blocks_freed - freed_before);
}

template <class Scheme>
void watch_scheme(const std::string& name) {
  using verifier = sello::verifier<Scheme>;
  const sello::header_list headers = sello::signer<Scheme>{"whsec_YW5vdGhlciBrZXksIGxvbmcgZW5vdWdo"}.sign("{}");

  watch(name + ", a verifier", [] { const verifier made{text_1}; });
  watch(name + ", a verifier that is used", [&] {
    const verifier made{{text_1, text_2}};
    proof::expect(live_with_secret() != 0, "a live verifier", "its keys were not found: the search is blind");
    for (int i = 0; i < 3; ++i) proof::expect(!made.verify(headers, "{}"), "a forgery", "was accepted");
    auto running = made.begin(headers, std::chrono::system_clock::now());
    proof::expect(running.has_value(), "the headers", "were refused");
    const auto moved = std::move(running);
  });
  watch(name + ", copied and moved verifiers", [] {
    verifier one{text_1};
    verifier two{text_2};
    const verifier copy = one;
    two = std::move(one);
    verifier three = std::move(two);
    three = copy;
  });
  watch(name + ", a good secret before a bad one", [] {
    proof::expect(!verifier::create({text_1, ""}), "an empty secret", "was accepted");
    proof::expect(!verifier::create({text_2, text_1, sello::secret_text{static_cast<const char*>(nullptr)}}),
                  "no secret", "was accepted");
  });
  watch(name + ", a signer", [] { static_cast<void>(sello::signer<Scheme>{text_1}.sign("{}")); });
  watch(name + ", keys by themselves", [] {
    sello::secret one = Scheme::key(text_1).value();
    sello::secret two = Scheme::key(text_2).value();
    sello::secret three = std::move(one);
    two = std::move(three);
    sello::result<sello::secret> held = std::move(two);
    const sello::secret last = std::move(held).value();
  });
}

/// Secrets that are almost right: what was decoded of them before the fault was found is wiped as well.
void watch_malformed() {
  for (const std::string_view tail : {"!", "=", "-", "A", "AB==x", "A===", " x", "\\"}) {
    std::array<char, 128> text{};
    std::size_t size = text_1.copy(text.data(), text.size());
    size += tail.copy(text.data() + size, tail.size());
    watch("svix_v1, a malformed secret", [&] {
      const auto made = sello::verifier<sello::svix_v1>::create(std::string_view{text.data(), size});
      proof::expect(!made, tail, "a malformed secret was accepted");
    });
  }
}

/// The request that gives Kuenta a new webhook's secret, whatever becomes of it.
void watch_subscriptions() {
  namespace kuenta = sello::kuenta;
  using outcome = sello::result<kuenta::http_answer, kuenta::no_answer>;
  const auto create = [](const std::string& url, const kuenta::http_send& send) {
    const kuenta::subscriptions webhooks{"https://api.example", kuenta::organization{"org_1"}, send};
    return webhooks.create({.url = url, .events = kuenta::every_event(), .secret = text_1});
  };
  watch("kuenta, a new webhook", [&] {
    const auto send = [](const kuenta::http_request& request) -> outcome {
      proof::expect(has_secret(request.body), "the request", "its secret was not found: the search is blind");
      return kuenta::http_answer{201, "{}"};
    };
    for (std::size_t path = 0; path < 512; path += 16)  // memory that grew would at some length leave the secret behind
      proof::expect(create("https://shop.example/" + std::string(path, 'a'), send).has_value(), "a good answer",
                    "was not taken");
  });
  watch("kuenta, no answer", [&] {
    const auto send = [](const kuenta::http_request&) -> outcome { return kuenta::no_answer{"no answer in 10 s"}; };
    proof::expect(!create("https://shop.example", send), "no answer", "was taken for one");
  });
  watch("kuenta, a server that fails", [&] {
    const auto send = [](const kuenta::http_request&) -> outcome { return kuenta::http_answer{500, "no"}; };
    proof::expect(!create("https://shop.example", send).error().message().empty(), "a failure", "was not told");
  });
  watch("kuenta, a webhook that is refused", [&] {
    proof::expect(!create("http://shop.example", [](const auto&) { return kuenta::http_answer{}; }), "http",
                  "was let in");
  });
}

/// All that a diagnosis makes of a secret: decoded, encoded, without its prefix, with a line break.
void watch_diagnosis() {
  const sello::header_list headers = sello::signer<sello::svix_v1>{"whsec_YW5vdGhlciBrZXksIGxvbmcgZW5vdWdo"}.sign("{}");
  const auto ask = [&](std::string_view secret) {
    watch("a diagnosis", [&] {
      const auto found = sello::diagnose(headers, "{ }", secret, {.budget = 1 << 13});
      proof::expect(found.back().cause == sello::cause::nothing_fits, "a forgery", "was explained");
    });
  };
  for (const std::string_view secret : {text_1, text_2, text_1.substr(6), key_1}) ask(secret);
  const std::string_view escaped = "v1,whsec\\_whsec_cGFwZXIgYm9hdHMgb24gYSBzbG93IHllbGxvdyByaXZlcg==\n";
  ask(escaped);
  const std::string_view joined =
      "whsec_cGFwZXIgYm9hdHMgb24gYSBzbG93IHllbGxvdyByaXZlcg==,79 wet tigers queue up for jasmine tea";
  ask(joined);
}

void controls() {
  proof::control("a std::string with the secret's text",
                 [] { watch("string", [] { const std::string copy{text_1}; }); });
  proof::control("OpenSSL's memory, freed without being wiped", [] {
    watch("OPENSSL_free", [] {
      void* copy = OPENSSL_malloc(key_1.size());
      std::memcpy(copy, key_1.data(), key_1.size());
      OPENSSL_free(copy);
    });
  });
  proof::control("the key, padded as HMAC pads it", [] {
    watch("padded", [] {
      std::string padded{key_2};
      for (char& c : padded) c = static_cast<char>(c ^ 0x36);
    });
  });
  proof::control("a key that is not given back", [] {
    static std::string* kept = nullptr;
    watch("kept", [] { kept = new std::string{text_2}; });
    const std::size_t count = std::exchange(freed_with_secret, 0);
    delete kept;
    freed_with_secret = count;
  });
}

}  // namespace

void* operator new(std::size_t size) {
  if (void* block = allocate(size)) return block;
  throw std::bad_alloc{};
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return allocate(size); }
void operator delete(void* block) noexcept { release(block); }
void operator delete(void* block, std::size_t) noexcept { release(block); }
void operator delete(void* block, const std::nothrow_t&) noexcept { release(block); }

int main() {
  const int set =
      CRYPTO_set_mem_functions([](std::size_t size, const char*, int) { return allocate(size); },
                               [](void* block, std::size_t size, const char*, int) { return reallocate(block, size); },
                               [](void* block, const char*, int) { release(block); });
  proof::expect(set == 1, "CRYPTO_set_mem_functions", "came too late");
  controls();
  watch_scheme<sello::svix_v1>("svix_v1");
  watch_scheme<sello::hex_hmac>("hex_hmac");
  watch_scheme<sello::gu1_hmac>("gu1_hmac");
  watch_malformed();
  watch_subscriptions();
  watch_diagnosis();
  return proof::verdict();
}
