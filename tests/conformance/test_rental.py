"""A rented number as the place where a code is read: only the message that was sent counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import orjson
import pytest

from otp_conformance.exchange import Exchange
from otp_conformance.providers.thuesim.rental import RentalChannel
from otp_conformance.response import Response
from otp_conformance.rooms import ROOMS, spec_of
from otp_conformance.stops import CouldNotRun
from otp_conformance.wires import Wire

WAITS = {"ResponseCode": 1, "Msg": "waits", "Result": None}
SENT = "{OTP} la ma xac minh dang ky Baotrixemay cua ban"
RENTED = {"ResponseCode": 0, "RequestLog": {"Phone": "0355555555", "ID": 12.34}}


def _arrived(text: str, code: str, *, listed: bool = False) -> dict[str, Any]:
    if listed:
        return {"success": True, "data": {"SmsContent": text, "Code": code}}
    return {"ResponseCode": 0, "Result": {"SMS": text, "Code": code}}


@dataclass
class Asker:
    """As much of a driver as the channel needs; thuesim answers in turn, the last answer again and again."""

    told: Sequence[dict[str, Any]]
    exchanges: list[Exchange] = field(default_factory=list)
    provider: str = "esms"
    asked: int = 0

    @property
    def wire(self) -> Wire:
        return ROOMS[self.provider].wire

    def other(self, provider: str) -> Asker:
        assert provider == "thuesim"
        return self

    async def messages(self, **_: str) -> list[dict[str, Any]]:
        return []

    async def call(self, name: str, **_: Any) -> Response:
        body = RENTED if name == "register_service" else self.told[min(self.asked, len(self.told) - 1)]
        self.asked += name == "code"
        exchange = Exchange(name, "GET", "http://h/", {}, "", 200, {}, orjson.dumps(body).decode())
        return Response(exchange, spec_of("thuesim"), spec_of("thuesim").operations[0], {})

    def sent(self, text: str, **more: Any) -> None:
        """Note that a code was sent, as eSMS is told it."""
        query = f"http://h/x?Phone=1&message={text}" if text else "http://h/x?Phone=1"
        exchange = Exchange("SendMessageAutoGenCode_V4_get", "GET", query, {}, "", 200, {}, "{}")
        self.exchanges.append(replace(exchange, **more))


async def _read(asker: Asker, looks: int = 3) -> str:
    channel = RentalChannel("02.97", patience=looks * 1e-9, pause=1e-9)
    assert await channel.prepare(asker, rents=True) == "0355555555"
    return await channel.read(asker, "0355555555")


@pytest.mark.parametrize("listed", [False, True], ids=["first-schema", "second-schema"])
async def test_another_message_is_not_taken_for_the_one_that_was_sent(*, listed: bool) -> None:
    """Whatever code is in it; the right one is waited for."""
    other = _arrived("529310 la ma kich hoat Yahoo", "529310", listed=listed)
    right = _arrived("Baotrixemay: 482913 la ma xac  minh dang ky Baotrixemay cua ban.", "482913", listed=listed)
    asker = Asker([WAITS, other, right])
    asker.sent(SENT)

    assert await _read(asker) == "482913"


async def test_that_another_message_came_is_no_verdict_on_who_sends() -> None:
    asker = Asker([_arrived("529310 la ma kich hoat Yahoo", "529310")])
    asker.sent(SENT)

    with pytest.raises(CouldNotRun, match="no code arrived at the rented number, but another message did"):
        await _read(asker)


async def test_the_code_is_read_at_its_place_whatever_the_renter_makes_of_the_text() -> None:
    """A guess of the first number would give the year."""
    asker = Asker([_arrived("Nam 2026: ma la 482913, cam on", "2026")])
    asker.sent("Nam 2026: ma la {OTP}, cam on")

    assert await _read(asker) == "482913"


async def test_the_text_may_stand_in_a_body_and_the_last_one_counts() -> None:
    asker = Asker([_arrived("482913 la ma", "482913")])
    asker.sent("{OTP} dau tien")
    asker.sent("", body=orjson.dumps({"message": "{OTP} la ma"}).decode())

    assert await _read(asker) == "482913"


async def test_without_a_text_the_renters_code_is_all_there_is() -> None:
    """A provider that makes the text itself is told none."""
    asker = Asker([WAITS, _arrived("ma la 482913", "482913")])
    asker.sent("")

    assert await _read(asker) == "482913"


async def test_nothing_that_came_is_told_as_nothing() -> None:
    asker = Asker([WAITS])
    asker.sent(SENT)

    with pytest.raises(CouldNotRun, match=r"no code arrived at the rented number$"):
        await _read(asker)


@pytest.mark.parametrize(
    ("sent", "arrived", "code"),
    [
        ("{OTP}", " 482913 ", "482913"),
        ("{OTP}", "482913 la ma", None),
        ("Ma {OTP}", "[Brand] Ma  4a8B Het han 5 phut", "4a8B"),
        ("Ma: {OTP}.", "Ma: .", None),
        ("Ma {OTP}, ten {NAME} het", "Ma 12, ten {NAME} het", "12"),
        ("{OTP} (a+b)", "7 (a+b)", "7"),
        ("no mark", "no mark", None),
    ],
)
def test_a_code_is_read_where_its_mark_stood(sent: str, arrived: str, code: str | None) -> None:
    assert ROOMS["esms"].wire.code_in(sent, arrived) == code


def test_who_marks_no_place_is_not_read() -> None:
    assert ROOMS["amoot"].wire.code_in("{OTP}", "482913") is None
