# SPDX-License-Identifier: MIT
"""Compiles each unit of this folder in turn, round after round, and prints the medians: processor time and memory of the compiler,
beside those of the unit that only parses with nlohmann/json and includes OpenSSL's HMAC. With clang also where its time goes.

table.py <rounds> <directory for what it writes> ; takes the environment's CXX and CLANGXX"""
import json
import os
import pathlib
import shlex
import shutil
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
INCLUDE = HERE.parent.parent.parent / "include"
FLAGS = ["-std=c++20", "-O2", "-DNDEBUG", "-w", f"-I{INCLUDE}"]

# Words, unit, more flags.
COMPILED = ["-DSELLO_COMPILED"]
UNITS = [
    ("nlohmann: parse; OpenSSL: `HMAC()`", "nlohmann", []),
    ("`<sello/verify.hpp>`, one scheme, with `sello::compiled`", "verify", COMPILED),
    ("`<sello/verify.hpp>`, one scheme", "verify", []),
    ("`<sello/sello.hpp>`, one handler and one receiver a sender, with `sello::compiled`", "sello", COMPILED),
    ("`<sello/sello.hpp>`, one handler and one receiver a sender", "sello", []),
]


def flags_of_dependencies():
    asked = subprocess.run(["pkg-config", "--cflags", "nlohmann_json", "libcrypto"], capture_output=True, text=True)
    return shlex.split(asked.stdout)


def compile_once(compiler, unit, flags, output):
    """Seconds of processor time, and megabytes."""
    process = subprocess.Popen([*compiler, *FLAGS, *flags, "-c", str(HERE / f"{unit}.cpp"), "-o", str(output)])
    _, status, used = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"compile: {unit}.cpp does not compile")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def print_trace(clang, flags, work):
    """What clang says of the last unit: the wholes, and the headers and templates that take most of it."""
    output = work / "trace.o"
    subprocess.run([clang, *FLAGS, *flags, *UNITS[-1][2], "-ftime-trace", "-c", str(HERE / f"{UNITS[-1][1]}.cpp"), "-o", str(output)],
                   check=True)
    events = json.loads(output.with_suffix(".json").read_text())["traceEvents"]
    totals = {event["name"]: event["dur"] / 1e6 for event in events if event["name"].startswith("Total ")}
    print(f"Where {clang} spends its time in the last one, seconds: "
          + ", ".join(f"{name.lower()} {totals.get('Total ' + name, 0):.2f}" for name in ("Source", "Frontend", "Backend")) + ".")
    print("Templates that take most, with what they instantiate:\n")
    taken = {}
    for event in events:
        if event["name"] == "InstantiateFunction":
            detail = event["args"]["detail"]
            taken[detail] = taken.get(detail, 0) + event.get("dur", 0) / 1e3
    for detail, milliseconds in sorted(taken.items(), key=lambda one: -one[1])[:10]:
        print(f"- {milliseconds:,.0f} ms `{detail[:120]}`")
    print()


def main():
    rounds, work = int(sys.argv[1]), pathlib.Path(sys.argv[2])
    work.mkdir(parents=True, exist_ok=True)
    compiler = shlex.split(os.environ.get("CXX", "g++"))
    flags = flags_of_dependencies()
    seconds = {words: [] for words, _, _ in UNITS}
    megabytes = {words: [] for words, _, _ in UNITS}
    for _ in range(rounds):
        for words, unit, more in UNITS:
            time, memory = compile_once(compiler, unit, flags + more, work / f"{unit}.o")
            seconds[words].append(time)
            megabytes[words].append(memory)
    first = UNITS[0][0]
    print(f"Compilation of one unit, {' '.join(compiler)} -O2, medians of {rounds} rounds:\n")
    print("| | s | ÷ nlohmann | MB | ÷ nlohmann |\n| --- | ---: | ---: | ---: | ---: |")
    for words, _, _ in UNITS:
        time = statistics.median(seconds[words])
        ratio = statistics.median(one / floor for one, floor in zip(seconds[words], seconds[first]))
        memory = statistics.median(megabytes[words])
        print(f"| {words} | {time:.2f} | {ratio:.2f} | {memory:.0f} | {memory / statistics.median(megabytes[first]):.2f} |")
    print()
    clang = os.environ.get("CLANGXX") or shutil.which("clang++-19") or shutil.which("clang++")
    if clang:
        print_trace(clang, flags, work)
    else:
        print("skipped: where the time goes: there is no clang++")


main()
