# SPDX-License-Identifier: MIT
"""What the tests with real proxies, clients and strangers share. Loopback only; needs nothing but python3 itself."""

import base64
import hashlib
import hmac
import os
import pathlib
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SECRETS = {"AKUA_SECRET": SECRET, "KUENTA_SECRET": "kuenta-secret", "GU1_SECRET": "gu1-secret"}
PATH = "/webhooks/akua"
SKIPPED = 77


def skip(why):
    print("skipped: " + why)
    sys.exit(SKIPPED)


def delivery(size=0):
    """A body of Akua's of at least that size."""
    body = '{"type":"payment.capture.cleared","data":{"payment_id":"pay-1"},"more":"'
    return (body + "x" * max(0, size - len(body) - 2) + '"}').encode()


def sign(body, age=0):
    """The headers of Akua's delivery, sent that many seconds ago."""
    sent = str(int(time.time()) - age)
    mac = hmac.new(base64.b64decode(SECRET[len("whsec_"):]), f"msg_1.{sent}.".encode() + body, hashlib.sha256)
    return {
        "Content-Type": "application/json",
        "svix-id": "msg_1",
        "svix-timestamp": sent,
        "svix-signature": "v1," + base64.b64encode(mac.digest()).decode(),
    }


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def wait_for_port(port, process):
    for _ in range(1000):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.01)
    raise SystemExit(f"nothing listens on port {port}")


def end(process):
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        return process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        raise SystemExit("it does not end on SIGTERM")


class Server:
    """One of examples/servers, with as many files as a unit of systemd would give it."""

    def __init__(self, program, log):
        def more_files():
            hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
            wanted = 65536 if hard == resource.RLIM_INFINITY else min(65536, hard)
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))

        self.log = pathlib.Path(log)
        self.process = subprocess.Popen(
            [program, "0"],
            stdout=subprocess.PIPE,
            stderr=self.log.open("w"),
            env={**os.environ, **SECRETS},
            preexec_fn=more_files,
        )
        line = self.process.stdout.readline().decode()
        if not line.startswith("listening on 127.0.0.1:"):
            raise SystemExit("it does not say where it listens: " + line)
        self.port = int(line.rsplit(":", 1)[1])
        wait_for_port(self.port, self.process)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        end(self.process)
        self.process.stdout.close()

    def memory(self):
        """The most that it ever had, in KiB."""
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1])
        raise SystemExit("the server has ended")


class Nginx:
    """nginx in the foreground, with a configuration and a folder of its own. `http`: what stands in its http block."""

    @staticmethod
    def program():
        return shutil.which("nginx") or next((p for p in ["/usr/sbin/nginx"] if os.path.exists(p)), None)

    def __init__(self, http, port):
        self.folder = tempfile.TemporaryDirectory(prefix="sello-nginx-")
        folder = self.folder.name
        os.chmod(folder, 0o755)
        config = pathlib.Path(folder, "nginx.conf")
        temporary = "\n".join(
            f"  {kind}_temp_path {folder}/{kind};" for kind in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        )
        config.write_text(
            f"daemon off;\nmaster_process off;\npid {folder}/pid;\nerror_log {folder}/error.log;\n"
            f"worker_rlimit_nofile 16384;\nevents {{ worker_connections 4096; }}\n"
            f"http {{\n{temporary}\n  access_log {folder}/access.log;\n{http}\n}}\n"
        )
        self.process = subprocess.Popen(
            [self.program(), "-p", folder, "-e", folder + "/error.log", "-c", str(config)], stderr=subprocess.PIPE
        )
        try:
            wait_for_port(port, self.process)
        except SystemExit:
            print(self.process.stderr.read().decode() if self.process.poll() is not None else self.errors())
            raise

    def errors(self):
        log = pathlib.Path(self.folder.name, "error.log")
        return log.read_text() if log.exists() else ""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        end(self.process)
        self.process.stderr.close()
        self.folder.cleanup()


def versions(names):
    """Of the programs that take part: its results are theirs."""
    for command in names:
        said = subprocess.run(command, capture_output=True, text=True, check=False)
        print((said.stdout + said.stderr).strip().splitlines()[0])
