// SPDX-License-Identifier: MIT
// What a server may do otherwise than the table of cases, or the list of attacks, says; and why.
#pragma once

#include <map>
#include <string>
#include <string_view>

/// Where a server cannot do what the others do: what it may do instead, and why. A version that does what the others do has
/// mended it, which is no failure.
struct exception {
  std::string expected;
  std::string reason;
};
using exceptions = std::map<std::string, exception>;

inline const std::map<std::string, exceptions> servers{
    {"httplib",
     {
         {"every delivery in chunks",
          {"411", "a chunk's extension has no limit in cpp-httplib: refused unless asked for"}},
         {"keep-alive, three requests", {"200 closed closed", "a connection ends after each answer"}},
         {"pipelined, three requests", {"200 closed", "a connection ends after each answer"}},
         {"pipelined, the second forged", {"200 closed", "a connection ends after each answer"}},
         {"an empty line before the request", {"400", "cpp-httplib does not ignore it"}},
         {"64 MiB of headers", {"all of it read, memory grows", "cpp-httplib 0.11 bounds a line, not their number"}},
         {"a second length, and its record",
          {"400: 0", "cpp-httplib 0.41 answers it by itself, and shows it to nobody"}},
         {"a name with a blank, and its record",
          {"400: 0", "cpp-httplib 0.41 answers it by itself, and shows it to nobody"}},
         {"a head that is no HTTP", {"400 open", "cpp-httplib answers it by itself, and waits for another"}},
     }},
    {"microhttpd",
     {
         {"chunks of 7 with extensions", {"400", "libmicrohttpd 1.0.1 cannot read them; 0.9.75 and 1.0.10 can"}},
         {"a second length, and its record",
          {"400: 0", "libmicrohttpd 1.0 answers it by itself, and shows it to nobody"}},
         {"a name with a blank, and its record",
          {"400: 0", "libmicrohttpd 1.0 answers it by itself, and shows it to nobody"}},
         {"64 MiB in chunks, forged", {"closed", "libmicrohttpd cannot answer amid a body"}},
         {"64 MiB in chunks, unsigned", {"closed", "libmicrohttpd cannot answer amid a body"}},
         {"64 MiB in chunks, unknown path", {"closed", "libmicrohttpd cannot answer amid a body"}},
         {"64 MiB in chunks, PUT", {"closed", "libmicrohttpd cannot answer amid a body"}},
         {"keep-alive, three requests", {"200 closed closed", "a connection ends after each answer"}},
         {"pipelined, three requests", {"200 closed", "a connection ends after each answer"}},
         {"pipelined, the second forged", {"200 closed", "a connection ends after each answer"}},
         {"body cut short", {"closed|silence", "libmicrohttpd may see it only after its timeout"}},
         {"chunks cut short", {"closed|silence", "libmicrohttpd may see it only after its timeout"}},
         {"last chunk missing", {"closed|silence", "libmicrohttpd may see it only after its timeout"}},
     }},
    {"restinio",
     {
         {"declares 50 MB, sends none", {"closed", "RESTinio closes where its limits are passed"}},
         {"64 MiB in chunks, forged", {"closed|closed, memory grows", "RESTinio closes where its limits are passed"}},
         {"64 MiB in chunks, unsigned", {"closed", "RESTinio calls no handler before the end of the body"}},
         {"64 MiB in chunks, unknown path", {"closed", "RESTinio calls no handler before the end of the body"}},
         {"64 MiB in chunks, PUT", {"closed", "RESTinio calls no handler before the end of the body"}},
         {"1 MiB in chunks of a byte, forged", {"401, memory grows", "RESTinio keeps a note of each chunk"}},
         {"Expect: 100-continue", {"silence 200", "RESTinio leaves it to a handler, which comes too late"}},
         {"keep-alive, three requests", {"200 closed closed", "a connection ends after each answer"}},
         {"pipelined, three requests", {"200 closed", "a connection ends after each answer"}},
         {"pipelined, the second forged", {"200 closed", "a connection ends after each answer"}},
         {"signed: a body of ten times the limit", {"closed", "RESTinio closes where its limits are passed"}},
     }},
};

inline bool allows(std::string_view alternatives, std::string_view got) {
  for (;;) {
    const auto end = alternatives.find('|');
    if (alternatives.substr(0, end) == got) return true;
    if (end == alternatives.npos) return false;
    alternatives.remove_prefix(end + 1);
  }
}
