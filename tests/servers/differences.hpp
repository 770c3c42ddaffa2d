// SPDX-License-Identifier: MIT
// What each server does otherwise than the table of cases, or the list of attacks, says; and why.
#pragma once

#include <map>
#include <string>
#include <string_view>

/// Where a server cannot do what the others do: what it does instead, and why.
struct exception {
  std::string expected;
  std::string reason;
};
using exceptions = std::map<std::string, exception>;

inline const std::map<std::string, exceptions> servers{
    {"httplib",
     {
         {"chunks with trailers", {"400", "cpp-httplib 0.11 does not read trailers"}},
         {"multipart/form-data, signed", {"415", "cpp-httplib parses such a body itself"}},
         {"pipelined, three requests", {"200 closed", "cpp-httplib 0.11 drops what it has read ahead"}},
         {"pipelined, the second forged", {"200 closed", "cpp-httplib 0.11 drops what it has read ahead"}},
         {"64 MiB of headers", {"all of it read, memory grows", "cpp-httplib 0.11 bounds a line, not their number"}},
     }},
    {"microhttpd",
     {
         {"64 MiB in chunks, forged", {"closed", "libmicrohttpd cannot answer amid a body"}},
         {"body cut short", {"closed|silence", "libmicrohttpd may see it only after its timeout"}},
         {"chunks cut short", {"closed|silence", "libmicrohttpd may see it only after its timeout"}},
         {"last chunk missing", {"closed|silence", "libmicrohttpd may see it only after its timeout"}},
         {"a body one byte over the limit, in pieces", {"closed", "libmicrohttpd cannot answer amid a body"}},
     }},
    {"restinio",
     {
         {"declares 50 MB, sends none", {"closed", "RESTinio closes where its limits are passed"}},
         {"64 MiB in chunks, forged", {"closed", "RESTinio closes where its limits are passed"}},
         {"64 MiB in chunks, unsigned", {"closed", "RESTinio calls no handler before the end of the body"}},
         {"64 MiB in chunks, unknown path", {"closed", "RESTinio calls no handler before the end of the body"}},
         {"64 MiB in chunks, PUT", {"closed", "RESTinio calls no handler before the end of the body"}},
         {"1 MiB in chunks of a byte, forged", {"401, memory grows", "RESTinio keeps a note of each chunk"}},
         {"Expect: 100-continue", {"silence 200", "RESTinio leaves it to a handler, which comes too late"}},
         {"signed: a body one byte over the limit", {"closed", "RESTinio closes where its limits are passed"}},
         {"a body one byte over the limit, in pieces", {"closed", "RESTinio closes where its limits are passed"}},
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
