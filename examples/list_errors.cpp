// SPDX-License-Identifier: MIT
// Prints every error code, as a table in Markdown: what it means, its HTTP status, and what to do when it wakes you. The
// page "Errors" shows what this prints.
#include <array>
#include <iostream>
#include <string>
#include <string_view>

#include <sello/sello.hpp>

namespace {

struct advice {
  sello::errc code;
  std::string_view what_to_do;
};

using enum sello::errc;

constexpr std::array list{
    advice{
        missing_header,
        "One now and then: a stranger; nothing. All: a proxy drops the header, or, for Kuenta, `signature_header` is "
        "not the name that really comes."},
    advice{malformed_header,
           "All: something in front of you repeats or joins the header that `where` names. Else a stranger; nothing."},
    advice{malformed_timestamp,
           "A stranger, who does not know the form; nothing. In tests of your own: milliseconds for seconds."},
    advice{timestamp_too_old,
           "All: compare your clock with another (`timedatectl`). Some: they wait in front of you longer than the "
           "tolerance. One: a replay, which was refused. With `freshness`: a late retry, too."},
    advice{timestamp_too_new, "Your clock is slow. Mend NTP; the sender's next attempts get through."},
    advice{
        malformed_signature,
        "All: the sender writes the signature in another form than it documents, such as `sha256=…`. Else a stranger."},
    advice{signature_mismatch,
           "All: the secret was rotated, or is another environment's; or something in front of you changes the body. "
           "Configure the old and the new secret together. A few: strangers; nothing."},
    advice{malformed_json,
           "The sender signed it so, and its retries are the same. Register `unreadable`, which keeps the bodies; "
           "report it to "
           "the sender."},
    advice{duplicate_key, "As `malformed_json`. Do not let another parser pick one of the two values."},
    advice{too_deep, "As `malformed_json`."},
    advice{missing_field,
           "The sender has changed its format; `where` names the required member. `unreadable` keeps the bodies until "
           "your "
           "sello knows it; or take that event in `otherwise` instead of `on`, and read it with `raw`."},
    advice{wrong_type, "As `missing_field`. Among the misfits: an optional member, left empty; see below."},
    advice{out_of_range, "As `wrong_type`."},
    advice{
        header_body_mismatch,
        "Only a misfit. Something between the sender and you has changed `X-Webhook-Event`; it decided nothing. Find "
        "out what."},
    advice{body_too_large, "If it is the sender's: raise `body_limit`. Else a stranger; nothing."},
    advice{
        bad_request,
        "`where` is the header or the method. All of a sender's: a proxy compresses, or calls another method. Else a "
        "stranger or a scanner; nothing."},
    advice{empty_secret, "The process does not start: the secret's variable is not set where it runs."},
    advice{malformed_secret, "The process does not start: `where` says what is wrong with the text."},
    advice{malformed_option, "The process does not start: `where` names the option and says what is wrong with it."},
    advice{
        permanent_failure,
        "Your handler said so, and `where` has its words. Akua is told not to try again; the others know no way to be "
        "told."},
    advice{handler_failed,
           "Your code: `where` is what it threw. The sender tries again, Akua for 27 hours, Gu1 for 7 seconds only."},
    advice{store_unavailable, "Your handler said so: look at your database. The sender tries again."},
    advice{internal_error,
           "`where` says what failed: memory, OpenSSL, or code of yours that threw while the headers were read. The "
           "sender "
           "tries again."},
};
static_assert(list.size() == static_cast<std::size_t>(internal_error) + 1);

/// What is found when a verifier is made answers nobody; a misfit is handled; a server has a status for each request that
/// it refuses.
std::string status(sello::errc code) {
  switch (code) {
    case empty_secret:
    case malformed_secret:
    case malformed_option: return "none";
    case header_body_mismatch: return "200";
    case bad_request: return "400, 405, 408, 411, 415 or 431";
    default: return std::to_string(sello::http_status(code));
  }
}

}  // namespace

int main() {
  std::cout << "| `errc` | It means | Status | At 3 a.m. |\n| --- | --- | --- | --- |\n";
  for (const auto& [code, what_to_do] : list)
    std::cout << "| `" << to_string(code) << "` | " << explain(code) << " | " << status(code) << " | " << what_to_do
              << " |\n";
}
