#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The README's curl lines, sent to the example server whose code the README shows: each is answered with 200.
# Usage: tests/readme_curl.sh <server>
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

for tool in curl openssl base64 od; do
  command -v "$tool" > /dev/null || { echo "skipped: needs $tool"; exit 0; }
done

export KUENTA_SECRET=tu-secreto-webhook GU1_SECRET=8c1f0b6a5d3e4927 AKUA_SECRET=whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw
log=$(mktemp)
exec {out}< <(exec "$1" 0 2> "$log")
server=$!
trap 'kill $server; rm -f "$log"' EXIT
read -r said <&"$out"
address=${said#listening on }

lines=$(awk 'index($0, "**Send yourself a delivery**") { near = 1 } near && /^```$/ { exit } block { print } near && /^```sh$/ { block = 1 }' README.md)
answers=$(bash -euo pipefail -c '
  curl() { command curl --silent --show-error --output /dev/null --write-out "%{http_code} " "$@"; }
  '"${lines//127.0.0.1:8080/$address}")
if [ "$answers" != '200 200 200 ' ]; then
  echo "answered: $answers"
  cat "$log"
  exit 1
fi
echo 'three deliveries, each answered with 200'
