"""Faults without HTTP: a call is played in a lane with faults, over a store that runs each decision twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from equipment.thin_lane import KEY, ThinLane
from otp_sandbox.app import find_providers
from otp_sandbox.domain.accounts import ACCOUNTS
from otp_sandbox.domain.faults import FAULT_COUNTS, PRESETS, Action, Count, Fault, Match
from otp_sandbox.domain.misdelivery import other_code
from otp_sandbox.play.faults import is_due, malformed, truncated
from otp_sandbox.play.request import Request

PROVIDERS = find_providers()
OPERATIONS = [(name, each.id) for name, provider in PROVIDERS.items() for each in provider.spec.operations]
SEND = {
    "ApiKey": "SANDBOX-API-KEY",
    "SecretKey": "SANDBOX-SECRET-KEY",
    "Phone": "0901888484",
    "Brandname": "Sandbox",
    "Type": "2",
    "message": "{OTP}",
}
GENCODE = "SendMessageAutoGenCode_V4_get"


def lane_of(name: str) -> ThinLane:
    """Make a lane of a provider."""
    kind: Any = type("OneLane", (ThinLane,), {"provider": PROVIDERS[name], "start": datetime(2026, 3, 1, tzinfo=UTC)})
    made: ThinLane = kind()
    return made


async def opened(name: str) -> ThinLane:
    """Make a lane of a provider, with its account."""
    lane = lane_of(name)
    await lane.store.begin(KEY)
    await lane.write({(ACCOUNTS, name): PROVIDERS[name].accounts.new()})
    return lane


def fault(action: Action, number: int = 1, **more: Any) -> Fault:
    """Make a fault."""
    usual = {"name": f"fault-{number}", "number": number, "match": Match(), "when": "before", "action": action}
    return Fault(**usual | more)


@pytest.mark.parametrize(("name", "operation"), OPERATIONS, ids=str)
async def test_each_row_can_be_asked_for_at_each_operation(name: str, operation: str) -> None:
    """Before the call, whatever was sent: also when nothing was."""
    lane = await opened(name)
    rows = [row.name for row in lane.provider.spec.outcomes.values() if not row.success]
    for number, row in enumerate(rows):
        lane.faults = (fault(Action("outcome", outcomes=(row,)), number, match=Match(operation=operation)),)

        played = await lane.play(operation, {})

        assert (played.row.name, played.verdict.cause, played.verdict.magic) == (row, row, False)
        assert played.reply.status == played.row.status
        assert await lane.get((FAULT_COUNTS, str(number))) == Count(1, 1)


async def test_after_a_call_it_has_happened() -> None:
    lane = await opened("esms")
    lane.faults = (fault(Action("outcome", outcomes=("template_mismatch",)), when="after"),)

    played = await lane.play(GENCODE, SEND)

    assert played.row.name == "template_mismatch"
    assert played.happened
    assert "in truth accepted" in played.verdict.reason
    assert len(await lane.messages()) == len(await lane.due()) - 1 == 1


@pytest.mark.parametrize(
    "action",
    [
        Action("http", status=502, body="x", content_type="text/html"),
        Action("reset"),
        Action("truncate", number=5),
        Action("malformed"),
        Action("drip", number=5),
        Action("delay", length=timedelta(minutes=2), on_lane_clock=True),
    ],
    ids=lambda action: action.kind,
)
async def test_before_a_call_nothing_happens(action: Action) -> None:
    lane = await opened("esms")
    lane.faults = (fault(action),)

    played = await lane.play(GENCODE, SEND)

    assert (played.fault, played.happened) == (lane.faults[0], False)
    assert await lane.messages() == await lane.codes() == await lane.due() == []


async def test_a_call_that_was_held_up_goes_on_under_its_number() -> None:
    """And no fault meets it again."""
    lane = await opened("esms")
    lane.faults = (fault(Action("delay", length=timedelta(minutes=2), on_lane_clock=True)), fault(Action("reset"), 2))
    held = await lane.play(GENCODE, SEND)

    lane.wait(minutes=2)
    route = lane.route(GENCODE)
    played = await lane.player.play(lane.handle(), route, Request("GET", "/", SEND, {}, held.call.source), held)

    assert played.happened
    assert (played.call.request_id, played.call.now - held.call.now) == (held.call.request_id, timedelta(minutes=2))
    assert played.fault == lane.faults[0]
    assert [each.request_id for each in await lane.messages()] == [held.call.request_id]
    assert await lane.get((FAULT_COUNTS, "2")) == Count(1, 0)


async def test_a_delivery_that_is_not_sent_is_not_counted() -> None:
    """Where another fault lets nothing happen, there is nothing that could be lost."""
    lane = await opened("esms")
    ghost = Action("delivery", delivery="ghost")
    lane.faults = (
        fault(ghost, when="after", match=Match(first=2, last=2)),
        fault(Action("http", status=500), 2, uses=1),
        fault(ghost, 3, when="after", uses=1),
    )

    causes = [(await lane.play(GENCODE, SEND)).fault for _ in range(3)]

    assert [each.number if each is not None else None for each in causes] == [2, 3, 1]
    assert [await lane.get((FAULT_COUNTS, str(number))) for number in (1, 2, 3)] == [
        Count(2, 1),
        Count(1, 1),
        Count(1, 1),
    ]


async def test_a_lane_without_faults_reads_nothing_more() -> None:
    lane = await opened("esms")

    played = await lane.play(GENCODE, SEND)

    assert (played.fault, played.happened) == (None, True)
    assert lane.store.unnamed == []


async def test_what_a_faulty_call_reads_is_named() -> None:
    """So that a store fetches it at once."""
    lane = await opened("esms")
    lane.faults = (fault(Action("delivery", delivery="reordered", length=timedelta(minutes=1)), when="after"),)

    for _ in range(2):
        await lane.play(GENCODE, SEND)

    assert lane.store.unnamed == []


@pytest.mark.parametrize(
    ("match", "fires"),
    [
        (Match(), "1111111111"),
        (Match(first=3), "0011111111"),
        (Match(first=3, last=4), "0011000000"),
        (Match(every=4), "0001000100"),
        (Match(first=4, last=8, every=4), "0001000100"),
        (Match(p=0), "0000000000"),
        (Match(p=1), "1111111111"),
    ],
    ids=str,
)
def test_calls_are_counted(match: Match, fires: str) -> None:
    rule = fault(Action("reset"), match=match)

    assert "".join(str(int(is_due(rule, met, 7))) for met in range(1, 11)) == fires


def test_a_probability_is_that_of_the_long_run() -> None:
    rule = fault(Action("reset"), match=Match(p=0.3))

    assert 270 < sum(is_due(rule, met, 7) for met in range(1, 1001)) < 330


@pytest.mark.parametrize("body", [b'{"a":1}', b"[1,2]", b"12", b"", b"<a>b</a>", b"\x00\xff"])
def test_a_malformed_body_is_no_json(body: bytes) -> None:
    with pytest.raises(orjson.JSONDecodeError):
        orjson.loads(malformed(body))


@pytest.mark.parametrize(("length", "left"), [(0, b""), (3, b"abc"), (4, b"abcd"), (5, b"abcd"), (9, b"abcd")])
def test_a_truncated_body_lacks_a_byte_at_least(length: int, left: bytes) -> None:
    assert truncated(b"abcde", length) == left


@pytest.mark.parametrize("code", ["0", "9", "123456", "AZ09", "az-09", "000000"])
@pytest.mark.parametrize("seed", range(20))
def test_another_code_looks_alike_and_differs(code: str, seed: int) -> None:
    """Digits for digits, letters for letters; the same again with the same seed."""
    found = other_code(code, seed, "id")

    def shapes(text: str) -> list[tuple[bool, bool, bool]]:
        return [(each.isdigit(), each.isupper(), each.islower()) for each in text]

    assert found != code
    assert shapes(found) == shapes(code)
    assert found == other_code(code, seed, "id")


def test_there_are_these_presets() -> None:
    assert list(PRESETS) == [
        "lost-ack",
        "ghost-delivery",
        "late-receipt",
        "duplicate-receipt",
        "html-502",
        "slow",
        "flaky",
        "down",
        "balance-runs-out",
    ]
