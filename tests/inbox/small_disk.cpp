// SPDX-License-Identifier: MIT
// For tests: small_disk [--size 96m] <command> [arguments] mounts a file system of 4 MiB or so much, which only the command
// sees, runs it with the place in SELLO_SMALL_DISK, and ends as the command did; with 77 where this user may not mount.
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <string>

namespace {

/// Whether this process sees mounts of its own from now on, and may make some.
bool stand_apart() {
  const auto user = ::getuid();
  const auto group = ::getgid();
  if (user == 0 && ::unshare(CLONE_NEWNS) == 0) return true;
  if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return false;
  std::ofstream{"/proc/self/setgroups"} << "deny";
  std::ofstream{"/proc/self/uid_map"} << "0 " + std::to_string(user) + " 1";
  std::ofstream{"/proc/self/gid_map"} << "0 " + std::to_string(group) + " 1";
  return ::getuid() == 0;
}

}  // namespace

int main(int count, char** arguments) {
  std::string size = "size=4m";
  if (count > 2 && std::string{arguments[1]} == "--size") {
    size = std::string{"size="} + arguments[2];
    count -= 2;
    arguments += 2;
  }
  if (count < 2) {
    std::cerr << "usage: small_disk [--size <bytes>] <command> [arguments]\n";
    return 2;
  }
  std::string place = "/tmp/sello_disk_XXXXXX";
  if (::mkdtemp(place.data()) == nullptr) return 1;
  const bool mounted = stand_apart() && ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                       ::mount("sello", place.c_str(), "tmpfs", 0, size.c_str()) == 0;
  int code = 77;
  if (mounted) {
    ::setenv("SELLO_SMALL_DISK", place.c_str(), 1);
    const pid_t child = ::fork();
    if (child == 0) {
      ::execvp(arguments[1], arguments + 1);
      ::_exit(127);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    ::umount2(place.c_str(), MNT_DETACH);
    code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  } else {
    std::cout << "skipped: this user may not mount a file system (" << std::strerror(errno) << ")\n";
  }
  ::rmdir(place.c_str());
  return code;
}
