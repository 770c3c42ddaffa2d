#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Runs the check behind each claim of sello, and prints a table: claim, check, result.
#
#   tests/prove.sh [--long] [name-pattern]
#
# The short form takes minutes: the fuzzers try the same 20,000 inputs each time, the mutants are a sample. --long takes
# hours: ten minutes of new inputs for each fuzzer, every mutant, and what is marked "long" below. The pattern, one of
# the shell, chooses by name: 'fuzz*'. Ends with 1 if a claim fails, or if none was looked at. What is not installed is
# skipped, and said to be.
#   PROVE_LOGS  where the outputs go (default: build/prove)
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

form=short long=
if [ "${1:-}" = --long ]; then
  form=long long=1
  shift
fi
pattern=${1:-*}
logs=${PROVE_LOGS:-build/prove}
mkdir -p "$logs"
rm -f "$logs"/*.log
looked=0 failed=()

# --- The commands. Each ends with 0 if the claim holds, and with 77 if it cannot be looked at here. ---

have() { command -v "$1" > /dev/null || { echo "skipped: $1 is not installed"; return 77; }; }

# Tests of the preset `dev`, built if need be. Those that skip themselves are named in the table.
tests() {
  build || return 1
  ctest --test-dir build/dev --no-tests=error --output-on-failure "$@"
}
build() {
  [ -z "${built:-}" ] || return "$built"
  { cmake --preset dev && cmake --build --preset dev; } > "$logs/build.log" 2>&1
  built=$?
  [ "$built" -eq 0 ] || cat "$logs/build.log"
  return "$built"
}

preset() {
  have "$1" || return
  cmake --workflow --preset "$2"
}

fuzz() {
  have clang++-19 || return
  CXX=clang++-19 FUZZ_RUNS="${2:-}" tests/fuzz/run.sh "$1"
}

cppcheck_headers() {
  have cppcheck || return
  cppcheck --quiet --error-exitcode=1 --std=c++20 --language=c++ --enable=warning,performance,portability,style \
    --inline-suppr --suppressions-list=tests/cppcheck.txt -I include \
    include/sello/sello.hpp include/sello/testing/attacks.hpp include/sello/diagnose.hpp include/sello/server/*.hpp \
    include/sello/observe/*.hpp && echo "no finding"
}

# The core, as one unit; the preset `tidy` looks at the rest too.
tidy_headers() {
  have clang-tidy-19 || return
  clang-tidy-19 --quiet include/sello/sello.hpp include/sello/testing/attacks.hpp include/sello/diagnose.hpp -- -std=c++20 -I include -x c++ &&
    echo "no finding"
}

# What clang's analyser says of a program's way through the headers. Minutes.
analyse() {
  have clang-tidy-19 || return
  clang-tidy-19 --quiet --checks='-*,clang-analyzer-*' examples/test_an_endpoint.cpp -- -std=c++20 -I include \
    -Xclang -analyzer-opt-analyze-headers && echo "no finding"
}

memcheck() {
  have valgrind || return
  build || return 1
  valgrind --quiet --error-exitcode=1 --leak-check=full --errors-for-leak-kinds=definite,indirect \
    build/dev/tests/sello_tests '~*a megabyte*' '~*allocat*' # valgrind's own operator new is not counted
}

# A program of the preset `dev` that counts what it tried.
inbox() {
  build || return 1
  [ -e "build/dev/tests/inbox/CMakeFiles/$1.dir" ] || { echo 'skipped: SQLite or libpq is not installed'; return 77; }
  cmake --build build/dev --target "$1" > "$logs/build.log" 2>&1 || { cat "$logs/build.log"; return 1; }
  "build/dev/tests/inbox/$1" ${long:+--long}
}

# What has that tag, in both stores; long: again and again, for what several threads do.
inbox_tests() {
  build || return 1
  local folder=build/dev/tests/inbox status=0 times=1
  [ -z "$long" ] || times=20
  [ -x "$folder/sello_tests_inbox" ] || { echo 'skipped: SQLite is not installed'; return 77; }
  for _ in $(seq "$times"); do
    "$folder/sello_tests_inbox" "[$1]" || return 1
    [ -x "$folder/sello_tests_postgres" ] || continue
    "$folder/postgres_server" "$folder/sello_tests_postgres" "[$1]" || status=$?
    [ "$status" -eq 0 ] || [ "$status" -eq 77 ] || return 1
  done
  [ "$status" -eq 0 ] && [ -x "$folder/sello_tests_postgres" ] || echo 'in SQLite alone: PostgreSQL is not installed'
}

inbox_faults() {
  inbox_tests faults || return
  local status=0
  build/dev/tests/inbox/small_disk build/dev/tests/inbox/inbox_full_disk || status=$?
  [ "$status" -eq 0 ] || [ "$status" -eq 77 ]
}

# Of PostgreSQL, which is started as a user of its own.
postgres_full_disk() {
  build || return 1
  local folder=build/dev/tests/inbox
  [ -e "$folder/CMakeFiles/inbox_full_disk_postgres.dir" ] || { echo 'skipped: SQLite or libpq is not installed'; return 77; }
  [ "$(id -u)" -eq 0 ] || { echo 'skipped: only root can mount a disk for another user'; return 77; }
  cmake --build build/dev --target inbox_full_disk_postgres > "$logs/build.log" 2>&1 || { cat "$logs/build.log"; return 1; }
  "$folder/postgres_server" true || return
  "$folder/small_disk" --size 96m "$folder/inbox_full_disk_postgres"
}

demo() {
  build || return 1
  [ -x build/dev/examples/demo ] || { echo 'skipped: cpp-httplib is not installed'; return 77; }
  build/dev/examples/demo
}

# The program sello, as people use it.
program() {
  build || return 1
  [ -x build/dev/examples/cli/sello ] || { echo 'skipped: CLI11 or cpp-httplib is not installed'; return 77; }
  tests -L cli
}

bench() {
  cmake --preset bench || { echo 'skipped: Google Benchmark is not installed'; return 77; }
  cmake --build --preset bench && "build/bench/tests/bench/$1"
}

# Each example server: <script of tests/servers> <options>
each_server() {
  have python3 || return
  build || return 1
  local script=$1 server failed=0 ran=0
  shift
  for server in beast microhttpd restinio httplib; do
    [ -x "build/dev/examples/server_$server" ] || { echo "left out: $server"; continue; }
    echo "== $server"
    local options=("$@")
    [ "$script $server" = 'soak httplib' ] && options+=(--proxy)
    python3 "tests/servers/$script.py" "$server" "build/dev/examples/server_$server" "${options[@]}"
    case $? in
      0) ran=1 ;;
      77) ;;
      *) failed=1 ;;
    esac
  done
  [ "$failed" -eq 0 ] || return 1
  [ "$ran" -eq 1 ] || return 77
}

# --- The table. ---

line() { printf '%-14s | %-66s | %-8s | %s\n' "$@"; }

# claim <name> <claim> <command...>
claim() {
  local name=$1 words=$2 log=$logs/$1.log status=0 began=$SECONDS
  shift 2
  # shellcheck disable=SC2053
  [[ $name == $pattern ]] || return 0
  "$@" > "$log" 2>&1 || status=$?
  if [ "$status" -eq 0 ] && [ "$(said "$log")" = "${all_skipped}" ]; then status=77; fi
  case $status in
    0) line "$name" "$words" holds "$(said "$log"), $((SECONDS - began)) s" ;;
    77) line "$name" "$words" skipped "$(why_skipped "$log")" ;;
    *) line "$name" "$words" FAILS "see $log"; failed+=("$name") ;;
  esac
  looked=$((looked + 1))
}
long_claim() { [ "$form" = short ] || claim "$@"; }

all_skipped='no test could run here'
why_skipped() { grep -hoE '^skipped: .*' "$1" | head -n 1 | sed 's/^skipped: //' | grep . || echo "$all_skipped"; }

# How much was checked, from the end of a log.
said() {
  local all skipped
  all=$(grep -oE 'tests failed out of [0-9]+' "$1" | tail -n 1 | grep -oE '[0-9]+')
  skipped=$(grep -cE '\*\*\*Skipped' "$1")
  if [ -z "$all" ]; then
    grep . "$1" | tail -n 1 | tr -s ' =' ' ' | cut -c 1-60
  elif [ "$skipped" -eq 0 ]; then
    echo "$all tests"
  elif [ "$skipped" -eq "$all" ]; then
    echo "$all_skipped"
  else
    echo "$((all - skipped)) tests, $skipped not runnable here"
  fi
}

line name claim result 'what was checked'

claim vectors 'each rule of verification gives its verdict, on every published vector' tests -R 'every vector gets its verdict'
claim answers 'HMAC and base64 have the answers of RFC 4231 and RFC 4648' tests -R 'answers of RFC'
claim interop 'the official svix package and the senders'\'' own functions agree' tests -L interop
claim misuse 'what must not be written does not compile' tests -L compile_fail
claim twice 'two units and a shared library in one program agree' tests -R '^odr'
claim constant_time 'no branch or address depends on a key or a MAC before the verdict' tests -R '^proof.constant_time'
claim failures 'a failing OpenSSL call or allocation refuses; it never accepts or leaks' tests -R '^proof.(failing|openssl_calls)'
claim secrets 'keys are wiped; secrets and payloads are in no error, record or answer' tests -R '^proof.(wiped|canary)'
claim allocations 'a delivery that is refused allocates nothing' tests -R 'allocates nothing|allocations are counted'
claim bounds 'work is linear, and bounded: 16 signatures, 8 KiB a header, 64 levels' \
  tests -R 'a megabyte|8 KiB|16 signatures|64 levels'
claim attacks 'the attack set gets the statuses it must, in memory and over sockets' \
  tests -R '^(example.test_an_endpoint|servers[.][a-z_]+$)'
if [ "$form" = short ]; then
  claim arrival 'each refusal arrives: nginx, curl, urllib, fetch see its status' each_server arrival --times 3
  claim soak 'an honest sender is answered within 5 s among 1,100 strangers' each_server soak --seconds 5
else
  claim arrival 'each refusal arrives: nginx, curl, urllib, fetch see its status' each_server arrival --times 100
  claim soak 'an honest sender is answered within 5 s among 1,100 strangers' each_server soak --seconds 60
fi
claim deploying 'the configurations of the page Deploying do what it says' tests -R '^servers.deploying'
claim corpora 'every input the fuzzers kept passes the comparison with a second reading' tests -L fuzz
claim model 'no order of faults loses, doubles or strands work; twelve broken variants are caught' tests/model/check.sh ${long:+--long}
claim power_cut 'with the power cut behind every operation, nothing acknowledged is lost or doubled' inbox inbox_power_cut
claim sigkill 'nor with receivers, workers and PostgreSQL killed at random moments' inbox inbox_sigkill
claim inbox_stores 'both stores of an inbox pass the same tests, in a real PostgreSQL too' \
  tests -L inbox
claim inbox_concurrency 'senders, workers and processes at once: one effect a delivery' inbox_tests concurrency
claim inbox_faults 'full, read-only, damaged disks and cut connections: 503, none lost' inbox_faults
claim inbox_full_disk 'nor on a full disk under PostgreSQL, its log or its tables' postgres_full_disk
claim inbox_schedules 'what Gu1 and Svix were answered takes effect, through any outage' inbox_tests schedules
claim inbox_leaks 'no payload, secret or signature in what an inbox says of itself' inbox_tests conformance
claim inbox_servers 'each server mounts an inbox; who heard no answer is known again' tests -R '^servers[.]inbox[.]'
claim inbox_demo 'a process killed three times in mid-work loses and doubles nothing' demo
claim program 'sello prints no secret, obeys no peer, and ends as it says' program
if [ "$form" = short ]; then
  claim fuzz 'nothing is accepted that a second, plain implementation refuses' fuzz 30 20000
  claim mutation 'a rule that is broken fails a test (a sample)' tests/mutation/run.sh 'window.*'
else
  claim fuzz 'nothing is accepted that a second, plain implementation refuses' fuzz 600
  claim mutation 'every rule that is broken fails a test' tests/mutation/run.sh
fi
claim cppcheck 'cppcheck has no finding in the headers' cppcheck_headers
claim tidy 'clang-tidy has no finding in the headers' tidy_headers
claim compiled 'sello::compiled does what the headers do, in programs of both kinds too' preset g++ compiled
claim asan 'no test reads or writes what it must not (ASan, UBSan, checked libstdc++)' preset clang++-19 asan
long_claim compiled_clang 'and so it does as clang compiles it' preset clang++-19 compiled-clang
long_claim analyser "clang's analyser has no finding on the way through the headers" analyse
long_claim tsan 'no test races (ThreadSanitizer)' preset g++ tsan
long_claim inbox_races 'nor do threads on an inbox in PostgreSQL, and a lock left out is noticed' tests/inbox/races.sh
long_claim memcheck 'no test reads what was never written, or leaks (valgrind)' memcheck
long_claim coverage 'the tests run 98 % of the lines of include/; the rest is explained' tests/coverage.sh
long_claim timing 'a forgery that is nearly right takes no longer (dudect; |t| below 4.5)' bench bench_dudect
long_claim inbox_cost 'what an acknowledgement and an effect cost, beside the goals; syncs are counted' bench bench_inbox
long_claim diagnosis_cost 'a diagnosis of 1 MiB with eight secrets takes less than two seconds' bench bench_diagnose
long_claim cost 'the worst inputs that the fuzzer found cost what their size does' bench bench_hostile

[ "$looked" -gt 0 ] || { echo "no claim is called $pattern" >&2; exit 1; }

# What failed, last: a reader of a long output begins at its end.
for name in "${failed[@]}"; do
  printf '\n==> %s\n' "$name"
  grep -nE '\(Failed\)|\(Timeout\)|\*\*\*|FAILED|[Ee]rror:' "$logs/$name.log" | head -n 20
  printf '... the end of it:\n'
  tail -n 80 "$logs/$name.log"
done
[ ${#failed[@]} -eq 0 ] || printf '\nFailed: %s\n' "${failed[*]}"
[ ${#failed[@]} -eq 0 ]
