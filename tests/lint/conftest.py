"""A client of a sandbox, and whoever is called back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web

from equipment.lint_runs.kit import NOON, Caller


@dataclass
class Hook:
    """Takes callbacks, and answers as it is told."""

    url: str = ""
    status: int = 200
    silent: bool = False
    closing: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        if self.silent:
            await self.closing.wait()
        return web.Response(status=self.status)


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    """A receiver of callbacks."""
    made = Hook()
    runner = web.ServerRunner(web.Server(made), shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield made
    made.closing.set()
    await runner.cleanup()


@pytest.fixture
async def caller(client: Any, hook: Hook) -> Caller:
    """A client of the default lane, whose clock stands."""
    await client.control("PUT", "/clock", {"mode": "frozen", "now": NOON})
    return Caller(client, hook)
