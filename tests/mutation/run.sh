#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Breaks one rule of the library at a time, and shows which unit test fails for it.
#
#   tests/mutation/run.sh [-j jobs] [-l] [name-pattern]
#
# The mutants are in mutants.txt. Each is applied to a copy of include/; then the unit tests that it names, those of the
# rule, are built against the copy and run until one fails. Ends with 1 if a mutant survives, does not compile, or no
# longer fits the source. CXX chooses the compiler. -l lists the names; the pattern is one of the shell ('verifier.*').
set -u -o pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tests=$here/..
include=$here/../../include
cxx=${CXX:-c++}
jobs=2
list=no

while getopts j:l option; do
  case $option in
    j) jobs=$OPTARG ;;
    l) list=yes ;;
    *) exit 2 ;;
  esac
done
shift $((OPTIND - 1))
pattern=${1:-*}

# --- The mutants: arrays of the same length. ---

names=() files=() killers=() olds=() news=()

read_mutants() {
  local line part=none
  while IFS= read -r line; do
    case $line in
      '## '*) part=none ;;
      '@ '*)
        read -r _ name file killer <<<"$line"
        names+=("$name") files+=("$file") killers+=("$killer") olds+=('') news+=('')
        part=old
        ;;
      '-'*) [[ $part == old ]] && olds[-1]+="${line:1}"$'\n' ;;
      '+'*) news[-1]+="${line:1}"$'\n' ;;
    esac
  done <"$here/mutants.txt"
}

# --- Building and running one unit test. ---

flags=(-std=c++20 -O0 -w -pthread "-DSELLO_TEST_DATA_DIR=\"$tests\"")

build_common() {
  cat >"$work/common.hpp" <<'EOF'
#include <openssl/evp.h>

#include <chrono>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "catch.hpp"
EOF
  "$cxx" "${flags[@]}" -I"$tests" -x c++-header "$work/common.hpp" -o "$work/common.hpp.gch" || return
  "$cxx" "${flags[@]}" -I"$tests" -c "$tests/main.cpp" -o "$work/main.o" || return
  "$cxx" "${flags[@]}" -I"$tests" -I"$include" -c "$tests/support/allocations.cpp" -o "$work/allocations.o" || return
  if echo 'int main() {}' | "$cxx" -x c++ - -o "$work/probe" -lCatch2Main -lCatch2 2>/dev/null; then
    catch=(-lCatch2Main -lCatch2)
  else
    catch=()
  fi
}

# A test is one of tests/unit, by its path without .test.cpp, or stores/ one of tests/inbox, which runs over the stores, or
# postgres/ the same in a PostgreSQL that is started for it, or proof/failing_openssl, which makes OpenSSL fail.
sources_of() {
  case $1 in
    stores/* | postgres/*) echo "$tests/inbox/${1#*/}.test.cpp" "$work/main.o" ${catch[@]+"${catch[@]}"} ;;
    proof/*) echo "$tests/$1.cpp" "$tests/proof/scenarios.cpp" ;;
    *) echo "$tests/unit/$1.test.cpp" "$work/main.o" "$work/allocations.o" ${catch[@]+"${catch[@]}"} ;;
  esac
}

options_of() {
  [[ $1 != inbox/* && $1 != stores/* ]] || echo -lsqlite3
  [[ $1 != observe/* ]] || echo -lprometheus-cpp-core
  [[ $1 != json/* ]] || echo -lsimdjson
  [[ $1 != postgres/* ]] || echo -DSELLO_TEST_POSTGRES -isystem /usr/include/postgresql -lpq -lsqlite3
  [[ $1 != proof/* ]] || grep -oE '(CRYPTO|EVP)_[A-Za-z_]+' <(sed -n '/calls_that_fail/,/)/p' "$tests/proof/openssl_calls.cmake") |
    sort -u | sed 's/^/-Wl,--wrap=/'
}

# run_test <include> <test> <scratch>: 0 passed, 1 failed, 2 does not compile.
run_test() {
  local program=$3/test
  # shellcheck disable=SC2046
  "$cxx" "${flags[@]}" -include "$work/common.hpp" -I"$1" -I"$tests" $(sources_of "$2") $(options_of "$2") -lcrypto \
    -o "$program" >"$3/compile.log" 2>&1 || return 2
  local arguments=(--abort) command=(timeout 120)
  [[ $2 != proof/* ]] || arguments=()
  [[ $2 != postgres/* ]] || command=(timeout 300 "$work/postgres_server")
  { "${command[@]}" "$program" ${arguments[@]+"${arguments[@]}"} >"$3/run.log" 2>&1; } 2>/dev/null || return 1
}

# The name of the test case: Catch prints it between two rulers before what failed, the proofs behind FAILED.
failed_case() {
  awk '/^FAILED/ {sub(/^FAILED /, ""); print; exit}
       /^-----/ {getline line; if (line !~ /^-|^\.\.|:[0-9]+$/) name = line}
       /: FAILED:/ {print name; exit}' "$1"
}

compiles() {
  find "$1/sello" -name '*.hpp' -not -path '*/server/*' -not -path '*/inbox/*' -not -path '*/observe/*' -not -path '*/json/*' \
    -printf '#include "%p"\n' >"$2/all.cpp"
  "$cxx" "${flags[@]}" -include "$work/common.hpp" -I"$1" -I"$tests" -fsyntax-only "$2/all.cpp" >"$2/compile.log" 2>&1
}

# --- One mutant. ---

judge() {
  local i=$1 scratch source text
  scratch=$work/mutant.$i
  mkdir -p "$scratch"
  cp -r "$include" "$scratch/include"
  source=$scratch/include/sello/${files[i]}
  text=$(cat "$source" && echo .)
  text=${text%.}
  local old=${olds[i]} new=${news[i]}
  if [[ $text != *"$old"* ]]; then
    say "$i" 'DOES NOT FIT' "its old text is not in ${files[i]}"
    return
  fi
  printf '%s' "${text%%"$old"*}$new${text#*"$old"}" >"$source"
  local test result
  for test in ${killers[i]}; do
    run_test "$scratch/include" "$test" "$scratch"
    result=$?
    case $result in
      1)
        say "$i" killed "$test: $(failed_case "$scratch/run.log")"
        return
        ;;
      2)
        if compiles "$scratch/include" "$scratch"; then
          say "$i" killed "$test: does not compile"
        else
          say "$i" 'DOES NOT COMPILE' "$(grep -m1 error "$scratch/compile.log")"
        fi
        return
        ;;
    esac
  done
  say "$i" SURVIVED ''
}

say() {
  printf '%-44s %-16s %s\n' "${names[$1]}" "$2" "$3" | tee -a "$work/table"
  rm -rf "$work/mutant.$1"
}

# --- All of them. ---

read_mutants
chosen=()
for i in "${!names[@]}"; do
  # shellcheck disable=SC2053
  [[ ${names[i]} == $pattern ]] && chosen+=("$i")
done
if [[ $list == yes ]]; then
  for i in "${chosen[@]}"; do echo "${names[i]}"; done
  exit 0
fi
((${#chosen[@]} > 0)) || { echo "no mutant is called $pattern" >&2; exit 2; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
: >"$work/table"
build_common || exit 2

# Those of PostgreSQL are left out where it is not installed.
if [[ -d /usr/lib/postgresql && -e /usr/include/postgresql/libpq-fe.h ]]; then
  "$cxx" "${flags[@]}" -I"$tests" "$tests/inbox/postgres_server.cpp" -o "$work/postgres_server" || exit 2
else
  kept=()
  for i in "${chosen[@]}"; do [[ ${killers[i]} == postgres/* ]] || kept+=("$i"); done
  echo "$((${#chosen[@]} - ${#kept[@]})) mutants are left out: PostgreSQL is not installed"
  chosen=(${kept[@]+"${kept[@]}"})
fi

in_parallel() { while (($(jobs -rp | wc -l) >= jobs)); do wait -n; done; }

# What fails without a mutant kills nothing.
check_unchanged() {
  local scratch=$work/unchanged/$1
  mkdir -p "$scratch"
  run_test "$include" "$1" "$scratch" && return
  echo "$1 fails on the unchanged source:" >&2
  tail -n 20 "$scratch"/*.log >&2
  touch "$work/broken"
}
for test in $(for i in "${chosen[@]}"; do tr ' ' '\n' <<<"${killers[i]}"; done | sort -u); do
  in_parallel
  check_unchanged "$test" &
done
wait
[[ -e $work/broken ]] && exit 2

for i in "${chosen[@]}"; do
  in_parallel
  judge "$i" &
done
wait

killed=$(grep -c ' killed  ' "$work/table")
echo
echo "$killed of ${#chosen[@]} mutants killed"
grep -v ' killed  ' "$work/table"
((killed == ${#chosen[@]}))
