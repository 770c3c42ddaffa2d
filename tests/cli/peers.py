# SPDX-License-Identifier: MIT
"""Other ends of a connection: endpoints that answer what they are told to, with TLS or without, and Kuenta's API."""

import base64
import contextlib
import hashlib
import hmac
import http.server
import json
import socket
import ssl
import subprocess
import threading
import time

from program import FOLDER

HOSTILE = b"\x1b[2J\x1b]0;owned\x07 \xe2\x80\xae \xc2\x9b31m \xff <end>"


class Handler(http.server.BaseHTTPRequestHandler):
    def do(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.seen.append((self.command, self.path, self.headers, body))
        careful = isinstance(self.server.answer, Careful)
        status, answer = self.server.answer(self.command, self.path, body, *([self.headers] if careful else []))
        if status is None:  # as a process that died of it
            answer()
            self.close_connection = True
            return
        self.send_response_only(status)
        if status in (301, 302, 307):
            self.send_header("Location", "http://127.0.0.1:1/")
        self.send_header("Content-Length", str(len(answer)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_POST = do_PUT = do_DELETE = do

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def endpoint(answer, certificate=None):
    """A server that answers with what `answer(method, path, body)` gives; `url`, and `seen`, the requests."""
    if not callable(answer):
        fixed = answer
        answer = lambda *_: fixed
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None
    server.answer, server.seen = answer, []
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    server.url = f"http{'s' if certificate else ''}://127.0.0.1:{server.server_address[1]}/hook"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Careful:
    """What an endpoint of Akua with this secret answers, as far as attacks need it; `odd` for what is signed and no JSON."""

    def __init__(self, secret, odd):
        self.key, self.odd = base64.b64decode(secret.removeprefix("whsec_")), odd

    def __call__(self, _method, _path, body, headers):
        signed = f"{headers['svix-id']}.{headers['svix-timestamp']}.".encode() + body
        mac = base64.b64encode(hmac.new(self.key, signed, hashlib.sha256).digest()).decode()
        if headers["svix-signature"] != "v1," + mac:
            return 401, b""
        try:
            return (200 if isinstance(json.loads(body), dict) else 400), b""
        except ValueError:
            return self.odd


@contextlib.contextmanager
def talking(serve):
    """A server on loopback that `serve` makes of a listening socket, until it is closed."""
    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/"

    def run():
        with contextlib.suppress(OSError):
            serve(listener)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield url
    finally:
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def raw(answer):
    """A server that reads a little, sends these bytes, and hangs up."""

    def serve(listener):
        while True:
            peer, _ = listener.accept()
            with peer, contextlib.suppress(OSError):
                peer.recv(65536)
                peer.sendall(answer)

    return talking(serve)


def once(answer):
    """A server that answers once, and is gone."""

    def serve(listener):
        peer, _ = listener.accept()
        listener.close()
        with peer:
            peer.recv(65536)
            peer.sendall(answer)

    return talking(serve)


def endless(beginning, more, pause=0.0):
    """A server that sends these bytes, and then others for ever."""

    def talk(peer):
        with peer, contextlib.suppress(OSError):
            peer.settimeout(10)
            peer.recv(65536)
            peer.sendall(beginning)
            while True:
                peer.sendall(more)
                time.sleep(pause)

    def serve(listener):
        while True:
            threading.Thread(target=talk, args=(listener.accept()[0],), daemon=True).start()

    return talking(serve)


def closed_port():
    with socket.create_server(("127.0.0.1", 0)) as one:
        return one.getsockname()[1]


def certificate():
    """One that nobody trusts, for 127.0.0.1; None where there is no program to make it."""
    key, made = FOLDER / "key.pem", FOLDER / "cert.pem"
    try:
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
             "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", made],
            check=True, capture_output=True)
    except FileNotFoundError:
        return None
    return made, key


def kuenta_api():
    """The API of Kuenta's page: what it has, by id."""
    webhooks = {}

    def answer(method, path, body):
        if method == "POST":
            asked = json.loads(body)
            webhooks[f"wh_{len(webhooks) + 1}"] = asked
            return 201, json.dumps({"id": f"wh_{len(webhooks)}", **asked}).encode()
        if method == "GET":
            return 200, json.dumps([{"id": key, **value} for key, value in webhooks.items()]).encode()
        key = path.rsplit("/", 1)[1]
        if key not in webhooks:
            return 404, b'{"error":"no such webhook ' + HOSTILE[:5] + b'"}'
        if method == "DELETE":
            del webhooks[key]
            return 204, b""
        webhooks[key].update(json.loads(body))
        return 200, b"{}"

    return answer
