"""What a lane is told: time, accounts, choices, faults, rented numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

from otp_sandbox.api import shapes
from otp_sandbox.api.asking import below, given, length
from otp_sandbox.api.lane_facts import LONG, Questions
from otp_sandbox.api.shapes import Instant, Json, Length

__tracebackhide__ = True  # pytest ends a traceback in the test that asked
_MONEY: Final = ("balance", "credit")


class Steering(Questions):
    """Time, accounts, and what goes wrong."""

    async def clock(self) -> shapes.Clock:
        """Get the lane's time."""
        return await self._ask(shapes.Clock, "GET", "/clock")

    async def set_clock(
        self,
        mode: Literal["real", "offset", "frozen"],
        *,
        offset: Length | None = None,
        now: Instant | None = None,
    ) -> shapes.Clock:
        """Let the clock run, run with an offset, or stand still."""
        body = given(mode=mode, offset=offset if offset is None else length(offset), now=now)
        return await self._ask(shapes.Clock, "PUT", "/clock", body=body)

    async def freeze(self, now: Instant | None = None) -> shapes.Clock:
        """Let the clock stand still, now or at an instant."""
        return await self.set_clock("frozen", now=now)

    async def advance(self, by: Length | None = None, *, to: Instant | None = None) -> shapes.Advance:
        """Move the clock on, and let happen what falls due on the way; callbacks have been tried when this ends."""
        body = given(by=by if by is None else length(by), to=to)
        return await self._ask(shapes.Advance, "POST", "/clock/advance", body=body, patience=LONG)

    async def account(self, provider: str) -> Json:
        """Get the account at a provider."""
        return await self._ask(Json, "GET", f"/accounts{below(provider)}")

    async def change_account(self, provider: str, patch: Mapping[str, Any]) -> Json:
        """Change the account at a provider (JSON merge patch; None is the value null)."""
        return await self._ask(Json, "PATCH", f"/accounts{below(provider)}", body=dict(patch))

    async def balance(self, provider: str) -> int:
        """Give the money of the account at a provider."""
        account = await self.account(provider)
        return next(int(account[name]) for name in _MONEY if name in account)

    async def choices(self) -> dict[str, str]:
        """Get how contested behaviours are played."""
        return await self._ask(dict[str, str], "GET", "/choices")

    async def choose(self, choices: Mapping[str, str | None]) -> dict[str, str]:
        """Choose otherwise; None returns to the default."""
        return await self._ask(dict[str, str], "PATCH", "/choices", body=dict(choices))

    async def limits(self, *, after: str | None = None, limit: int | None = None) -> shapes.Limits:
        """List limits: how much is used, and when it frees up."""
        return await self._ask(shapes.Limits, "GET", "/limits", given(after=after, limit=limit))

    async def faults(self, *, after: str | None = None, limit: int | None = None) -> shapes.Faults:
        """List faults, newest last."""
        return await self._ask(shapes.Faults, "GET", "/faults", given(after=after, limit=limit))

    async def fault(
        self,
        preset: str | None = None,
        /,
        *,
        action: shapes.Action | Json | None = None,
        name: str | None = None,
        when: Literal["before", "after"] | None = None,
        uses: int | None = None,
        ttl: Length | None = None,
        **match: Any,
    ) -> shapes.Fault:
        """Let something go wrong: a preset, or an action. `match` says for which calls, as the control API has it."""
        body = _fault(preset, action, name, when, uses, ttl, match)
        return await self._ask(shapes.Fault, "POST", "/faults", body=body)

    async def find_fault(self, name: str) -> shapes.Fault:
        """Get a fault."""
        return await self._ask(shapes.Fault, "GET", f"/faults{below(name)}")

    async def replace_fault(
        self,
        name: str,
        preset: str | None = None,
        /,
        *,
        action: shapes.Action | Json | None = None,
        when: Literal["before", "after"] | None = None,
        uses: int | None = None,
        ttl: Length | None = None,
        **match: Any,
    ) -> shapes.Fault:
        """Replace a fault; it counts anew."""
        body = _fault(preset, action, None, when, uses, ttl, match)
        return await self._ask(shapes.Fault, "PUT", f"/faults{below(name)}", body=body)

    async def clear_fault(self, name: str) -> None:
        """Take a fault back."""
        await self._asking.bytes("DELETE", f"{self._path}/faults{below(name)}")

    async def clear_faults(self) -> None:
        """Take all faults back."""
        await self._asking.bytes("DELETE", self._path + "/faults")

    async def rentals(self, *, after: str | None = None, limit: int | None = None) -> shapes.Rentals:
        """List rented numbers, newest last."""
        return await self._ask(shapes.Rentals, "GET", "/rentals", given(after=after, limit=limit))

    async def rent(self, service: str | None = None, *, provider: str | None = None) -> shapes.Rental:
        """Rent a number, for the first service on offer unless one is named."""
        return await self._ask(shapes.Rental, "POST", "/rentals", body=given(service=service, provider=provider))

    async def deliver_sms(self, rental: str, text: str, *, code: str | None = None) -> shapes.Rental:
        """Let an SMS arrive at a rented number; the code is found in it, unless it is given."""
        return await self._ask(shapes.Rental, "POST", f"/rentals{below(rental)}/sms", body=given(text=text, code=code))

    async def deliver_call(self, rental: str, code: str) -> shapes.Rental:
        """Let a call arrive at a rented number."""
        return await self._ask(shapes.Rental, "POST", f"/rentals{below(rental)}/call", body={"code": code})


def _fault(  # noqa: PLR0917  (a fault has so many parts)
    preset: str | None,
    action: Any,
    name: str | None,
    when: str | None,
    uses: int | None,
    ttl: Length | None,
    match: Json,
) -> Json:
    return given(
        preset=preset,
        action=action,
        name=name,
        when=when,
        uses=uses,
        ttl=ttl if ttl is None else length(ttl),
        match=match or None,
    )
