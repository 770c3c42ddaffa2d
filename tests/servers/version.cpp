// SPDX-License-Identifier: MIT
// Prints which server the examples were built with: its results are that version's.
#include <cstdio>

#if defined(SERVER_httplib)
#include <httplib.h>
int main() { std::puts("cpp-httplib " CPPHTTPLIB_VERSION); }
#elif defined(SERVER_beast)
#include <boost/version.hpp>
int main() { std::puts("Boost.Beast of Boost " BOOST_LIB_VERSION); }
#elif defined(SERVER_microhttpd)
#include <microhttpd.h>
int main() { std::printf("libmicrohttpd %s\n", MHD_get_version()); }
#else
#include <restinio/version.hpp>
int main() {
  std::printf("RESTinio %d.%d.%d\n", static_cast<int>(RESTINIO_VERSION_MAJOR), static_cast<int>(RESTINIO_VERSION_MINOR),
              static_cast<int>(RESTINIO_VERSION_PATCH));
}
#endif
