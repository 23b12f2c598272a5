"""What the cases of viotp do again and again: rent, let something arrive, read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from otp_conformance.case import Feature
from otp_conformance.driver import Driver
from otp_conformance.expect import expect
from otp_conformance.response import Response

ACCOUNT: Final = [Feature.ACCOUNTS]
CLOCK: Final = [Feature.ACCOUNTS, Feature.CLOCK]
ARRIVALS: Final = [Feature.ACCOUNTS, Feature.RENTALS]
OBSERVED: Final = {"viotp.envelope": "observed"}
"""For cases that look at whole bodies."""
PLAIN: Final = {**OBSERVED, "viotp.code-id": "number", "viotp.history-rows": "code"}
"""For cases that look at whole rentals."""
TIME: Final = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.(\d?[1-9]|\d\d[37]))?"
NO_MATCH: Final = {"network": "ITELECOM", "prefix": "90"}
"""Filters that contradict each other, and leave no number."""


@dataclass(frozen=True, slots=True)
class Rental:
    """A rental as the client keeps it."""

    id: str
    phone: str
    answer: Response

    @property
    def nine(self) -> str:
        """The number without its zero."""
        return self.phone[1:]


async def rent(viotp: Driver, **changes: str | None) -> Rental:
    """Rent a number, or rent it again."""
    answer = expect(await viotp.call("rent", **changes), "rented")
    data = answer.json["data"]
    return Rental(str(data["request_id"]), data["re_phone_number"], answer)


async def by_hand(viotp: Driver, **patch: Any) -> None:
    """Let things arrive by hand only."""
    await viotp.account(**{"arrival": "manual", **patch})


async def let_text_arrive(viotp: Driver, rental: Rental, text: str = "529310 la ma cua ban", **more: str) -> None:
    """Let a text message arrive at a rental."""
    await viotp.control("POST", f"/rentals/{rental.id}/sms", {"text": text, **more})


async def let_call_arrive(viotp: Driver, rental: Rental, code: str = "059809") -> None:
    """Let a call arrive at a rental."""
    await viotp.control("POST", f"/rentals/{rental.id}/call", {"code": code})


async def read(viotp: Driver, rental: Rental) -> dict[str, Any]:
    """Read a rental."""
    held: dict[str, Any] = expect(await viotp.call("code", requestId=rental.id), "success").json["data"]
    viotp.codes_read += held["Code"] is not None
    return held


async def ask_balance(viotp: Driver) -> int:
    """Ask for the balance as a client does."""
    held: int = expect(await viotp.call("balance"), "success").json["data"]["balance"]
    return held


async def ask_history(viotp: Driver, **filters: str | None) -> list[dict[str, Any]]:
    """Ask for the history."""
    rows: list[dict[str, Any]] = expect(await viotp.call("history", **filters), "success").json["data"]
    return rows


def service(number: int, **more: Any) -> dict[str, Any]:
    """Make a service for the account."""
    return {"id": number, "name": f"Service {number}", "price": 100, **more}
