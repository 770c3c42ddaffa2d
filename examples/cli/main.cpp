// SPDX-License-Identifier: MIT
// The program `sello`: the table of its commands. `sello help` says what it does.
#include "diagnose.hpp"
#include "events.hpp"
#include "inbox.hpp"
#include "kuenta.hpp"
#include "listen.hpp"
#include "program.hpp"
#include "send.hpp"
#include "sign.hpp"
#include "verify.hpp"

int main(int argc, char** argv) {
  cli::program sello{
      {.name = "sello",
       .summary = "webhooks from a shell: sign, send, verify, diagnose, listen, replay",
       .text = "Secrets come from an environment variable (SELLO_SECRET, or --secret-env NAME) or a file "
               "(--secret-file FILE), "
               "never from the command line, and are not printed. Colours are for terminals; NO_COLOR turns them off.",
       .examples = {
           {"read -rs SELLO_SECRET; export SELLO_SECRET", "Paste the secret, unseen, for the lines below:"},
           {"sello events --sender akua --sample payment.capture.cleared > body.json", "Take a body to try with:"},
           {"sello listen --sender akua",
            "An endpoint to send to, in another shell with the same secret, if yours does not run yet:"},
           {"sello send --sender akua --body body.json http://127.0.0.1:8080/", "Sign it and send it:"},
           {"sello send --sender akua --body body.json --all-attacks http://127.0.0.1:8080/",
            "Break it in all known ways, each of which your endpoint must withstand:"},
           {"sello sign --sender akua --body body.json > headers.txt", "Sign, and keep the headers:"},
           {"sello verify --sender akua --headers headers.txt --body body.json", "Is a delivery the sender's own?"},
           {"sello diagnose --sender akua --headers headers.txt --body body.json",
            "And if it is not, why? Give the body as your program verified it:"},
           {"sello inbox list --inbox inbox.db --state parked", "What did the inbox of your program set aside?"},
           {"sello inbox show 1 --inbox inbox.db", "And why? The number is that of the list:"},
           {"sello inbox replay 1 --inbox inbox.db", "When that is mended, hand it to a worker again:"}}}};
  sello.add<cli::sign>()
      .add<cli::verify>()
      .add<cli::send>()
      .add<cli::diagnose>()
      .add<cli::events>()
      .add<cli::listen>()
      .group({.name = "inbox",
              .summary = "Look at a durable inbox, and replay what was parked",
              .text = "In SQLite or PostgreSQL, beside the program that uses it. It makes no inbox."})
      .add<cli::inbox_list>()
      .add<cli::inbox_show>()
      .add<cli::inbox_replay>()
      .add<cli::inbox_park>()
      .add<cli::inbox_prune>()
      .add<cli::inbox_stats>()
      .add<cli::inbox_requalify>()
      .group({.name = "kuenta",
              .summary = "List, make, change and remove webhooks at Kuenta",
              .text =
                  "Kuenta documents the requests and no answer: what it answers is shown as it came, without secrets."})
      .add<cli::kuenta_list>()
      .add<cli::kuenta_create>()
      .add<cli::kuenta_update>()
      .add<cli::kuenta_delete>();
  return sello.run(argc, argv);
}
