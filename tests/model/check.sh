#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Has spin visit every state of inbox.pml, and find what goes wrong in each broken variant of it.
#
#   tests/model/check.sh [--long]
#
# One line for each set of budgets: states, depth, what was found. --long gives the faults more room, and takes some
# minutes and 6 GB. Ends with 1 if the model fails or a broken variant does not, and with 77 where spin is missing.
set -uo pipefail
model=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/inbox.pml

for tool in spin cc; do
  command -v "$tool" > /dev/null || { echo "skipped: $tool is not installed"; exit 77; }
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0 looked=0 total=0

# explore <what: safety, cycles or shortest> <definitions...>: pan's words are in $work/out.
explore() {
  local what=$1 options=() run=()
  shift
  case $what in
    safety) options=(-DSAFETY -DCOLLAPSE) ;;
    cycles) options=(-DNP -DCOLLAPSE) run=(-l) ;;
    shortest) options=(-DSAFETY -DCOLLAPSE -DBFS) ;;
  esac
  rm -f "$work"/pan*
  (cd "$work" && spin -a "${@/#/-D}" "$model" && cc -O2 -w -DMEMLIM=6000 "${options[@]}" -o pan pan.c &&
    ./pan -m100000 "${run[@]}") > "$work/out" 2>&1
}

complete() { grep -q 'errors:' "$work/out" && ! grep -qE 'Search not completed|MEMLIM|max search depth too small' "$work/out"; }
states() { grep -oE '[0-9.e+]+ states, stored' "$work/out" | grep -oE '^[0-9.e+]+'; }
depth() { grep -oE 'depth reached [0-9]+' "$work/out" | grep -oE '[0-9]+'; }

# holds <safety or cycles> <budgets...>: every state was visited, and none is wrong.
holds() {
  local what=$1 result=holds
  explore "$@"
  shift
  if ! complete || ! grep -q 'errors: 0' "$work/out"; then
    result=FAILS failed=1
    tail -n 30 "$work/out" >&2
  fi
  looked=$((looked + 1)) total=$((total + $(printf '%.0f' "$(states)")))
  printf '%-8s | %-52s | %9s states, depth %3s | %s\n' "$what" "$*" "$(states)" "$(depth)" "$result"
}

# breaks <safety, shortest or cycles> <what pan must say> <variant> <budgets...>: a counterexample is found.
breaks() {
  local what=$1 words=$2 result='counterexample found'
  shift 2
  explore "$what" "$@"
  grep -qE "$words" "$work/out" || { result='NO COUNTEREXAMPLE'; failed=1; tail -n 30 "$work/out" >&2; }
  looked=$((looked + 1))
  printf '%-8s | %-52s | %9s states, depth %3s | %s\n' broken "$*" "$(states)" "$(depth)" "$result"
}

doubled='assertion violated .*done'   # an effect made twice
unsafe='assertion violated .*effects' # lost, stuck, or never asked for

if [ "${1:-}" = --long ]; then
  holds safety KILLS=2 CUTS=1 LATE=1 FAILS=0 REPLAYS=0 TRIES=2
  holds safety KILLS=1 CUTS=1 LATE=1 FAILS=0 REPLAYS=1 TRIES=1
  holds safety KILLS=2 CUTS=0 LATE=2 FAILS=1 REPLAYS=1 TRIES=1
  holds cycles KILLS=2 CUTS=0 LATE=1 FAILS=1 REPLAYS=1 TRIES=1
fi
holds safety KILLS=1 CUTS=1 LATE=1 FAILS=0 REPLAYS=0 TRIES=2
holds safety KILLS=2 CUTS=0 LATE=1 FAILS=0 REPLAYS=1 TRIES=1
holds safety KILLS=0 CUTS=1 LATE=1 FAILS=0 REPLAYS=1 TRIES=1
holds safety KILLS=3 CUTS=0 LATE=0 FAILS=1 REPLAYS=1 TRIES=1
holds cycles KILLS=1 CUTS=1 LATE=0 FAILS=0 REPLAYS=0 TRIES=2
holds cycles KILLS=1 CUTS=0 LATE=1 FAILS=1 REPLAYS=1 TRIES=1

few='KILLS=0 CUTS=0 LATE=0 FAILS=0 REPLAYS=0 TRIES=1'
with() { local set; for set in $few; do case " $* " in *" ${set%%=*}="*) ;; *) echo "$set" ;; esac; done; [ $# -eq 0 ] || printf '%s\n' "$@"; }
broken() { local what=$1 words=$2 name=$3; shift 3; mapfile -t budgets < <(with "$@"); breaks "$what" "$words" "$name" "${budgets[@]}"; }

broken shortest "$doubled" NO_MARK LATE=1
broken shortest "$doubled" TWO_TRANSACTIONS KILLS=1
broken shortest "$doubled" PRUNE_EARLY KILLS=1
broken shortest "$doubled" PRUNE_UNSYNCED CUTS=1
broken shortest "$doubled" PRUNE_ALL_GENERATIONS LATE=1 REPLAYS=1
broken shortest "$doubled" NO_SECOND_LOOK LATE=1
broken shortest "$unsafe" REPLAY_NEW_GENERATION KILLS=2 REPLAYS=1
broken shortest "$unsafe" FINISH_UNFENCED LATE=1 REPLAYS=1
broken shortest "$unsafe" NO_EXPIRY KILLS=1
broken shortest "$unsafe" NO_BARRIER KILLS=1 CUTS=1 TRIES=2
broken shortest "$unsafe" ANSWER_EARLY CUTS=1
broken cycles 'non-progress cycle' SHORT_LEASES

[ "$failed" -eq 0 ] || exit 1
echo "$total states visited, $looked sets of budgets, each broken variant failed"
