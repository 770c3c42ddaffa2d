# SPDX-License-Identifier: MIT
"""What a request costs each server of this folder, with sello's receivers beside a bare handler that answers 200 unseen: requests a
second, of wrk with four connections, one core for it and one for the server; and processor time of the server, which a
neighbour on the machine disturbs less. All in turn, round after round; the medians.

table.py <rounds> <seconds of each> <directory for the programs>"""
import hashlib
import hmac
import os
import pathlib
import shlex
import shutil
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
BODIES = HERE.parent / "bodies"
INCLUDE = HERE.parent.parent.parent / "include"
SERVERS = {  # its header, and what it links
    "httplib": ("httplib.h", "-lcpp-httplib"),
    "beast": ("boost/beast.hpp", "-lpthread"),
    "microhttpd": ("microhttpd.h", "-lmicrohttpd"),
    "restinio": ("restinio/all.hpp", "-lfmt -lhttp_parser -lpthread"),
}
SECRETS = {"KUENTA_SECRET": "a-secret-of-thirty-two-characters", "GU1_SECRET": "a-secret-of-thirty-two-characters"}
CASES = [  # what is posted, where sello takes it
    ("Kuenta's sample", "kuenta_sample", "/kuenta"),
    ("Gu1's approval, 1,002 bytes", "gu1_approval", "/gu1"),
    ("the same, simdjson", "gu1_approval", "/gu1/simdjson"),
]


def build(name, to):
    header, linked = SERVERS[name]
    compiler = shlex.split(os.environ.get("CXX", "g++"))
    for needed in (header, "simdjson.h"):
        found = subprocess.run([*compiler, "-std=c++20", "-E", "-x", "c++", "-", "-o", os.devnull], input=f"#include <{needed}>\n",
                               text=True, stderr=subprocess.DEVNULL)
        if found.returncode != 0:
            print(f"skipped: {name}, there is no {needed}")
            return None
    program = to / f"socket_{name}"
    subprocess.run([*compiler, "-std=c++20", "-O2", "-DNDEBUG", "-w", f"-I{INCLUDE}", str(HERE / f"{name}.cpp"), "-o", str(program),
                    "-lcrypto", "-lsimdjson", *linked.split()], check=True)
    return program


def script(body, to):
    """What wrk sends: it is signed now."""
    content = (BODIES / f"{body}.json").read_bytes()
    signature = hmac.new(SECRETS["GU1_SECRET"].encode(), content, hashlib.sha256).hexdigest()
    quoted = "".join(f"\\{byte:03d}" for byte in content)
    written = to / f"{body}.lua"
    written.write_text(f'wrk.method = "POST"\nwrk.body = "{quoted}"\nwrk.headers["Content-Type"] = "application/json"\n'
                       f'wrk.headers["X-Webhook-Signature"] = "{signature}"\n')
    return written


class Serving:
    def __init__(self, program, *choices):
        self.process = subprocess.Popen(["taskset", "-c", "0", program, *choices], stdout=subprocess.PIPE, text=True,
                                        env={**os.environ, **SECRETS})
        self.port = int(self.process.stdout.readline())

    def processor_time(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def load(self, seconds, lua, path):
        """Requests a second, and microseconds of processor time a request."""
        before = self.processor_time()
        done = subprocess.run(["taskset", "-c", "1", "wrk", "-t1", "-c4", f"-d{seconds}s", "-s", lua, f"http://127.0.0.1:{self.port}{path}"],
                              capture_output=True, text=True, check=True).stdout
        if "Non-2xx" in done:
            sys.exit("socket: an answer is no 2xx:\n" + done)
        words = done.split()
        rate, requests = float(words[words.index("Requests/sec:") + 1]), int(words[words.index("requests") - 1])
        return rate, (self.processor_time() - before) / requests * 1e6

    def end(self):
        self.process.kill()
        self.process.wait()


def main(rounds, seconds, to):
    for tool in ("wrk", "taskset"):
        if not shutil.which(tool):
            return print(f"skipped: the servers, there is no {tool}")
    if os.cpu_count() < 2:
        return print("skipped: the servers, they need two cores")
    to.mkdir(parents=True, exist_ok=True)
    print(f"\nAt the socket, medians of {rounds} rounds of {seconds} s. Bare: a handler that answers 200 unseen, whose connections are kept, "
          "or end after each answer, as\nthose of sello's adapters do but for Beast's.\n\n"
          "|  | bare, kept | bare, ended | sello | ÷ kept | ÷ ended | µs: bare, kept | bare, ended | sello |\n"
          "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for name in SERVERS:
        program = build(name, to)
        if not program:
            continue
        serving = [Serving(program, "bare", "keep"), Serving(program, "bare", "close"), Serving(program, "sello")]
        try:
            for words, body, path in CASES:
                lua = script(body, to)
                loads = [[], [], []]
                for _ in range(rounds):
                    for server, found in zip(serving, loads):
                        found.append(server.load(seconds, lua, path))
                rates, times = ([statistics.median(each[which] for each in found) for found in loads] for which in (0, 1))
                cells = [f"{each:,.0f}" for each in rates] + [f"{rates[2] / each:.2f}" for each in rates[:2]] + [f"{each:.1f}" for each in times]
                print(f"| {name}: {words} | " + " | ".join(cells) + " |", flush=True)
        finally:
            for server in serving:
                server.end()
    print()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), pathlib.Path(sys.argv[3]))
