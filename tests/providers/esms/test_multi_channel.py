"""A Zalo message with an SMS to take its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import pytest
from tests.providers.esms.conftest import MULTI_CHANNEL, refusal
from tests.providers.esms.sends import MISMATCH, PHONE, SMS, TEXT, ZALO, channels, message_of, multi, multi_sent, ref_of

from otp_sandbox.domain.messages import REFUSED, TEXT_MOST
from otp_sandbox.providers.esms.details import Details

if TYPE_CHECKING:
    from tests.providers.esms.conftest import Lane

OA = "4097311281936189049"
WRONG_DATA = refusal(110, "The data is not valid")
WRONG_ZNS = refusal(790, "The ZNS template is not valid")
LACKING = refusal(791, "OAID or TemplateId is missing")
NO_BRANDNAME = refusal(104, "Brand name code is not exist")


async def test_the_zalo_message_is_sent_and_paid(lane: Lane) -> None:
    """One SMSID; the SMS is only kept."""
    sms_id = await multi_sent(
        lane,
        {"campaignid": "Gui OTP", "RequestId": "z", "CallbackUrl": "https://esms.vn/z", "SendingMode": "1"},
        {"RequestId": "s", "CallbackUrl": "https://esms.vn/s"},
    )

    [zalo] = await lane.messages()
    assert (zalo.id, zalo.channel, zalo.sender, zalo.to) == (sms_id, "zalo", OA, PHONE)
    assert zalo.text == "Ma xac minh cua ban la 686868. Khong chia se ma nay cho bat ky ai."
    assert (zalo.code, zalo.operation) == ("686868", MULTI_CHANNEL)
    details: Details = zalo.details
    assert (details.sms_type, details.request_id, details.campaign) == (25, "z", "Gui OTP")
    assert (details.callback_url, details.official_account, details.template) == ("https://esms.vn/z", OA, "205644")
    assert lane.account.balance == 1_000_000 - 850
    await lane.settle(seconds=5)
    assert [each.state for each in await lane.messages()] == ["delivered"]


@pytest.mark.parametrize(("length", "taken"), [(TEXT_MOST, True), (TEXT_MOST + 1, False)], ids=["at", "above"])
@pytest.mark.parametrize("channel", ["zalo", "sms"])
async def test_a_text_that_is_too_long_is_wrong_data(lane: Lane, length: int, channel: str, *, taken: bool) -> None:
    """Within the objects as elsewhere."""
    given = {channel: {"campaignid": "x" * length} if channel == "zalo" else {"RequestId": "x" * length}}

    body = await multi(lane, **given)

    assert (body != WRONG_DATA) is taken


@pytest.mark.parametrize(("length", "taken"), [(32_768, True), (32_769, False)], ids=["at", "above"])
async def test_a_value_that_makes_too_long_a_zalo_message_is_wrong(lane: Lane, length: int, *, taken: bool) -> None:
    """Where its place stands often, a short one does."""
    lane.patch(official_accounts=[{"id": OA, "templates": [{"id": "205644", "text": "<n><n>"}]}])

    body = await multi(lane, {"Params": ["x" * length]})

    assert (body != WRONG_ZNS) is taken


async def test_the_sms_follows_a_failure(lane: Lane) -> None:
    """With its own text, RequestId and address."""
    lane.patch(without_zalo=["0901888484"])
    sms_id = await multi_sent(lane, {"RequestId": "z"}, {"RequestId": "s", "CallbackUrl": "https://esms.vn/s"})
    await lane.settle()

    sms = await message_of(lane, f"{sms_id}.sms")
    assert (sms.text, sms.sender, sms.channel, sms.state) == (TEXT, "Baotrixemay", "sms", "sent")
    assert sms.details == Details(sms_type=2, request_id="s", callback_url="https://esms.vn/s")
    assert lane.account.balance == 1_000_000 - 850


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Channels", None),
        ("Channels", ""),
        ("Channels", "sms,zalo"),
        ("Channels", "zalo"),
        ("Channels", "zalo,sms,viber"),
        ("Channels", "zalo, sms"),
        ("Channels", "Zalo,sms"),
        ("Data", None),
        ("Data", ""),
        ("Data", "x"),
        ("Data", "{}"),
        ("Data", "[{}]"),
        ("Data", "[{},{},{}]"),
        ("Data", "[{},1]"),
        ("Data", "[[],{}]"),
        ("Data", "a,b"),
        ("Data", "[" * 2000),
        ("Data", "null"),
    ],
)
async def test_other_channels_or_data_are_wrong(lane: Lane, name: str, text: str | None) -> None:
    """Two channels in this order, an object for each."""
    fields = {key: value for key, value in {**channels(), name: text}.items() if value is not None}

    assert (await lane.reply(MULTI_CHANNEL, fields)).body.decode() == WRONG_DATA


@pytest.mark.parametrize(
    ("zalo", "sms", "answer"),
    [
        ({}, {"SmsType": None}, refusal(300, "Message type is missing")),
        ({}, {"SmsType": ""}, refusal(300, "Message type is missing")),
        ({}, {"SmsType": "8"}, refusal(118, "Message type is not supported")),
        ({}, {"Brandname": None}, NO_BRANDNAME),
        ({}, {"Brandname": "x"}, NO_BRANDNAME),
        ({"TempID": None}, {}, LACKING),
        ({"OAID": None}, {}, LACKING),
        ({"OAID": " "}, {}, LACKING),
        ({"OAID": ["1"]}, {}, LACKING),
        ({"OAID": "1"}, {}, refusal(204, "OAID not found")),
        ({"TempID": "1"}, {}, refusal(789, "TemplateId is not config")),
        ({"Params": None}, {}, WRONG_ZNS),
        ({"Params": []}, {}, WRONG_ZNS),
        ({"Params": ["1", "2"]}, {}, WRONG_ZNS),
        ({"Params": "686868"}, {}, WRONG_ZNS),
        ({"Params": [["1"]]}, {}, WRONG_ZNS),
        ({"Params": [None]}, {}, WRONG_ZNS),
        ({"Params": {"otp": "1"}}, {}, WRONG_ZNS),
        ({"SendingMode": "3"}, {}, refusal(802, "Over-quota mode is not allowed")),
        ({"SendingMode": 3}, {}, refusal(802, "Over-quota mode is not allowed")),
    ],
)
async def test_what_is_refused_early(lane: Lane, zalo: dict[str, Any], sms: dict[str, Any], answer: str) -> None:
    """For either channel, before anything is sent."""
    assert await multi(lane, zalo, sms) == answer
    assert (await lane.messages(), await lane.due(), lane.account.balance) == ([], [], 1_000_000)


@pytest.mark.parametrize("content", [None, "", "x", TEXT + "."])
async def test_an_sms_that_fits_no_template_is_refused_late(lane: Lane, content: str | None) -> None:
    """With an SMSID that is found later, and without a Zalo message."""
    body = await multi(lane, {}, {"Content": content})

    assert MISMATCH.fullmatch(body)
    assert await lane.get((REFUSED, ref_of(body))) is not None
    assert await lane.messages() == []


async def test_an_account_that_is_not_active(lane: Lane) -> None:
    """Before its templates."""
    lane.patch(official_accounts=[{"id": OA, "active": False}])

    assert await multi(lane) == refusal(799, "OAID is not active")


async def test_an_account_that_may_send_over_its_quota(lane: Lane) -> None:
    """SendingMode 3."""
    zns = {"id": "205644", "text": "<otp>"}
    lane.patch(official_accounts=[{"id": OA, "over_quota": True, "templates": [zns]}])

    await multi_sent(lane, {"SendingMode": "3"})


async def test_a_place_that_repeats_has_one_value(lane: Lane) -> None:
    """Values come in the order of the places."""
    zns = {"id": "205644", "text": "<otp> cho <ten>, ma <otp>"}
    lane.patch(official_accounts=[{"id": OA, "templates": [zns]}])
    sms_id = await multi_sent(lane, {"Params": ["123456", "An"]})

    assert (await message_of(lane, sms_id)).text == "123456 cho An, ma 123456"


async def test_members_may_be_bare_or_quoted(lane: Lane) -> None:
    """Numbers and switches of both objects."""
    sms_id = await multi_sent(
        lane,
        {"TempID": 205644, "OAID": int(OA), "Params": [686868], "Sandbox": 0, "SendingMode": 1, "RequestId": 7},
        {"SmsType": 2, "IsUnicode": False, "Sandbox": False},
    )

    message = await message_of(lane, sms_id)
    assert message.text.startswith("Ma xac minh cua ban la 686868.")
    assert message.details.request_id == "7"


async def test_members_are_recognised_in_any_case(lane: Lane) -> None:
    """As other fields are; under the choice of exact names they are not there."""
    data = [{name.upper(): value for name, value in ZALO.items()}, {name.lower(): value for name, value in SMS.items()}]
    fields = {**channels(), "Data": orjson.dumps(data).decode()}
    await lane.reply(MULTI_CHANNEL, fields)
    assert lane.verdict.cause == "accepted"

    lane.choose(parameter_names="exact")

    assert (await lane.reply(MULTI_CHANNEL, fields)).body.decode() == refusal(300, "Message type is missing")
    assert await multi_sent(lane)


async def test_the_diacritics_of_the_sms_may_be_stripped(lane: Lane) -> None:
    """Choice is-unicode; Zalo keeps its own."""
    lane.choose(is_unicode="stripped")
    lane.patch(without_zalo=["0901888484"])
    sms_id = await multi_sent(
        lane, {"Params": ["mã"]}, {"Brandname": "Sandbox", "Content": "mã 1234", "IsUnicode": "0"}
    )
    await lane.settle()

    assert (await message_of(lane, f"{sms_id}.sms")).text == "ma 1234"
    assert "mã" in (await message_of(lane, sms_id)).text


async def test_unicode_may_stand_for_is_unicode(lane: Lane) -> None:
    """Choice unicode-alias, in the object of the SMS."""
    lane.choose(is_unicode="stripped", unicode_alias="read")
    lane.patch(without_zalo=["0901888484"])
    sms_id = await multi_sent(lane, {}, {"Brandname": "Sandbox", "Content": "mã 1234", "Unicode": 1})
    await lane.settle()

    assert (await message_of(lane, f"{sms_id}.sms")).text == "mã 1234"


async def test_money(lane: Lane) -> None:
    """One price must be there."""
    lane.patch(balance=849)

    assert await multi(lane) == refusal(103, "Balance not enough to send message")


@pytest.mark.parametrize(("number", "has_id"), [("124", False), ("146", True), ("789", False), ("110", False)])
async def test_magic_phones(lane: Lane, number: str, has_id: bool) -> None:  # noqa: FBT001  (a table)
    """Whatever the channels are."""
    body = (await lane.reply(MULTI_CHANNEL, {**channels(), "Phone": f"0900000{number}", "Data": "x"})).body.decode()

    assert f'"CodeResult":"{number}"' in body
    assert ('"SMSID"' in body) is has_id
    assert '"SendStatus"' not in body
