"""Runs telemelya, a bot API server that others wrote, with what it needs beside it in one process.

It keeps its state in Redis and its files in S3: fakeredis serves the first, some lines here the second. Runs in the
environment of the dependency group `telegram-peer` (see `telemelya.py`); prints its port in the first line.
"""

import asyncio
import os
import socket
import sys
import threading

from aiohttp import web
from fakeredis import TcpFakeServer


def bound() -> socket.socket:
    """A socket of the loopback that listens already, so that nobody has to wait for the server."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(64)
    return listener


def redis() -> int:
    """A Redis server; its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = TcpFakeServer(("127.0.0.1", port))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return port


async def storage(listener: socket.socket) -> None:
    """As much of S3 as is asked for: objects that can be put and got."""
    objects: dict[str, bytes] = {}

    async def handle(request: web.Request) -> web.Response:
        if request.method == "PUT":
            objects[request.path] = await request.read()
            return web.Response(headers={"ETag": '"x"'})
        if request.path not in objects and request.path.count("/") > 1:
            return web.Response(status=404)
        return web.Response(body=objects.get(request.path, b"") if request.method == "GET" else None)

    app = web.Application(client_max_size=64 * 1024 * 1024)
    app.router.add_route("*", "/{path:.*}", handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.SockSite(runner, listener).start()


async def main() -> None:
    """Serve until killed."""
    listener, store = bound(), bound()
    os.environ["REDIS_URL"] = f"redis://127.0.0.1:{redis()}/0"
    os.environ["MINIO_ENDPOINT"] = f"127.0.0.1:{store.getsockname()[1]}"
    os.environ["STRICT_EDIT"] = "true"
    await storage(store)
    import uvicorn  # noqa: PLC0415 (its settings are read from the environment when it is imported)
    from telemelya.server.app import app  # noqa: PLC0415

    sys.stdout.write(f"{listener.getsockname()[1]}\n")
    sys.stdout.flush()
    await uvicorn.Server(uvicorn.Config(app, log_level="warning")).serve(sockets=[listener])


asyncio.run(main())
