// SPDX-License-Identifier: MIT
// Linked into a server that is to be measured: gcov writes its counts at the end of main, and SIGTERM ends it earlier.
#include <pthread.h>
#include <unistd.h>

#include <csignal>
#include <thread>

extern "C" void __gcov_dump();

namespace {

/// A thread of its own waits for the signal, which all others block: in a handler almost nothing is allowed.
const bool waiting = [] {
  sigset_t end;
  sigemptyset(&end);
  sigaddset(&end, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &end, nullptr);
  std::thread{[end] {
    int which = 0;
    sigwait(&end, &which);
    __gcov_dump();
    _exit(0);
  }}.detach();
  return true;
}();

}  // namespace
