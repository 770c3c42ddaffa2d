# SPDX-License-Identifier: MIT
"""What is sent and what comes: send and listen against each other and against hostile ends; Kuenta's API."""

import contextlib
import http.client
import json
import os
import pty
import re
import select
import signal
import socket
import subprocess
import threading
import urllib.parse

import offline
import peers
import program
from program import AKUA, FOLDER, PROGRAM, SECRETS, clean, environment, file, listening, sello

TYPES = {
    "kuenta": "credit.disbursed",
    "akua": "payment.capture.cleared",
    "gu1": "kyc.validation_approved",
    "standard_webhooks": "invoice.paid",
    "standard_webhooks_v1a": "invoice.paid",
}


def each_sender_is_heard():
    for sender, event in TYPES.items():
        checking = offline.checking_secret(sender)
        if checking is None:
            print("  without openssl: no public key")
            continue
        with listening("--sender", sender, secret=checking) as endpoint:
            sello("send", "--sender", sender, "--event", event, endpoint.url, secret=SECRETS[sender], says=["200", "ok"])
            line = endpoint.line()
            assert re.match(rf"\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\dZ  200  {re.escape(event)}  handled", line), line
            other = {"kuenta": "another secret", "gu1": "another secret"}.get(sender, "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
            if sender != "standard_webhooks_v1a":
                sello("send", "--sender", sender, "--event", event, endpoint.url, code=1, secret=other, says="401")
                until(endpoint, "signature_mismatch")
            endpoint.end()


def shown_as_sent():
    """The body in lines, each number and text as it was sent."""
    body = rb'{"type":"a.b","data":{"n":1234567890123456.780,"list":[],"o":{},"t":"\u001b[31m","more":[1,true,null]}}'
    with listening("--sender", "akua") as endpoint:
        sello("send", "--sender", "akua", "--body", file("body", body), endpoint.url)
        endpoint.line()
        lines = ""
        while not lines.endswith("\n    }\n"):
            lines += endpoint.line()
        assert '"n": 1234567890123456.780,\n' in lines and '"list": [],\n' in lines and '"t": "\\u001b[31m",\n' in lines, lines
        assert json.loads(lines) == json.loads(body)
    with listening("--sender", "akua", "--json") as endpoint:
        sello("send", "--sender", "akua", "--body", "body", endpoint.url)
        seen = json.loads(endpoint.line())
        assert seen["verified"] and seen["body"].encode() == body and seen["number"] == 1, seen
    with listening("--sender", "akua", "--quiet", "--count", "2", "--save", "seen", "--path", "/hook") as endpoint:
        sello("send", "--sender", "akua", "--body", "body", endpoint.url)
        sello("send", "--sender", "akua", "--body", "body", endpoint.url.replace("/hook", "/other"), code=1, says="404")
        assert endpoint.end(ask=False).count("\n") == 2
    assert (FOLDER / "seen/1.body").read_bytes() == body
    assert oct((FOLDER / "seen").stat().st_mode)[-3:] == "700" and oct((FOLDER / "seen/1.body").stat().st_mode)[-3:] == "600"
    sello("listen", "--sender", "akua", "--port", "0", "--save", file("no_folder", ""), code=2, says=["--save", "no_folder"])
    sello("verify", "--sender", "akua", "-H", "seen/1.headers", "-b", "seen/1.body", says="a.b")


def attacks_are_answered():
    for sender, event in TYPES.items():
        checking = offline.checking_secret(sender)
        if checking is None:
            continue
        with listening("--sender", sender, "--quiet", secret=checking) as endpoint, drained(endpoint):
            done = sello("send", "--sender", sender, "--event", event, "--all-attacks", endpoint.url, "--json", secret=SECRETS[sender]).json()
            assert done["attacks"] > 70 and done["findings"] == 0, done
            sello("send", "--sender", sender, "--event", event, "--attack", "unsigned", endpoint.url, secret=SECRETS[sender],
                  says="1 attacks, 0 findings")
            sello("send", "--sender", sender, "--event", event, "--attack", "byte", "--attack", "another secret", endpoint.url,
                  secret=SECRETS[sender], says=["signed with another secret", "byte by byte"])
            unknown = sello("send", "--sender", sender, "--event", event, "--attack", "no such", endpoint.url, secret=SECRETS[sender],
                            code=2, says=["no attack with", "signed with another secret"])
            names = sello("send", "--sender", sender, "--event", event, "--list-attacks", secret=None).out.splitlines()
            assert len(names) == done["attacks"] and all(name in unknown.err for name in names)
    assert len(sello("send", "--sender", "akua", "--list-attacks", "--json", secret=None).json()) > 100
    with peers.endpoint((200, b"ok")) as careless:
        sello("send", "--sender", "akua", "--event", "merchant.created", "--attack", "unsigned", careless.url, code=1,
              says=["200  WRONG: it must be 401", "1 findings"])
        assert all("svix-signature" not in each[2] for each in careless.seen)
    # Only what is somebody's own.
    sello("send", "--sender", "akua", "--event", "merchant.created", "--all-attacks", "http://192.0.2.1/", code=2, says="--own-endpoint")
    for own in ("http://127.0.0.1.example/", "http://127.0.0.1@192.0.2.1/", "http://localhost.example/"):
        sello("send", "--sender", "akua", "--event", "merchant.created", "--all-attacks", own, code=2)


def who_hangs_up_has_not_refused():
    """An endpoint that says nothing to what its program reads has a finding; the absurd may go unanswered."""
    attack = ["send", "--sender", "akua", "--event", "merchant.created"]
    with peers.endpoint(peers.Careful(AKUA, (400, b""))) as careful:
        sello(*attack, careful.url, "--attack", "signed: not JSON", says="1 attacks, 0 findings")
    with peers.endpoint(peers.Careful(AKUA, (None, lambda: None))) as dying:
        done = sello(*attack, dying.url, "--attack", "signed: not JSON", "--attack", "a good delivery", code=1,
                     says=["hung up  WRONG: it must be answered with 400", "2 attacks, 1 findings"])
        assert "--durable" not in done.out, done.out
        answers = sello(*attack, dying.url, "--attack", "signed: not JSON", "--json", code=1).json()
        assert answers["findings"] == 1 and answers["answers"][0]["status"] is None, answers
        assert answers["answers"][0]["no_answer"] == "hung up", answers
    given_up = threading.Event()  # it is silent until the program has ended, however slow the machine is
    with peers.endpoint(peers.Careful(AKUA, (None, lambda: given_up.wait(30)))) as hanging:
        sello(*attack, hanging.url, "--attack", "signed: not JSON", "--timeout", "2", code=1, says="no answer in time  WRONG")
        given_up.set()
    with peers.raw(b"") as silent:
        sello(*attack, silent, "--attack", "over the limit", "--attack", "over 8 KiB", says="0 findings")
        sello(*attack, silent, "--attack", "nesting", "--attack", "exactly the limit", "--attack", "byte by byte", code=1,
              says=["5 attacks, 5 findings"])
    # A process that is gone: named, and no more is sent.
    server = contextlib.ExitStack()
    url = server.enter_context(peers.once(b"HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n"))
    with server:
        gone = sello(*attack, url, "--attack", "unsigned", "--attack", "unsigned, in", "--json", code=1).json()
        assert gone["findings"] == 1 and "unsigned" in gone["stopped"] and gone["attacks"] == 2, gone
    # A good delivery that is refused is said once.
    with peers.endpoint((404, b"")) as elsewhere:
        done = sello(*attack, "--all-attacks", elsewhere.url, code=1, says=["the good delivery got 404", "mend that first"])
        assert done.out.count("\n") == 3 and len(elsewhere.seen) == 1, done.out
        assert "404" in sello(*attack, "--all-attacks", elsewhere.url, "--json", code=1).json()["stopped"]
    # Findings that are none of content are not talked away.
    with peers.endpoint((200, b"ok")) as careless:
        assert "--durable" not in sello(*attack, careless.url, "--attack", "unsigned", "--attack", "not JSON", code=1).out
        sello(*attack, careless.url, "--attack", "signed: not JSON", code=1, says="--durable")


def limits_of_attacks():
    attack = ["send", "--sender", "akua", "--event", "merchant.created", "--all-attacks", "http://127.0.0.1:1/"]
    for limit in ("0", "1", "-5", "100", "99999999999", "99999999999999999999"):
        sello(*attack, "--body-limit", limit, code=2, says="--body-limit takes")
        sello(*attack, "--list-attacks", "--body-limit", limit, code=2, says="--body-limit takes")
    for limit in ("0", "-5", "99999999999"):
        sello("listen", "--sender", "akua", "--port", "0", "--body-limit", limit, code=2, says="--body-limit takes 1 to")
    sello("listen", "--sender", "akua", "--port", "0", "--count", "-1", code=2, says="--count")
    long = file("long", json.dumps({"type": "a.b", "data": {"x": "y" * 20000}}))
    sello("send", "--sender", "akua", "--body", long, "--all-attacks", "http://127.0.0.1:1/", code=2, says="at most 16384")


class drained:
    """Reads what an endpoint prints, so that it does not wait for a reader."""

    def __init__(self, endpoint):
        self.endpoint = endpoint

    def __enter__(self):
        self.thread = threading.Thread(target=lambda: clean(self.endpoint.process.stdout.read().decode(errors="replace")))
        self.thread.start()

    def __exit__(self, *_):
        self.endpoint.process.terminate()
        self.thread.join()
        assert self.endpoint.process.wait(20) == 0


def hostile_ends():
    send = ["send", "--sender", "akua", "--event", "merchant.created"]
    with peers.endpoint((200, peers.HOSTILE + AKUA.encode() + AKUA[6:].encode())) as hostile:
        done = sello(*send, hostile.url, says=["\\x1b[2J", "<end>", "[secret]"])
        assert "\\xe2\\x80\\xae" in done.out, done.out
        sello(*send, hostile.url, "--json").json()
    with peers.endpoint((500, b"oops")) as failing:
        sello(*send, failing.url, code=1, says=["500", "look at its log"])
    with peers.endpoint((401, b"refused")) as refusing:
        sello(*send, refusing.url, code=1, says="compare the secrets")
        sello(*send, refusing.url, "--time", "2024-01-01T00:00:00Z", code=1, says="--time is outside the window")
    with peers.endpoint((302, b"")) as elsewhere:
        sello(*send, elsewhere.url, code=1, says="redirect")
        assert len(elsewhere.seen) == 1
    with peers.endpoint((200, b"x" * 3_000_000)) as endless:
        assert len(sello(*send, endless.url, "--json").json()["body"]) <= 65_536
    with peers.raw(b"\x1b[31mnot HTTP at all\r\n\r\n") as rude:
        sello(*send, rude, code=3)
    with peers.raw(b"") as silent:
        sello(*send, silent, code=3, says="hung up")
    gone = f"http://127.0.0.1:{peers.closed_port()}/"
    sello(*send, gone, code=3, says="does the endpoint run")
    sello(*send, "--all-attacks", gone, code=3, says="does the endpoint run")
    for url in ("ftp://127.0.0.1/", "127.0.0.1:8080", "http://", "http://u:hunter2-of-postgres@127.0.0.1/", "http://a b/", "http://x/#y", "http://\x1b[31m/"):
        sello(*send, url, code=2)
    sello(*send, "http://127.0.0.1:65536/", code=2, says="1 to 65535")
    sello(*send, "http://127.0.0.1:x/", code=2, says="1 to 65535")
    sello(*send, "http://no-such-host.invalid/", code=3, says="no address is known of the host no-such-host.invalid")
    assert sello(*send, gone, "--json", code=3).json()["error"].endswith("is the port right?")
    sello(*send, code=2, says="no URL")
    sello(*send, "http://127.0.0.1/", "--timeout", "0", code=2)
    with peers.endpoint((200, b"")) as quiet:
        sello(*send, quiet.url, "--header", "X-Mine: 1")
        method, path, headers, body = quiet.seen[0]
        assert (method, path, headers["X-Mine"], headers["Content-Type"]) == ("POST", "/hook", "1", "application/json")
        assert body == sello("events", "--sender", "akua", "--sample", "merchant.created").raw
        sello(*send, quiet.url, "--header", "nonsense", code=2)


def https_is_checked():
    made = peers.certificate()
    if not made:
        print("  without openssl: no certificate")
        return
    send = ["send", "--sender", "akua", "--event", "merchant.created"]
    with peers.endpoint((200, b"ok"), made) as secure:
        sello(*send, secure.url, code=3, says="--ca-file")
        sello(*send, secure.url, "--ca-file", made[0], says="200")
        sello(*send, secure.url.replace("127.0.0.1", "localhost"), "--ca-file", made[0], code=3, says="another host's")
        sello(*send, secure.url, "--attack", "unsigned", code=3, says="the certificate is not trusted")
        sello(*send, secure.url, "--ca-file", "no-such-file", code=2, says="no-such-file")
        sello(*send, secure.url, "--ca-file", file("no.pem", "no certificate"), code=2, says="in PEM")
        assert len(secure.seen) == 1
    with peers.endpoint((200, b"ok")) as plain:
        sello(*send, plain.url.replace("http:", "https:"), code=3, says="TLS")


def post(url, body, headers, method="POST"):
    parts = urllib.parse.urlsplit(url)
    client = http.client.HTTPConnection(parts.hostname, parts.port, timeout=10)
    client.request(method, parts.path or "/", body, headers)
    answer = client.getresponse()
    return answer.status, answer.read()


def strangers_at_the_door():
    """What nothing proves is not shown, whatever it has in it; the cause is."""
    with listening("--sender", "akua") as endpoint:
        assert post(endpoint.url, peers.HOSTILE, {"svix-id": "\x1b[31m"}) == (401, b"refused\n")
        line = endpoint.line()
        assert "401" in line and "missing_header" in line and "<end>" not in line, line
        while not endpoint.line().startswith("    "):
            pass
        assert post(endpoint.url, None, {}, "GET")[0] == 405
        assert "405" in until(endpoint, "bad_request")
        assert post(endpoint.url, b"x", {"Content-Encoding": "gzip"})[0] == 415
        assert "Content-Encoding" in until(endpoint, "415")
        assert post(endpoint.url, b"x", {"Content-Type": "multipart/form-data; boundary=x"})[0] == 415
        until(endpoint, "415")
        headers = dict(line.split(": ") for line in sello("sign", "--sender", "akua", "-b", "-", stdin=offline.BODY).out.splitlines())
        assert post(endpoint.url, json.dumps(json.loads(offline.BODY), indent=1), headers)[0] == 401
        until(endpoint, "signature_mismatch")
        assert "written" in endpoint.line()  # what the diagnosis says
        typed = b'{"type":"\xe2\x80\xae\\u001b]0;x\\u0007","data":{"\\u202e":1}}'
        sello("send", "--sender", "akua", "--body", file("typed", typed), endpoint.url)
        assert "\\xe2\\x80\\xae\\x1b]0;x\\x07" in until(endpoint, "200")
        rest = endpoint.end()
        assert "\x1b" not in rest and "\u202e" not in rest, rest


def until(endpoint, text):
    while text not in (line := endpoint.line()):
        pass
    return line


def secrets_that_come_back():
    """A peer that has seen them sends them back, in escapes too."""
    word = "tok_live_1+2/3456"
    program.HIDDEN.add(word)
    private = file("private", f"Authorization: Bearer {word}\nCookie: id=abcdef1234\n")
    spellings = [word, word.replace("/", "\\/"), word.replace("+", "\\u002B").replace("/", "\\u002f"), word.replace("/", "\\\\\\/")]
    for status in (200, 401):
        for spelling in spellings:
            body = ('{"you":"' + spelling + ' id abcdef1234"}').encode()
            with peers.endpoint((status, body)) as api:
                for more in ([], ["--json"]):
                    done = sello("kuenta", "list", "--api", api.url, "--organization", "o", "--allow-http", "--headers-file", private, *more,
                                 secret=None, code=0 if status == 200 else 1)
                    for text in (spelling, json.dumps(spelling)[1:-1], "tok_live", "abcdef1234"):
                        assert text not in done.out + done.err, done.out + done.err
            with peers.endpoint((status, body)) as endpoint:
                for more in ([], ["--json"]):
                    done = sello("send", "--sender", "akua", "--event", "merchant.created", "--header", f"X-Key: {word}", endpoint.url, *more,
                                 code=0 if status == 200 else 1)
                    assert "tok_live" not in done.out + done.err, done.out
    odd = SECRETS["kuenta"] + "\u200b-and-more"  # a terminal would not show all of it
    with peers.endpoint((200, odd.encode() + b" " + json.dumps(odd).encode())) as endpoint:
        for more in ([], ["--json"]):
            done = sello("send", "--sender", "kuenta", "--event", "credit.disbursed", endpoint.url, *more, secret=odd)
            assert "-and-more" not in done.out, done.out


def half_an_answer():
    """A body that is cut is no answer."""
    for status in (200, 401):
        cut = f"HTTP/1.1 {status} X\r\nContent-Length: 100\r\n\r\nhalf of it".encode()
        with peers.raw(cut) as half:
            sello("send", "--sender", "akua", "--event", "merchant.created", half, code=3, says="hung up")
    with peers.raw(b"HTTP/1.1 200 X\r\nConnection: close\r\n\r\nall of it") as whole:
        sello("send", "--sender", "akua", "--event", "merchant.created", whole, says="all of it")


def answers_without_end():
    """Each part comes in time, and the whole never."""
    begin = b"HTTP/1.1 200 OK\r\n"
    line = b"X: " + b"a" * 2000 + b"\r\n"
    for more, pause, says in ((line * 100, 0, "bytes"), (b"X: 1\r\n", 0.1, "1000 ms")):
        with peers.endless(begin, more, pause) as url:
            sello("send", "--sender", "akua", "--event", "merchant.created", "--timeout", "30" if pause == 0 else "1", url, code=3, says=says)
            sello("kuenta", "list", "--api", url, "--organization", "o", "--allow-http", "--timeout", "30" if pause == 0 else "1", secret=None,
                  code=3, says=says)
    for begin in (b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n"):
        with peers.endless(begin, begin, 0.1) as url:
            sello("send", "--sender", "akua", "--event", "merchant.created", "--timeout", "1", url, code=3, says="1000 ms")


def forgeries_cost_little():
    """Of what anybody sends some causes are tried, not all."""
    with listening("--sender", "akua") as endpoint:
        lines = sello("sign", "--sender", "akua", "-b", "-", stdin=offline.BODY).out.splitlines()
        body = json.dumps({"a": "\u00e9" * 500_000}, ensure_ascii=False).encode()
        assert post(endpoint.url, body, dict(line.split(": ") for line in lines))[0] == 401
        tried = int(re.search(r"(\d+) combinations of", until(endpoint, "combinations of")).group(1))
        assert 0 < tried < 100, tried
        endpoint.end()


def headers_are_saved_as_lines():
    with listening("--sender", "akua", "--save", "lines") as endpoint:
        parts = urllib.parse.urlsplit(endpoint.url)
        for value in (b"a%0d%0asvix-id: msg_2", b"a%0Ab", b"a%00b"):
            with socket.create_connection((parts.hostname, parts.port)) as peer:
                peer.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nX-Odd: " + value + b"\r\nContent-Length: 2\r\n\r\n{}")
                assert peer.recv(100).startswith(b"HTTP/1.1 400 "), value
            assert "X-Odd" in until(endpoint, "  400  ")
        endpoint.end()
    for number in (1, 2, 3):
        saved = (FOLDER / f"lines/{number}.headers").read_text()
        assert "Host: x\n" in saved and "svix-id" not in saved and "X-Odd" not in saved, saved


def listen_ends_well():
    with listening("--sender", "akua") as endpoint:
        port = urllib.parse.urlsplit(endpoint.url).port
        sello("listen", "--sender", "akua", "--port", port, code=3, says="is it taken?")
        endpoint.process.send_signal(signal.SIGINT)
        assert endpoint.process.wait(10) == 0
    with listening("--sender", "akua", "--count", "1") as endpoint:
        sello("send", "--sender", "akua", "--event", "merchant.created", endpoint.url)
        endpoint.end(ask=False)
    with listening("--sender", "akua") as endpoint:  # who reads has gone: it does not go on unseen
        endpoint.process.stdout.close()
        post(endpoint.url, b"x", {})
        assert endpoint.process.wait(10) == 4
    sello("listen", "--sender", "akua", secret=None, code=2, says="SELLO_SECRET")


def listen_in_colour():
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(PROGRAM, [PROGRAM, "listen", "--sender", "akua", "--port", "0", "--count", "1"], {**environment(AKUA, {}), "TERM": "xterm"})
    out = b""
    sent = False
    try:
        while select.select([terminal], [], [], 10)[0] and (piece := os.read(terminal, 65536)):
            out += piece
            if not sent and (found := re.search(rb"http://127\.0\.0\.1:\d+", out)):
                sello("send", "--sender", "akua", "--event", "merchant.created", found.group().decode())
                sent = True
    except OSError:
        pass
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    os.close(terminal)
    assert b"\x1b[32m200\x1b[0m" in out and b'\x1b[36m"merchant_id"\x1b[0m' in out, out


def kuenta_webhooks():
    secret = SECRETS["kuenta"]
    with peers.endpoint(peers.kuenta_api()) as api:
        base = api.url.replace("/hook", "")
        given = ["--api", base, "--organization", "org_1", "--allow-http"]
        made = sello("kuenta", "create", *given, "--url", "https://shop.example/kuenta", "--event", "credit.disbursed", "--other-event",
                     "brand.new", "--json", secret=secret).json()
        assert made["status"] == 201 and made["answer"]["id"] == "wh_1" and made["answer"]["secret"] == "\u2026", made
        method, path, headers, body = api.seen[-1]
        assert (method, path) == ("POST", "/v1/webhooks") and headers["Organization-ID"] == "org_1", path
        assert json.loads(body) == {"url": "https://shop.example/kuenta", "events": ["credit.disbursed", "brand.new"], "secret": secret}
        sello("kuenta", "list", "--api", base, "--organization", "o", secret=None, code=2, says="--allow-http")
        sello("kuenta", "update", "wh_1", "--api", "https://x.example", "--organization", "o", "--url", "http://x.example/", "--all-events",
              secret=None, code=2, says="--allow-http")
        sello("kuenta", "list", "--allow-http", says=["200", "wh_1", "credit.disbursed"], secret=None,
              env={"KUENTA_API": base, "KUENTA_ORGANIZATION": "org_1"})
        sello("kuenta", "update", "wh_1", *given, "--url", "https://shop.example/2", "--all-events", secret=None)
        assert api.seen[-1][:2] == ("PUT", "/v1/webhooks/wh_1") and len(json.loads(api.seen[-1][3])["events"]) == 15
        sello("kuenta", "list", "--api", base + "/v1/webhooks/", "--organization", "o", "--allow-http", secret=None)
        assert api.seen[-1][1] == "/v1/webhooks" and api.seen[-1][2]["User-Agent"].startswith("sello/"), api.seen[-1]
        private = file("private", "Authorization: Bearer very-private-token\n")
        private.chmod(0o644)
        sello("kuenta", "list", *given, "--headers-file", private, secret=None, says="warning: others can read")
        private.chmod(0o600)
        assert "warning" not in sello("kuenta", "list", *given, "--headers-file", private, secret=None).err
        sello("kuenta", "delete", "wh_1", *given, "--headers-file", private, secret=None, says="204")
        assert api.seen[-1][2]["Authorization"] == "Bearer very-private-token"
        sello("kuenta", "delete", "wh_1", *given, secret=None, code=1, says=["404", "\\x1b[2J"])
        many = len(api.seen)
        sello("kuenta", "create", *given, "--url", "https://x.example/", code=2, secret=secret, says="--all-events")
        sello("kuenta", "create", *given, "--url", "https://x.example/", "-e", "no.such", code=2, secret=secret, says="--other-event")
        sello("kuenta", "create", *given, "--url", "ftp://x.example/", "--all-events", code=2, secret=secret, says="https://")
        sello("kuenta", "create", *given, "--url", "https://x.example/", "--all-events", code=2, secret=None, says="SELLO_SECRET")
        sello("kuenta", "create", *given, "--url", "https://x.example/", "--all-events", code=2, secret="changeme", says="malformed_secret")
        sello("kuenta", "list", code=2, secret=None, says="KUENTA_API")
        assert "KUENTA_API" in sello("kuenta", "list", "--json", code=2, secret=None).json()["error"]
        sello("kuenta", "list", "--api", base, code=2, secret=None, says="KUENTA_ORGANIZATION")
        assert len(api.seen) == many
    for status, answer in ((500, b"oops " + secret.encode()), (200, b"no JSON"), (301, b""), (403, b"{}")):
        with peers.endpoint((status, answer)) as api:
            sello("kuenta", "create", "--api", api.url, "--organization", "o", "--allow-http", "--url", "https://x.example/",
                  "--all-events", secret=secret, code=1, says=str(status))
    sello("kuenta", "list", "--api", f"http://127.0.0.1:{peers.closed_port()}", "--organization", "o", "--allow-http", secret=None, code=3, says="not sent")


ALL = [each_sender_is_heard, shown_as_sent, attacks_are_answered, who_hangs_up_has_not_refused, limits_of_attacks, hostile_ends, https_is_checked,
       strangers_at_the_door, secrets_that_come_back, half_an_answer, answers_without_end, forgeries_cost_little, headers_are_saved_as_lines,
       listen_ends_well, listen_in_colour, kuenta_webhooks]
