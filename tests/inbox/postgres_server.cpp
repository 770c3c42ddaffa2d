// SPDX-License-Identifier: MIT
// For scripts: postgres_server <command> [arguments] starts a PostgreSQL of its own, runs the command with its address in
// SELLO_POSTGRES, stops it, and ends as the command did; with 77 where PostgreSQL is not installed.
#include "postgres_server.hpp"

#include <cstdlib>
#include <exception>
#include <iostream>

int main(int count, char** arguments) try {
  if (count < 2) {
    std::cerr << "usage: postgres_server <command> [arguments]\n";
    return 2;
  }
  if (!support::postgres_server::programs()) return support::postgres_server::skip();
  const support::postgres_server server;
  ::setenv("SELLO_POSTGRES", server.conninfo().c_str(), 1);
  const pid_t child = ::fork();
  if (child == 0) {
    ::execvp(arguments[1], arguments + 1);
    ::_exit(127);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
} catch (const std::exception& thrown) {
  std::cerr << thrown.what() << '\n';
  return 1;
}
