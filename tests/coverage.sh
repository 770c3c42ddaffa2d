#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Which lines and branches of include/ the tests run: builds them with gcov, runs them, and prints a table of all headers,
# then every line that does not run, with its text and the reason that coverage_exceptions.txt gives for it.
# Ends with 1 if less than 98 % of the lines run, if a line that does not run is not explained, if an explained one runs
# or is gone, or if a test fails.
# Usage: tests/coverage.sh [-b]; -b also prints the lines of which a branch is never taken. Needs g++, ninja and python3.
#   COVERAGE_BUILD  where to build (default: build/coverage)
#   COVERAGE_JOBS   how many compilers run at once (default: 2)
#   CXX, GCOV       a g++ and its gcov (default: g++, gcov)
#
# What is counted: without optimisation, so that a line is what stands in the source. A line of a template runs if it does
# so in any instance. Not counted are the branches that g++ adds for the case that a call throws. (gcovr 5.2 does count
# them: gcov's text does not mark them in an instance that is never executed. Its JSON, which coverage.py reads, does.)
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/.." && pwd)
build=${COVERAGE_BUILD:-$root/build/coverage}
jobs=${COVERAGE_JOBS:-2}
case ${1:-} in
  '' | -b) ;;
  *) sed -n '/^# Usage/p' "$0" >&2; exit 2 ;;
esac

# Runs a command whose output is of interest only where it fails.
quietly() {
  local log=$build/coverage.log
  "$@" > "$log" 2>&1 || { cat "$log"; echo "failed: $*"; exit 1; } >&2
}

mkdir -p "$build"
quietly cmake -S "$root" -B "$build" -G Ninja -DCMAKE_CXX_COMPILER="${CXX:-g++}" -DCMAKE_BUILD_TYPE=None \
  -DCMAKE_CXX_EXTENSIONS=OFF -DSELLO_COVERAGE=ON -DSELLO_TEST_PACKAGING=OFF

proofs=(failing_new failing_openssl canary wiped_secrets)
servers=()
for server in httplib beast microhttpd restinio; do
  if ninja -C "$build" -t query "example_server_$server" > /dev/null 2>&1; then
    servers+=("$server")
  else
    echo "The server $server is left out: it was not found."
  fi
done
alone=() # a test that has its server in its own program
case " ${servers[*]} " in *' beast '*) alone+=(beast_without_files) ;; esac
quietly ninja -C "$build" -j "$jobs" sello_every_function sello_tests sello_odr "${proofs[@]/#/proof_}" drive_server \
  "${servers[@]/#/example_server_}" ${alone[@]+"${alone[@]}"}

find "$build" -name '*.gcda' -delete
cd "$build"
quietly tests/sello_tests
quietly tests/odr/sello_odr
for proof in "${proofs[@]}"; do quietly "tests/proof/proof_$proof"; done
for server in "${servers[@]}"; do
  quietly timeout 300 tests/servers/drive_server "$server" "examples/server_$server"
done
for test in ${alone[@]+"${alone[@]}"}; do quietly "tests/servers/$test"; done

python3 "$here/coverage.py" "${GCOV:-gcov}" "$build" "$@"
