"""A recorder on a free port in front of a second sandbox, which stands in for a real provider."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from otp_sandbox.contract import Provider
from otp_sandbox.web.listeners import listen
from otp_sandbox.web.recording import Recorder, Recording, read_upstream


@dataclass
class Recorded:
    """A recorder that runs, what it wrote, and a client of it."""

    client: Any
    recording: Recording
    lines: list[bytes] = field(default_factory=list)

    @property
    def exchanges(self) -> list[dict[str, Any]]:
        """What was recorded, without the line that says what it is."""
        return [json.loads(line) for line in self.lines[1:]]


@pytest.fixture
async def record(client: Any, providers: dict[str, Provider]) -> AsyncIterator[Callable[..., Awaitable[Recorded]]]:
    """Start recorders; without an address they pass on to the sandbox of the test."""
    running = []

    async def begin(*addresses: str) -> Recorded:
        upstreams = [read_upstream(each, tuple(providers)) for each in addresses or (client.url,)]
        lines: list[bytes] = []
        recording = Recording(lines.append, upstreams)
        recorder, listener = Recorder(providers, upstreams, recording), listen("127.0.0.1", 0)
        await recorder.start(listener)
        running.append(recorder)
        return Recorded(type(client)(listener.url, client.session), recording, lines)

    yield begin
    for each in running:
        await each.stop()
