#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Whether sello works on a system as people have it: the README's commands and lines, strict consumers of every way into a
# build, the servers, the Debian package. Ends with a table; exits with 1 if a row has failed.
#
#   tests/platforms.sh [-c <folder>] [-s <steps>] [suite...]   each suite in bare systems, with nothing but git
#   tests/platforms.sh -H [step...]                            in the system that runs it, a container for example, as root
#
# Suites: bookworm trixie sid, which are the default; forky, noble, and what else debootstrap knows. Needs root, debootstrap and
# git, and tests HEAD, not the working tree. The folder keeps a tarball of each bare system and the logs; it must lie on a file
# system with device nodes. It is $SELLO_PLATFORMS, or ~/.cache/sello-platforms. $SELLO_PLATFORMS_KEEP=1 keeps the systems, and
# $SELLO_PLATFORMS_APT is configuration of apt in them: 'Acquire::Check-Valid-Until "false";' for a mirror that lags behind.
# Steps: demo tests servers strict ways package cli. -s 'demo tests' runs these alone, in one bare system.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

here=0
cache=${SELLO_PLATFORMS:-$HOME/.cache/sello-platforms}
groups=('demo tests servers strict' ways package cli) # each in a bare system of its own
while getopts c:s:H option; do
  case $option in
    c) cache=$OPTARG ;;
    s) groups=("$OPTARG") ;;
    H) here=1 ;;
    *) sed -n '3,/^set/{/^#/p}' "$0" >&2; exit 2 ;;
  esac
done
shift $((OPTIND - 1))

say() { printf '%s\n' "$@"; }
table() { # the rows, and whether all passed
  say '| system | step | result | seconds |' '| --- | --- | --- | --- |'
  cat "$1"
  ! grep -q '| FAILED' "$1"
}

# ---------------------------------------------------------------------------------------------------- in this system

core=(g++ cmake ninja-build pkgconf libssl-dev nlohmann-json3-dev)
install() { $(command -v sudo) apt-get update && $(command -v sudo) apt-get install -y --no-install-recommends "$@"; }

# The first line of the README that has the text.
readme_line() { grep -m 1 -F -- "$1" README.md; }

run_demo() { .ci/run demo; }
run_tests() { .ci/run readme; }

# Every server that has an adapter, driven over a socket; the inbox in SQLite, and the metrics; each component, linked from a
# subproject.
run_servers() {
  install "${core[@]}" catch2 libcpp-httplib-dev libboost-dev librestinio-dev libasio-dev libfmt-dev libmicrohttpd-dev curl openssl \
    libsqlite3-dev libpq-dev prometheus-cpp-dev
  cmake --preset dev
  cmake --build build/dev --target tests/servers/all sello_tests_inbox sello_tests_observe example_metrics \
    example_server_{,inbox_}{httplib,beast,restinio,microhttpd}
  ctest --test-dir build/dev --no-tests=error --output-on-failure \
    -R '^(servers\.|inbox/|observe/|example\.metrics$|readme_curl$|consume\.(install|.*components|boost_without_package)$)'
}

# strict <compiler> <way>: the README's program, in each language standard and with each optimisation, in nine warnings.
strict() {
  local options
  for options in -O0 -O2 '-O3;-DNDEBUG'; do
    cmake -DWAY="$2" -DCOMPILER="$1" "-DSTRICT=-Wnull-dereference;$options" -DSOURCE="$PWD" -DWORK="$PWD/build/platforms/work" \
      -DPREFIX="$PWD/build/platforms/a prefix" -DGENERATOR=Ninja -P tests/consume/run.cmake
  done
}
prepare_strict() {
  install "${core[@]}" clang
  cmake -G Ninja -B build/platforms/tree -DSELLO_BUILD_TESTS=OFF -DSELLO_BUILD_EXAMPLES=OFF
  cmake --install build/platforms/tree --prefix "$PWD/build/platforms/a prefix"
}

# The README's "Installed", and by hand, with no other packages than it says there.
run_ways() {
  local packages prefix=$PWD/build/platforms/prefix work=$PWD/build/platforms/ways
  # shellcheck disable=SC2016 # the back-quotes are Markdown's
  packages=$(readme_line 'Each needs what the core needs' | sed 's/.*apt-get install \([^`]*\)`.*/\1/')
  # shellcheck disable=SC2086 # words
  install $packages
  bash -euxo pipefail -c "$(readme_line '**Installed.**' | sed "s/[^\`]*\`\([^\`]*\)\`.*/\1/; s|<prefix>|$prefix|")"
  mkdir -p "$work"
  cp examples/quickstart.cpp "$work/main.cpp"
  {
    say 'cmake_minimum_required(VERSION 3.25)' 'project(app LANGUAGES CXX)'
    # shellcheck disable=SC2016
    sed -n '/^find_package(sello 0.1 REQUIRED)$/,/^```$/{/^```$/q;p}' README.md
  } > "$work/CMakeLists.txt"
  (cd "$work" && cmake -B build -DCMAKE_PREFIX_PATH="$prefix" && cmake --build build && build/app)
  cmake -DOUTPUT="$work/sello/sello.hpp" -P cmake/single_header.cmake
  (cd "$work" && g++ -std=c++20 -I. main.cpp -lcrypto && ./a.out)
}

# libsello-dev: made, judged, installed, consumed without a word on where it is.
run_package() {
  local work=$PWD/build/platforms/package
  install make "${core[@]}"
  cmake -B "$work" -DSELLO_BUILD_TESTS=OFF -DSELLO_BUILD_EXAMPLES=OFF
  (cd "$work" && cpack -G DEB)
  install lintian
  lintian --allow-root --fail-on error --tag-display-limit 0 "$work"/libsello-dev_*_all.deb
  install "$work"/libsello-dev_*_all.deb
  mkdir "$work/app"
  cp examples/quickstart.cpp "$work/app/main.cpp"
  say 'cmake_minimum_required(VERSION 3.25)' 'project(app LANGUAGES CXX)' 'find_package(sello 0.1 REQUIRED)' \
    'add_executable(app main.cpp)' 'target_link_libraries(app PRIVATE sello::sello)' > "$work/app/CMakeLists.txt"
  (cd "$work/app" && cmake -B build && cmake --build build && build/app)
  # shellcheck disable=SC2046 # words
  (cd "$work/app" && g++ -std=c++20 main.cpp $(pkg-config --cflags --libs sello) && ./a.out)
}

# The program's package: made with the page's own lines, judged, used.
run_cli() {
  local lines
  lines=$(awk '/^```$/ && inside { exit } inside { print } /^```sh$/ { inside = 1 }' examples/pages/command_line.md)
  bash -euxo pipefail -c "$lines"
  install lintian man-db bash-completion
  lintian --allow-root --fail-on error --tag-display-limit 0 build/sello_*.deb
  man -P cat sello | grep -q 'sello inbox replay'
  bash -c '. /usr/share/bash-completion/completions/sello && complete -p sello'
  (
    export SELLO_SECRET=whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw
    cd build/platforms
    sello sign --sender akua --event merchant.created > headers.txt
    sello events --sender akua --sample merchant.created > body.json
    sello verify --sender akua --headers headers.txt --body body.json
  )
}

versions() {
  # shellcheck disable=SC2016 # dpkg's own variables
  dpkg-query -W -f '${binary:Package} ${Version}\n' 2> /dev/null |
    grep -E '^(g\+\+|clang|cmake|libssl-dev|nlohmann-json3-dev|catch2|libcpp-httplib-dev|libboost-dev|librestinio-dev|libmicrohttpd-dev|libsqlite3-dev|libpq-dev|prometheus-cpp-dev)(:[a-z0-9]+)? ' |
    sed -E 's/:[a-z0-9]+ / /' | paste -s -d ';' | sed 's/;/; /g'
}

# row <name> <command...>: runs it, and writes its row. A warning of a compiler, of the linker or of CMake is a failure.
row() {
  local name=$1 log="build/platforms/$1.log" began=$SECONDS result
  shift
  say "===== $system: $name ====="
  # Not as a condition: there `set -e` would not hold.
  set +e
  (set -e; "$@") > "$log" 2>&1 < /dev/null
  local code=$?
  set -e
  if [ $code -ne 0 ]; then
    result="FAILED"
  elif grep -E '^CMake .*Warning|:[0-9]+: warning: |(ld|cc1plus|g\+\+|clang): warning: ' "$log"; then
    result="FAILED: warnings"
  else
    result=$(grep -E '% tests passed' "$log" | tail -n 1 || true)
    local standards
    standards=$(grep -oE 'consumer_2[0-9]' "$log" | sort -u | sed 's/consumer_/C++/' | paste -s -d ' ' || true)
    result="passed${result:+: $result}${standards:+: $standards}"
  fi
  [[ $result == passed* ]] || tail -n 60 "$log"
  say "$result"
  say "| $system | $name | $result | $((SECONDS - began)) |" >> build/platforms/rows
}

if [ $here = 1 ]; then
  export DEBIAN_FRONTEND=noninteractive CTEST_OUTPUT_ON_FAILURE=1
  # shellcheck source=/dev/null
  system=$(. /etc/os-release && echo "${PRETTY_NAME}")
  mkdir -p build/platforms
  : > build/platforms/rows
  steps=("$@")
  [ ${#steps[@]} -gt 0 ] || steps=(demo tests servers strict ways package cli)
  for step in "${steps[@]}"; do
    if [ "$step" = strict ]; then
      row strict prepare_strict
      for compiler in g++ clang++; do
        for way in find_package pkg_config add_subdirectory fetch_content single_header; do
          row "strict $compiler $way" strict $compiler $way
        done
      done
    else
      row "$step" "run_$step"
    fi
  done
  [[ " ${steps[*]} " != *' servers '* ]] || say "| $system | versions | $(versions) | |" >> build/platforms/rows
  table build/platforms/rows
  exit
fi

# ---------------------------------------------------------------------------------------------------- in bare systems

[ "$(id -u)" = 0 ] || { say 'It needs root, for debootstrap, chroot and mount.' >&2; exit 2; }
command -v debootstrap > /dev/null || { say 'It needs debootstrap.' >&2; exit 2; }
[ -z "$(git status --porcelain)" ] || say 'What is not committed is not tested.'
commit=$(git rev-parse HEAD)
mkdir -p "$cache"
root=''

remove_root() {
  [ -n "$root" ] || return 0
  umount -l "$root/proc" "$root/dev/shm" 2> /dev/null || true
  [ -n "${SELLO_PLATFORMS_KEEP-}" ] || rm -rf --one-file-system "$root"
  root=''
}
trap remove_root EXIT
trap 'exit 130' INT TERM

# The bare system of a suite as a tarball, made once.
bare_system() {
  local suite=$1 tarball=$cache/$1.tar script=sid mirror=${SELLO_MIRROR:-http://deb.debian.org/debian}
  [ ! -f "$tarball" ] || return 0
  if [ "$suite" = noble ]; then
    script=gutsy # that of every newer Ubuntu, as sid is that of every newer Debian
    mirror=${SELLO_UBUNTU_MIRROR:-http://archive.ubuntu.com/ubuntu}
  fi
  root=$(mktemp -d "$cache/$suite.XXXXXX")
  debootstrap --variant=minbase --include=git,ca-certificates "$suite" "$root" "$mirror" $script > "$cache/$suite.debootstrap.log" || return 1
  [ "$suite" != noble ] || say "deb $mirror noble main universe" > "$root/etc/apt/sources.list"
  tar -C "$root" --numeric-owner -cf "$tarball.part" . && mv "$tarball.part" "$tarball" && remove_root
}

# in_bare_system <suite> <step...>
in_bare_system() {
  local suite=$1
  shift
  root=$(mktemp -d "$cache/$suite.XXXXXX")
  tar -C "$root" --numeric-owner -xf "$cache/$suite.tar"
  chmod 755 "$root"
  cp -L /etc/resolv.conf "$root/etc/resolv.conf"
  printf '%s\n' "${SELLO_PLATFORMS_APT-}" > "$root/etc/apt/apt.conf.d/99sello"
  mount -t proc proc "$root/proc"
  mount -t tmpfs -o mode=1777 shm "$root/dev/shm"
  git -c safe.directory='*' clone --quiet --no-local . "$root/root/sello"
  git -C "$root/root/sello" -c advice.detachedHead=false checkout --quiet "$commit"
  chroot "$root" /usr/bin/env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 \
    ${http_proxy:+http_proxy="$http_proxy"} /root/sello/tests/platforms.sh -H "$@" || true
  mkdir -p "$cache/logs/$suite"
  cp "$root/root/sello/build/platforms/"*.log "$cache/logs/$suite/"
  if [ "$(grep -c . "$root/root/sello/build/platforms/rows")" -gt 0 ]; then
    sed "s/^| [^|]* |/| $suite |/" "$root/root/sello/build/platforms/rows" >> "$rows"
  else
    say "| $suite | $* | FAILED: no result | |" >> "$rows"
  fi
  remove_root
}

suites=("$@")
[ ${#suites[@]} -gt 0 ] || suites=(bookworm trixie sid)
rows=$cache/rows
: > "$rows"
for suite in "${suites[@]}"; do
  if ! bare_system "$suite"; then
    remove_root
    if [ "$suite" = noble ]; then
      say '| noble | all | skipped: debootstrap could not make it here, see noble.debootstrap.log; a container of the workflow runs it | |' >> "$rows"
    else
      tail -n 5 "$cache/$suite.debootstrap.log"
      say "| $suite | debootstrap | FAILED | |" >> "$rows"
    fi
    continue
  fi
  for group in "${groups[@]}"; do
    # shellcheck disable=SC2086 # words
    in_bare_system "$suite" $group
  done
done

printf '\nCommit %.7s:\n' "$commit"
table "$rows"
