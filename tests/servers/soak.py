# SPDX-License-Identifier: MIT
"""A server among strangers: soak.py <server> <program> [--seconds N] [--proxy]

64 strangers drip (a head, or the body of a delivery that looks right), 64 say nothing, 1,000 send half a head, and a few
send heads and extensions of chunks without end; who is cut off comes again. Beside them one honest sender, whose every
delivery must be answered 200 within five seconds. The server's memory is bounded; the most that it had is printed.
--proxy: all of them come through nginx, configured as in the page "Deploying".
"""

import argparse
import asyncio
import contextlib
import resource
import sys
import time

import deploying
import serving

PATIENCE = 5.0
MEMORY = 192 * 1024  # KiB

HEAD = f"POST {serving.PATH} HTTP/1.1\r\nHost: hooks.example.com\r\n"


class Street:
    """Where the strangers live: an address of its own, so that a server may tell them from the honest one."""

    def __init__(self, port):
        self.port = port
        self.open = {}
        self.sent = {}

    async def stranger(self, kind, act):
        """Comes again and again."""
        while True:
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", self.port, local_addr=("127.0.0.2", 0))
            except OSError:
                await asyncio.sleep(0.2)
                continue
            self.open[kind] = self.open.get(kind, 0) + 1
            acting = asyncio.create_task(act(writer))
            try:
                while await reader.read(4096):
                    pass
            except OSError:
                pass
            finally:
                self.open[kind] -= 1
                acting.cancel()
                with contextlib.suppress(OSError, asyncio.CancelledError):
                    await acting
                writer.close()
            await asyncio.sleep(0.2)

    async def drip_head(self, writer):
        writer.write(HEAD.encode())
        while True:
            writer.write(b"X")
            await writer.drain()
            await asyncio.sleep(0.5)

    async def drip_body(self, writer):
        body = serving.delivery(50_000)
        head = HEAD + "".join(f"{name}: {value}\r\n" for name, value in serving.sign(body).items())
        writer.write((head + f"Content-Length: {len(body)}\r\n\r\n").encode())
        while True:
            writer.write(b"{")
            await writer.drain()
            await asyncio.sleep(0.5)

    async def silent(self, writer):
        await asyncio.Event().wait()

    async def half_open(self, writer):
        writer.write(HEAD.encode())
        await asyncio.Event().wait()

    async def endless(self, writer, before, piece):
        writer.write(before)
        while True:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0.01)

    async def endless_head(self, writer):
        await self.endless(writer, HEAD.encode(), b"X-Filler: " + b"x" * 1000 + b"\r\n")

    async def endless_extension(self, writer):
        body = serving.delivery()
        head = HEAD + "".join(f"{name}: {value}\r\n" for name, value in serving.sign(body).items())
        await self.endless(writer, (head + "Transfer-Encoding: chunked\r\n\r\n5;a=").encode(), b"x" * 16_384)


async def deliver(port):
    """One honest delivery: its status, and how long it took."""
    began = time.monotonic()
    body = serving.delivery(200)
    head = HEAD + "".join(f"{name}: {value}\r\n" for name, value in serving.sign(body).items())
    try:
        async with asyncio.timeout(2 * PATIENCE):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write((head + f"Connection: close\r\nContent-Length: {len(body)}\r\n\r\n").encode() + body)
            status = (await reader.readline()).decode().split(" ")
            await reader.read()
            writer.close()
        return status[1] if len(status) > 1 else "closed", time.monotonic() - began
    except (OSError, TimeoutError) as fault:
        return type(fault).__name__, time.monotonic() - began


async def soak(port, seconds):
    street = Street(port)
    crowd = [
        ("dripping", 32, street.drip_head),
        ("dripping", 32, street.drip_body),
        ("silent", 64, street.silent),
        ("half open", 1000, street.half_open),
        ("endless heads", 4, street.endless_head),
        ("endless extensions", 4, street.endless_extension),
    ]
    strangers = [
        asyncio.create_task(street.stranger(kind, act)) for kind, number, act in crowd for _ in range(number)
    ]
    slowest, wrong, sent = 0.0, [], 0
    most = {}
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        status, took = await deliver(port)
        sent += 1
        slowest = max(slowest, took)
        if status != "200" or took > PATIENCE:
            wrong.append(f"{status} after {took:.1f} s")
        most = {kind: max(number, most.get(kind, 0)) for kind, number in street.open.items()}
        await asyncio.sleep(0.1)
    for each in strangers:
        each.cancel()
    await asyncio.gather(*strangers, return_exceptions=True)
    return sent, slowest, wrong, most


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("server")
    parser.add_argument("program")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--proxy", action="store_true")
    chosen = parser.parse_args()
    if sys.version_info < (3, 11):
        serving.skip("python3 is older than 3.11")
    if chosen.proxy and serving.Nginx.program() is None:
        serving.skip("nginx is not installed")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 4096:
        serving.skip("too few files can be open")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 4096), hard))

    with serving.Server(chosen.program, f"soak.{chosen.server}.log") as server, contextlib.ExitStack() as stack:
        port = server.port
        if chosen.proxy:
            port = serving.free_port()
            stack.enter_context(serving.Nginx(deploying.without_tls(server.port, port), port))
        sent, slowest, wrong, most = asyncio.run(soak(port, chosen.seconds))
        memory = server.memory()
    print("strangers at once: " + ", ".join(f"{number} {kind}" for kind, number in most.items()))
    for each in wrong[:5]:
        print("the honest sender: " + each + "   WRONG")
    if memory > MEMORY:
        print("memory is not bounded   WRONG")
    print(
        f"{sent} honest deliveries, {len(wrong)} not answered in time, slowest {slowest:.2f} s; "
        f"memory {memory} KiB at most, of {MEMORY} allowed"
    )
    return 1 if wrong or memory > MEMORY or sent == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
