# SPDX-License-Identifier: MIT
"""The commands on an inbox: in a file, and in the PostgreSQL of SELLO_POSTGRES."""

import json
import os
import pathlib
import re
import sqlite3
import subprocess
import time

import offline
import online
from program import AKUA, FOLDER, PROGRAM, clean, environment, file, listening, sello

BODY = b'{"type":"payment.capture.cleared","data":{"payment_id":"pay-1","odd":"\\u001b\xc3\xa9"}}'


def store(where, *bodies, env={}):
    with listening("--sender", "akua", "--quiet", "--inbox", where, env=env) as endpoint:
        for number, body in enumerate(bodies):
            sello("send", "--sender", "akua", "--id", f"msg_{number + 1}", "--body", file("body", body), endpoint.url)
            endpoint.line()
        endpoint.end()


def owner(where, env):
    """All that the owner of an inbox does, with five deliveries in it."""
    inbox = lambda *arguments, **options: sello("inbox", *arguments, secret=None, env=env, **options)
    at = [] if env else ["--inbox", where]
    stats = inbox("stats", *at, "--json").json()
    assert (stats["stored"], stats["waiting"], stats["parked"]) == (5, 5, 0) and stats["endpoints"][0]["endpoint"] == "akua", stats
    inbox("stats", *at, says=["waiting", "akua"])

    rows = inbox("list", *at, "--json").json()
    ids = [row["id"] for row in rows]
    assert len(rows) == 5 and rows[0]["type"] == "payment.capture.cleared" and rows[0]["key"] == "msg_1", rows
    assert [row["id"] for row in inbox("list", *at, "--limit", "2", "--after", ids[1], "--json").json()] == ids[2:4]
    assert "--after" in inbox("list", *at, "--limit", "2").out
    inbox("list", *at, "--state", "parked", says="no delivery fits")
    inbox("list", *at, "--state", "nowhere", code=2, says="waiting, handled, ignored, parked")
    inbox("list", *at, "--limit", "0", code=2)
    assert "\\x1b" in inbox("list", *at, "--type", "\x1b[31m", says="waiting").out

    inbox("park", ids[0], ids[1], *at, says="2 parked")
    assert [row["id"] for row in inbox("list", *at, "--state", "parked", "--json").json()] == ids[:2]
    shown = inbox("show", ids[0], *at, says=["parked", "msg_1", f"sello inbox replay {ids[0]}"])
    assert "pay-1" not in shown.out, shown.out
    details = inbox("show", ids[0], *at, "--json").json()
    assert details["state"] == "parked" and "body" not in details, details
    assert inbox("show", ids[0], *at, "--json", "--body").json()["body"].encode() == BODY
    assert inbox("show", ids[0], *at, "--body").raw == BODY
    inbox("replay", ids[0], *at, says="1 replayed")
    assert inbox("replay", *at, "--state", "parked", "--json").json() == {"replayed": 1}
    inbox("replay", *at, "--state", "parked", code=1, says="nothing fits")
    inbox("replay", *at, code=2, says="--all")
    inbox("replay", ids[0], "--all", *at, code=2)
    for command in ("show", "park", "replay"):
        inbox(command, 999_999, *at, code=1, says="999999")
    # All ids are looked for before anything is done.
    for command in ("park", "replay"):
        inbox(command, ids[1], 999_999, *at, code=1, says=["999999 is not in this inbox", "nothing was done"])
        assert inbox("list", *at, "--state", "parked", "--json").json() == []
        told = inbox(command, ids[1], 999_999, *at, "--json", code=1).json()
        assert told == {"parked" if command == "park" else "replayed": 0, "ids": [], "error": "999999 is not in this inbox; nothing was done"}, told
    inbox("park", ids[0], *at, says="hands it to a worker again")
    told = inbox("park", ids[1], ids[0], *at, "--json", code=1).json()  # one that waits, and one that is parked already
    assert told["parked"] == 1 and told["ids"] == [ids[1]] and str(ids[0]) in told["error"], told
    inbox("replay", ids[0], *at, says="1 replayed: it waits")
    inbox("replay", *at, "--state", "parked", says="1 replayed: it waits")
    assert {"handled"} <= set(inbox("stats", *at, "--json").json()) and "done" not in inbox("stats", *at).out
    assert inbox("prune", *at, "--json").json() == {"bodies": 0, "deliveries": 0, "conflicts": 0}
    inbox("prune", *at, "--body-retention", "-1", code=2)
    inbox("prune", *at, "--body-retention", "1", says="bodies")
    sello("inbox", "requalify", "--plain-endpoint", *at, "--sender", "akua", env=env, code=1, says="nothing in quarantine")
    sello("inbox", "requalify", "--plain-endpoint", *at, "--sender", "akua", env=env, secret=None, code=2, says="SELLO_SECRET")


DELIVERIES = [BODY, b"{", b'{"type":"a.b","data":{}}', b"\xff\x00", b'{"type":"\\u001b[31m"}']


def in_a_file():
    store("inbox.db", *DELIVERIES)
    owner("inbox.db", {})
    sello("inbox", "stats", env={"SELLO_INBOX": "inbox.db"}, says="stored")
    assert oct((FOLDER / "inbox.db").stat().st_mode)[-3:] == "600"
    # The variable is the default of `listen`, too, and where it stores is said.
    with listening("--sender", "akua", "--json", env={"SELLO_INBOX": "of.variable.db"}) as endpoint:
        assert endpoint.first["storing"] == "of.variable.db", endpoint.first
        sello("send", "--sender", "akua", "--body", file("body", BODY), endpoint.url)
        endpoint.end()
    assert sello("inbox", "stats", "--inbox", "of.variable.db", "--json").json()["stored"] == 1
    with listening("--sender", "akua", "--inbox", "inbox.db") as endpoint:
        assert "storing in inbox.db" in endpoint.first, endpoint.first
        endpoint.end()


def attacks_on_a_durable_endpoint():
    with listening("--sender", "akua", "--quiet", "--inbox", "attacked.db") as endpoint, online.drained(endpoint):
        attack = ["send", "--sender", "akua", "--event", "payment.capture.cleared", "--all-attacks", endpoint.url]
        sello(*attack, code=1, says="--durable")
        sello(*attack, "--durable", says=" 0 findings")


def no_inbox_there():
    for where in ("no-such.db", "host/no-such.db"):
        sello("inbox", "stats", "--inbox", where, code=3, says="there is no inbox")
        assert not (FOLDER / where).exists()
    sello("inbox", "stats", "--inbox", file("empty.db", ""), code=3, says="there is no inbox")
    assert (FOLDER / "empty.db").stat().st_size == 0
    ended = sello("inbox", "stats", "--inbox", file("text.db", "no database, and long enough to be looked at " * 30), code=3)
    assert "text.db" not in ended.out


def files_of_others():
    """Nothing is changed in them."""
    with sqlite3.connect(FOLDER / "others.db") as other:
        other.execute("CREATE TABLE theirs(x)")
        other.execute("INSERT INTO theirs VALUES (1)")
    other.close()
    before = (FOLDER / "others.db").read_bytes()
    for command in (["list"], ["stats"], ["prune"], ["park", "1"], ["replay", "--all"]):
        sello("inbox", *command, "--inbox", "others.db", code=3, says="another program's database")
        assert (FOLDER / "others.db").read_bytes() == before, command


def quarantine():
    """As after a rotation of which the receiver heard too late."""
    store("rotated.db", BODY)
    headers = offline.signed(BODY, secret="whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").read_text()
    lines = "".join(line.replace(": ", "\t") + "\n" for line in headers.splitlines())
    with sqlite3.connect(FOLDER / "rotated.db") as inbox:
        inbox.execute("INSERT INTO quarantine(source, arrived, headers, body) SELECT id, ?, ?, ? FROM source",
                      (int(time.time() * 1e6), lines, BODY))
    inbox.close()
    sello("inbox", "requalify", "--inbox", "rotated.db", "--sender", "akua", code=2, says=["serial_by", "--plain-endpoint"])
    sello("inbox", "requalify", "--plain-endpoint", "--inbox", "rotated.db", "--sender", "akua", code=1)
    sello("inbox", "requalify", "--plain-endpoint", "--inbox", "rotated.db", "--sender", "akua", "--secret-env", "NEW", secret=None,
          env={"NEW": "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}, says="1 requalified")
    assert sello("inbox", "stats", "--inbox", "rotated.db", "--json").json()["waiting"] == 2
    with sqlite3.connect(FOLDER / "rotated.db") as inbox:
        inbox.execute("INSERT INTO source(endpoint, provider) VALUES ('sandbox', 'akua')")
    inbox.close()
    requalify = ["inbox", "requalify", "--inbox", "rotated.db", "--sender", "akua", "--plain-endpoint"]
    sello(*requalify, code=2, says=["say --endpoint", "akua, sandbox"])
    sello(*requalify, "--endpoint", "production", code=2, says="it has: akua, sandbox")
    sello(*requalify, "--endpoint", "sandbox", code=1, says="nothing in quarantine")


def in_postgres():
    where = os.environ["SELLO_POSTGRES"]
    sello("inbox", "stats", env={"SELLO_INBOX": where}, code=3, says="no inbox in that database")
    store(where, *DELIVERIES)
    owner(where, {"SELLO_INBOX": where})
    sello("inbox", "stats", "--inbox", where, says="stored")


def postgres_away():
    for where in ("host=127.0.0.1 port=1 dbname=x", "postgres://127.0.0.1:1/x"):
        sello("inbox", "stats", "--inbox", where, code=3)
    with listening("--sender", "akua", env={"SELLO_INBOX": os.environ["SELLO_POSTGRES"], "PGPASSWORD": "hunter2-of-postgres"}) as endpoint:
        assert "storing in PostgreSQL " in endpoint.first, endpoint.first
        endpoint.end()
    assert "\\x0" not in sello("inbox", "stats", "--inbox", "host=127.0.0.1,127.0.0.2 port=1 dbname=x", code=3).err
    for where in ("host=127.0.0.1 port=1 password=hunter2-of-postgres", "postgresql://me:hunter2-of-postgres@127.0.0.1:1/x"):
        sello("inbox", "stats", "--inbox", where, code=2, says="SELLO_INBOX")
        ended = sello("inbox", "stats", env={"SELLO_INBOX": where}, code=3)
        assert "127.0.0.1" in ended.err or ended.err, ended.err


def odd_connection_strings():
    """libpq quotes what it cannot read; this program does not."""
    for where in ("postgresql://u:hunter2%zz-of-postgres@127.0.0.1:1/db", "host=127.0.0.1 port=1 password=hunter2 hunter2-of-postgres",
                  "host=127.0.0.1 port=1 password='hunter2-of-postgres", "u:hunter2-of-postgres@127.0.0.1/db",
                  "postgresql://u:hunter2-of-postgres/x@127.0.0.1:1/db", "host=127.0.0.1 port=1 passwd=hunter2-of-postgres"):
        ended = sello("inbox", "list", env={"SELLO_INBOX": where}, code=3)
        assert "hunter2" not in ended.out + ended.err, ended.err
    for where in ("u:hunter2-of-postgres@h/db", "host=h password = hunter2-of-postgres", "postgresql://u:hunter2-of-postgres/x@h/db"):
        sello("inbox", "list", "--inbox", where, code=2, says="not taken on the command line")


def the_page_can_be_followed():
    """Each line of "In ten minutes", in bash; only the port is another one."""
    page = (pathlib.Path(__file__).resolve().parents[2] / "examples/pages/command_line.md").read_text()
    for code, text in enumerate(re.search(r"exit_texts\{(.*?)\};", (pathlib.Path(__file__).resolve().parents[2] / "examples/cli/exits.hpp").read_text(), re.S)[1].split('",')):
        assert not text.strip() or f"| {code} | {text.strip().strip(chr(34))} |" in page, text
    blocks = re.findall(r"```sh\n(.*?)```", page[page.index("## In ten minutes"):page.index("## Commands")], re.S)
    assert len(blocks) == 5
    tools = FOLDER / "bin"
    tools.mkdir()
    (tools / "sello").symlink_to(PROGRAM)
    with listening("--sender", "akua", "--quiet") as endpoint, online.drained(endpoint):
        store("inbox.of.page.db", BODY)
        sello("inbox", "park", 1, "--inbox", "inbox.of.page.db")
        lines = "".join(block for block in blocks if "sello listen" not in block)
        assert "read -rs SELLO_SECRET" in lines
        lines = lines.replace("http://127.0.0.1:8080", endpoint.url).replace("inbox.db", "inbox.of.page.db")
        done = subprocess.run(["bash", "-euc", lines], input=AKUA.encode() + b"\n", capture_output=True, cwd=FOLDER, timeout=60,
                              env=environment(None, {"PATH": f"{tools}:{os.environ['PATH']}"}))
        out = clean((done.stdout + done.stderr).decode())
    assert done.returncode == 0, out
    for text in (" 0 findings", "json_rewritten", "1 attacks, 0 findings", "1 replayed"):
        assert text in out, (text, out)


ALL = [the_page_can_be_followed, in_a_file, attacks_on_a_durable_endpoint, no_inbox_there, files_of_others, quarantine]
POSTGRES = [in_postgres, postgres_away, odd_connection_strings]
