"""Several phones in one send: by choice, in the query form."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
import pytest
from tests.providers.esms.conftest import FORM_SEND, GET_SEND, JSON_SEND, XML_SEND, refusal
from tests.providers.esms.sends import MISMATCH, force, send

if TYPE_CHECKING:
    from tests.providers.esms.conftest import Lane

TWO = "0901888484,0918 238 965"
ONE_PHONE = refusal(163, "Only one phone number is allowed")


@pytest.fixture
def taking(lane: Lane) -> Lane:
    """A lane that takes several."""
    lane.choose(several_phones="accepted")
    return lane


async def test_each_phone_gets_a_message(taking: Lane) -> None:
    """Under one SMSID; all of them are charged, and the reason says so."""
    sms_id = await send(taking, GET_SEND, Phone=TWO, Brandname="Sandbox", Content="1234 " + "a" * 160)

    first, second = await taking.messages()
    assert (first.id, second.id) == (sms_id, f"{sms_id}.1")
    assert (first.to, second.to) == ("+84901888484", "+84918238965")
    assert (first.text, first.price, first.state) == (second.text, second.price, second.state)
    assert taking.account.balance == 1_000_000 - 2 * 1700
    assert taking.verdict.reason == "the price is 3400: 2 receivers, each 2 segments at 850"
    assert [event.id for event in await taking.settle(seconds=1)] == [first.id, second.id]


async def test_the_status_counts_them_and_lists_a_row_each(taking: Lane) -> None:
    """One reached, one failed; it waits as long as one of them does."""
    sms_id = await send(taking, GET_SEND, Phone=TWO)
    await force(taking, sms_id, "delivered")
    waiting = orjson.loads(await taking.call("GetSendStatus", RefId=sms_id))
    await force(taking, f"{sms_id}.1", "failed")

    told = orjson.loads(await taking.call("GetSendStatus", RefId=sms_id))
    rows = orjson.loads(await taking.call("GetSmsReceiverStatus_get", RefId=sms_id))["ReceiverList"]
    assert waiting["SendStatus"] == 2
    assert {name: told[name] for name in told if name.startswith(("Send", "Total"))} == {
        "SendFailed": 1,
        "SendStatus": 5,
        "SendSuccess": 1,
        "TotalPrice": 850.0,
        "TotalReceiver": 2,
        "TotalSent": 2,
    }
    assert [(row["Phone"], row["SentResult"], row["NetworkName"]) for row in rows] == [
        ("0901888484", True, "Mobifone"),
        ("0918238965", False, "Vinaphone"),
    ]
    assert '"105"' in await taking.call("GetSendStatus", RefId=f"{sms_id}.1")


async def test_each_is_told_of_and_listed(taking: Lane) -> None:
    """A callback and a row of the period for each phone, with one SMSID."""
    sms_id = await send(taking, GET_SEND, Phone=TWO, CallbackUrl="https://esms.vn/webhook/")
    await taking.settle(seconds=1)

    urls = [each.url for each in await taking.callbacks()]
    assert [f"SMSID={sms_id}&" in url for url in urls] == [True, True]
    assert [url.partition("&phonenumber=")[2][:10] for url in urls] == ["0901888484", "0918238965"]
    rows = orjson.loads(await taking.call("GetSmsSentData_V2"))["SentData"]
    assert [row["ReferenceId"] for row in rows] == [sms_id, sms_id]
    assert rows[0]["SmsId"] != rows[1]["SmsId"]


@pytest.mark.parametrize(
    ("phones", "answer"),
    [
        ("0901888484,x", refusal(108, "The phone number 0901888484,x is not valid.")),
        ("x,y", refusal(108, "The phone number x,y is not valid.")),
        ("0901888484;0918238965", ONE_PHONE),
        ("0901888484,0918238965|0918238966", ONE_PHONE),
        (",", refusal(108, "The phone number , is not valid.")),
        ("0901888484,", refusal(108, "The phone number 0901888484, is not valid.")),
    ],
)
async def test_what_is_no_list_of_phones_is_refused(taking: Lane, phones: str, answer: str) -> None:
    """Nobody is sent to."""
    assert await taking.call(GET_SEND, Phone=phones) == answer
    assert await taking.messages() == []


@pytest.mark.parametrize("phones", ["0901888484,84901888484", "0901888484, 0901 888 484 ,"])
async def test_a_phone_that_comes_twice_counts_once(taking: Lane, phones: str) -> None:
    """In whatever spelling."""
    await send(taking, GET_SEND, Phone=phones)

    assert len(await taking.messages()) == 1
    assert taking.account.balance == 1_000_000 - 850


@pytest.mark.parametrize("name", [JSON_SEND, FORM_SEND, XML_SEND])
async def test_the_other_forms_take_one(taking: Lane, name: str) -> None:
    """Clients send lists in the query alone."""
    assert await taking.call(name, Phone=TWO) == ONE_PHONE


async def test_one_of_them_may_be_the_reason_to_refuse_all(taking: Lane) -> None:
    """A blocked phone, money, a carrier without the sender name: the reason names the phone."""
    reach = {"name": "Baotrixemay", "carriers": ["Mobifone"]}
    taking.patch(blocked_phones=["0918238965"], brandnames=[reach], balance=1699)

    assert await taking.call(GET_SEND, Phone=TWO) == refusal(99, "The phone number is blocked")
    assert taking.verdict.remedy == {"blocked_phones": []}
    taking.patch(**taking.verdict.remedy)
    assert await taking.call(GET_SEND, Phone=TWO) == refusal(103, "Balance not enough to send message")
    assert taking.verdict.remedy == {"balance": 1700}
    taking.patch(**taking.verdict.remedy)
    assert '"177"' in await taking.call(GET_SEND, Phone=TWO)
    assert taking.verdict.reason == "the phone is Vinaphone's; Baotrixemay is registered with Mobifone"
    assert await taking.messages() == []
    taking.patch(brandnames=[{**reach, "carriers": None}])
    await send(taking, GET_SEND, Phone=TWO)


async def test_a_refusal_with_an_id_and_a_try(taking: Lane) -> None:
    """They belong to the first phone; a try is sent to nobody."""
    assert MISMATCH.fullmatch(await taking.call(GET_SEND, Phone=TWO, Content="x"))
    await send(taking, GET_SEND, Phone=TWO, Sandbox="1")

    assert (await taking.messages(), taking.account.balance) == ([], 1_000_000)


async def test_a_request_id_counts_once_and_a_text_by_its_phone(taking: Lane) -> None:
    """A repeated text fails where it went before."""
    taking.choose(several_phones="accepted", repeated_content="fails")
    await send(taking, GET_SEND)
    await send(taking, GET_SEND, Phone=TWO, RequestId="r")
    await taking.settle(seconds=2)

    assert [each.state for each in await taking.messages()] == ["delivered", "failed", "delivered"]
    assert '"124"' in await taking.call(GET_SEND, Phone=TWO, RequestId="r")


async def test_many_phones_are_one_decision(taking: Lane) -> None:
    """As many as a request line holds."""
    phones = [f"09{number:08}" for number in range(1_000, 1_700)]

    sms_id = await send(taking, GET_SEND, Phone=",".join(phones))

    assert len(await taking.messages()) == 700
    assert '"TotalReceiver":700' in await taking.call("GetSendStatus", RefId=sms_id)
