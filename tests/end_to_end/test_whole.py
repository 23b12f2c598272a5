"""What holds the state of a lane to be whole finds what is not: each planted fault is told."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Callable
from typing import Any

import pytest

from otp_sandbox.app import Sandbox
from otp_sandbox.settings import Settings
from proofs.kills import Known, Outcome
from proofs.places import Place
from proofs.whole import CONFIG, FUNDS, Whole, whole

KEYS = {"ApiKey": "SANDBOX-API-KEY", "SecretKey": "SANDBOX-SECRET-KEY"}
Harm = Callable[[Any], object]


def _entry(content: Any, log: str, place: int = 0) -> Any:
    return content["logs"][log][place]["entry"]


def _account(content: Any, provider: str) -> Any:
    return content["tables"]["accounts"][provider]


FAULTS: dict[str, Harm] = {
    "a charge too many": lambda it: _account(it, "esms").update(balance=FUNDS - 2 * 850),
    "no charge": lambda it: _account(it, "amoot").update(credit=FUNDS),
    "a refund too many": lambda it: _account(it, "thuesim").update(balance=_account(it, "thuesim")["balance"] + 600),
    "a message without its code": lambda it: it["logs"]["codes"].pop(),
    "a code without its message": lambda it: it["logs"]["messages"].pop(),
    "another code": lambda it: _entry(it, "codes").update(code="another"),
    "an entry twice": lambda it: it["logs"]["rentals"].append(it["logs"]["rentals"][0]),
    "delivered twice": lambda it: _entry(it, "messages")["timeline"].append(_entry(it, "messages")["timeline"][-1]),
    "an event that was lost": lambda it: it["due"].clear(),
    "an event twice": lambda it: it["due"].extend(it["due"]),
    "a rental that nobody waits for": lambda it: it["tables"]["rental_books"]["thuesim"]["waiting"].clear(),
    "a rental that is not counted": lambda it: it["tables"]["rental_books"]["thuesim"].update(taken=2),
    "a rental whose message was lost": lambda it: _entry(it, "rentals").update(sms=None),
    "an SMS without a code": lambda it: _entry(it, "rentals").update(code=None),
}


@pytest.fixture
async def content(start: Callable[..., Any], client: Any) -> Any:
    """A message of each kind that is through, and one of each that is under way."""
    lanes = tomllib.loads(CONFIG)["lanes"]
    sandbox: Sandbox = await start(Settings(seed=7, lanes=lanes))
    client.url = sandbox.server.url
    await client.control("PUT", "/clock", {"mode": "frozen"})
    for service in ("02.97", "02.98"):
        await client.get("/api/register-service/", serviceId=service, token="SANDBOX-TOKEN")
    fields = {**KEYS, "Brandname": "Sandbox", "Type": "2", "message": "{OTP}", "Phone": "0901888484"}
    await client.get("/MainService.svc/json/SendMessageAutoGenCode_V4_get", **fields)
    await client.control("POST", "/clock/advance", {"by": "5s"})
    await client.get("/api/register-service/", serviceId="02.97", token="SANDBOX-TOKEN")
    await client.get("/rest/SendQuickOTP", Token="SANDBOX-TOKEN", Mobile="9120000001", CodeLength="5", OptionalCode="")
    return (await client.control("GET", "/snapshot")).json


async def test_a_whole_lane_is_told_with_what_is_under_way(content: Any) -> None:
    found = whole(content)

    assert (len(found.messages), len(found.rentals), len(found.open), found.used) == (2, 3, 2, frozenset())


@pytest.mark.parametrize("harm", FAULTS.values(), ids=FAULTS)
async def test_a_planted_fault_is_found(content: Any, harm: Harm) -> None:
    harmed = copy.deepcopy(content)
    harm(harmed)

    with pytest.raises(AssertionError):
        whole(harmed)


def _lost(at: float, still: str = "") -> Outcome:
    """A message that was acknowledged at a moment is not there; the store was killed at 10, and was back at 11."""
    nothing = frozenset[str]()
    found = Whole(nothing, nothing, nothing, frozenset(filter(None, [still])))
    return Outcome(Known(), found, {"message 1": at}, [(10, 11)], 20)


@pytest.mark.parametrize("at", [8, 9.9, 11])
def test_what_was_acknowledged_just_before_a_kill_may_be_lost(at: float) -> None:
    _lost(at).judge(Place("redis", "1s"))


@pytest.mark.parametrize(
    ("at", "place"),
    [(7.9, Place("redis", "1s")), (11.1, Place("redis", "1s")), (8.9, Place("sqlite")), (9.9, Place("sqlite", "0s"))],
    ids=str,
)
def test_nothing_else_may_be_lost(at: float, place: Place) -> None:
    with pytest.raises(AssertionError):
        _lost(at).judge(place)


def test_what_fell_due_must_have_happened() -> None:
    with pytest.raises(AssertionError, match="fell due"):
        _lost(10, still="rental").judge(Place("redis", "1s"))
