"""A sandbox that knows every sender: whatever brandname, text, line and pattern an application uses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from otp_sandbox.settings import Settings

OWN = {"Brandname": "MyShop", "message": "{OTP} la ma cua ban tai MyShop"}


async def _sends(world: Any) -> list[str]:
    """Send with names of our own in every way; give what each is answered with."""
    token = {"Token": world.credentials["amoot"]["Token"]}
    text = {"SMSMessageText": "482913 is it", "SendDateTime": ""}
    await world.gencode(**OWN)
    await world.send_otp(LineNumber="3000505")
    await world.client.get("/rest/SendSimple", **token, **text, LineNumber="3000505", Mobiles="9120000000")
    await world.client.get(
        "/rest/SendWithPattern", **token, Mobile="9120000000", PatternCodeID="77", PatternValues="4711"
    )
    own = {"PatternCodeID": "78", "PatternValues": "Ali,4711", "LineNumber": "3000505"}
    await world.client.get("/rest/SendWithPatternOWN", **token, Mobile="9120000000", **own)
    await world.client.get("/rest/SendQuickOTP", **token, Mobile="9120000000", CodeLength="5", OptionalCode="")
    return [each["outcome"] for each in (await world.get("/requests"))["requests"]]


ALL_GO = ["accepted", "success", "success", "success", "success", "success"]
NONE_GO = ["brandname_unknown", "line_number_not_exist", "line_number_not_exist", "failed", "line_number_not_exist"]


async def test_a_server_may_know_every_sender(start: Any, connect: Callable[[Any], Any]) -> None:
    """In the lane `default`, in new lanes, and in those that an unknown credential opens."""
    sandbox = await start(Settings(port=0, seed=7, any_sender=True, any_credentials=True))
    default = connect(sandbox)
    made = (await default.client.control("POST", "/lanes", {"accounts": {"esms": {"balance": 1}}})).json

    assert await _sends(default) == ALL_GO
    assert (await default.get("/info"))["settings"]["any_sender"] is True
    opened = await default.client.get(
        "/rest/SendOTP", Token="nobody's", Mobile="9120000000", CodeLength="4", LineNumber="9", SMSMessageText="x"
    )
    assert opened.json["Status"] == "Success"
    account = (await default.client.control("GET", f"/lanes/{made['id']}/accounts/esms")).json
    assert (account["brandnames"], account["balance"]) == (None, 1)


async def test_a_lane_may_know_every_sender(lane: Any) -> None:
    """A field of `POST /lanes`; a reset brings it back."""
    world = await lane(any_sender=True)
    assert await _sends(world) == ALL_GO

    await world.control("PATCH", "/accounts/esms", {"brandnames": []})
    await world.control("POST", "/reset", {})

    assert (await world.get("/accounts/esms"))["brandnames"] is None
    assert (await world.get("/accounts/amoot"))["lines"] is None
    assert await _sends(world) == ALL_GO


async def test_without_it_senders_are_registered_first(lane: Any) -> None:
    assert await _sends(await lane(any_sender=False)) == [*NONE_GO, "success"]


async def test_a_lane_may_know_its_senders_only_where_the_server_knows_all(
    start: Any, connect: Callable[[Any], Any]
) -> None:
    """The field wins over the setting."""
    default = connect(await start(Settings(port=0, seed=7, any_sender=True)))

    made = (await default.client.control("POST", "/lanes", {"any_sender": False})).json

    account = (await default.client.control("GET", f"/lanes/{made['id']}/accounts/amoot")).json
    assert account["lines"] == ["Public", "Service", "98", "30001234"]


async def test_a_field_that_is_no_truth_value_is_named(client: Any, fields_of: Callable[..., list[str]]) -> None:
    answer = await client.control("POST", "/lanes", {"any_sender": "yes"})

    assert (answer.status, fields_of(answer)) == (422, ["any_sender"])


async def test_what_any_pattern_sends(lane: Any) -> None:
    """The values; a single one is the code. A missing name is missing all the same."""
    world = await lane(any_sender=True)
    await _sends(world)

    sent = (await world.get("/messages?provider=amoot"))["messages"]
    missing = await world.gencode(Brandname="")

    assert [(each["text"], each["code"]) for each in sent[2:4]] == [("4711", "4711"), ("Ali 4711", "4711")]
    assert sent[4]["text"].startswith("کد تایید شما: ")
    assert missing.json["CodeResult"] == "104"
    assert (await world.get("/requests?outcome=brandname_unknown"))["requests"]


async def test_everything_of_zalo_is_known(lane: Any) -> None:
    """A template has a place for each value; GENCODE V5 sends by any id."""
    world = await lane(any_sender=True)
    keys, json_path = world.credentials["esms"], "/MainService.svc/json/"
    zalo = {"TempID": "1", "Params": ["Ali", "4711"], "OAID": "2", "SendingMode": "3"}
    sms = {"Content": "4711 la ma", "SmsType": "2", "Brandname": "MyShop"}
    multi = {"Phone": "0912345678", "Channels": ["zalo", "sms"], "Data": [zalo, sms]}
    await world.client.send("POST", f"{json_path}MultiChannelMessage", json={**keys, **multi})
    v5 = {"Phone": "0912345678", "MultiChannelTempId": "5", "TypeId": "2"}
    await world.client.send("POST", f"{json_path}SendMessageAutoGenCode_V5", json={**keys, **v5})

    outcomes = [each["outcome"] for each in (await world.get("/requests"))["requests"]]
    first, second = (await world.get("/messages"))["messages"]

    assert outcomes == ["accepted", "accepted"]
    assert (first["sender"], first["text"], first["code"]) == ("2", "Ali 4711", "4711")
    assert second["text"] == second["code"]


async def test_a_pattern_that_is_made_keeps_its_text(lane: Any) -> None:
    """Also where every number is known."""
    world = await lane(any_sender=True, choices={"amoot.pattern-approval": "at-once"})
    token = {"Token": world.credentials["amoot"]["Token"]}
    made = await world.client.get(
        "/rest/PatternCodeCreate",
        **token,
        MessageText="Hi %name%, %code% is it",
        NumberPatterns="",
        IsOTP="true",
    )
    number = str(made.json["Data"]["ID"])

    await world.client.get(
        "/rest/SendWithPattern", **token, Mobile="9120000000", PatternCodeID=number, PatternValues="Ali,4711"
    )
    listed = await world.client.get("/rest/PatternCodeList", **token)

    message = (await world.get("/messages"))["messages"][-1]
    assert (message["text"], message["code"]) == ("Hi Ali, 4711 is it", "4711")
    assert [each["ID"] for each in listed.json["Data"]] == [made.json["Data"]["ID"]]
    assert (await world.get("/accounts/amoot"))["patterns"] is None


@pytest.mark.parametrize("line", ["3000505", "Public"])
async def test_a_message_may_come_in_at_any_line(lane: Any, line: str) -> None:
    world = await lane(any_sender=True)

    answer = await world.control("POST", "/inbound", {"from": "09120000000", "to": line, "text": "hi"})

    assert (answer.status, answer.json["to"]) == (201, line)
