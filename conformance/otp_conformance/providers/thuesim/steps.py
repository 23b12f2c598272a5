"""What the cases of thuesim do again and again: rent, let something arrive, look at what was posted."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from otp_conformance.case import Feature, case
from otp_conformance.driver import Driver
from otp_conformance.expect import Unexpected, expect
from otp_conformance.response import Response

F = TypeVar("F", bound=Callable[..., Awaitable[None]])

RENT = "register_service"
AGAIN = "rephone"
ACCOUNT = [Feature.ACCOUNTS]
CLOCK = [Feature.ACCOUNTS, Feature.CLOCK]
ARRIVALS = [Feature.ACCOUNTS, Feature.RENTALS]
NUMBERS = {"thuesim.code-numbers": "chothuesim"}
"""For cases that look at an answer of the code query."""
PRINTED = {f"thuesim.{choice}": "printed" for choice in ("member-order", "list-rent", "list-code")}
"""For cases that look at the order of members, or at all of them, where a sister service has others."""
TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.(\d?[1-9]|\d\d[37]))?"
"""A time of the history."""
REFUSED = {"thuesim.unknown-carrier": "refused", "thuesim.unknown-prefix": "refused"}
"""For cases about filters that name what is not there."""
NO_MATCH = {"carries": "ITELECOM", "yPrefix": "90"}
"""Filters that contradict each other, and leave no number."""


def wire_case(
    provider: str, family: str, *, choices: Mapping[str, str] | None = None, **parts: Any
) -> Callable[[F], F]:
    """Register a case that reads or needs answers of the first schema, which the page prints as whole bodies."""
    return case(provider, family, choices={"thuesim.profile": "wire", **(choices or {})}, **parts)


LIST = {
    "thuesim.profile": "list",
    "thuesim.list-refusals": "absent",
    "thuesim.list-request-id": "text",
    "thuesim.list-history": "sample",
    **PRINTED,
}
"""The second schema as the page prints it, with refusals as they were seen."""


def list_case(
    provider: str, family: str, *, choices: Mapping[str, str] | None = None, **parts: Any
) -> Callable[[F], F]:
    """Register a case about the second schema, which the page prints as lists."""
    return case(provider, family, choices={**LIST, **(choices or {})}, **parts)


@dataclass(frozen=True, slots=True)
class Rental:
    """A rental as the client keeps it: the id as it was spelled, the number without the space."""

    id: str
    phone: str
    answer: Response

    @property
    def nine(self) -> str:
        """The number without its zero."""
        return self.phone[1:]

    @property
    def bare_id(self) -> str:
        """The id without the server."""
        return self.id.partition(".")[0]


def rental_of(answer: Response) -> Rental:
    """Read a rental from the raw text: a float would lose the zero at the end of its id.

    Raises:
        Unexpected: it has no number with two decimals as its id.
    """
    expect(answer, "rented")
    found = re.search(r'"ID":(\d+\.\d\d),', answer.text)
    if found is None:
        raise Unexpected(["an ID with two decimals"], answer.describe())
    return Rental(found[1], answer.json["RequestLog"]["Phone"].strip(), answer)


async def rent(thuesim: Driver, **changes: str | None) -> Rental:
    """Rent a number."""
    return rental_of(await thuesim.call(RENT, **changes))


async def with_wrong_token(thuesim: Driver, operation: str, profile: str) -> Response:
    """Make a call whose token is nobody's, where strangers are answered in a schema."""
    async with thuesim.strangers_meet({**LIST, "thuesim.profile": profile}):
        return await thuesim.call(operation, token="nobody")  # noqa: S106  (no secret)


async def rent_listed(thuesim: Driver, **changes: str | None) -> Rental:
    """Rent a number where the second schema is played.

    The answer has no server; a case that needs it, to let something arrive, is told it by the control API.
    """
    answer = expect(await thuesim.call(RENT, **changes), "rented_list")
    data = answer.json["data"]
    own = (await thuesim.control("GET", "/rentals"))["rentals"]
    told = [each["id"] for each in own if each["id"].startswith(f"{data['request_id']}.")]
    if not told:
        raise Unexpected(["a request_id that is the id of the rental before the dot"], answer.describe())
    return Rental(told[0], f"0{data['phone_number']}", answer)


async def rent_again(thuesim: Driver, first: Rental, **changes: str | None) -> Response:
    """Rent the number of an earlier rental again."""
    return await thuesim.call(AGAIN, **{"phone": first.phone, "thuesim1": first.id, **changes})


async def take_time(thuesim: Driver, **patch: Any) -> None:
    """Switch the interval off, and let things arrive by hand only."""
    await thuesim.account(**{"min_interval": 0, "arrival": "manual", **patch})


async def let_text_arrive(thuesim: Driver, rental: Rental, text: str = "529310 la ma cua ban", **more: str) -> None:
    """Let a text message arrive at a rental."""
    await thuesim.control("POST", f"/rentals/{rental.id}/sms", {"text": text, **more})


async def let_call_arrive(thuesim: Driver, rental: Rental, code: str = "059809") -> None:
    """Let a call arrive at a rental."""
    await thuesim.control("POST", f"/rentals/{rental.id}/call", {"code": code})


async def read_code(thuesim: Driver, rental: Rental) -> Response:
    """Read the code of a rental."""
    answer = await thuesim.call("code", ID=rental.id)
    if isinstance(answer.json, dict) and answer.json.get("Result"):
        thuesim.codes_read += 1
    return answer


async def ask_balance(thuesim: Driver) -> int:
    """Ask for the balance as a client does."""
    held: int = expect(await thuesim.call("balance"), "success").json["data"]["balance"]
    return held


async def ask_history(thuesim: Driver, **filters: str | None) -> list[dict[str, Any]]:
    """Ask for the history."""
    rows: list[dict[str, Any]] = expect(await thuesim.call("history", **filters), "success").json["data"]
    return rows


def service(number: int, server: str = "01", **more: Any) -> dict[str, Any]:
    """Make a service for the account."""
    name = more.pop("SERVICE_NAME", f"Service {number}")
    return {"ID": number, "SV": server, "SERVICE_NAME": name, "PRICE": 100, "Time": "300", **more}
