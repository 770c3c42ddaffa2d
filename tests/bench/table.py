# SPDX-License-Identifier: MIT
"""Asks each contender in turn, round after round, and prints tables of the medians: what a neighbour on the machine does to one
of them, it does to all. A contender is a program that answers each line "<operation> <body>" with nanoseconds of CPU time.

table.py <rounds> <name>=<command>... ; the first is sello's, and writes the bodies."""
import shlex
import statistics
import subprocess
import sys

SENDERS = {"akua": "Akua, 168 bytes", "gu1": "Gu1, 1,002 bytes", "kuenta": "Kuenta, 250 bytes"}
SIZES = [64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304]
REFUSALS = ["missing_header", "malformed_signature", "timestamp_too_old", "signature_mismatch", "signature_of_sixteen",
            "malformed_json", "duplicate_key", "missing_field", "body_too_large"]

# What the first table shows: contender, operation, words.
ROWS = [
    ("sello", "compression", "SHA-256's compression alone"),
    ("sello", "digest", "keyed digest, cloned (`EVP_MD_CTX`)"),
    ("sello", "verify", "**sello: verify**"),
    ("rust", "verify", "Rust: hmac, sha2, base64 or hex"),
    ("go", "verify", "Go: crypto/hmac"),
    ("sello", "accept", "nlohmann: accept"),
    ("sello", "parse", "nlohmann: parse"),
    ("sello", "simdjson", "simdjson: DOM"),
    ("sello", "decode", "**sello: decode and call the handler**"),
    ("rust", "decode", "Rust: serde_json into a struct"),
    ("go", "decode", "Go: encoding/json into a struct"),
    ("sello", "receive", "**sello: receive, all of it**"),
    ("sello", "receive_observed", "sello: the same with an observer"),
    ("sello", "receive_simdjson", "sello: the same with simdjson"),
    ("sello", "by_hand", "by hand: `HMAC()`, compare, nlohmann: parse"),
    ("rust", "receive", "Rust: both"),
    ("go", "receive", "Go: both"),
    ("standardwebhooks", "receive", "npm standardwebhooks and JSON.parse; for a hex MAC node:crypto"),
    ("svix", "receive", "npm svix and JSON.parse; for a hex MAC node:crypto"),
]

# The second: words, what is divided by what. A number in front is a factor.
RATIOS = [
    ("verify ÷ keyed digest", ("sello", "verify"), ("sello", "digest")),
    ("verify ÷ Rust's", ("sello", "verify"), ("rust", "verify")),
    ("verify ÷ Go's", ("sello", "verify"), ("go", "verify")),
    ("verify, each of two threads ÷ one alone", ("sello", "verify_in_two_threads"), ("sello", "verify")),
    ("verify with two keys ÷ with one", ("sello", "verify_with_two_keys"), ("sello", "verify")),
    ("decode ÷ nlohmann's accept", ("sello", "decode"), ("sello", "accept")),
    ("decode ÷ nlohmann's parse", ("sello", "decode"), ("sello", "parse")),
    ("receive ÷ by hand", ("sello", "receive"), ("sello", "by_hand")),
    ("receive, each of two threads ÷ one alone", ("sello", "receive_in_two_threads"), ("sello", "receive")),
    ("receive ÷ Rust's", ("sello", "receive"), ("rust", "receive")),
    ("receive with simdjson ÷ Rust's", ("sello", "receive_simdjson"), ("rust", "receive")),
    ("receive ÷ Go's", ("sello", "receive"), ("go", "receive")),
    ("receive ÷ npm standardwebhooks", ("sello", "receive"), ("standardwebhooks", "receive")),
    ("receive ÷ npm svix", ("sello", "receive"), ("svix", "receive")),
]


class Contender:
    def __init__(self, command):
        self.process = subprocess.Popen(shlex.split(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, operation, body):
        self.process.stdin.write(f"{operation} {body}\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().strip()
        if not answer:
            sys.exit(f"table.py: a contender ended at: {operation} {body}")
        return None if answer == "-" else float(answer)

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def questions():
    """Each once, those of one body side by side."""
    asked = {}
    for body in SENDERS:
        for contender, operation, _ in ROWS:
            asked[contender, operation, body] = None
        for _, *both in RATIOS:
            for contender, operation in both:
                asked[contender, operation, body] = None
    for size in map(str, SIZES):
        for contender, operation in [("sello", "digest"), ("sello", "verify"), ("sello", "verify_in_two_threads"),
                                     ("rust", "verify"), ("go", "verify")]:
            asked[contender, operation, size] = None
    for cause in REFUSALS:
        asked["sello", "refuse", cause] = None
    return list(asked)


def table(heads, rows):
    print("| " + " | ".join(heads) + " |")
    print("| --- |" + " ---: |" * (len(heads) - 1))
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print()


def main():
    rounds = int(sys.argv[1])
    contenders = {}
    for argument in sys.argv[2:]:
        name, command = argument.split("=", 1)
        contenders[name] = Contender(command)
        if len(contenders) == 1:
            contenders[name].ask("compression", "akua")  # now the bodies are there
    samples = {question: [] for question in questions() if question[0] in contenders}
    for _ in range(rounds):
        for question in list(samples):
            took = contenders[question[0]].ask(*question[1:])
            if took is None:
                del samples[question]
            else:
                samples[question].append(took)
    for contender in contenders.values():
        contender.end()
    medians = {question: statistics.median(all_of_it) for question, all_of_it in samples.items()}

    def time(contender, operation, body):
        took = medians.get((contender, operation, body))
        return "" if took is None else f"{took:,.0f}"

    def ratio(over, under, body):
        """The median of the rounds' ratios: both of one round have had the same neighbours."""
        pairs = zip(samples.get((*over, body), []), samples.get((*under, body), []))
        ratios = [above / below for above, below in pairs]
        return f"{statistics.median(ratios):.2f}" if ratios else ""

    print(f"\nMedians of {rounds} rounds, nanoseconds of CPU time:\n")
    rows = [[words] + [time(contender, operation, body) for body in SENDERS] for contender, operation, words in ROWS]
    table(["", *SENDERS.values()], [row for row in rows if any(row[1:])])

    print("Ratios:\n")
    rows = [[words] + [ratio(over, under, body) for body in SENDERS] for words, over, under in RATIOS]
    table(["", *SENDERS.values()], [row for row in rows if any(row[1:])])

    print("Verification by the size of the body, as ratios:\n")
    rows = []
    for size in map(str, SIZES):
        verify = ("sello", "verify")
        rows.append([f"{int(size):,}"] + [ratio(verify, under, size) for under in
                                          [("sello", "digest"), ("rust", "verify"), ("go", "verify")]] +
                    [ratio(("sello", "verify_in_two_threads"), verify, size)])
    table(["bytes", "÷ keyed digest", "÷ Rust's", "÷ Go's", "each of two threads ÷ one alone"], rows)

    print("Refusals of `receive`, Akua's body:\n")
    rows = [[f"`{cause}`", time("sello", "refuse", cause), f"{medians['sello', 'refuse', cause] / medians['sello', 'receive', 'akua']:.2f}"]
            for cause in REFUSALS]
    table(["", "ns", "÷ what is accepted"], rows)


main()
