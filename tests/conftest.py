"""A sandbox on a free port for each test, and clients for its two faces."""

from __future__ import annotations

import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import hypothesis
import pytest

from equipment.strict import StrictStore
from otp_sandbox.app import Sandbox, build, find_providers
from otp_sandbox.contract import Provider
from otp_sandbox.domain.record import replace
from otp_sandbox.settings import Settings
from otp_sandbox.web.routes import Routes

SETTINGS = Settings(port=0, seed=7)

# Machines are shared: how long an example takes says nothing, and the same examples come each time.
hypothesis.settings.register_profile("shared", deadline=None, derandomize=True)
hypothesis.settings.load_profile("shared")


@pytest.fixture(scope="session", autouse=True)
def _state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what sandboxes keep by themselves, a CA, away from that of whoever runs the tests."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield


@dataclass(slots=True)
class Answer:
    """What came back: status, headers, and the body as text and, where it is JSON, as values."""

    status: int
    headers: Any
    text: str
    json: Any


@dataclass(slots=True)
class Client:
    """Speaks to a sandbox. Provider paths are sent as they are written, nothing is encoded anew."""

    url: str
    session: aiohttp.ClientSession

    async def send(self, method: str, path: str, **more: Any) -> Answer:
        """Send a request to any path."""
        from yarl import URL  # noqa: PLC0415

        target = URL(self.url + path, encoded=True) if "params" not in more else self.url + path
        async with self.session.request(method, target, **more) as answer:
            text = (await answer.read()).decode("utf-8", "replace")
            kind = answer.headers.get("Content-Type", "")
            return Answer(answer.status, answer.headers, text, _values(text, kind))

    async def get(self, path: str, **params: Any) -> Answer:
        """GET with fields in the query, encoded as a client does."""
        return await self.send("GET", path, params={name: str(value) for name, value in params.items()})

    async def control(self, method: str, path: str, body: Any = None, **more: Any) -> Answer:
        """Call the control API; bodies are JSON."""
        if body is not None or method in {"POST", "PUT", "PATCH"}:
            more["json"] = {} if body is None else body
        return await self.send(method, "/_sandbox/v1" + path, **more)


def _values(text: str, kind: str) -> Any:
    """Read JSON, or the elements of XML as texts."""
    import json  # noqa: PLC0415
    from xml.etree import ElementTree as ET  # noqa: PLC0415

    if "/xml" in kind:
        return {each.tag: each.text or "" for each in ET.fromstring(text)}
    return json.loads(text) if text and "json" in kind else None


@pytest.fixture(scope="session")
def providers() -> dict[str, Provider]:
    """All providers, read once."""
    return find_providers()


@pytest.fixture(scope="session")
def routes(providers: dict[str, Provider]) -> Routes:
    """The table of what stands where, made once: all that it remembers is what stands at a path."""
    return Routes(providers.values())


@pytest.fixture
async def start(providers: dict[str, Provider], routes: Routes) -> AsyncIterator[Callable[..., Awaitable[Sandbox]]]:
    """Start sandboxes with other settings or parts; they stop with the test."""
    running: list[Sandbox] = []

    async def begin(settings: Settings = SETTINGS, **parts: Any) -> Sandbox:
        parts.setdefault(
            "store", StrictStore(ring=settings.ring, budget=settings.journal_bytes, records=settings.phone_records)
        )
        if parts.setdefault("providers", providers) is providers:
            parts.setdefault("routes", routes)
        sandbox = build(replace(settings, port=0), **parts)
        await sandbox.start()
        running.append(sandbox)
        return sandbox

    yield begin
    for sandbox in running:
        await sandbox.stop()


@pytest.fixture
async def sandbox(start: Callable[..., Awaitable[Sandbox]]) -> Sandbox:
    """A sandbox as it comes, on a free port."""
    return await start()


@pytest.fixture
async def client(sandbox: Sandbox) -> AsyncIterator[Client]:
    """A client of that sandbox."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        yield Client(sandbox.server.url, session)


@pytest.fixture(scope="session", autouse=True)
def redis_that_tests_share() -> Iterator[None]:
    """The server of Redis that tests share, if one of them asked for it, ends with the last of them."""
    yield
    if (module := sys.modules.get("equipment.redis_server")) is not None:
        module.end_plain()


@pytest.fixture
def free_port() -> int:
    """A port that nobody listens on just now, for programs that must be told one."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
