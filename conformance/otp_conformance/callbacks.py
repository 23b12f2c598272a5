"""Callbacks of a target: somebody who listens for them, and those that a sandbox has sent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from otp_conformance.driver import Driver

NOBODY_LISTENS = "http://127.0.0.1:9/"
LOOKS, PAUSE = 100, 0.05
"""How often is looked whether a callback was tried, and the seconds between."""


@asynccontextmanager
async def listen(path: str, status: int = 200) -> AsyncIterator[tuple[str, list[tuple[web.Request, str]]]]:
    """Listen for callbacks; give the address with a path, and the list of the requests that came with their bodies."""
    came: list[tuple[web.Request, str]] = []

    async def take(request: web.Request) -> web.Response:
        came.append((request, await request.text()))
        return web.Response(status=status)

    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", take)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}{path}", came
    finally:
        await runner.cleanup()


async def list_callbacks(driver: Driver) -> list[dict[str, Any]]:
    """List the callbacks. An advance, and a state that was brought about, are over when the first attempts are."""
    found: list[dict[str, Any]] = (await driver.control("GET", "/callbacks"))["callbacks"]
    return found


async def wait_for_callbacks(driver: Driver, attempts: int = 1) -> list[dict[str, Any]]:
    """List the callbacks, once so many attempts have been made in all, or five seconds are over."""
    found: list[dict[str, Any]] = []
    for _ in range(LOOKS):
        found = await list_callbacks(driver)
        made = [attempt for each in found for attempt in each["attempts"]]
        if len(made) >= attempts and all(attempt["duration_ms"] is not None for attempt in made):
            break
        await asyncio.sleep(PAUSE)
    return found
