// SPDX-License-Identifier: MIT
#include <sello/route/body_reader.hpp>

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "catch.hpp"
#include "support/fault.hpp"

namespace {

using sello::detail::body_reader;
using sello::detail::pending;
using sello::detail::route;

struct content {
  std::string id;
  static constexpr std::array fields{sello::field<&content::id>("id")};
};

/// Wants the data, or not, and puts it where the test can see it.
class watched_route final : public route {
 public:
  explicit watched_route(bool wants_data = true) : wants_data_{wants_data} {}

  mutable content seen;
  mutable int begun = 0;

  std::unique_ptr<pending> begin() const override {
    ++begun;
    return std::make_unique<reading>(*this);
  }

 private:
  class reading final : public pending {
   public:
    explicit reading(const watched_route& owner) : owner_{&owner} {}
    sello::detail::slot data() noexcept override {
      if (!owner_->wants_data_) return {};
      return {&owner_->seen, &sello::detail::value_of<content>};
    }
    sello::detail::event_parts parts(const sello::detail::arrival&, const sello::detail::visit&) override {
      return sello::detail::common_parts(event_);
    }
    std::string own_key(const sello::detail::arrival&) const override { return {}; }
    sello::result<void> call(sello::detail::visit&) const override { return {}; }

   private:
    const watched_route* owner_;
    sello::unknown_event event_{};
  };

  bool wants_data_;
};

constexpr sello::envelope_keys all_keys{.type = "event", .data = "data", .timestamp = "at", .organization = "org"};

/// Reads a body for one route, and keeps what came of it.
struct reading {
  std::string type;
  std::string fault;
  std::string misfits;
  sello::envelope envelope;
  bool handled = false;
  int lookups = 0;

  reading(std::string_view body, const route* found, const sello::envelope_keys& keys = all_keys) {
    const auto find = [&](std::string_view) {
      ++lookups;
      return found;
    };
    const body_reader::finder finder{find};
    body_reader reader{keys, finder, &sello::detail::read_tokens<>};
    const auto error = reader.read(body);
    fault = error ? support::line(*error) : "none";
    for (const auto& misfit : reader.misfits()) misfits += support::line(misfit) + ' ';
    type = reader.type();
    envelope = reader.envelope();
    handled = reader.event() != nullptr;
  }
};

}  // namespace

TEST_CASE("body_reader: the envelope and the data") {
  const watched_route wanted;
  const reading read{R"({"event":"a.b","at":"2024-03-20T10:00:00Z","org":"o","data":{"id":"x"},"more":[1]})", &wanted};
  CHECK(read.fault == "none");
  CHECK(read.type == "a.b");
  CHECK(read.envelope.timestamp == sello::parse_rfc3339("2024-03-20T10:00:00Z"));
  CHECK(read.envelope.organization_id == "o");
  CHECK(read.handled);
  CHECK(wanted.seen.id == "x");
}

TEST_CASE("body_reader: the type may stand before or behind the data") {
  for (const char* body : {R"({"event":"a","data":{"id":"x"},"at":1})", R"({"event":"a","at":1,"data":{"id":"x"}})",
                           R"({"data":{"id":"x"},"event":"a","at":1})", R"({"at":1,"data":{"id":"x"},"event":"a"})"}) {
    CAPTURE(body);
    const watched_route wanted;
    const reading read{body, &wanted};
    CHECK(read.fault == "none");
    CHECK(read.type == "a");
    CHECK(read.envelope.timestamp == sello::timestamp{std::chrono::seconds{1}});
    CHECK(wanted.seen.id == "x");
    CHECK(wanted.begun == 1);
    CHECK(read.lookups == 1);
  }
}

TEST_CASE("body_reader: the same faults in whatever order") {
  const watched_route wanted;
  const auto fault = [&](std::string_view body) { return reading{body, &wanted}.fault; };
  CHECK(fault(R"({"event":"a","data":{"id":5}})") == "wrong_type /data/id");
  CHECK(fault(R"({"data":{"id":5},"event":"a"})") == "wrong_type /data/id");
  CHECK(fault(R"({"event":"a","data":{}})") == "missing_field /data/id");
  CHECK(fault(R"({"data":{},"event":"a"})") == "missing_field /data/id");
  CHECK(fault(R"({"event":"a","data":null})") == "missing_field /data");
  CHECK(fault(R"({"data":null,"event":"a"})") == "missing_field /data");
  CHECK(fault(R"({"event":"a"})") == "missing_field /data");
  CHECK(fault(R"({"event":"a","data":[]})") == "wrong_type /data");
  CHECK(fault(R"({"data":"x","event":"a"})") == "wrong_type /data");
  CHECK(fault(R"({"event":"a","data":{"id":"x","y":{"k":1,"k":2}}})") == "duplicate_key /data/y/k");
  CHECK(fault(R"({"data":{"id":"x","y":{"k":1,"k":2}},"event":"a"})") == "duplicate_key /data/y/k");
  CHECK(fault(R"({"event":"a","data":{"id":"x"},"event":"a"})") == "duplicate_key /event");
  CHECK(fault(R"({"event":"a","data":{"id":"x"},"data":{"id":"y"}})") == "duplicate_key /data");
  CHECK(fault(R"({"event":"a","data":{"id":"x"})") == "malformed_json /data");
}

TEST_CASE("body_reader: a body has a type, which is a string") {
  const watched_route wanted;
  const auto fault = [&](std::string_view body) { return reading{body, &wanted}.fault; };
  CHECK(fault(R"({"event":null,"data":{"id":"x"}})") == "missing_field /event");
  CHECK(fault(R"({"data":{"id":"x"},"event":null})") == "missing_field /event");
  for (const char* type : {"5", "true", "{}", "[]", "[\"a\"]"}) {
    CAPTURE(type);
    CHECK(fault(R"({"event":)" + std::string{type} + "}") == "wrong_type /event");
  }
  for (const char* body : {"[]", "5", "\"a\"", "null", "true"}) {
    CAPTURE(body);
    CHECK(fault(body) == "wrong_type");
  }
  CHECK(reading(R"({"event":"","data":{"id":"x"}})", &wanted).type.empty());
}

TEST_CASE("body_reader: the envelope's members are optional, and typed") {
  const reading absent{R"({"event":"a"})", nullptr};
  CHECK_FALSE(absent.envelope.timestamp);
  CHECK_FALSE(absent.envelope.organization_id);
  const reading null{R"({"event":"a","at":null,"org":null})", nullptr};
  CHECK(null.fault == "none");
  CHECK_FALSE(null.envelope.timestamp);
  CHECK_FALSE(null.envelope.organization_id);
  const reading odd{R"({"event":"a","at":"yesterday","org":5})", nullptr};
  CHECK(odd.fault == "none");
  CHECK(odd.misfits == "wrong_type /at wrong_type /org ");
  CHECK_FALSE(odd.envelope.timestamp);
  CHECK_FALSE(odd.envelope.organization_id);
}

TEST_CASE("body_reader: data that nobody wants is checked for being JSON, and no more") {
  const watched_route unwanted{false};
  for (const route* found : {static_cast<const route*>(nullptr), static_cast<const route*>(&unwanted)}) {
    const auto fault = [&](std::string_view body) { return reading{body, found}.fault; };
    CHECK(fault(R"({"event":"a"})") == "none");
    CHECK(fault(R"({"event":"a","data":null})") == "none");
    CHECK(fault(R"({"event":"a","data":5})") == "none");
    CHECK(fault(R"({"event":"a","data":{"id":5}})") == "none");
    CHECK(fault(R"({"event":"a","data":{"k":1,"k":2}})") == "duplicate_key /data/k");
    CHECK(fault(R"({"event":"a","data":tru})") == "malformed_json /data");
  }
  CHECK_FALSE(reading(R"({"event":"a"})", nullptr).handled);
  CHECK(reading(R"({"event":"a"})", &unwanted).handled);
}

TEST_CASE("body_reader: without a key for the data, the whole body is the data") {
  constexpr sello::envelope_keys keys{.type = "event"};
  const watched_route wanted;
  CHECK(reading(R"({"id":"x","event":"a","":{"id":5}})", &wanted, keys).fault == "none");
  CHECK(wanted.seen.id == "x");
  CHECK(reading(R"({"event":"a","id":5})", &wanted, keys).fault == "wrong_type /id");
  CHECK(reading(R"({"event":"a"})", &wanted, keys).fault == "missing_field /id");
}

TEST_CASE("body_reader: without a type it is an event whose type is empty") {
  for (const char* body : {"{}", R"({"data":{"id":"x"}})", R"({"Event":"a","data":{"id":"x"}})"}) {
    CAPTURE(body);
    const watched_route unwanted{false};
    const reading read{body, &unwanted};
    CHECK(read.fault == "none");
    CHECK(read.type.empty());
    CHECK(read.handled);
    CHECK(read.lookups == 1);
  }
}

TEST_CASE("body_reader: what did not fit is noted once, in one pass or in two") {
  const watched_route wanted;
  for (const char* body :
       {R"({"at":"x","event":"a","data":{"id":"x"}})", R"({"data":{"id":"x"},"at":"x","event":"a"})"}) {
    CAPTURE(body);
    const reading read{body, &wanted};
    CHECK(read.fault == "none");
    CHECK(read.misfits == "wrong_type /at ");
  }
}

TEST_CASE("body_reader: two types are none") {
  const watched_route wanted;
  const reading twice{R"({"event":"a","data":{"id":"x"},"event":"b"})", &wanted};
  CHECK(twice.fault == "duplicate_key /event");
  CHECK(twice.type.empty());
}

TEST_CASE("body_reader: the type is known where something else is at fault") {
  const watched_route wanted;
  CHECK(reading(R"({"event":"a","data":{}})", &wanted).type == "a");
  CHECK(reading(R"({"data":{},"event":"a"})", &wanted).type == "a");
  CHECK(reading(R"({"x":{"k":1,"k":2},"event":"a"})", &wanted).type == "a");
  CHECK(reading(R"({"event":"a","x":nothing})", &wanted).type == "a");
  CHECK(reading(R"({"x":nothing,"event":"a"})", &wanted).type.empty());  // the reading ends there
}
