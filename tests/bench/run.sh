#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What sello costs, beside what it is made of and beside what others cost, as tables of one run: medians of interleaved rounds, in
# CPU time; what it costs to compile; and what each server answers with it, beside a bare handler. The contenders are built
# here, from what Debian and npm have; one whose tools are missing is skipped in a line.
#
#   tests/bench/run.sh [rounds]      41 rounds take some minutes
#
# apt-get install libsimdjson-dev cargo librust-{hmac,sha2,base64,hex,libc,serde,serde-derive,serde-json}-dev golang-go nodejs npm wrk
set -euo pipefail

rounds=${1:-41}
bench=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
contenders=$bench/contenders
work=$bench/../../build/figures
mkdir -p "$work/bodies"
work=$(cd "$work" && pwd)
cd "$work"
set_up=()

skip() { printf 'skipped: %s\n' "$1"; }

# sello, and what is in its program. Flags and libraries as a user has them.
flags=(-std=c++20 -O2 -DNDEBUG -w "-I$bench/../../include" "-DBENCH_BODIES=\"$bench/bodies\"")
read -r -a found < <(pkg-config --cflags --libs nlohmann_json libcrypto)
if [ -e /usr/include/simdjson.h ]; then
  found+=(-lsimdjson)
else
  skip 'simdjson: libsimdjson-dev is not installed'
  flags+=(-DBENCH_WITHOUT_SIMDJSON)
fi
"${CXX:-g++}" "${flags[@]}" "$contenders/sello.cpp" -o sello "${found[@]}"
set_up+=("sello=$work/sello $work/bodies")
"${CXX:-g++}" --version | head -n 1
openssl version
[ -e /usr/include/simdjson.h ] && pkg-config --modversion nlohmann_json simdjson | paste -sd' ' | sed 's/^/nlohmann, simdjson /'

crates=/usr/share/cargo/registry
if ! command -v cargo >/dev/null; then
  skip 'Rust: there is no cargo'
elif ! ls -d $crates/hmac-* $crates/sha2-* $crates/base64-* $crates/hex-* $crates/libc-* $crates/serde_json-* >/dev/null 2>&1; then
  skip 'Rust: not all of librust-{hmac,sha2,base64,hex,libc,serde,serde-derive,serde-json}-dev are installed'
else
  mkdir -p rust
  cp -r "$contenders/rust/." rust
  options=(--config 'source.crates-io.replace-with="debian"' --config "source.debian.directory=\"$crates\"")
  if (cd rust && cargo build --quiet --release --offline "${options[@]}"); then
    set_up+=("rust=$work/rust/target/release/bench_rust $work/bodies")
    rustc --version
  else
    skip 'Rust: it does not build, see above'
  fi
fi

if ! command -v go >/dev/null; then
  skip 'Go: there is no go'
elif (cd "$contenders/go" && GOFLAGS=-mod=mod GOTOOLCHAIN=local go build -o "$work/go" .); then
  set_up+=("go=env GOMAXPROCS=1 $work/go $work/bodies")
  go version
else
  skip 'Go: it does not build, see above'
fi

if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
  skip 'npm: there is no node or no npm'
elif node "$contenders/node/main.mjs" svix "$work/npm" "$work/bodies" </dev/null; then
  for package in standardwebhooks svix; do
    set_up+=("$package=node $contenders/node/main.mjs $package $work/npm $work/bodies")
  done
  printf 'node %s, npm ' "$(node --version)"
  node -p 'Object.entries(require(process.argv[1]).dependencies).map(([name, version]) => `${name} ${version}`).join(", ")' \
    "$bench/../interop/package.json"
fi

python3 "$bench/table.py" "$rounds" "${set_up[@]}"

python3 "$bench/compile/table.py" 5 "$work/compile"

python3 "$bench/socket/table.py" 5 1 "$work/socket"
