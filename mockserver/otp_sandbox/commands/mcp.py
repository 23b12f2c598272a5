"""`otp-sandbox mcp`: offers a sandbox to coding agents, by the Model Context Protocol over standard streams."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from importlib.util import find_spec

from otp_sandbox.api.errors import Unreachable
from otp_sandbox.commands.asking import get
from otp_sandbox.settings import SettingError, gathered, process_environment
from otp_sandbox.streams import failed


def mcp(parsed: argparse.Namespace) -> int:
    """Serve until standard input ends. Without an address, the sandbox is one of its own, on loopback alone."""
    if find_spec("mcp") is None:
        return failed("the package mcp is not installed; install otp-sandbox with its extra: pip install '.[mcp]'", 2)
    from otp_sandbox.app import Unusable  # noqa: PLC0415  (loads much)
    from otp_sandbox.web.listeners import PortTaken  # noqa: PLC0415  (as above)

    # The package reads standard input in a thread that nothing wakes: Ctrl-C ends the process, not the loop alone.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        asyncio.run(_run(parsed))
    except (SettingError, Unusable, PortTaken, Unreachable) as error:
        return failed(str(error), 2)
    return 0


async def _run(parsed: argparse.Namespace) -> None:
    async with _found(parsed) as where:
        from otp_sandbox.commands.mcp_server import make_server  # noqa: PLC0415  (loads the protocol's package)

        await make_server(where).run_stdio_async()


@asynccontextmanager
async def _found(parsed: argparse.Namespace) -> AsyncIterator[argparse.Namespace]:
    """Give what the control API is asked with: the sandbox that is named, else one that is started here."""
    if parsed.url or os.environ.get("OTP_SANDBOX_URL"):
        await asyncio.to_thread(get, parsed, "/readyz", "status")
        yield parsed
        return
    from otp_sandbox.app import build, credential_keys, find_providers  # noqa: PLC0415  (loads the whole server)

    providers = find_providers()
    flags = {"config": parsed.config, "port": parsed.port}
    settings = replace(gathered(flags, process_environment(), credential_keys(providers)), host="127.0.0.1")
    for name in ("aiohttp.server", "otp_sandbox"):  # lines that nobody reads, and that may hold what a request held
        logging.getLogger(name).setLevel(logging.CRITICAL)
    sandbox = build(settings, providers=providers)
    await sandbox.start()
    try:
        yield argparse.Namespace(url=sandbox.server.url, config=parsed.config)
    finally:
        await sandbox.stop()
