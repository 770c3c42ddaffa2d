#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Runs the tests of an inbox in a real PostgreSQL under ThreadSanitizer, those of many threads ten times. Then again with one
# lock of sello's left out at a time: that race must be reported.
#
#   tests/inbox/races.sh
#
# Ends with 1 if there is a race, or a control is not caught, and with 77 where something is not installed. Debian's libpq and
# OpenSSL are not instrumented; nothing is reported of them, so nothing is suppressed.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
export TSAN_OPTIONS="halt_on_error=1 ${TSAN_OPTIONS:-}"

programs=build/tsan/tests/inbox
command -v g++ > /dev/null || { echo 'skipped: g++ is not installed'; exit 77; }
cmake --preset tsan > /dev/null || exit 1
[ -e "$programs/CMakeFiles/sello_tests_postgres.dir" ] || { echo 'skipped: SQLite or libpq is not installed'; exit 77; }
cmake --build --preset tsan --target postgres_server sello_tests_postgres || exit 1

"$programs/postgres_server" "$programs/sello_tests_postgres" || exit
for _ in {1..10}; do
  "$programs/postgres_server" "$programs/sello_tests_postgres" '[concurrency]' || exit
done

# --- The controls. ---

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
flags=(-std=c++20 -w -g1 -pthread -fsanitize=thread -DSELLO_TEST_POSTGRES -I tests -isystem "$(pg_config --includedir)")
catch=()
if echo 'int main() {}' | g++ -x c++ - -o "$work/probe" -lCatch2Main -lCatch2 2> /dev/null; then catch=(-lCatch2Main -lCatch2); fi
g++ "${flags[@]}" -c tests/main.cpp -o "$work/main.o" || exit 1
caught=0

# without <lock> <header in inbox/detail> <the line before> <who races>: a copy of the headers that does not take it there.
without() {
  local lock=$1 header=include/sello/inbox/detail/$2 before=$3 who=$4
  rm -rf "$work/include"
  cp -r include "$work/include"
  awk -v lock="$lock" -v before="$before" '
    index(last, before) && index($0, lock) { last = $0; left_out++; next }
    { last = $0; print }
    END { exit left_out != 1 }' "$header" > "$work/$header" || { echo "control: $2 has no such lock behind: $before"; exit 1; }
  g++ "${flags[@]}" -I "$work/include" tests/inbox/concurrency.test.cpp "$work/main.o" "${catch[@]}" -lpq -lsqlite3 \
    -lcrypto -o "$work/test" || exit 1
  "$programs/postgres_server" "$work/test" '[concurrency]' > "$work/out" 2>&1
  if ! grep -q 'ThreadSanitizer: data race' "$work/out" || ! grep -q " sello::.*$who" "$work/out"; then
    tail -n 40 "$work/out"
    echo "control: no race is reported without the lock of $who"
    exit 1
  fi
  echo "control: without the lock of $who its race is reported"
  caught=$((caught + 1))
}

without 'lock{mutex_}' postgres_database.hpp 'void count(' database::count
without 'lock{owner->mutex_}' postgres_database.hpp '~giving_back()' 'pool::with'
without 'lock{mutex_}' lease_keeper.hpp 'void renew()' 'seat::renew'
echo "no race in 11 runs; the race of each of $caught locks left out is reported"
