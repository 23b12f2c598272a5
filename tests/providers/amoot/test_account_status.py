"""AccountStatus of Amoot; and that every operation asks who is calling, and answers in its own shape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
import pytest

import otp_specs
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.amoot import provider

SPEC = otp_specs.load("amoot")
AMOOT = provider(SPEC)
OPERATIONS = [each.id for each in SPEC.operations if each.method == "POST"]
KEYS = [
    "Status",
    "AccountName",
    "RemaindCredit",
    "BaseSMS_PersianPrice",
    "BaseSMS_EnglishPrice",
    "ServiceSMS_PersianPrice",
    "ServiceSMS_EnglishPrice",
    "AdsSMS_PersianPrice",
    "AdsSMS_EnglishPrice",
    "Avanak_SecondPrice",
    "ListLineNumbers",
]
PRICES = [key for key in KEYS if key.endswith(("SMS_PersianPrice", "SMS_EnglishPrice"))]


async def test_an_account_has_just_these_bytes(lane: Any) -> None:
    """Eleven keys, flat, in the order of the captured sample."""
    reply = await lane.answer("AccountStatus")

    assert reply.body == (
        b'{"Status":"Success","AccountName":"Sandbox","RemaindCredit":1000000,'
        b'"BaseSMS_PersianPrice":1000,"BaseSMS_EnglishPrice":1000,"ServiceSMS_PersianPrice":1000,'
        b'"ServiceSMS_EnglishPrice":1000,"AdsSMS_PersianPrice":1000,"AdsSMS_EnglishPrice":1000,'
        b'"Avanak_SecondPrice":0,"ListLineNumbers":["Public","Service","98","30001234"]}'
    )


async def test_the_account_is_that_of_the_lane(lane: Any) -> None:
    """Name, credit, price and lines as they are now; a price is what a part costs."""
    lane.patch({"name": "فروشگاه", "credit": 5_000, "price": 1_500, "lines": ["98"]})
    await lane.send(LineNumber="98")

    body = orjson.loads((await lane.answer("AccountStatus")).body)

    assert list(body) == KEYS
    assert (body["AccountName"], body["RemaindCredit"], body["ListLineNumbers"]) == ("فروشگاه", 3_500, ["98"])
    assert {body[key] for key in PRICES} == {1_500}


async def test_looking_at_the_account_changes_nothing(lane: Any) -> None:
    before = lane.account
    await lane.send("AccountStatus")

    assert lane.account == before


REFUSED: Mapping[str, bytes] = {
    "SendOTP": b'{"Status":"Token_Invalid","Data":null}',
    "SendQuickOTP": b'{"Status":"Token_Invalid","Data":null}',
    "SendPeerToPeer": b'{"Data":null,"Status":"Token_Invalid"}',
    "GetDelivery": b'{"Status":"Token_Invalid","Data":null}',
    "GetDeliveries": b'{"Status":"Token_Invalid","Data":[]}',
    "GetMessage": b'{"Status":"Token_Invalid","Data":null}',
    "GetMessages": b'{"Status":"Token_Invalid","Data":[]}',
    "RecieveMessages": b'{"Status":"Token_Invalid","Data":[]}',
    "RecieveNewMessages": b'{"Status":"Token_Invalid","Data":[]}',
    "PatternCodeList": b'{"Status":"Token_Invalid","Data":[]}',
}


@pytest.mark.parametrize("name", REFUSED)
async def test_a_refusal_has_the_shape_of_its_operation(lane: Any, name: str) -> None:
    """Null where there is an object, an empty array where there are rows."""
    assert (await lane.answer(name, Token="wrong")).body == REFUSED[name]


@pytest.mark.parametrize("name", OPERATIONS)
@pytest.mark.parametrize(
    ("account", "cause"),
    [
        ({"system_disabled": True}, "system_disabled"),
        ({"token": {"active": False}}, "token_disabled"),
        ({"token": {"allowed_ips": []}}, "token_not_allow_ip"),
        ({"token": {"allowed_methods": ["None"]}}, "token_not_allow_method"),
        ({"user": {"disabled": True}}, "user_disabled"),
        ({"user": {"web_service_banned": True}}, "user_web_service_banned"),
        ({"user": {"allowed_methods": ["None"]}}, "user_not_allow_method"),
    ],
)
async def test_every_operation_asks_who_is_calling(
    lane: Any, name: str, account: Mapping[str, Any], cause: str
) -> None:
    """Before it looks at anything else."""
    lane.patch(account)

    assert (await lane.send(name, Mobile=None, MessageID=None, Count=None, FromDateTime=None)).cause == cause


@pytest.mark.parametrize("name", OPERATIONS)
async def test_an_operation_that_is_on_the_list_may_be_called(lane: Any, name: str) -> None:
    """By its name in any case, and only that one."""
    lane.patch({"token": {"allowed_methods": [name.lower()]}})

    assert not (await lane.send(name)).cause.startswith("token")


OTHERWISE = {"CalculateMessagePrice", "CalculatePatternMessagePrice", "IsBlackList_ByCancelation"}


@pytest.mark.parametrize("name", [each for each in OPERATIONS if each not in OTHERWISE])
def test_every_row_can_be_asked_for_of_every_operation(lane: Any, name: str) -> None:
    """A planned outcome has the shape of a refusal, whatever row it is."""
    call = lane.call(name)
    usual = AMOOT.wire.render(
        AMOOT.handlers[call.operation.name], call, SPEC.outcomes["server_error"], Verdict("server_error")
    )

    for row in SPEC.outcomes.values():
        planned = AMOOT.wire.render(AMOOT.handlers[call.operation.name], call, row, Verdict(row.name))
        assert planned.body == usual.body.replace(b'"ServerError"', orjson.dumps(row.message))


@pytest.mark.parametrize("name", sorted(OTHERWISE))
def test_every_row_has_an_answer_where_they_differ_in_more_than_a_name(lane: Any, name: str) -> None:
    call = lane.call(name)

    for row in SPEC.outcomes.values():
        planned = orjson.loads(AMOOT.wire.render(AMOOT.handlers[name], call, row, Verdict(row.name)).body)
        if isinstance(planned, dict):
            missing = None if row.name == "line_number_not_exist" else []
            assert planned == {"Status": row.message, "LineNumber": None, "Data": missing}
        else:
            assert planned == (0 if row.success else -abs(int(row.code)))
