// SPDX-License-Identifier: MIT
// The senders' schedules of retries on a clock that the test moves, against handlers that fail and a database that goes away.
#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <sello/gu1.hpp>
#include <sello/sello.hpp>

#include "catch.hpp"
#include "inbox/backends.hpp"
#include "inbox/outage.hpp"

namespace {

using namespace std::chrono_literals;
namespace akua = sello::akua;
namespace gu1 = sello::gu1;
using sello::outcome;
using sello::progress;

/// Each try, from the first on. A sender that got no 2xx for the last one gives up.
using schedule = std::vector<std::chrono::seconds>;
/// Gu1's documentation: three retries, at +1 s, +3 s and +7 s.
const schedule gu1_tries{0s, 1s, 3s, 7s};
/// Svix's documentation: 5 s, 5 min, 30 min, 2 h, 5 h, 10 h and 10 h after the try before.
const schedule svix_tries = [] {
  schedule all{0s};
  for (const std::chrono::seconds wait : schedule{5s, 5min, 30min, 2h, 5h, 10h, 10h}) all.push_back(all.back() + wait);
  return all;
}();

/// What happens when, on the backend's clock.
template <class Backend>
class timeline {
 public:
  explicit timeline(Backend& backend) : backend_{&backend}, begin_{backend.now()} {}

  /// Since the beginning.
  [[nodiscard]] std::chrono::microseconds now() const { return backend_->now() - begin_; }
  [[nodiscard]] std::chrono::system_clock::time_point time() const {
    return std::chrono::system_clock::time_point{backend_->now()};
  }
  void at(std::chrono::microseconds when, std::function<void()> what) { all_.emplace(when, std::move(what)); }
  void every(std::chrono::seconds step, std::chrono::seconds until, const std::function<void()>& what) {
    for (auto when = 0s; when <= until; when += step) at(when, what);
  }
  void run() {
    while (!all_.empty()) {
      const auto next = all_.extract(all_.begin());
      if (next.key() > now()) backend_->advance(next.key() - now());
      next.mapped()();
    }
  }

 private:
  Backend* backend_;
  sello::timestamp begin_;
  std::multimap<std::chrono::microseconds, std::function<void()>> all_{};
};

/// One event a name, tried by its schedule. `deaf`: so many answers do not reach it in time.
template <class Backend, class Verifier>
class sender {
 public:
  std::map<std::string, std::size_t> answered{};  ///< at which try
  std::set<std::string> gave_up{};

  sender(timeline<Backend>& when, const sello::receiver<Verifier>& to, schedule tries, std::size_t deaf = 0)
      : when_{&when}, to_{&to}, tries_{std::move(tries)}, deaf_{deaf} {}

  void send(std::chrono::microseconds first, const std::string& name) {
    when_->at(first, [=, this] { attempt(first, name, 0); });
  }

 private:
  void attempt(std::chrono::microseconds first, const std::string& name, std::size_t count) {
    const support::request<Verifier> sent{body_of(name), {.id = name, .sent_at = when_->time()}};
    const int status = to_->receive(sent.headers, sent.body, when_->time()).status;
    if (status / 100 == 2 && count >= deaf_) {
      answered[name] = count;
    } else if (count + 1 < tries_.size()) {
      when_->at(first + tries_[count + 1], [=, this] { attempt(first, name, count + 1); });
    } else {
      gave_up.insert(name);
    }
  }
  static std::string body_of(const std::string& name) {
    if constexpr (std::is_same_v<Verifier, gu1::verifier>)
      return R"({"event":"kyc.validation_approved","payload":{"id":")" + name + "\"}}";
    else
      return R"({"type":"payment.capture.cleared","data":{"payment_id":")" + name + "\"}}";
  }

  timeline<Backend>* when_;
  const sello::receiver<Verifier>* to_;
  schedule tries_;
  std::size_t deaf_;
};

/// Writes one row an event, unless `works` says no.
template <class Backend>
auto writing(const std::function<bool()>& works) {
  sello::basic_router<typename Backend::effects::transaction> router;
  const auto write = [works](const std::string& name, auto& tx) {
    tx.execute("INSERT INTO effect VALUES ('" + name + "')");
    return works() ? sello::result<void>{} : sello::retry("not yet");
  };
  router
      .template on<akua::payment_capture_cleared>(
          [write](const auto& event, auto& tx) { return write(event.data.payment_id, tx); })
      .template on<gu1::kyc_validation_approved>(
          [write](const auto& event, auto& tx) { return write(event.data.validation_id, tx); });
  return router;
}

/// The same within the request, without an inbox: what it writes stays, whatever is answered.
auto inline_router(const std::function<bool()>& works, std::map<std::string, int>& effects) {
  sello::router router;
  const auto write = [works, &effects](const std::string& name) {
    if (!works()) return sello::retry("not yet");
    ++effects[name];
    return sello::result<void>{};
  };
  router.on<akua::payment_capture_cleared>([write](const auto& event) { return write(event.data.payment_id); })
      .on<gu1::kyc_validation_approved>([write](const auto& event) { return write(event.data.validation_id); });
  return router;
}

sello::worker_options patient() {
  return {.claims = 64, .random = [] { return 0U; }};
}

template <class Backend>
bool each_once(const Backend& backend, std::size_t count) {
  CHECK(backend.ask("SELECT count(*) FROM effect") == static_cast<std::int64_t>(count));
  return backend.ask("SELECT count(DISTINCT key) FROM effect") == static_cast<std::int64_t>(count);
}

}  // namespace

TEMPLATE_LIST_TEST_CASE("Gu1 gives up after seven seconds: handlers that fail for twenty lose nothing behind an inbox",
                        "[inbox][schedules]", support::backends) {
  TestType backend;
  timeline<TestType> when{backend};
  const auto works = [&] { return when.now() >= 20s; };
  const auto inbox = backend.open();
  const sello::receiver receiver{gu1::verifier{support::secret}, inbox.endpoint("gu1")};
  sello::worker worker{inbox, backend.open_effects(), writing<TestType>(works), patient()};
  std::map<std::string, int> inline_effects;
  const sello::receiver without{gu1::verifier{support::secret}, inline_router(works, inline_effects)};

  sender<TestType, gu1::verifier> gu1_sender{when, receiver, gu1_tries};
  sender<TestType, gu1::verifier> control{when, without, gu1_tries};
  for (int i = 0; i < 25; ++i) {
    gu1_sender.send(i * 1s, "val_" + std::to_string(i));
    control.send(i * 1s, "val_" + std::to_string(i));
  }
  when.every(1s, 90s, [&] { CHECK(worker.poll_once()); });
  when.run();

  CHECK(gu1_sender.answered.size() == 25);
  CHECK(each_once(backend, 25));
  CHECK(inbox.stats()->done == 25);
  // Without an inbox: who was first sent at the thirteenth second is tried at the twentieth.
  CHECK(control.gave_up.size() == 13);
  CHECK(inline_effects.size() == 12);
}

TEMPLATE_LIST_TEST_CASE(
    "a database that is away for five seconds loses no Gu1 event, and none that was answered if for twelve",
    "[inbox][schedules]", support::backends) {
  TestType backend;
  support::outage<TestType> database{backend};
  timeline<TestType> when{backend};
  const auto inbox = backend.open();
  const sello::receiver receiver{gu1::verifier{support::secret}, inbox.endpoint("gu1")};
  sello::worker worker{inbox, backend.open_effects(), writing<TestType>([] { return true; }), patient()};
  const std::chrono::seconds away = GENERATE(5s, 12s);

  sender<TestType, gu1::verifier> gu1_sender{when, receiver, gu1_tries};
  constexpr int count = 60;
  for (int i = 0; i < count; ++i) gu1_sender.send(i * 500ms, "val_" + std::to_string(i));
  when.at(9'999ms, [&] { database.begin(); });
  when.at(9'999ms + away, [&] { database.end(); });
  int failed_polls = 0;
  when.every(1s, 60s, [&] { failed_polls += worker.poll_once() ? 0 : 1; });
  when.run();

  // Gone is what was first tried after the beginning, and last tried before the end.
  std::set<std::string> gone;
  for (int i = 20; 10s + (i - 20) * 500ms + 7s < 9'999ms + away; ++i) gone.insert("val_" + std::to_string(i));
  CHECK(gu1_sender.gave_up == gone);
  CHECK(gone.empty() == (away == 5s));
  CHECK(gu1_sender.answered.size() == count - gone.size());
  CHECK(each_once(backend, count - gone.size()));
  for (const auto& [name, tries] : gu1_sender.answered)
    CHECK(backend.ask("SELECT count(*) FROM effect WHERE key = '" + name + "'") == 1);
  CHECK(failed_polls > 0);
  CHECK(inbox.stats()->waiting == 0);
}

TEMPLATE_LIST_TEST_CASE("a sender that hears no answer brings every retry to one effect", "[inbox][schedules]",
                        support::backends) {
  TestType backend;
  timeline<TestType> when{backend};
  const auto always = [] { return true; };
  const auto inbox = backend.open();
  const sello::receiver receiver{akua::verifier{support::secret}, inbox.endpoint("akua")};
  sello::worker worker{inbox, backend.open_effects(), writing<TestType>(always), patient()};
  std::map<std::string, int> inline_effects;
  const sello::receiver without{akua::verifier{support::secret}, inline_router(always, inline_effects)};

  // All eight answers come after Svix's 15 s; then it is resent by hand, as late as it can be.
  sender<TestType, akua::verifier> svix{when, receiver, svix_tries, 8};
  sender<TestType, akua::verifier> control{when, without, svix_tries, 8};
  sender<TestType, akua::verifier> by_hand{when, receiver, {0s}};
  svix.send(0s, "msg_1");
  control.send(0s, "msg_1");
  by_hand.send(24h * 89, "msg_1");
  when.every(10min, 30h, [&] { CHECK(worker.poll_once()); });
  when.at(24h * 89 + 1s, [&] {
    CHECK(inbox.prune());
    CHECK(worker.prune());
    CHECK(worker.poll_once().value() == 0);
  });
  when.run();

  CHECK(svix.gave_up.size() == 1);
  CHECK(by_hand.answered.size() == 1);
  CHECK(each_once(backend, 1));
  CHECK(inbox.stats()->duplicates == 8);
  CHECK(inline_effects["msg_1"] == 8);  // without an inbox, and without a key of its own
}

TEMPLATE_LIST_TEST_CASE("handlers that fail for three hours: Svix was answered at once, and the worker goes on",
                        "[inbox][schedules]", support::backends) {
  TestType backend;
  timeline<TestType> when{backend};
  const auto inbox = backend.open();
  const sello::receiver receiver{akua::verifier{support::secret}, inbox.endpoint("akua")};
  const auto router = writing<TestType>([&] { return when.now() >= 3h; });
  sender<TestType, akua::verifier> svix{when, receiver, svix_tries};
  for (int i = 0; i < 5; ++i) svix.send(i * 1min, "msg_" + std::to_string(i));
  const bool persists = GENERATE(false, true);
  auto options = patient();
  if (persists) options.attempts = 100;
  sello::worker worker{inbox, backend.open_effects(), router, options};
  when.every(2min, 5h, [&] { CHECK(worker.poll_once()); });
  if (!persists) {  // twelve tries are over after half an hour
    when.at(3h, [&] {
      CHECK(inbox.stats()->parked == 5);
      CHECK(inbox.replay(sello::delivery_filter{.state = progress::parked}).value() == 5);
    });
  }
  when.run();
  CHECK(svix.answered.size() == 5);
  for (const auto& [name, tries] : svix.answered) CHECK(tries == 0);
  CHECK(each_once(backend, 5));
  CHECK(inbox.stats()->parked == 0);
}

TEMPLATE_LIST_TEST_CASE("a database that is away for three hours: Svix comes again, with a new time and signature",
                        "[inbox][schedules]", support::backends) {
  TestType backend;
  support::outage<TestType> database{backend};
  timeline<TestType> when{backend};
  const auto inbox = backend.open();
  const sello::receiver receiver{akua::verifier{support::secret}, inbox.endpoint("akua")};
  sello::worker worker{inbox, backend.open_effects(), writing<TestType>([] { return true; }), patient()};
  sender<TestType, akua::verifier> svix{when, receiver, svix_tries};
  svix.send(0s, "before");
  svix.send(2s, "within");
  svix.send(2h, "later");
  when.at(1s, [&] { database.begin(); });
  when.at(3h, [&] { database.end(); });
  when.every(10min, 10h, [&] { static_cast<void>(worker.poll_once()); });
  when.run();
  CHECK(svix.answered == std::map<std::string, std::size_t>{{"before", 0}, {"within", 5}, {"later", 4}});
  CHECK(each_once(backend, 3));
}
