"""Gives each connection a tunnel of a proxy, as wrk cannot ask for one: `relay.py PORT PROXY-PORT HOST:PORT [tls]`."""

from __future__ import annotations

import asyncio
import ssl
import sys

import uvloop

PIECE = 65536


async def main() -> None:
    """Relay until it is ended."""
    port, proxy, target, *more = sys.argv[1:]
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE  # what is measured is not whom it trusts

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        back, there = await asyncio.open_connection("127.0.0.1", int(proxy))
        there.write(f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n".encode())
        await back.readuntil(b"\r\n\r\n")
        if more:
            await there.start_tls(trusting, server_hostname=target.partition(":")[0])
        await asyncio.gather(hand_on(reader, there), hand_on(back, writer), return_exceptions=True)

    server = await asyncio.start_server(relay, "127.0.0.1", int(port))
    await server.serve_forever()


async def hand_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Hand on one direction."""
    while piece := await reader.read(PIECE):
        writer.write(piece)
    writer.close()


if __name__ == "__main__":
    uvloop.run(main())
