// SPDX-License-Identifier: MIT
// `sello inbox ...`: the owner's view of a durable inbox.
#pragma once

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "command.hpp"
#include "inbox/owner.hpp"
#include "times.hpp"

namespace cli {

/// Where an inbox is: `--inbox`, or SELLO_INBOX.
class inbox_arguments {
 public:
  void add_to(CLI::App& app, const std::string& text = "") {
    app.add_option("-i,--inbox", location_,
                   (text.empty() ? "The inbox" : text) +
                       ": its file, or the connection string of PostgreSQL (default: the variable SELLO_INBOX)")
        ->type_name("WHERE");
  }

  [[nodiscard]] bool given() const { return !location_.empty() || !of_variable().empty(); }

  [[nodiscard]] std::unique_ptr<inbox_owner> open(output& to, const inbox_settings& settings = {},
                                                  bool make = false) const {
    std::string where = location_;
    if (where.empty()) {
      where = of_variable();
      if (where.empty())
        throw failure{wrong_usage, "which inbox? Give --inbox FILE, --inbox 'host=... dbname=...', or set SELLO_INBOX"};
    } else if (!passwords_in(where).empty()) {
      throw failure{
          wrong_usage,
          "passwords are not taken on the command line, where each user of this machine can read them: put the "
          "whole string into SELLO_INBOX, or the password into PGPASSWORD or ~/.pgpass"};
    }
    for (const std::string_view each : passwords_in(where)) to.hide_words(each);
    std::error_code ignored;
    const bool is_file = std::filesystem::exists(where, ignored);
    const bool postgres = where.starts_with("postgres://") || where.starts_with("postgresql://") ||
                          (!is_file && where.find('=') != where.npos);
    return postgres ? open_postgres(where, settings, make) : open_sqlite(where, settings, make);
  }

 private:
  /// What may be a password, of strings that libpq does not take, too: all behind `password`, and `:...@`.
  [[nodiscard]] static std::vector<std::string_view> passwords_in(std::string_view where) {
    std::vector<std::string_view> found;
    if (const auto word = where.find("password"); word != where.npos) found.push_back(where.substr(word));
    const auto scheme = where.find("://");
    const auto colon = where.find(':', scheme == where.npos ? 0 : scheme + 3);
    const auto at = where.rfind('@');
    if (colon != where.npos && at != where.npos && colon < at) {
      found.push_back(where.substr(colon + 1, at - colon - 1));
      found.push_back(found.back().substr(0, found.back().find_first_of("/@?")));
    }
    return found;
  }

  [[nodiscard]] static std::string of_variable() {
    const char* const variable = std::getenv("SELLO_INBOX");
    return variable == nullptr ? "" : variable;
  }

  std::string location_;
};

namespace detail {

/// The value, or how the program ends for want of it.
template <class T>
T owned(sello::result<T> given) {
  if (given) {
    if constexpr (std::is_void_v<T>) {
      return;
    } else {
      return *std::move(given);
    }
  } else {
    const auto code = given.error().code;
    throw failure{code == sello::errc::store_unavailable  ? unreachable
                  : code == sello::errc::malformed_option ? refused
                                                          : broken,
                  code == sello::errc::malformed_option ? shown(given.error().where) : given.error().message()};
  }
}

[[nodiscard]] inline cell state_of(sello::progress state) {
  using sello::progress;
  return {std::string{to_string(state)}, state == progress::parked    ? colour::red
                                         : state == progress::handled ? colour::green
                                         : state == progress::waiting ? colour::yellow
                                                                      : colour::grey};
}

/// Which deliveries, by their properties.
class filter_arguments {
 public:
  void add_to(CLI::App& app) {
    app.add_option("--endpoint", filter_.endpoint, "Of this endpoint alone")->type_name("NAME");
    app.add_option("--provider", filter_.provider, "Of this sender alone, by the name that `list` shows")
        ->type_name("NAME");
    app.add_option("--type", filter_.type, "Events of this type alone")->type_name("TYPE");
    app.add_option("--state", state_, "In this state alone: waiting, handled, ignored or parked")->type_name("STATE");
  }

  [[nodiscard]] sello::delivery_filter read() const {
    sello::delivery_filter made = filter_;
    using sello::progress;
    for (const auto each : {progress::waiting, progress::handled, progress::ignored, progress::parked}) {
      if (state_ == to_string(each)) made.state = each;
    }
    if (!state_.empty() && !made.state)
      throw failure{wrong_usage, "--state is one of waiting, handled, ignored, parked"};
    return made;
  }

  [[nodiscard]] bool empty() const {
    return filter_.endpoint.empty() && filter_.provider.empty() && filter_.type.empty() && state_.empty();
  }

 private:
  sello::delivery_filter filter_;
  std::string state_;
};

[[nodiscard]] inline json told(const sello::delivery_row& row) {
  json made{{"id", row.id},
            {"state", to_string(row.state)},
            {"endpoint", row.endpoint},
            {"provider", row.provider},
            {"type", row.type},
            {"key", row.key},
            {"arrived", written(row.arrived)},
            {"attempts", row.attempts},
            {"crashes", row.crashes},
            {"generation", row.generation},
            {"has_body", row.has_body}};
  if (row.last_failure) made["last_failure"] = row.last_failure->why.message();
  return made;
}

/// What became of several ids, each of which is looked for before anything is done.
class done_to {
 public:
  template <class Act>
  done_to(inbox_owner& inbox, const std::vector<std::int64_t>& ids, Act act) {
    for (const std::int64_t id : ids) {
      const auto there = inbox.show(id);
      if (!there && there.error().code != sello::errc::malformed_option) owned(there);
      if (!there) add(why_, std::to_string(id) + " is not in this inbox");
    }
    if (!why_.empty()) {
      why_ += "; nothing was done";
      return;
    }
    for (const std::int64_t id : ids) {
      const sello::result<void> done = act(id);
      if (done) {
        ids_.push_back(id);
      } else if (done.error().code == sello::errc::malformed_option) {
        add(why_, shown(done.error().where));
      } else {
        add(why_, std::to_string(id) + ": " + done.error().message());
        how_ = done.error().code == sello::errc::store_unavailable ? unreachable : broken;
      }
    }
  }

  /// Prints it. `what` is "parked", say.
  int print(output& to, const std::string& what, const std::string& then) const {
    std::string numbers;
    for (const std::int64_t id : ids_) add(numbers, std::to_string(id));
    if (to.wants_json()) {
      json made{{what, ids_.size()}};
      if (!why_.empty()) made.update({{"ids", ids_}, {"error", why_}});
      to.value(made);
    } else if (!ids_.empty()) {
      to.line(std::to_string(ids_.size()) + ' ' + what + then + (why_.empty() ? "" : " (" + numbers + ")"));
    }
    if (why_.empty()) return all_well;
    to.error("sello: " + why_);
    return how_;
  }

 private:
  static void add(std::string& to, const std::string& one) { to += (to.empty() ? "" : ", ") + one; }

  std::vector<std::int64_t> ids_{};
  std::string why_{};
  exit_code how_ = refused;
};

/// Each id as the commands take it.
inline void add_ids(CLI::App& app, std::vector<std::int64_t>& ids, bool required) {
  auto* const option = app.add_option("ID", ids, "The delivery's number, as `list` shows it")->type_name("");
  if (required) option->required();
}

}  // namespace detail

class inbox_list final : public command {
 public:
  [[nodiscard]] static words describe() {
    return {.name = "list",
            .summary = "List deliveries, in the order of their arrival",
            .text = {},
            .examples = {{"sello inbox list --inbox inbox.db --state parked", "What was set aside:"}}};
  }

  explicit inbox_list(CLI::App& app) {
    inbox_.add_to(app);
    filter_.add_to(app);
    app.add_option("--limit", limit_, "At most so many, up to 10000 (default: 100)")->type_name("NUMBER");
    app.add_option("--after", after_, "Those behind this ID: the next page")->type_name("ID");
  }

  [[nodiscard]] int run(output& to) override {
    sello::delivery_filter filter = filter_.read();
    if (limit_ == 0 || limit_ > 10'000) throw failure{wrong_usage, "--limit takes 1 to 10000"};
    filter.limit = limit_;
    filter.after = after_;
    const auto rows = detail::owned(inbox_.open(to)->list(filter));
    if (to.wants_json()) {
      json all = json::array();
      for (const auto& each : rows) all.push_back(detail::told(each));
      to.value(all);
      return all_well;
    }
    std::vector<row> table{{"id", "state", "endpoint", "type", "arrived", "tries", "key", "last failure"}};
    for (const auto& each : rows)
      table.push_back({std::to_string(each.id), detail::state_of(each.state), shown(each.endpoint), shown(each.type),
                       written(each.arrived), std::to_string(each.attempts), shown(each.key),
                       each.last_failure ? shown(each.last_failure->why.message()) : ""});
    if (rows.empty()) {
      to.line("no delivery fits");
    } else {
      to.table(table);
    }
    if (rows.size() == limit_) to.line("there may be more: --after " + std::to_string(rows.back().id));
    return all_well;
  }

 private:
  inbox_arguments inbox_;
  detail::filter_arguments filter_;
  std::size_t limit_ = 100;
  std::int64_t after_ = 0;
};

class inbox_show final : public command {
 public:
  [[nodiscard]] static words describe() {
    return {.name = "show",
            .summary = "Show one delivery with its failures; its payload on --body alone",
            .text = "--body prints the body and nothing else: exactly, unless a terminal reads it.",
            .examples = {{"sello inbox show 17 --inbox inbox.db", "Why was it parked?"},
                         {"sello inbox show 17 --inbox inbox.db --body > body.json", "What was sent:"}}};
  }

  explicit inbox_show(CLI::App& app) {
    app.add_option("ID", id_, "The delivery's number, as `list` shows it")->type_name("")->required();
    inbox_.add_to(app);
    app.add_flag("--body", body_, "Print the payload, which may hold personal data");
  }

  [[nodiscard]] int run(output& to) override {
    const auto all = detail::owned(inbox_.open(to)->show(id_));
    if (body_ && !to.wants_json()) return print_body(to, all.body);
    if (to.wants_json()) {
      print_json(to, all);
      return all_well;
    }
    const auto& it = all.row;
    to.pairs({{"id", std::to_string(it.id)},
              {"state", detail::state_of(it.state)},
              {"endpoint", shown(it.endpoint)},
              {"sender", shown(it.provider)},
              {"type", shown(it.type)},
              {"key", shown(it.key)},
              {"arrived", written(it.arrived)},
              {"tries", std::to_string(it.attempts)},
              {"crashes", it.crashes == 0 ? "" : std::to_string(it.crashes)},
              {"replayed", it.generation == 0 ? "" : std::to_string(it.generation) + " times"},
              {"body", all.body ? std::to_string(all.body->size()) + " bytes; --body prints them" : "pruned"}});
    for (const auto& each : all.failures)
      to.line(written(each.at) + "  " + to.paint(colour::red, shown(each.why.message())));
    for (const auto& each : all.conflicts)
      to.line(written(each.arrived) + "  the same key came with other content, SHA-256 " + each.digest);
    if (it.state == sello::progress::parked)
      to.line("mend the cause, then: sello inbox replay " + std::to_string(it.id));
    return all_well;
  }

 private:
  static int print_body(output& to, const std::optional<std::string>& body) {
    if (!body) throw failure{refused, "its body was pruned"};
    if (output::is_terminal()) {
      to.text(shown_lines(*body));
    } else {
      to.bytes(*body);
    }
    return all_well;
  }

  void print_json(output& to, const sello::delivery_details& all) const {
    json made = detail::told(all.row);
    made["failures"] = json::array();
    for (const auto& each : all.failures)
      made["failures"].push_back(
          {{"at", written(each.at)}, {"generation", each.generation}, {"why", each.why.message()}});
    made["conflicts"] = json::array();
    for (const auto& each : all.conflicts)
      made["conflicts"].push_back({{"arrived", written(each.arrived)}, {"sha256", each.digest}});
    if (body_ && all.body) made["body"] = *all.body;
    to.value(made);
  }

  inbox_arguments inbox_;
  std::int64_t id_ = 0;
  bool body_ = false;
};

class inbox_replay final : public command {
 public:
  [[nodiscard]] static words describe() {
    return {
        .name = "replay",
        .summary = "Hand deliveries to a worker again",
        .text =
            "A parked delivery goes back to work; one that waits for its next try is tried now; one that has taken "
            "effect takes effect once more. By their properties all that fit are replayed: those that are parked or "
            "were ignored, and others only if --state names them.",
        .examples = {
            {"sello inbox replay 17 --inbox inbox.db", "One, when its cause is mended:"},
            {"sello inbox replay --inbox inbox.db --state parked --type payment.capture.cleared", "All of a kind:"}}};
  }

  explicit inbox_replay(CLI::App& app) {
    detail::add_ids(app, ids_, false);
    inbox_.add_to(app);
    filter_.add_to(app);
    app.add_flag("--all", all_, "Everything that is parked or was ignored");
  }

  [[nodiscard]] int run(output& to) override {
    const bool by_filter = all_ || !filter_.empty();
    if (ids_.empty() == !by_filter)
      throw failure{wrong_usage, "which? Give IDs, or --state, --type, --endpoint, --provider, or --all"};
    const auto inbox = inbox_.open(to);
    if (!by_filter) {
      const detail::done_to done{*inbox, ids_, [&](std::int64_t id) { return inbox->replay(sello::delivery_id{id}); }};
      return done.print(to, "replayed", ids_.size() == 1 ? ": it waits for a worker" : ": they wait for a worker");
    }
    const std::size_t count = detail::owned(inbox->replay(filter_.read()));
    if (to.wants_json()) {
      to.value({{"replayed", count}});
    } else {
      to.line(std::to_string(count) + (count == 0   ? " replayed: nothing fits"
                                       : count == 1 ? " replayed: it waits for a worker"
                                                    : " replayed: they wait for a worker"));
    }
    return count == 0 ? refused : all_well;
  }

 private:
  inbox_arguments inbox_;
  detail::filter_arguments filter_;
  std::vector<std::int64_t> ids_;
  bool all_ = false;
};

class inbox_park final : public command {
 public:
  [[nodiscard]] static words describe() {
    return {.name = "park",
            .summary = "Set waiting deliveries aside until they are replayed",
            .text = "A handler that runs just now is not stopped.",
            .examples = {{"sello inbox park 17 --inbox inbox.db", "One that breaks its worker:"}}};
  }

  explicit inbox_park(CLI::App& app) {
    detail::add_ids(app, ids_, true);
    inbox_.add_to(app);
  }

  [[nodiscard]] int run(output& to) override {
    const auto inbox = inbox_.open(to);
    const detail::done_to done{*inbox, ids_, [&](std::int64_t id) { return inbox->park(id); }};
    return done.print(
        to, "parked",
        "; sello inbox replay hands " + std::string{ids_.size() == 1 ? "it" : "them"} + " to a worker again");
  }

 private:
  inbox_arguments inbox_;
  std::vector<std::int64_t> ids_;
};

class inbox_prune final : public command {
 public:
  [[nodiscard]] static words describe() {
    return {.name = "prune",
            .summary = "Remove bodies and keys whose time is over; once a day, say",
            .text = "What waits or is parked is never touched.",
            .examples = {
                {"sello inbox prune --inbox inbox.db --body-retention 30", "Bodies of what was done a month ago:"}}};
  }

  explicit inbox_prune(CLI::App& app) {
    inbox_.add_to(app);
    app.add_option("--body-retention", days_, "How long the body of what is done is kept (default: 30)")
        ->type_name("DAYS");
  }

  [[nodiscard]] int run(output& to) override {
    if (days_ < 0 || days_ > 36'500) throw failure{wrong_usage, "--body-retention takes 0 to 36500 days"};
    const auto done = detail::owned(inbox_.open(to, {.body_retention = std::chrono::days{days_}})->prune());
    if (to.wants_json()) {
      to.value({{"bodies", done.bodies}, {"deliveries", done.deliveries}, {"conflicts", done.conflicts}});
    } else {
      to.pairs({{"bodies", std::to_string(done.bodies)},
                {"deliveries", std::to_string(done.deliveries)},
                {"conflicts", std::to_string(done.conflicts)}});
    }
    return all_well;
  }

 private:
  inbox_arguments inbox_;
  int days_ = 30;
};

class inbox_stats final : public command {
 public:
  [[nodiscard]] static words describe() {
    return {.name = "stats",
            .summary = "Count what an inbox has, and when each endpoint last heard something",
            .text = {},
            .examples = {{"sello inbox stats --inbox inbox.db", "Does anything wait, or was it parked?"}}};
  }

  explicit inbox_stats(CLI::App& app) { inbox_.add_to(app); }

  [[nodiscard]] int run(output& to) override {
    const auto all = detail::owned(inbox_.open(to)->stats());
    const std::vector<std::pair<std::string, std::uint64_t>> counts{
        {"stored", all.stored},         {"waiting", all.waiting},      {"waiting_bytes", all.waiting_bytes},
        {"handled", all.done},          {"ignored", all.ignored},      {"parked", all.parked},
        {"duplicates", all.duplicates}, {"conflicts", all.conflicts},  {"quarantined", all.quarantined},
        {"crashes", all.crashes},       {"late_marks", all.late_marks}};
    if (to.wants_json()) {
      json made = json::object();
      for (const auto& [name, count] : counts) made[name] = count;
      made["oldest_waiting"] = written(all.oldest_waiting);
      made["endpoints"] = json::array();
      for (const auto& each : all.endpoints)
        made["endpoints"].push_back({{"endpoint", each.endpoint},
                                     {"provider", each.provider},
                                     {"stored", each.stored},
                                     {"handled", each.done},
                                     {"ignored", each.ignored},
                                     {"duplicates", each.duplicates},
                                     {"conflicts", each.conflicts},
                                     {"last_delivery", written(each.last_delivery)},
                                     {"last_success", written(each.last_success)},
                                     {"last_failure", written(each.last_failure)}});
      to.value(made);
      return all_well;
    }
    std::vector<std::pair<std::string, cell>> lines;
    for (const auto& [name, count] : counts)
      lines.emplace_back(name, cell{std::to_string(count), name == "parked" && count > 0 ? colour::red : colour::none});
    lines.emplace_back("oldest_waiting", written(all.oldest_waiting));
    to.pairs(lines);
    if (all.endpoints.empty()) return all_well;
    std::vector<row> table{
        {"endpoint", "sender", "stored", "handled", "duplicates", "last delivery", "last success", "last failure"}};
    for (const auto& each : all.endpoints)
      table.push_back({shown(each.endpoint), shown(each.provider), std::to_string(each.stored),
                       std::to_string(each.done), std::to_string(each.duplicates), written(each.last_delivery),
                       written(each.last_success), cell{written(each.last_failure), colour::red}});
    to.line("");
    to.table(table);
    return all_well;
  }

 private:
  inbox_arguments inbox_;
};

class inbox_requalify final : public command {
 public:
  [[nodiscard]] static words describe() {
    return {
        .name = "requalify",
        .summary = "Try what is in quarantine with other secrets, and store what is the sender's own",
        .text =
            "For deliveries that were refused while the secret was rotated, where the endpoint has a quarantine. A "
            "secret proves nothing at another endpoint than its own: where the sender has several, say --endpoint. "
            "What is stored gets the sender's own idempotency key and the usual options: where your endpoint has "
            "some of its own (identify, serial_by, parked_blocks, key_retention), call requalify in your "
            "program; where it has none, say --plain-endpoint.",
        .examples = {{"sello inbox requalify --inbox inbox.db --sender akua --secret-env NEW_SECRET --plain-endpoint",
                      "After a rotation that this machine heard of too late:"}}};
  }

  explicit inbox_requalify(CLI::App& app) {
    inbox_.add_to(app);
    sender_.add_to(app, sender_arguments::role::verifies);
    app.add_option("--endpoint", endpoint_, "The endpoint whose secret it is (default: the only one of the sender)")
        ->type_name("NAME");
    app.add_flag("--plain-endpoint", plain_,
                 "The endpoint has no identify, serial_by, parked_blocks or key_retention of its own");
  }

  [[nodiscard]] int run(output& to) override {
    if (!plain_)
      throw failure{wrong_usage,
                    "what your endpoint has in identify, serial_by, parked_blocks and key_retention is not known here, "
                    "and would be lost: call requalify in your program, or say --plain-endpoint if it has none"};
    const secret_list secrets = sender_.secrets(to);
    const auto inbox = inbox_.open(to);
    const std::string endpoint = chosen(detail::owned(inbox->stats()).endpoints);
    const std::size_t count =
        endpoint.empty() ? 0 : detail::owned(inbox->requalify(sender_.settings(), secrets, endpoint));
    if (to.wants_json()) {
      to.value({{"requalified", count}});
    } else {
      to.line(std::to_string(count) + (count == 0   ? " requalified: nothing in quarantine is of these secrets"
                                       : count == 1 ? " requalified: it waits for a worker"
                                                    : " requalified: they wait for a worker"));
    }
    return count == 0 ? refused : all_well;
  }

 private:
  /// Empty: the sender has no endpoint there.
  [[nodiscard]] std::string chosen(const std::vector<sello::endpoint_stats>& known) const {
    const std::string_view provider =
        with_sender(sender_.settings().name, []<class Sender>() { return Sender::provider::name; });
    std::vector<std::string> names;
    for (const auto& each : known) {
      if (each.provider == provider) names.push_back(each.endpoint);
    }
    std::string listed;
    for (const std::string& name : names) listed += (listed.empty() ? "" : ", ") + shown(name);
    if (!endpoint_.empty()) {
      if (std::find(names.begin(), names.end(), endpoint_) == names.end())
        throw failure{wrong_usage, "--endpoint: the sender has no endpoint of that name there; it has: " +
                                       (listed.empty() ? "none" : listed)};
      return endpoint_;
    }
    if (names.size() > 1)
      throw failure{wrong_usage, "the sender has several endpoints there; say --endpoint: " + listed};
    return names.empty() ? "" : names.front();
  }

  inbox_arguments inbox_;
  sender_arguments sender_;
  std::string endpoint_;
  bool plain_ = false;
};

}  // namespace cli
