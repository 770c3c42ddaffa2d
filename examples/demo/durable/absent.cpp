// SPDX-License-Identifier: MIT
// In place of sqlite.cpp, where SQLite is not installed.
#include <iostream>

#include "../durable.hpp"

demo::durable_result demo::show_durable() {
  std::cout << "\nThe durable part is left out: SQLite is not installed (Debian: libsqlite3-dev)\n";
  return {};
}

int demo::run_durable(const std::string&, int) { return 2; }
