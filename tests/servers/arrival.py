# SPDX-License-Identifier: MIT
"""Each answer of sello arrives at its sender, also one that is given before the body has come.

arrival.py <server> <program> [--times N]: the example server behind nginx, which buffers requests or does not, with
HTTP/1.0, 1.1 and 2 in front; and without it, from curl, Python's urllib and node's fetch. Small bodies, 60 kB and 3 MB;
good, unsigned, stale, and over the limit. The sender must see sello's own status each time.
"""

import argparse
import collections
import http.client
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

import serving

LARGE = 3_000_000
OURS = {b"ok\n", b"refused\n"}


def cases():
    """Name, body, headers, and the status that is due."""
    for size, name in [(0, "small"), (60_000, "60 kB"), (LARGE, "3 MB")]:
        body = serving.delivery(size)
        due = [413, 413, 413] if size == LARGE else [200, 401, 401]
        yield name + ", good", body, serving.sign(body), due[0]
        yield name + ", unsigned", body, {"Content-Type": "application/json"}, due[1]
        yield name + ", stale", body, serving.sign(body, age=400), due[2]


def with_curl(url, body, headers, times, *options):
    with tempfile.TemporaryDirectory() as folder:
        sent = pathlib.Path(folder, "body")
        sent.write_bytes(body)
        lines = [item for name, value in headers.items() for item in ("-H", f"{name}: {value}")]
        done = subprocess.run(
            ["curl", "-sk", "--max-time", "20", "--expect100-timeout", "0.05", "--data-binary", f"@{sent}", *lines]
            + [*options, "-o", f"{folder}/#1", "-w", "%{http_code}\n", f"{url}?[1-{times}]"],
            capture_output=True,
            text=True,
            check=False,
        )
        statuses = done.stdout.split()
        for i, status in enumerate(statuses):
            answer = pathlib.Path(folder, str(i + 1))
            if not answer.exists() or answer.read_bytes() not in OURS:
                statuses[i] = status + " of another"
        return statuses


def with_urllib(url, body, headers, times):
    for _ in range(times):
        try:
            with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=20) as answer:
                yield str(answer.status) + ("" if answer.read() in OURS else " of another")
        except urllib.error.HTTPError as refused:
            with refused:
                yield str(refused.status) + ("" if refused.read() in OURS else " of another")
        except (OSError, http.client.HTTPException) as fault:
            yield f"none: {fault}"


def with_fetch(url, body, headers, times):
    with tempfile.NamedTemporaryFile("w", suffix=".json") as sent:
        json.dump({"url": url, "headers": headers, "body": body.decode(), "times": times}, sent)
        sent.flush()
        fetch = pathlib.Path(__file__).with_name("fetch.mjs")
        return subprocess.run(
            ["node", fetch, sent.name], capture_output=True, text=True, check=False
        ).stdout.splitlines()


def proxy(upstream, ports):
    """Four servers of nginx: buffered and not, each for HTTP/1 and for HTTP/2."""
    text = "  client_max_body_size 8m;\n"
    for (buffering, protocol), port in ports.items():
        text += f"""  server {{
    listen 127.0.0.1:{port}{' http2' if protocol == 'h2' else ''};
    location / {{
      proxy_pass http://127.0.0.1:{upstream};
      proxy_request_buffering {buffering};
    }}
  }}
"""
    return text


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("server")
    parser.add_argument("program")
    parser.add_argument("--times", type=int, default=100)
    chosen = parser.parse_args()
    if shutil.which("curl") is None:
        serving.skip("curl is not installed")

    wrong = checked = 0

    def judge(way, name, due, statuses):
        nonlocal wrong, checked
        got = collections.Counter(statuses)
        checked += chosen.times
        good = got[str(due)]
        if good != chosen.times or sum(got.values()) != chosen.times:
            wrong += 1
            print(f"{way:32} {name:18} {due}: {good} of {chosen.times}; {dict(got)}   WRONG")

    with serving.Server(chosen.program, f"arrival.{chosen.server}.log") as server:
        direct = f"http://127.0.0.1:{server.port}{serving.PATH}"
        ways = {"curl": with_curl, "urllib": with_urllib}
        if shutil.which("node"):
            ways["node's fetch"] = with_fetch
        else:
            print("node is not installed: left out")
        for way, send in ways.items():
            for name, body, headers, due in cases():
                judge(way, name, due, send(direct, body, headers, chosen.times))

        if serving.Nginx.program() is None:
            print("nginx is not installed: left out")
        else:
            serving.versions([[serving.Nginx.program(), "-v"]])
            ports = {(b, p): serving.free_port() for b in ["on", "off"] for p in ["h1", "h2"]}
            with serving.Nginx(proxy(server.port, ports), ports["on", "h1"]) as nginx:
                fronts = {"1.0": ["-0"], "1.1": ["--http1.1"], "2": ["--http2-prior-knowledge"]}
                for (buffering, protocol), port in ports.items():
                    for version, options in fronts.items():
                        if (version == "2") != (protocol == "h2"):
                            continue
                        way = f"nginx, buffering {buffering}, HTTP/{version}"
                        for name, body, headers, due in cases():
                            url = f"http://127.0.0.1:{port}{serving.PATH}"
                            if version == "2":  # curl 7.88 fails where it uses such a connection again
                                sent = [with_curl(url, body, headers, 1, *options) for _ in range(chosen.times)]
                                statuses = [status for each in sent for status in each]
                            else:
                                statuses = with_curl(url, body, headers, chosen.times, *options)
                            judge(way, name, due, statuses)
                if wrong:
                    print("\n".join(nginx.errors().splitlines()[:5]))
    serving.versions([["curl", "--version"], [sys.executable, "--version"]])
    print(f"{checked} requests, {wrong} kinds of them without sello's own status each time")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
