# SPDX-License-Identifier: MIT
"""What needs no connection: help, manual, completion; sign, verify, diagnose, events; secrets and exit codes."""

import hashlib
import hmac
import json
import os
import pty
import re
import shutil
import subprocess

from program import AKUA, FOLDER, HIDDEN, PROGRAM, SECRETS, clean, environment, file, sello

COMMANDS = ["sign", "verify", "send", "diagnose", "events", "listen", "inbox", "kuenta"]
ACTIONS = {
    "inbox": ["list", "show", "replay", "park", "prune", "stats", "requalify"],
    "kuenta": ["list", "create", "update", "delete"],
}
BODY = b'{"type":"payment.capture.cleared","data":{"payment_id":"pay-1"}}'


def all_commands():
    for command in COMMANDS:
        yield [command]
        for action in ACTIONS.get(command, []):
            yield [command, action]


def help_says_all():
    top = sello("help", secret=None).out
    assert sello(secret=None).out == top == sello("--help", secret=None).out
    assert sello("--version", secret=None).out.startswith("sello 0.")
    for command in COMMANDS:
        assert re.search(rf"\n  {command} ", top), command
    for code in range(5):
        assert re.search(rf"\n  {code}   ", top), code
    for words in all_commands():
        page = sello("help", *words, secret=None).out
        assert page.startswith("sello " + " ".join(words) + ": ") and "Usage\n" in page, page
        assert page == sello(*words, "--help", secret=None).out, words
        assert max(map(len, page.split("Examples\n")[0].splitlines())) <= 80, page
        if words[-1] not in ACTIONS:
            assert "Examples\n" in page and "--json" in page, page
    # Each line that it shows is one that the program takes: all names of options are there.
    for page in [top, *(sello("help", *words, secret=None).out for words in all_commands())]:
        for line in re.findall(r"\n    sello ([^\n]+)", page):
            words = [word for word in line.split(" > ")[0].split() if re.fullmatch("[a-z]+", word)]
            path = next(p for p in ([words[:2]], [words[:1]]) if p[0] in list(all_commands()))[0]
            known = sello("help", *path, secret=None).out
            for option in re.findall(r"--[a-z-]+", line):
                assert option in known, (line, option)


def wrong_usage():
    sello("sgn", code=2, says="it has help, sign")
    sello("inbox", code=2, says="needs a command: list")
    sello("inbox", "lst", code=2, says="it has list, show")
    sello("help", "nothing", code=2, says="it has help, sign")
    sello("sign", "--sender", "nobody", code=2, says="kuenta, akua, gu1")
    sello("sign", "--sender", "akua", code=2, says="--body FILE")
    sello("sign", "--sender", "akua", "-b", "no-such-file", code=2, says="No such file")
    sello("sign", "--sender", "akua", "-b", FOLDER, code=2, says="directory")
    sello("sign", "--sender", "akua", "-b", "x", "-e", "y", code=2, says="not both")
    sello("sign", "--sender", "akua", "-e", "no.such", code=2, says="sello events --sender akua")
    sello("sign", "--sender", "akua", "--tolerance", "5", code=2, says="no option --tolerance")
    sello("sign", "--sender", "kuenta", "-e", "credit.disbursed", "--time", "yesterday", code=2, says="Unix seconds, not yesterday")
    sello("verify", "--sender", "akua", code=2, says="--headers is required")
    sello("verify", "--sender", "akua", "-H", "-", "-b", "-", code=2, says="standard input")
    sello("verify", "--sender", "akua", "-H", file("blank", ""), "-b", "blank", code=2, says="no headers")
    sello("verify", "--sender", "akua", "-H", file("odd", "nonsense\n"), "-b", "odd", code=2, says="no colon")
    sello("verify", "--sender", "akua", "-H", file("odd.json", '{"a":5}'), "-b", "odd", code=2, says=["odd.json", "no text", "list of texts"])
    for text in ("[5]", '["a"]', '[["a","b","c"]]', '[{"key":"a"}]', "{"):
        sello("verify", "--sender", "akua", "-H", file("odd.json", text), "-b", "odd", code=2, says=["--headers", "odd.json", "list of [name, value]"])
    for text in ("[]", '{"headers":{}}'):
        sello("verify", "--sender", "akua", "-H", file("odd.json", text), "-b", "odd", code=2, says="no headers")
    sello("verify", "--sender", "akua", "--sender", "gu1", "-H", "odd", "-b", "odd", code=2, says="--sender is given more than once")
    sello("verify", "--sender", "akua", "--heders", "x", "-b", "odd", code=2, says="no option --heders")
    sello("diagnose", "--sender", "akua", "--signature-header", "X", "-H", signed(BODY), "-b", "signed", code=2, says="leave --signature-header out")
    sello("events", "--sample", "credit.disbursed", code=2, says="--sender")
    sello("listen", "--sender", "akua", "--port", "70000", code=2, says="0 to 65535")
    sello("listen", "--sender", "akua", "--port", "many", code=2, says="--port takes a whole number, not many")
    sello("listen", "--sender", "akua", "--path", "x", code=2, says="slash")
    sello("inbox", "list", code=2, says="SELLO_INBOX")
    sello("inbox", "replay", "--inbox", "x", code=2, says="--all")


def secrets_stay_secret():
    sello("sign", "--sender", "akua", "-e", "merchant.created", secret=None, code=2, says="SELLO_SECRET is not set")
    sello("sign", "--sender", "akua", "-e", "merchant.created", secret=None, env={"SELLO_SECRET": ""}, code=2, says="SELLO_SECRET is empty")
    sello("sign", "--sender", "akua", "-e", "merchant.created", "--secret-env", "MINE", code=2, says="MINE is not set")
    sello("sign", "--sender", "akua", "-e", "merchant.created", "--secret-env", "MINE", env={"MINE": ""}, code=2, says="MINE is empty")
    for text in ("MINE=" + AKUA, "export MINE=" + AKUA + "\n", 'MINE="' + AKUA + '"\nOTHER=1\n'):
        sello("sign", "--sender", "akua", "-e", "merchant.created", "--secret-file", file("dotenv", text), code=2, says=["MINE=", "--secret-env MINE"])
    for wrong in (["--secret", AKUA], ["--secret=" + AKUA], ["--key", AKUA]):
        sello("sign", "--sender", "akua", "-e", "merchant.created", *wrong, code=2, says="not taken on the command line")
    sello("sign", "--sender", "akua", "-e", "merchant.created", AKUA, code=2)
    sello("sign", "--sender", "akua", "-e", "merchant.created", "--secret-env", AKUA, code=2, says="not the secret")
    sello("sign", "--sender", "akua", "-e", "merchant.created", "--secret-file", AKUA, code=2, says="not the secret")
    sello("verify", "--sender", "akua", "-H", "blank", "-b", "blank", "--tolerance", AKUA, code=2, says="--tolerance")
    sello("sign", "--sender", AKUA, "-e", "merchant.created", code=2)
    sello("sign", "--sender", "akua", "-b", AKUA, secret="whsec_BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB", code=2, says="No such file")
    sello("events", "--sender", "akua", "--sample", SECRETS["standard_webhooks"], secret=None, code=2, says="no event")
    kuenta = SECRETS["kuenta"]
    for text in (kuenta, kuenta + "\n", kuenta + "\r\n"):
        out = sello("sign", "--sender", "kuenta", "-b", file("body", BODY), "--secret-file", file("secret", text), secret=None).out
        assert out.split(": ")[1].strip() == hmac.new(kuenta.encode(), BODY, hashlib.sha256).hexdigest()
    sello("sign", "--sender", "kuenta", "-b", "body", "--secret-file", file("secret", ""), code=2, says="is empty")
    sello("sign", "--sender", "kuenta", "-b", "body", "--secret-file", file("secret", kuenta + "\n\n"), code=2, says="malformed_secret")
    sello("sign", "--sender", "akua", "-b", "body", secret="whsec_!" + AKUA, code=2, says="malformed_secret")
    sello("sign", "--sender", "akua", "-b", "body", secret=SECRETS["gu1"], code=0)  # base64 without a prefix is one
    sello("sign", "--sender", "gu1", "-b", "body", secret="changeme", code=2, says="malformed_secret")
    sello("sign", "--sender", "akua", "-b", "body", "--secret-env", "A", "--secret-env", "B", env={"A": AKUA, "B": AKUA}, code=2, says="once")
    # A body that has the secret in it, as a type, is not printed with it.
    body = json.dumps({"type": AKUA, "data": {}}).encode()
    verified(body, "akua")


def signed(body, sender="akua", *more, secret=None, headers="headers.txt"):
    out = sello("sign", "--sender", sender, "--body", file("signed", body), *more, secret=secret or SECRETS[sender])
    return file(headers, out.raw)


def public_key():
    """Of the private one, whose seed is 32 times "A", by Python where it can, else by the openssl program; or None."""
    seed = b"A" * 32
    der = bytes.fromhex("302e020100300506032b657004220420") + seed
    try:
        made = subprocess.run(["openssl", "pkey", "-inform", "DER", "-pubout", "-outform", "DER"], input=der, capture_output=True, check=True)
    except FileNotFoundError:
        return None
    import base64
    return "whpk_" + base64.b64encode(made.stdout[-32:]).decode()


def checking_secret(sender):
    return public_key() if sender == "standard_webhooks_v1a" else SECRETS[sender]


def verified(body, sender):
    headers = signed(body, sender)
    return sello("verify", "--sender", sender, "-H", headers, "-b", file("came", body), "--json", secret=checking_secret(sender)).json()


def sign_and_verify():
    for bad in ("a.b", "", "a b", "a\nb", "\u00f1", "\x7f"):
        sello("sign", "--sender", "akua", "--body", "-", "--id", bad, stdin=b"{}", code=2, says="--id takes ASCII")
    known = sello("sign", "--sender", "akua", "--body", "-", "--id", "msg_p5jXN8AQM9LWM0D4loKWxJek", "--time", "1614265330",
                  stdin=b'{"test": 2432232314}').out
    assert "svix-signature: v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=\n" in known, known
    same = sello("sign", "--sender", "akua", "--body", "-", "--id", "msg_p5jXN8AQM9LWM0D4loKWxJek", "--time",
                 "2021-02-25T15:02:10Z", "--json", stdin=b'{"test": 2432232314}').json()
    assert same["headers"]["svix-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", same
    for sender in SECRETS:
        if checking_secret(sender) is None:
            print("  without openssl: no public key")
            continue
        type_key = "event" if sender in ("kuenta", "gu1") else "type"
        seen = verified(f'{{"{type_key}":"some.event","data":{{}}}}'.encode(), sender)
        assert seen["verified"] and seen["outcome"] == "handled" and seen["type"] == "some.event", seen
    assert "webhook-id: " in sello("sign", "--sender", "standard_webhooks", "-b", "signed").out
    assert "X-Webhook-Event: a.b\n" in sello("sign", "--sender", "gu1", "-b", "-", stdin=b'{"event":"a.b"}', secret=SECRETS["gu1"]).out
    assert sello("sign", "--sender", "kuenta", "--signature-header", "X-Mine", "-b", "signed", secret=SECRETS["kuenta"]).out.startswith("X-Mine: ")
    sello("sign", "--sender", "akua", "--signature-header", "X-Mine", "-b", "signed", code=2, says="leave --signature-header out")


def verify_says_why():
    headers = signed(BODY)
    sello("verify", "--sender", "akua", "-H", headers, "-b", file("came", BODY), says=["yes", "payment.capture.cleared"])
    sello("verify", "--sender", "akua", "-H", headers, "-b", "-", stdin=BODY)
    sello("verify", "--sender", "akua", "-H", "-", "-b", "came", stdin=headers.read_bytes())
    as_json = sello("sign", "--sender", "akua", "-b", "came", "--json").raw
    sello("verify", "--sender", "akua", "-H", file("headers.json", as_json), "-b", "came")
    came = json.loads(as_json)["headers"]
    for form in (came, {name: [value] for name, value in came.items()}, list(came.items()), {"headers": list(came.items())},
                 [{"name": name, "value": value} for name, value in came.items()]):
        sello("verify", "--sender", "akua", "-H", file("headers.json", json.dumps(form)), "-b", "came", says="yes")
    curl = b"> POST /hook HTTP/1.1\r\n> Host: x\r\n" + b"".join(b"> " + line + b"\r\n" for line in headers.read_bytes().splitlines())
    sello("verify", "--sender", "akua", "-H", file("curl.txt", curl), "-b", "came")

    other = sello("verify", "--sender", "akua", "-H", headers, "-b", file("other", BODY + b"\n"), "--json", code=1).json()
    assert other["verified"] is False and other["error"] == "signature_mismatch", other
    assert sello("verify", "--sender", "akua", "-H", headers, "-b", "other", code=1, says=["no", "sello diagnose"])
    old = signed(BODY, "akua", "--time", "2024-01-01T00:00:00Z")
    sello("verify", "--sender", "akua", "-H", old, "-b", "came", code=1, says=["timestamp_too_old", "--at"])
    sello("verify", "--sender", "akua", "-H", old, "-b", "came", "--at", "2024-01-01T00:04:59Z")
    sello("verify", "--sender", "akua", "-H", old, "-b", "came", "--at", "2024-01-01T00:04:59Z", "--tolerance", "60", code=1)
    broken = sello("verify", "--sender", "akua", "-H", signed(b"{", "akua"), "-b", file("broken", "{"), "--json", code=1).json()
    assert broken["verified"] and broken["error"] == "malformed_json" and broken["status"] == 400, broken
    body = b'{"event":"credit.disbursed","data":{"term":12.5}}'
    misfit = verified(body, "kuenta")
    assert [each["where"] for each in misfit["misfits"]] == ["/data/term"], misfit

    file("came", BODY)
    rotated = signed(BODY, secret="whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
    sello("verify", "--sender", "akua", "-H", rotated, "-b", "came", code=1)
    sello("verify", "--sender", "akua", "-H", rotated, "-b", "came", "--secret-env", "NEW", "--secret-env", "OLD",
          env={"NEW": AKUA, "OLD": "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})
    # Bytes exactly, whatever they are.
    for odd in (b"", b"\x00\xff\xfe", b"\xef\xbb\xbf{}", b"a\r\nb\r\n"):
        headers = signed(odd, "kuenta")
        seen = sello("verify", "--sender", "kuenta", "-H", headers, "-b", file("odd", odd), "--json", code=1, secret=SECRETS["kuenta"]).json()
        assert seen["verified"] and seen["bytes"] == len(odd), seen
    # What a sender wrote is shown, and moves no cursor.
    hostile = json.dumps({"type": "\x1b[31mred\u202e\x07", "data": {}}).encode()
    sello("verify", "--sender", "akua", "-H", signed(hostile), "-b", file("hostile", hostile), says="\\x1b[31mred")
    assert verified(hostile, "akua")["type"] == "\x1b[31mred\u202e\x07"


def diagnose_finds_it():
    headers = signed(BODY)
    sello("diagnose", "--sender", "akua", "-H", headers, "-b", file("came", BODY), says="verified")
    found = sello("diagnose", "--sender", "akua", "-H", headers, "-b", "came", "--at", "2024-01-01T00:00:00Z", "--json", code=1).json()
    assert found[0]["proven"] and found[0]["cause"] == "sent_in_the_future", found
    rewritten = json.dumps(json.loads(BODY), indent=2)
    found = sello("diagnose", "--sender", "akua", "-H", headers, "-b", file("rewritten", rewritten), "--json", code=1).json()
    assert found[0]["cause"] == "json_rewritten" and found[0]["proven"], found
    sello("diagnose", "-H", headers, "-b", "rewritten", code=1, says=["this is it", "json_rewritten"])
    found = sello("diagnose", "--sender", "akua", "-H", headers, "-b", "came", "--other-secret-env", "MAYBE", "--json", code=1,
                  secret="whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", env={"MAYBE": AKUA}).json()
    assert found[0]["cause"] == "another_secret", found
    sello("diagnose", "-H", headers, "-b", "came", "--other-secret-env", AKUA, code=2, says="not the secret")
    sello("diagnose", "--sender", "akua", "-H", headers, "-b", "came", code=1, secret="whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
          says=["nothing_fits", "--other-secret-env"])
    # It verifies, and its content is refused.
    for body, why in ((b"\xef\xbb\xbf" + BODY, "malformed_json"), (b"hello", "malformed_json")):
        headers = signed(body)
        sello("diagnose", "--sender", "akua", "-H", headers, "-b", "signed", code=1, says=["verified", why, "its content is refused"])
        found = sello("diagnose", "--sender", "akua", "-H", headers, "-b", "signed", "--json", code=1).json()
        assert found[0]["cause"] == "verified" and found[0]["content"]["error"] == why, found
        sello("diagnose", "-H", headers, "-b", "signed", says="verified")
    lines = sello("diagnose", "--sender", "akua", "-H", headers, "-b", "came", code=1).out.splitlines()
    assert max(map(len, lines)) <= 80 and lines[1].startswith(" " * 13), lines


def hostile_headers():
    """Files of headers that nobody writes by hand."""
    verify = ["verify", "--sender", "akua", "-b", file("came", BODY), "-H"]
    deep = "[" * 50_000 + "]" * 50_000
    sello(*verify, file("deep", '{"headers":{"a":' + deep + "}}"), code=2, says="too_deep")
    sello(*verify, file("deep", '{"a":' + deep + "}"), code=2, says="too_deep")
    sello(*verify, file("deep", '{"headers":' + '{"a":' * 50_000 + "1" + "}" * 50_001), code=2, says="too_deep")
    twice = json.dumps(dict(line.split(": ") for line in signed(BODY).read_text().splitlines()))
    sello(*verify, file("once", twice))
    sello(*verify, file("twice", twice[:-1] + ', "svix-id": "msg_2"}'), code=2, says=["duplicate_key", "/svix-id"])
    sello(*verify, file("marked", b"\xef\xbb\xbf" + signed(BODY).read_bytes()))
    sello(*verify, file("marked", b"\xef\xbb\xbf" + twice.encode()))


def times_have_a_range():
    for time in ("1600-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "2200-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "-1", "9223372036854775807"):
        sello("sign", "--sender", "akua", "--event", "merchant.created", f"--time={time}", code=2, says="--time")
        sello("verify", "--sender", "akua", "-H", signed(BODY), "-b", file("came", BODY), f"--at={time}", code=2, says="--at")
    for time in ("1970-01-01T00:00:00Z", "2199-12-31T23:59:59Z"):
        sello("sign", "--sender", "akua", "--event", "merchant.created", "--time", time)


def closed_streams():
    """No file takes the number of a stream that is closed: what is read or written there fails."""
    def run(*arguments, shut):
        line = [PROGRAM, *map(str, arguments)]
        done = subprocess.run(["bash", "-c", f'exec "$@" {shut}', "bash", *line], capture_output=True, cwd=FOLDER, timeout=60,
                              env=environment(AKUA, {}))
        return done.returncode, clean((done.stdout + done.stderr).decode())
    code, said = run("sign", "--sender", "akua", "--body", "-", shut="<&-")
    assert code == 2 and "sello: -: " in said, (code, said)
    headers, body = signed(BODY), file("came", BODY)
    assert run("verify", "--sender", "akua", "-H", headers, "-b", body, shut="<&-")[0] == 0
    assert run("verify", "--sender", "akua", "-H", headers, "-b", body, shut=">&-")[0] == 4
    assert run("verify", "--sender", "akua", "-H", headers, "-b", body, shut="2>&-")[0] == 0
    assert run("sign", "--sender", "akua", "-b", "no-such-file", shut="<&- >&- 2>&-") == (2, "")


def events_are_all_there():
    listed = sello("events", "--json", secret=None).json()
    assert [sum(each["sender"] == name for each in listed) for name in ("kuenta", "akua", "gu1")] == [15, 19, 15]
    table = sello("events", "--sender", "akua", secret=None).out
    assert table.count("\n") == 20 and "payment_id*" in table, table
    sello("events", "--sender", "standard_webhooks", says="fixes no events")
    for one in listed:
        body = sello("events", "--sender", one["sender"], "--sample", one["type"], secret=None).raw
        seen = verified(body, one["sender"])
        assert seen["type"] == one["type"] and "misfits" not in seen, (body, seen)


def manual_is_one():
    page = sello("help", "--man", secret=None)
    assert page.out.index(".SH ENVIRONMENT") < page.out.index("SELLO\\_SECRET" if "SELLO\\_" in page.out else ".B SELLO_SECRET")
    for words in all_commands():
        assert '.SS "sello ' + " ".join(words) + '"\n' in page.out, words
    if not shutil.which("man") or not shutil.which("groff"):
        print("  without man or groff: the page is not rendered")
        return
    path = file("sello.1", page.raw)
    done = subprocess.run(["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", path], capture_output=True, env={**os.environ, "MANWIDTH": "80", "LC_ALL": "C.UTF-8"})
    assert done.returncode == 0 and done.stderr == b"", done.stderr
    shown = subprocess.run(["man", "-l", path], capture_output=True, env={**os.environ, "MANWIDTH": "200", "LC_ALL": "C.UTF-8", "MANPAGER": "cat"}).stdout.decode()
    assert "sello send --sender akua --event payment.capture.cleared http://127.0.0.1:8080/" in re.sub(".\x08", "", shown), shown


def completed(line):
    """What bash completes behind these words."""
    script = f"""
      source "{FOLDER}/completion.bash"
      complete -p sello > /dev/null || exit 9
      COMP_WORDS=({' '.join("'" + w + "'" for w in line)}); COMP_CWORD={len(line) - 1}
      _sello; printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    done = subprocess.run(["bash", "--norc", "-c", script], capture_output=True, cwd=FOLDER, text=True)
    assert done.returncode == 0 and done.stderr == "", (done.returncode, done.stderr)
    return done.stdout.split()


def completion_completes():
    file("completion.bash", sello("help", "--bash-completion", secret=None).raw)
    registered = subprocess.run(["bash", "--norc", "-c", f'source "{FOLDER}/completion.bash"; complete -p sello'], capture_output=True, text=True).stdout
    assert registered == "complete -F _sello sello\n", registered
    assert set(COMMANDS) <= set(completed(["sello", ""])), completed(["sello", ""])
    assert completed(["sello", "ver"]) == ["verify"]
    assert set(completed(["sello", "inbox", ""])) >= set(ACTIONS["inbox"])
    assert completed(["sello", "inbox", "re"]) == ["replay", "requalify"]
    assert completed(["sello", "send", "--sender", "ku"]) == ["kuenta"]
    assert completed(["sello", "send", "-s", "ak"]) == ["akua"]
    assert "--all-attacks" in completed(["sello", "send", "--sender", "akua", "--all"])
    assert completed(["sello", "inbox", "list", "--state", "pa"]) == ["parked"]
    assert "payment.capture.cleared" in completed(["sello", "events", "--sample", "payment.capture"])
    assert "headers.txt" in completed(["sello", "verify", "--headers", "hea"])
    assert completed(["sello", "sign", "--secret-env", ""]) == []
    assert completed(["sello", "help", "ver"]) == ["verify"] and completed(["sello", "help", "inbox", "req"]) == ["requalify"]
    assert "--man" in completed(["sello", "help", "--"])
    assert completed(["sello", "sign", "--sender", "=", "ak"]) == ["akua"] and "akua" in completed(["sello", "sign", "--sender", "="])
    assert completed(["sello", "send", "--attack", "signed\\\\ wi"]) == "signed\\ with\\ another\\ secret".split(" ")
    for words in all_commands():
        offered = completed(["sello", *words, "--"])
        for option in re.findall(r"\n  (?:-., )?(--[a-z-]+)", sello("help", *words, secret=None).out):
            assert option in offered, (words, option)


def on_terminal(*arguments, env={}):
    """What it prints to a terminal."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(FOLDER)
        os.execve(PROGRAM, [PROGRAM, *arguments], {**environment(AKUA, env), "TERM": env.get("TERM", "xterm")})
    out = b""
    try:
        while piece := os.read(terminal, 65536):
            out += piece
    except OSError:
        pass
    os.waitpid(pid, 0)
    os.close(terminal)
    return clean(out.decode())


def colours_are_for_terminals():
    line = ["events", "--sender", "akua"]
    assert "\x1b[36m" in on_terminal(*line)
    assert "\x1b" not in on_terminal(*line, env={"NO_COLOR": "1"})
    assert "\x1b" in on_terminal(*line, env={"NO_COLOR": ""})
    assert "\x1b" not in on_terminal(*line, env={"TERM": "dumb"})
    assert "\x1b" not in on_terminal(*line, "--json")


def output_that_fails():
    with open("/dev/full", "wb") as full:
        sello("events", code=4, stdout=full, says="is the disk full")
        sello("inbox", "list", "--json", code=4, stdout=full, says="SELLO_INBOX")
        sello("inbox", "lst", "--json", code=4, stdout=full, says="it has list")
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "wb") as gone:
        assert sello("events", code=4, stdout=gone).err == ""


ALL = [help_says_all, wrong_usage, secrets_stay_secret, sign_and_verify, verify_says_why, diagnose_finds_it, hostile_headers, times_have_a_range,
       closed_streams, events_are_all_there,
       manual_is_one, completion_completes, colours_are_for_terminals, output_that_fails]
