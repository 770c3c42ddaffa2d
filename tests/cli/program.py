# SPDX-License-Identifier: MIT
"""The program under test: run to its end, or while it listens. No output of any run may have a secret in it."""

import contextlib
import json
import os
import pathlib
import select
import subprocess
import sys
import tempfile

PROGRAM = os.path.abspath(sys.argv[1])
FOLDER = pathlib.Path(tempfile.mkdtemp(prefix="sello_cli."))

AKUA = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SECRETS = {
    "kuenta": "a secret of Kuenta, \u00fcn\u00efcode",
    "akua": AKUA,
    "gu1": "8c1f0b6a5d3e49278c1f0b6a5d3e4927",
    "standard_webhooks": "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
    "standard_webhooks_v1a": "whsk_" + "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=",
}
PUBLIC_KEY = "whpk_eWt+A4zWymsg5H5NUAIQcQYMPFmj7xv+QVOQe5J8WqA="  # set right by the tests, see `public_key`
HIDDEN = {*SECRETS.values(), "hunter2-of-postgres", "Bearer very-private-token", "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}
runs = 0


def clean(text):
    """Fails where a secret was printed, or a character that a terminal obeys."""
    for secret in HIDDEN:
        for form in (secret, secret.removeprefix("whsec_").removeprefix("whsk_"), json.dumps(secret)[1:-1]):
            assert form not in text, "a secret is in the output: " + text.replace(form, "<THE SECRET>")
    return text


class Ended:
    def __init__(self, code, out, err):
        self.code, self.raw = code, out
        self.out, self.err = clean(out.decode(errors="replace")), clean(err.decode(errors="replace"))

    def json(self):
        assert self.out.isascii(), self.out
        return json.loads(self.out)


def environment(secret, more):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SELLO_", "KUENTA_", "PG"))}
    kept.pop("NO_COLOR", None)
    if secret:
        kept["SELLO_SECRET"] = secret
    return {**kept, **more}


def sello(*arguments, code=0, secret=AKUA, stdin=b"", env={}, says=None, stdout=subprocess.PIPE):
    """Runs it; fails where it ends otherwise than with that code, or its output or error lacks that text."""
    global runs
    runs += 1
    done = subprocess.run(
        [PROGRAM, *map(str, arguments)], input=stdin, stdout=stdout, stderr=subprocess.PIPE, cwd=FOLDER, timeout=60,
        env=environment(secret, env))
    ended = Ended(done.returncode, done.stdout or b"", done.stderr)
    shown = f"sello {' '.join(map(str, arguments))}: {ended.code}\n{ended.out[:4000]}\n{ended.err[:4000]}"
    assert ended.code == code, f"not {code}: {shown}"
    for text in [says] if isinstance(says, str) else says or []:
        assert text in ended.out + ended.err, f"without {text!r}: {shown}"
    if code in (2, 3):
        assert ended.err.startswith("sello: ") and "Traceback" not in ended.err, shown
    for forbidden in ("\x1b", "\x07", "\x9b", "\u202e", "\u009b"):
        assert forbidden not in ended.out + ended.err, shown
    return ended


def file(name, content):
    path = FOLDER / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


class Listening:
    """`sello listen` on a free port; `url` is the one that it prints."""

    def __init__(self, *arguments, secret=AKUA, env={}):
        self.process = subprocess.Popen(
            [PROGRAM, "listen", "--port", "0", *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, cwd=FOLDER, env=environment(secret, env))
        first = self.line()
        self.first = json.loads(first) if first.startswith("{") else first
        self.url = self.first["listening"] if isinstance(self.first, dict) else first.split()[2]

    def line(self):
        """The next one; waits for it, not longer than ten seconds."""
        assert select.select([self.process.stdout], [], [], 10)[0], "nothing is printed"
        line = b""
        while not line.endswith(b"\n"):
            byte = os.read(self.process.stdout.fileno(), 1)
            assert byte, "it has ended: " + clean(self.process.stderr.read().decode())
            line += byte
        return clean(line.decode())

    def end(self, code=0, ask=True):
        if ask:
            self.process.terminate()
        out, err = self.process.communicate(timeout=20)
        assert self.process.returncode == code, (self.process.returncode, err)
        return Ended(code, out, err).out


@contextlib.contextmanager
def listening(*arguments, **options):
    one = Listening(*arguments, **options)
    try:
        yield one
    finally:
        if one.process.poll() is None:
            one.process.kill()
            one.process.communicate()
