"""What a test does to a lane: requests as a backend makes them, and calls to the control API under that lane."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest

NOON = "2026-03-01T12:00:00+00:00"
DEFAULT = {
    "esms": {"ApiKey": "SANDBOX-API-KEY", "SecretKey": "SANDBOX-SECRET-KEY"},
    "amoot": {"Token": "SANDBOX-TOKEN"},
    "thuesim": {"token": "SANDBOX-TOKEN"},
}


@dataclass
class World:
    """A lane, seen by its users. Without an id it is the default one, called without a prefix."""

    client: Any
    id: str = ""
    credentials: Any = None
    shape: Any = None

    async def control(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """Call the control API under this lane."""
        prefix = f"/lanes/{self.id}" if self.id else ""
        return await self.client.control(method, prefix + path, body, **more)

    async def get(self, path: str) -> Any:
        """Read something, which must be there."""
        answer = await self.control("GET", path)
        assert answer.status == 200, answer.text
        return answer.json

    async def freeze(self, now: str = NOON) -> None:
        """Let the clock stand."""
        assert (await self.control("PUT", "/clock", {"mode": "frozen", "now": now})).status == 200

    async def advance(self, by: str) -> Any:
        """Move the clock."""
        answer = await self.control("POST", "/clock/advance", {"by": by})
        assert answer.status == 200, answer.text
        return answer.json

    async def gencode(self, phone: str = "0912345678", **fields: str) -> Any:
        """Let eSMS send a code."""
        sent = {"Phone": phone, "Brandname": "Sandbox", "Type": "2", "message": "{OTP} is it", "IsNumber": "1"} | fields
        path = "/MainService.svc/json/SendMessageAutoGenCode_V4_get"
        return await self.client.get(path, **{**self.credentials["esms"], **sent})

    async def checkcode(self, code: str, phone: str = "0912345678") -> Any:
        """Let eSMS check a code."""
        path = "/MainService.svc/json/CheckCodeGen_V4_get"
        return await self.client.get(path, **self.credentials["esms"], Phone=phone, Code=code)

    async def send_otp(self, mobile: str = "9120000000", **fields: str) -> Any:
        """Let Amoot send a code."""
        sent = {"SMSMessageText": "x", "LineNumber": "public", "Mobile": mobile, "CodeLength": "4", "SendDateTime": ""}
        token = {"Token": self.credentials["amoot"]["Token"]}
        return await self.client.get("/rest/SendOTP", **{**token, **sent, **fields})

    async def rent(self, service: str = "02.97") -> Any:
        """Rent a number at thuesim; gives the rental as the control API shows it."""
        answer = await self.client.get("/api/register-service/", serviceId=service, **self.credentials["thuesim"])
        assert answer.json["RequestLog"], answer.text
        return (await self.get("/rentals"))["rentals"][-1]


@pytest.fixture
def world(client: Any) -> World:
    """The default lane."""
    return World(client, credentials=DEFAULT)


@pytest.fixture
async def still(world: World) -> World:
    """The default lane with a clock that stands at noon."""
    await world.freeze()
    return world


@pytest.fixture
def lane(client: Any) -> Callable[..., Awaitable[World]]:
    """Make lanes."""

    async def make(**fields: Any) -> World:
        answer = await client.control("POST", "/lanes", fields)
        assert answer.status == 201, answer.text
        return World(client, answer.json["id"], answer.json["credentials"], answer.json)

    return make


@pytest.fixture
def connect(client: Any) -> Callable[[Any], World]:
    """Give the default lane of another sandbox."""
    return lambda sandbox: World(type(client)(sandbox.server.url, client.session), credentials=DEFAULT)


@pytest.fixture
def fields_of() -> Callable[[Any], list[str]]:
    """Give the fields that a problem names, after a look at its form."""

    def read(answer: Any) -> list[str]:
        problem = answer.json
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert (
            {"type", "title", "status", "detail"} <= problem.keys() <= {"type", "title", "status", "detail", "errors"}
        )
        assert problem["status"] == answer.status
        assert all(each.keys() == {"field", "detail"} and each["detail"] for each in problem.get("errors", []))
        return [each["field"] for each in problem.get("errors", [])]

    return read


@pytest.fixture
def wait_in(sandbox: Any) -> Callable[..., Awaitable[Any]]:
    """Start a request that waits for messages; it is given back when it waits."""

    async def begin(world: World, query: str = "timeout=60s") -> asyncio.Task[Any]:
        asked = asyncio.create_task(world.control("GET", f"/messages/wait?{query}"))
        held = sandbox.store._lane(sandbox.registry.get(world.id or "default").key)
        while not held.waiters and not asked.done():  # noqa: ASYNC110  (nothing tells; each turn lets others work)
            await asyncio.sleep(0)
        return asked

    return begin
