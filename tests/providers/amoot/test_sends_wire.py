"""The bodies of the sends of Amoot, byte for byte."""

from __future__ import annotations

import json
from typing import Any

import orjson
import pytest

import otp_specs
from otp_sandbox.contract import Reply
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.amoot import provider
from otp_sandbox.providers.amoot.wire import SERVER

JSON = "application/json; charset=utf-8"
SPEC = otp_specs.load("amoot")
AMOOT = provider(SPEC)
SENDS = (
    "SendOTP",
    "SendQuickOTP",
    "SendSimple",
    "SendSimple_REST",
    "SendWithPattern",
    "SendWithPatternOWN",
    "SendPeerToPeer",
)
EMPTY_TEXT = b'{"MessageText":null,"SMSPagesCount":1,"CampaignID":0,"Price":0,"Status":"%s","Data":[]}'
EMPTY = {
    "SendOTP": b'{"Status":"%s","Data":null}',
    "SendQuickOTP": b'{"Status":"%s","Data":null}',
    "SendSimple": EMPTY_TEXT,
    "SendSimple_REST": b'{"Status":"%s","Data":[]}',
    "SendWithPattern": EMPTY_TEXT,
    "SendWithPatternOWN": EMPTY_TEXT,
    "SendPeerToPeer": b'{"Data":null,"Status":"%s"}',
}


def example(operation: str, name: str) -> bytes:
    """Give a documented body as it looks on the wire."""
    of_path = SPEC.document["paths"][f"/rest/{operation}"]["post"]
    value = of_path["responses"]["200"]["content"]["application/json"]["examples"][name]["value"]
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=int).encode()


def with_own(documented: bytes, reply: Reply, *names: str) -> bytes:
    """Put what is drawn into a documented body."""

    def put(sample: Any, actual: Any) -> Any:
        if isinstance(sample, dict):
            return {key: actual[key] if key in names else put(value, actual[key]) for key, value in sample.items()}
        if isinstance(sample, list):
            return [put(*each) for each in zip(sample, actual, strict=True)]
        return sample

    return orjson.dumps(put(orjson.loads(documented), orjson.loads(reply.body)))


async def test_the_older_shape_of_a_pattern_has_two_keys(lane: Any) -> None:
    """By choice, in a refusal too."""
    lane.choices = {"amoot.pattern-answer": "rows"}

    reply = await lane.answer("SendWithPattern")
    refusal = await lane.answer("SendWithPattern", Mobile="1")
    simple = await lane.answer("SendSimple")

    assert reply == Reply(
        with_own(example("SendWithPattern", "success.rows"), reply, "MessageID"), JSON, 200, server=SERVER
    )
    assert refusal.body == b'{"Status":"Mobile_Invalid","Data":[]}'
    assert simple.body.startswith(b'{"MessageText":"Test",')


async def test_the_older_service_sends_alike_and_tells_the_rows_alone(lane: Any) -> None:
    """The price is charged without being told; the reports know the messages."""
    fields = {"Mobiles": "9120000000,1", "Token": None, "UserName": "sandbox", "Password": "sandbox"}

    reply = await lane.answer("SendSimple_REST", **fields)

    (message,) = await lane.messages()
    assert reply == Reply(
        b'{"Status":"Success","Data":[{"Mobile":9120000000,"MessageID":%s,"Status":"Success"},'
        b'{"Mobile":0,"MessageID":0,"Status":"Mobile_Invalid"}]}' % message.id.encode(),
        JSON,
        200,
        server=SERVER,
    )
    assert (message.operation, lane.account.credit) == ("SendSimple_REST", 999_000)
    assert b'"DeliveryType":' in (await lane.answer("GetDelivery", MessageID=message.id)).body


async def test_the_older_service_is_a_method_of_its_own(lane: Any) -> None:
    """A token that is for SendSimple alone does not open it."""
    lane.patch({"token": {"allowed_methods": ["SendSimple"]}})

    assert (await lane.send("SendSimple")).cause == "success"
    assert (await lane.send("SendSimple_REST")).cause == "token_not_allow_method"


@pytest.mark.parametrize("operation", SENDS)
@pytest.mark.parametrize("row", SPEC.outcomes.values(), ids=lambda row: row.name)
def test_every_row_is_answered_in_the_shape_of_the_method(lane: Any, operation: str, row: otp_specs.Outcome) -> None:
    """A planned or magic outcome has sent nothing."""
    reply = AMOOT.wire.render(AMOOT.handlers[operation], lane.call(operation), row, Verdict(row.name, magic=True))

    assert row.message is not None
    assert reply == Reply(EMPTY[operation] % row.message.encode(), JSON, 200, server=SERVER)


@pytest.mark.parametrize("operation", ["SendOTP", "SendQuickOTP"])
async def test_the_code_is_masked_when_that_is_chosen(lane: Any, operation: str) -> None:
    """The message has it in clear."""
    lane.choices = {"amoot.code-returned": "masked"}

    reply = orjson.loads((await lane.answer(operation, CodeLength="6")).body)

    (message,) = await lane.messages()
    assert (reply["Data"]["Code"], len(message.code)) == ("******", 6)
    assert message.code.isdigit()
    assert message.code in message.text


@pytest.mark.parametrize("operation", SENDS)
@pytest.mark.parametrize("credit", [999, 0])
async def test_by_choice_a_message_comes_although_it_is_not_paid_for(lane: Any, operation: str, credit: int) -> None:
    """The answer is that of the refusal, and nothing is charged; with enough credit all is as ever."""
    lane.choices = {"amoot.credit": "delivered-anyway"}
    one = {"Mobiles": "9120000000"} if "Simple" in operation else {}
    lane.patch({"credit": credit})

    reply = await lane.answer(operation, **one)

    (message,) = await lane.messages()
    assert reply.body == EMPTY[operation] % b"CreditNotEnough"
    assert (message.state, lane.account.credit) == ("sent", credit)
    assert "amoot.credit" in lane.played.warnings[-1]
    lane.patch({"credit": 1_000})
    assert (await lane.send(operation, **one)).cause == "success"
    assert lane.account.credit == 0


@pytest.mark.parametrize(
    ("operation", "field"), [("SendOTP", "Mobile"), ("SendSimple", "Mobiles"), ("SendWithPattern", "Mobile")]
)
async def test_what_a_magic_value_asks_for_is_never_sent(lane: Any, operation: str, field: str) -> None:
    """And no other refusal sends anything either."""
    lane.choices = {"amoot.credit": "delivered-anyway"}

    assert (await lane.send(operation, **{field: "9000000004"})).cause == "credit_not_enough"
    lane.patch({"credit": 0, "user": {"demo": True}})
    assert (await lane.send(operation)).cause == "account_is_demo"
    assert await lane.messages() == []


async def test_a_pin_is_used_up_by_a_message_that_comes_unpaid(lane: Any) -> None:
    """It is the code of that message; one whose send is refused altogether is kept."""
    await lane.pin("+989120000000", "135790")
    lane.patch({"credit": 0})
    await lane.answer("SendOTP")
    lane.choices = {"amoot.credit": "delivered-anyway"}
    await lane.answer("SendOTP")
    await lane.answer("SendOTP")

    first, second = await lane.messages()
    assert (first.code, second.code == "135790") == ("135790", False)


async def test_all_statuses_are_numbers_when_that_is_chosen(lane: Any) -> None:
    """Of the call, of each row, of each campaign."""
    lane.choices = {"amoot.status-format": "number"}

    quick = orjson.loads((await lane.answer("SendQuickOTP")).body)
    simple = orjson.loads((await lane.answer("SendSimple", Mobiles="9120000000,1")).body)
    peers = orjson.loads((await lane.answer("SendPeerToPeer")).body)
    refusal = await lane.answer("SendPeerToPeer", Token=None)

    assert (quick["Status"], quick["Data"]["Status"]) == (1, 1)
    assert [simple["Status"], *(each["Status"] for each in simple["Data"])] == [1, 1, 101]
    assert [peers["Status"], *(each["Status"] for each in peers["Data"]["Campaigns"])] == [1, 1]
    assert refusal.body == b'{"Data":null,"Status":-201}'


async def test_text_is_written_in_its_own_letters(lane: Any) -> None:
    """UTF-8 and no escapes, whatever the text is."""
    reply = await lane.answer("SendSimple", SMSMessageText='سلام "\n😀')

    assert '"MessageText":"سلام \\"\\n😀"'.encode() in reply.body
