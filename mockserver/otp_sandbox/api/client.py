"""A sandbox, as tests see it: lanes, what is played, and how it is doing."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from typing import Any, Literal, TypeVar

from otp_sandbox.api import shapes
from otp_sandbox.api.asking import PREFIX, Asking, below, given, length
from otp_sandbox.api.errors import Problem
from otp_sandbox.api.exchange import Address, address
from otp_sandbox.api.lane import AsyncLane
from otp_sandbox.api.lane_facts import Known
from otp_sandbox.api.senders import Sender, in_thread
from otp_sandbox.api.shapes import Json, Length

__tracebackhide__ = True  # pytest ends a traceback in the test that asked
T = TypeVar("T")
_UNAVAILABLE = 503


class AsyncClient:
    """Asks a sandbox that runs. Every call has a connection of its own: there is nothing to close.

    Args:
        url: where it is; default: `OTP_SANDBOX_URL`, else port 6877 of this machine.
        token: its control token; default: `OTP_SANDBOX_CONTROL_TOKEN`.
        context: for `https`, whom to trust.
        sender: does what blocks.
    """

    def __init__(
        self,
        url: str | None = None,
        *,
        token: str | None = None,
        context: ssl.SSLContext | None = None,
        sender: Sender = in_thread,
    ) -> None:
        self._asking = Asking(address(url, token, context), sender)

    @property
    def address(self) -> Address:
        """Where the sandbox is."""
        return self._asking.where

    @property
    def url(self) -> str:
        """Where the sandbox is, and where its providers answer."""
        return self._asking.where.url

    # Lanes

    async def create_lane(
        self,
        id: str | None = None,  # noqa: A002  (its name)
        *,
        seed: int | None = None,
        clock: Json | None = None,
        choices: Mapping[str, str] | None = None,
        ttl: Length | None = None,
        accounts: Mapping[str, Json] | None = None,
        credentials: Mapping[str, Mapping[str, str]] | None = None,
        any_sender: bool | None = None,
    ) -> AsyncLane:
        """Make a lane."""
        body = given(
            id=id,
            seed=seed,
            clock=clock,
            choices=choices,
            ttl=ttl if ttl is None else length(ttl),
            accounts=accounts,
            credentials=credentials,
            any_sender=any_sender,
        )
        told = await self._ask(shapes.LaneTold, "POST", "/lanes", body=body)
        return AsyncLane(self._asking, Known(told["id"], told))

    async def open_lane(self, id: str = "default") -> AsyncLane:  # noqa: A002  (its name)
        """Get a lane that is there, with its credentials."""
        lane = AsyncLane(self._asking, Known(id))
        await lane.open()
        return lane

    async def lanes(self, *, after: str | None = None, limit: int | None = None) -> shapes.Lanes:
        """List lanes, newest last."""
        return await self._ask(shapes.Lanes, "GET", "/lanes", given(after=after, limit=limit))

    # What is played

    async def providers(self) -> shapes.Providers:
        """List what is played."""
        return await self._ask(shapes.Providers, "GET", "/providers")

    async def operations(self, provider: str) -> shapes.Operations:
        """List the operations of a provider."""
        return await self._ask(shapes.Operations, "GET", f"/providers{below(provider)}/operations")

    async def outcomes(self, provider: str) -> shapes.Outcomes:
        """List a provider's table: what is answered, and why."""
        return await self._ask(shapes.Outcomes, "GET", f"/providers{below(provider)}/outcomes")

    async def behaviours(self, provider: str) -> shapes.Behaviours:
        """List statements about a provider, with evidence and source."""
        return await self._ask(shapes.Behaviours, "GET", f"/providers{below(provider)}/behaviours")

    async def magic(self) -> shapes.Magics:
        """List the values of fields that ask for an outcome."""
        return await self._ask(shapes.Magics, "GET", "/magic")

    async def rules(self) -> shapes.Rules:
        """List the rules of the lint."""
        return await self._ask(shapes.Rules, "GET", "/lint/rules")

    async def rule_page(self, rule: str) -> str:
        """Get the page of a rule, as Markdown."""
        return await self._text(f"/_sandbox/docs/lint{below(rule)}.md")

    async def spec(self, provider: str, form: Literal["json", "yaml"] = "json") -> str:
        """Get a provider as OpenAPI 3.1, as text."""
        return await self._text(f"/_sandbox/specs{below(provider)}.{form}")

    # How it is doing

    async def info(self) -> shapes.Info:
        """Get version, seed and settings in force."""
        return await self._ask(shapes.Info, "GET", "/info")

    async def openapi(self) -> Json:
        """Get the control API as OpenAPI 3.1."""
        return await self._ask(Json, "GET", "/openapi.json")

    async def metrics(self) -> str:
        """Get figures in the text format of Prometheus."""
        return await self._text("/metrics")

    async def is_alive(self) -> bool:
        """Whether it answers.

        Raises:
            Unreachable: it does not.
        """
        await self._text("/healthz")
        return True

    async def is_ready(self) -> bool:
        """Whether it is ready.

        Raises:
            Unreachable: nobody answers.
        """
        try:
            await self._text("/readyz")
        except Problem as problem:
            if problem.status == _UNAVAILABLE:
                return False
            raise
        return True

    async def _text(self, path: str) -> str:
        return (await self._asking.bytes("GET", path)).decode()

    async def _ask(
        self,
        shape: type[T],
        method: str,
        path: str,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
    ) -> T:
        return await self._asking.ask(shape, method, PREFIX + path, query, body)
