# SPDX-License-Identifier: MIT
"""The configurations of the page "Deploying" do what it says: deploying.py <program of a server>

nginx is run with the page's own text, only its ports and certificates are the test's; Caddy too, where it is installed.
"""

import concurrent.futures
import http.client
import os
import pathlib
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import time

import serving

PAGE = pathlib.Path(__file__).resolve().parents[2] / "examples/pages/deploying.md"


def block(language, first):
    """The code on the page whose first line has that text."""
    parts = PAGE.read_text().split("```" + language + "\n")
    for part in parts[1:]:
        code = part.split("\n```", 1)[0]
        if first in code.splitlines()[0]:
            return code
    raise SystemExit(f"the page has no {language} that begins with {first}")


def replaced(text, *pairs):
    for old, new in pairs:
        if old not in text:
            raise SystemExit(f"the page's configuration has no {old}")
        text = text.replace(old, new)
    return text


def without_tls(upstream, port):
    """nginx's configuration of the page, on that port and without a certificate."""
    lines = [line for line in block("nginx", "webhooks.conf").splitlines() if "ssl_certificate" not in line]
    return replaced(
        "\n".join(lines),
        ("listen 443 ssl http2;", f"listen 127.0.0.1:{port};"),
        ("127.0.0.1:8080", f"127.0.0.1:{upstream}"),
    )


class Checks:
    wrong = 0

    def __call__(self, what, got, due):
        good = due(got) if callable(due) else got == due
        print(f"{what:52} {got}" + ("" if good else "   WRONG"))
        self.wrong += not good


def post(port, body, headers, tls, times=1):
    """The statuses, on one connection; "of another" where the answer is not sello's."""
    statuses = []
    context = ssl._create_unverified_context() if tls else None
    client = (
        http.client.HTTPSConnection("127.0.0.1", port, timeout=20, context=context)
        if tls
        else http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    )
    for _ in range(times):
        client.request("POST", serving.PATH, body, {"Host": "hooks.example.com", **headers})
        answer = client.getresponse()
        ours = answer.read() in (b"ok\n", b"refused\n")
        statuses.append(str(answer.status) + ("" if ours else " of another"))
    client.close()
    return statuses


def common(check, name, port, tls):
    small, large, huge = serving.delivery(), serving.delivery(60_000), serving.delivery(1_500_000)
    check(name + ": a good delivery", post(port, small, serving.sign(small), tls), ["200"])
    check(name + ": 60 kB unsigned", post(port, large, {}, tls), ["401"])
    check(name + ": over the receiver's limit", post(port, huge, serving.sign(huge), tls), ["413"])


def run_nginx(check, program, folder):
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
        + ["-subj", "/CN=hooks.example.com", "-keyout", f"{folder}/key.pem", "-out", f"{folder}/chain.pem"],
        check=True,
        capture_output=True,
    )
    with serving.Server(program, "deploying.log") as server:
        port = serving.free_port()
        config = replaced(
            block("nginx", "webhooks.conf"),
            ("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"),
            ("127.0.0.1:8080", f"127.0.0.1:{server.port}"),
            ("/etc/letsencrypt/live/hooks.example.com/fullchain.pem", f"{folder}/chain.pem"),
            ("/etc/letsencrypt/live/hooks.example.com/privkey.pem", f"{folder}/key.pem"),
        )
        with serving.Nginx(config, port):
            common(check, "nginx", port, True)
            huge = serving.delivery(9_000_000)
            check("nginx: over its own limit", post(port, huge, {}, True), ["413 of another"])
            flood = [status for _ in range(3) for status in post(port, b"{}", {}, True, 60)]
            check("nginx: 180 at once, some are over the rate", "429 of another" in flood, True)
            check("nginx: and those that are not get sello's answer", flood.count("401"), lambda n: n >= 30)
            time.sleep(2)
            small = serving.delivery()
            check("nginx: after that, a good one", post(port, small, serving.sign(small), True), ["200"])

            # SIGTERM while a delivery is on its way through nginx, which hands it over whole
            with concurrent.futures.ThreadPoolExecutor() as pool:
                waiting = [pool.submit(post, port, small, serving.sign(small), True) for _ in range(8)]
                time.sleep(0.02)
                ended = serving.end(server.process)
                statuses = {status for each in waiting for status in each.result()}
            check("SIGTERM: the server ends well", ended, 0)
            check("SIGTERM: each is answered, or never reached it", statuses, lambda s: s <= {"200", "502 of another"})


def run_caddy(check, program, folder):
    with serving.Server(program, "deploying.log") as server:
        port = serving.free_port()
        config = pathlib.Path(folder, "Caddyfile")
        config.write_text(
            replaced(
                block("caddyfile", "Caddyfile"),
                ("{\n  servers {", "{\n  admin off\n  auto_https off\n  servers {"),
                ("hooks.example.com {", f"http://127.0.0.1:{port} {{\n  bind 127.0.0.1"),
                ("127.0.0.1:8080", f"127.0.0.1:{server.port}"),
            )
        )
        home = {**os.environ, "HOME": folder, "XDG_DATA_HOME": folder, "XDG_CONFIG_HOME": folder}
        process = subprocess.Popen(
            ["caddy", "run", "--config", config, "--adapter", "caddyfile"], env=home, stderr=subprocess.PIPE
        )
        try:
            serving.wait_for_port(port, process)
            small, large, huge = serving.delivery(), serving.delivery(60_000), serving.delivery(1_500_000)
            host = {"Host": f"127.0.0.1:{port}"}
            check("Caddy: a good delivery", post(port, small, {**serving.sign(small), **host}, False), ["200"])
            check("Caddy: 60 kB unsigned", post(port, large, host, False), ["401"])
            check("Caddy: over the receiver's limit", post(port, huge, {**serving.sign(huge), **host}, False), ["413"])
        finally:
            serving.end(process)
            process.stderr.close()


def run_reload(check, program, folder):
    """SIGHUP, for the server that reads its secrets again."""
    secrets = pathlib.Path(folder, "secrets")
    others = "KUENTA_SECRET=kuenta-secret\nGU1_SECRET=gu1-secret\n"
    secrets.write_text(others + "AKUA_SECRET=whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB\n")
    body = serving.delivery()
    os.environ["SECRETS_FILE"] = str(secrets)
    try:
        with serving.Server(program, "deploying.log") as server:

            def reload(text, line):
                secrets.write_text(text)
                server.process.send_signal(signal.SIGHUP)
                for _ in range(500):
                    if line in server.log.read_text():
                        return
                    time.sleep(0.01)

            check("reload: before, another secret", post(server.port, body, serving.sign(body), False), ["401"])
            reload(others + f"AKUA_SECRET={serving.SECRET}\n", "GU1_SECRET is read again")
            check("reload: after SIGHUP, the new one", post(server.port, body, serving.sign(body), False), ["200"])
            reload("AKUA_SECRET=null\n", "GU1_SECRET stays as it was")
            check("reload: one that cannot be meant changes nothing", post(server.port, body, serving.sign(body), False), ["200"])
    finally:
        del os.environ["SECRETS_FILE"]


def check_unit(check, program, folder):
    unit = pathlib.Path(folder, "webhooks.service")
    unit.write_text(replaced(block("ini", "webhooks.service"), ("/usr/local/bin/webhooks", program), ("User=webhooks", "User=root")))
    said = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False)
    ours = [line for line in said.stderr.splitlines() if "webhooks.service" in line]
    check("systemd: what it says of the unit", ours, [])


def main():
    check = Checks()
    ran = False
    with tempfile.TemporaryDirectory(prefix="sello-deploying-") as folder:
        if serving.Nginx.program() and shutil.which("openssl"):
            serving.versions([[serving.Nginx.program(), "-v"]])
            run_nginx(check, sys.argv[1], folder)
            ran = True
        else:
            print("nginx or openssl is not installed: left out")
        if shutil.which("caddy"):
            serving.versions([["caddy", "version"]])
            run_caddy(check, sys.argv[1], folder)
            ran = True
        else:
            print("caddy is not installed: left out")
        if "httplib" in pathlib.Path(sys.argv[1]).name:
            run_reload(check, sys.argv[1], folder)
        if shutil.which("systemd-analyze"):
            check_unit(check, os.path.abspath(sys.argv[1]), folder)
    if not ran:
        serving.skip("neither nginx nor caddy is installed")
    print(f"{check.wrong} wrong")
    return 1 if check.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
