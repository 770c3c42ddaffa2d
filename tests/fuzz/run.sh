#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Runs the fuzzers for a while, each on a copy of its corpus, and prints one line a target.
# Usage: tests/fuzz/run.sh SECONDS [target...]; without targets all of them.
#   FUZZ_RUNS   how many inputs at most, from a fixed seed: what a gate needs, whose answer must not be luck
#   FUZZ_BUILD  where the fuzzers are, or are to be built (default: build/fuzz)
#   FUZZ_JOBS   how many run at once (default: 2)
#   FUZZ_WORK   where the grown corpora, the logs and the inputs that failed are kept (default: $FUZZ_BUILD/work)
#   CXX         a clang with libFuzzer (default: clang++)
set -euo pipefail

seconds=${1:?"usage: $0 SECONDS [target...]"}
shift
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
build=${FUZZ_BUILD:-$root/build/fuzz}
work=${FUZZ_WORK:-$build/work}
jobs=${FUZZ_JOBS:-2}

targets=("$@")
if [ ${#targets[@]} -eq 0 ]; then
  for folder in "$here"/corpus/*/; do targets+=("$(basename "$folder")"); done
fi

if [ -z "${FUZZ_NO_BUILD:-}" ]; then
  cmake -S "$root" -B "$build" -G Ninja -DCMAKE_CXX_COMPILER="${CXX:-clang++}" -DCMAKE_BUILD_TYPE=None \
    -DSELLO_BUILD_FUZZERS=ON -DSELLO_BUILD_EXAMPLES=OFF -DSELLO_TEST_PACKAGING=OFF > "$build.configure.log" ||
    { cat "$build.configure.log"; exit 1; }
  if [ ! -e "$build/tests/fuzz/CMakeFiles/fuzz_tokenisers.dir" ]; then # without simdjson there is none
    for i in "${!targets[@]}"; do [ "${targets[i]}" != tokenisers ] || unset "targets[i]"; done
  fi
  cmake --build "$build" --target "${targets[@]/#/fuzz_}" > "$build.build.log" || { cat "$build.build.log"; exit 1; }
  rm -f "$build.configure.log" "$build.build.log"
fi

bounds=(-max_total_time="$seconds")
[ -z "${FUZZ_RUNS:-}" ] || bounds+=(-seed=1 -runs="$FUZZ_RUNS")

# One target; its line goes to $work/<target>/line.
run_one() {
  local target=$1 place=$work/$1 result=passed status=0
  mkdir -p "$place/corpus" "$place/findings"
  cp -n "$here/corpus/$target"/* "$place/corpus/"
  "$build/tests/fuzz/fuzz_$target" "$place/corpus" "${bounds[@]}" -dict="$here/sello.dict" \
    -artifact_prefix="$place/findings/" -timeout=10 -rss_limit_mb=4096 -print_final_stats=1 -verbosity=1 \
    > "$place/log" 2>&1 || status=$?
  [ "$status" -eq 0 ] || result="FAILED, see $place"
  awk -v target="$target" -v result="$result" '
    /cov: / { for (i = 1; i < NF; ++i) { if ($i == "cov:") cov = $(i + 1)
                                         if ($i == "ft:") ft = $(i + 1)
                                         if ($i == "corp:") corpus = $(i + 1) } }
    /stat::number_of_executed_units:/ { runs = $2 }
    /stat::average_exec_per_sec:/ { rate = $2 }
    END { printf "%-14s %12s %8s %6s %7s %12s  %s\n", target, runs, rate, cov, ft, corpus, result }' \
    "$place/log" > "$place/line"
  [ "$status" -eq 0 ]
}

printf '%-14s %12s %8s %6s %7s %12s  %s\n' target executions exec/s cov ft corpus result
failed=0
for target in "${targets[@]}"; do
  while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do wait -n || failed=1; done
  run_one "$target" &
done
while [ -n "$(jobs -rp)" ]; do wait -n || failed=1; done
for target in "${targets[@]}"; do
  cat "$work/$target/line"
  if grep -q FAILED "$work/$target/line"; then failed=1; fi
done
exit "$failed"
