"""Messages: listed by cursor, looked at one by one, forced into a delivery state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

SHAPE = {
    "id",
    "lane",
    "provider",
    "operation",
    "to",
    "sender",
    "channel",
    "text",
    "code",
    "encoding",
    "segments",
    "price",
    "state",
    "created_at",
    "queued_until",
    "request_id",
    "timeline",
}
NOON = "2026-03-01T12:00:00+00:00"
LATER = "2026-03-01 16:30:00"
"""An hour after noon in UTC, as a clock in Tehran shows it."""


async def _sent(world: Any, *phones: str) -> list[Any]:
    for phone in phones:
        assert (await world.gencode(phone)).json["CodeResult"] == "100"
    return list((await world.get("/messages"))["messages"])


async def test_a_message_is_shown_whole(still: Any) -> None:
    await still.gencode(message="Mã {OTP}")

    message = (await still.get("/messages"))["messages"][0]

    code = (await still.get("/codes"))["codes"][0]["code"]
    assert message.keys() == SHAPE
    assert message | {"id": "", "request_id": ""} == {
        "id": "",
        "lane": "default",
        "provider": "esms",
        "operation": "SendMessageAutoGenCode_V4_get",
        "to": "+84912345678",
        "sender": "Sandbox",
        "channel": "sms",
        "text": f"Mã {code}",
        "code": code,
        "encoding": "ucs-2",
        "segments": 1,
        "price": 850,
        "state": "sent",
        "created_at": NOON,
        "queued_until": None,
        "request_id": "",
        "timeline": [{"state": "sent", "at": NOON}],
    }
    assert (await still.get(f"/messages/{message['id']}")) == message
    assert (await still.get(f"/requests/{message['request_id']}"))["outcome"] == "accepted"


async def test_what_was_sent_is_delivered_a_second_later(still: Any) -> None:
    await still.gencode()

    before = await still.advance("999ms")
    moved = await still.advance("1ms")

    message = await still.get("/messages/latest")
    assert before["fired"] == []
    assert moved["fired"] == [{"at": "2026-03-01T12:00:01+00:00", "kind": "delivery", "id": message["id"]}]
    assert message["state"] == "delivered"
    assert message["timeline"] == [
        {"state": "sent", "at": NOON},
        {"state": "delivered", "at": "2026-03-01T12:00:01+00:00"},
    ]


async def test_a_refused_send_makes_no_message(world: Any) -> None:
    await world.gencode(Brandname="nobody")

    assert (await world.get("/messages"))["messages"] == []


@pytest.mark.parametrize("to", ["0912345678", "84912345678", "%2B84912345678", "+84912345678", "0912 345.678"])
async def test_a_recipient_is_found_in_any_spelling(world: Any, to: str) -> None:
    """A plus that is not encoded is a blank, and counts as none."""
    await _sent(world, "0912345678", "0987654321")

    listed = await world.get(f"/messages?to={to.replace(' ', '%20')}")

    assert [each["to"] for each in listed["messages"]] == ["+84912345678"]


@pytest.mark.parametrize("to", ["7800378501923859642", "0901888484", "+84901888484"])
async def test_who_was_named_by_an_id_is_found_by_it_and_by_the_phone(world: Any, to: str) -> None:
    """An id at an app belongs to a phone, where the account knows it."""
    zns = {"OAID": "4097311281936189049", "TempID": "205644", "TempData": {"otp": "686868"}}
    for uid in ("7800378501923859642", "4176617840488517388"):
        fields = {**world.credentials["esms"], **zns, "ZaloUid": uid}
        answer = await world.client.send("POST", "/MainService.svc/json/SendZaloMessage_V6/zalo_uid/", json=fields)
        assert answer.json["CodeResult"] == "100", answer.text

    (found,) = (await world.get(f"/messages?to={quote(to)}"))["messages"]

    assert found["to"] == "+84901888484"
    assert (await world.get("/messages?to=4176617840488517388"))["messages"][0]["to"] == "4176617840488517388"
    assert (await world.get("/messages/latest?to=7800378501923859642"))["id"] == found["id"]


async def test_messages_of_one_provider_are_found(world: Any) -> None:
    await world.gencode()
    await world.send_otp()

    listed = await world.get("/messages?provider=amoot")
    both = await world.get("/messages?provider=amoot&to=09120000000")
    none = await world.get("/messages?provider=esms&to=09120000000")

    assert [each["provider"] for each in listed["messages"]] == ["amoot"]
    assert both["messages"] == listed["messages"]
    assert none["messages"] == []


@pytest.mark.parametrize("path", ["/messages", "/messages/latest", "/messages/wait"])
@pytest.mark.parametrize(("query", "field"), [("to=x", "to"), ("to=", "to"), ("provider=nobody", "provider")])
async def test_a_filter_that_fits_nobody_is_the_wrong_field(
    world: Any, fields_of: Callable[..., list[str]], path: str, query: str, field: str
) -> None:
    answer = await world.control("GET", f"{path}?{query}")

    assert answer.status == 422
    assert fields_of(answer) == [field]


async def test_a_limit_gives_the_last_ones_and_after_a_cursor_the_first_ones(world: Any) -> None:
    """Newest last, either way."""
    phones = [f"091234567{digit}" for digit in range(5)]
    await _sent(world, *phones)

    last = await world.get("/messages?limit=2")
    first = await world.get("/messages?limit=2&after=0")
    second = await world.get(f"/messages?limit=2&after={first['cursor']}")
    third = await world.get(f"/messages?limit=2&after={second['cursor']}")
    fourth = await world.get(f"/messages?limit=2&after={third['cursor']}")

    digits = [[each["to"][-1] for each in page["messages"]] for page in (last, first, second, third, fourth)]
    assert digits == [["3", "4"], ["0", "1"], ["2", "3"], ["4"], []]
    assert fourth["cursor"] == third["cursor"]


async def test_a_cursor_is_exclusive_and_holds_for_every_list(world: Any) -> None:
    """A place can be compared between the lists of a lane."""
    await _sent(world, "0912345678")
    cursor = (await world.get("/requests"))["cursor"]

    nothing = await world.get(f"/messages?after={cursor}")
    await _sent(world, "0987654321")
    something = await world.get(f"/messages?after={cursor}")

    assert nothing == {"messages": [], "cursor": cursor, "more": False}
    assert [each["to"] for each in something["messages"]] == ["+84987654321"]


async def test_a_cursor_never_goes_back(world: Any) -> None:
    await _sent(world, "0912345678")
    before = (await world.get("/messages"))["cursor"]

    await world.control("DELETE", "/messages")
    empty = await world.get("/messages")
    await world.gencode("0987654321")
    after_old = await world.get(f"/messages?after={before}")
    after_new = await world.get(f"/messages?after={empty['cursor']}")

    assert empty["messages"] == []
    assert int(empty["cursor"]) >= int(before)
    assert after_old == after_new
    assert [each["to"] for each in after_old["messages"]] == ["+84987654321"]


async def test_a_list_that_was_empty_gives_a_cursor_that_skips_nothing(world: Any) -> None:
    cursor = (await world.get("/messages?to=0912345678"))["cursor"]
    await _sent(world, "0987654321", "0912345678")

    listed = await world.get(f"/messages?after={cursor}&to=0912345678")

    assert len(listed["messages"]) == 1


async def test_a_queued_message_is_listed_but_is_not_the_latest(still: Any) -> None:
    await still.gencode()
    await still.send_otp(SendDateTime=LATER)

    listed = (await still.get("/messages"))["messages"]
    latest = await still.get("/messages/latest")
    none = await still.control("GET", "/messages/latest?provider=amoot")

    assert [each["state"] for each in listed] == ["sent", "queued"]
    assert [each["queued_until"] for each in listed] == [None, "2026-03-01T13:00:00+00:00"]
    assert latest["id"] == listed[0]["id"]
    assert none.status == 404
    assert none.json["detail"] == "no message yet; 1 queued until 2026-03-01T13:00:00+00:00"


async def test_of_several_queued_messages_the_first_is_named(still: Any) -> None:
    """By when it is sent, not by when it was asked for; and none of a number that is not meant."""
    await still.send_otp(SendDateTime="2026-03-01 17:30:00")
    await still.send_otp(SendDateTime=LATER)

    both = await still.control("GET", "/messages/latest")
    other = await still.control("GET", "/messages/latest?to=09129999999")

    assert both.json["detail"] == "no message yet; 2 queued, the first until 2026-03-01T13:00:00+00:00"
    assert other.json["detail"] == "no message yet"


async def test_a_message_that_was_sent_is_queued_no_more(still: Any) -> None:
    await still.send_otp(SendDateTime=LATER)

    await still.advance("1h")

    assert (await still.get("/messages/latest"))["queued_until"] is None


async def test_a_message_that_waits_for_approval_is_told_until_it_goes_out(still: Any) -> None:
    """At eSMS a minute for the approval, and then until its own time."""
    await still.control("PATCH", "/choices", {"esms.send-status-life": "one-two-five"})
    await still.gencode()

    waiting = (await still.get("/messages"))["messages"][0]
    none = await still.control("GET", "/messages/latest")

    assert waiting["queued_until"] > NOON
    assert none.json["detail"] == f"no message yet; 1 queued until {waiting['queued_until']}"


async def test_a_queued_message_that_is_sent_is_found_with_a_cursor_from_before(still: Any) -> None:
    """It has one place in the log, and moves to the end when it is sent."""
    await still.send_otp(SendDateTime=LATER)
    cursor = (await still.get("/messages"))["cursor"]
    await still.gencode()

    moved = await still.advance("1h")

    listed = await still.get(f"/messages?after={cursor}")
    assert moved["fired"][-1]["kind"] == "send"
    assert [(each["provider"], each["state"]) for each in listed["messages"]] == [
        ("esms", "delivered"),
        ("amoot", "sent"),
    ]
    assert [each["state"] for each in listed["messages"][1]["timeline"]] == ["queued", "sent"]
    assert len((await still.get("/messages"))["messages"]) == 2
    assert (await still.get("/messages/latest"))["provider"] == "amoot"


async def test_the_latest_takes_the_filters(world: Any) -> None:
    messages = await _sent(world, "0912345678", "0987654321")
    cursor = (await world.get("/messages"))["cursor"]

    latest = await world.get("/messages/latest")
    filtered = await world.get("/messages/latest?to=0912345678&provider=esms")
    newer = await world.control("GET", f"/messages/latest?after={cursor}")

    assert latest["id"] == messages[1]["id"]
    assert filtered["id"] == messages[0]["id"]
    assert newer.status == 404


async def test_there_is_no_latest_without_a_message(world: Any) -> None:
    answer = await world.control("GET", "/messages/latest")

    assert answer.status == 404


@pytest.mark.parametrize("state", ["sent", "delivered", "failed", "rejected"])
async def test_a_delivery_state_can_be_forced(still: Any, state: str) -> None:
    await still.gencode()
    message = await still.get("/messages/latest")

    answer = await still.control("POST", f"/messages/{message['id']}/status", {"state": state})

    assert answer.status == 200
    assert answer.json["state"] == state
    assert answer.json["timeline"] == [{"state": "sent", "at": NOON}, {"state": state, "at": NOON}]
    assert (await still.get("/messages/latest")) == answer.json


async def test_a_message_that_was_forced_to_fail_is_not_delivered(still: Any) -> None:
    await still.gencode()
    message = await still.get("/messages/latest")
    await still.control("POST", f"/messages/{message['id']}/status", {"state": "failed"})

    moved = await still.advance("10s")

    assert moved["fired"] == []
    assert (await still.get("/messages/latest"))["state"] == "failed"


@pytest.mark.parametrize("state", ["queued", "lost", 1, None])
async def test_a_delivery_state_that_does_not_exist_is_the_wrong_field(
    world: Any, fields_of: Callable[..., list[str]], state: Any
) -> None:
    await world.gencode()
    message = await world.get("/messages/latest")

    answer = await world.control("POST", f"/messages/{message['id']}/status", {"state": state})

    assert answer.status == 422
    assert fields_of(answer) == ["state"]


async def test_a_queued_message_has_no_delivery_state_to_force(still: Any) -> None:
    await still.send_otp(SendDateTime=LATER)
    message = (await still.get("/messages"))["messages"][0]

    answer = await still.control("POST", f"/messages/{message['id']}/status", {"state": "delivered"})

    assert answer.status == 409


async def test_deleted_messages_are_gone_and_are_not_delivered(still: Any) -> None:
    await still.gencode()
    await still.send_otp(SendDateTime=LATER)

    await still.control("DELETE", "/messages")
    moved = await still.advance("1h")

    assert (await still.get("/messages"))["messages"] == []
    assert [each["kind"] for each in moved["fired"]] == ["expiry"]
