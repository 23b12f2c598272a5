"""A text of the caller's own: what is accepted, what is sent, what is refused."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from tests.providers.esms.conftest import (
    FORM_SEND,
    GET_SEND,
    JSON_SEND,
    TRANSPORTS,
    XML_SEND,
    refusal,
)
from tests.providers.esms.sends import MISMATCH, PHONE, TEXT, message_of, ref_of, send

from otp_sandbox.domain.messages import REFUSED
from otp_sandbox.providers.esms.details import Details

if TYPE_CHECKING:
    from tests.providers.esms.conftest import Lane

every_transport = pytest.mark.parametrize("name", TRANSPORTS)
ONE_PHONE = refusal(163, "Only one phone number is allowed")
NO_BRANDNAME = refusal(104, "Brand name code is not exist")
NO_TYPE = refusal(300, "Message type is missing")
OTHER_TYPE = refusal(118, "Message type is not supported")


@every_transport
async def test_an_accepted_message_is_answered_with_its_id_and_sent(lane: Lane, name: str) -> None:
    """Tab 100 of each page; the message says what the answer does not."""
    sms_id = await send(lane, name)

    [message] = await lane.messages()
    assert (message.id, message.operation, message.request_id) == (sms_id, name, "req-1")
    assert (message.to, message.sender, message.text, message.code) == (PHONE, "Baotrixemay", TEXT, "686868")
    assert (message.channel, message.state, message.price) == ("sms", "sent", 850)
    assert message.details == Details(sms_type=2)
    assert lane.account.balance == 1_000_000 - 850
    assert [event.kind for event in await lane.settle(seconds=1)] == ["delivery"]
    assert (await message_of(lane, sms_id)).state == "delivered"


async def test_ids_differ_and_are_not_those_of_gencode(lane: Lane) -> None:
    """All sends to a phone are drawn from one sequence."""
    ids = [await send(lane) for _ in range(3)] + [(await lane.sent()).id] + [await send(lane, GET_SEND)]

    assert len(set(ids)) == 5


async def test_the_same_seed_gives_the_same_ids(lane: Lane) -> None:
    """A run can be repeated."""
    assert await send(lane) == await send(type(lane)())


async def test_the_message_keeps_what_lists_and_callbacks_tell_again(lane: Lane) -> None:
    """RequestId, campaign and address."""
    sms_id = await send(lane, RequestId="r-1", campaignid="Thang 7", CallbackUrl="https://esms.vn/webhook/")

    details = (await message_of(lane, sms_id)).details
    assert details == Details(sms_type=2, request_id="r-1", campaign="Thang 7", callback_url="https://esms.vn/webhook/")
    assert lane.warnings == []


async def test_the_form_has_no_address_campaign_or_date(lane: Lane) -> None:
    """Fields that only its siblings document change nothing."""
    sms_id = await send(
        lane, FORM_SEND, CallbackUrl="https://esms.vn/", campaignid="x", SendDate="2099-01-01 00:00:00", Sandbox="1"
    )

    message = await message_of(lane, sms_id)
    assert (message.state, message.details) == ("sent", Details(sms_type=2))


async def test_xml_has_no_sandbox(lane: Lane) -> None:
    """Not all forms know it."""
    assert await message_of(lane, await send(lane, XML_SEND, Sandbox="1"))


@pytest.mark.parametrize("address", ["ftp://esms.vn/", "esms.vn/webhook", "x"])
async def test_an_address_that_cannot_be_called_is_noted(lane: Lane, address: str) -> None:
    """It is no reason to refuse."""
    await send(lane, CallbackUrl=address)

    assert lane.warnings == ["CallbackUrl is no http or https address: nobody is told"]


@every_transport
async def test_a_call_needs_neither_sender_nor_template(lane: Lane, name: str) -> None:
    """Type 8; words and carriers are rules of customer care."""
    lane.patch(blocked_words=["686868"], brandnames=[])
    sms_id = await send(lane, name, SmsType="8", Content="686868", Brandname=None)

    message = await message_of(lane, sms_id)
    assert (message.channel, message.sender, message.text, message.code) == ("voice", "", "686868", "686868")
    assert message.details == Details(sms_type=8)
    assert lane.account.balance == 1_000_000 - 850


async def test_the_sender_of_a_call_does_not_count(lane: Lane) -> None:
    """A former sample has one."""
    assert (await message_of(lane, await send(lane, SmsType="8", Brandname="x"))).sender == ""


@every_transport
@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ({"SmsType": None}, NO_TYPE),
        ({"SmsType": ""}, NO_TYPE),
        ({"SmsType": "1"}, OTHER_TYPE),
        ({"SmsType": "26"}, OTHER_TYPE),
        ({"SmsType": "x"}, OTHER_TYPE),
        ({"SmsType": "2.0"}, OTHER_TYPE),
        ({"Phone": None}, refusal(108, "The phone number  is not valid.")),
        ({"Phone": "097469188"}, refusal(108, "The phone number 097469188 is not valid.")),
        ({"Phone": "0901888484,"}, refusal(108, "The phone number 0901888484, is not valid.")),
        ({"Phone": ","}, refusal(108, "The phone number , is not valid.")),
        ({"Phone": "0901888484,0918238965"}, ONE_PHONE),
        ({"Phone": "0901888484;0918238965"}, ONE_PHONE),
        ({"Phone": "0901888484 | 0918238965"}, ONE_PHONE),
        ({"Phone": "x,y"}, ONE_PHONE),
        ({"Phone": ",".join(["0901888484"] * 500)}, ONE_PHONE),
        ({"Brandname": None}, NO_BRANDNAME),
        ({"Brandname": "baotrixemay"}, NO_BRANDNAME),
        ({"Brandname": "Baotrixemay "}, NO_BRANDNAME),
        ({"ApiKey": None}, refusal(101, "Authorize Failed")),
        ({"SecretKey": "x"}, refusal(101, "Authorize Failed")),
    ],
)
async def test_what_is_refused_early_has_no_id(
    lane: Lane, name: str, changes: dict[str, str | None], answer: str
) -> None:
    """The refusal alone, and nothing else happens."""
    assert await lane.call(name, **changes) == answer
    assert (await lane.messages(), await lane.due(), lane.account.balance) == ([], [], 1_000_000)


@every_transport
@pytest.mark.parametrize(
    "content",
    [None, "", "x", TEXT + ".", "123456789 la ma xac minh dang ky Baotrixemay cua ban", TEXT.upper()],
)
async def test_what_fits_no_template_is_refused_with_an_id(lane: Lane, name: str, content: str | None) -> None:
    """Tab 146: nothing is sent or paid, but the refusal is remembered under its id."""
    body = await lane.call(name, Content=content)

    assert MISMATCH.fullmatch(body)
    refused = await lane.get((REFUSED, ref_of(body)))
    assert refused is not None
    assert (refused.provider, refused.to, refused.at) == ("esms", PHONE, lane.now)
    assert (await lane.messages(), lane.account.balance) == ([], 1_000_000)


@pytest.mark.parametrize("content", [f" {TEXT} ", TEXT.replace("686868", "2"), TEXT.replace("686868", "ABCD1234")])
async def test_what_fits_a_template_is_sent_as_it_is(lane: Lane, content: str) -> None:
    """Outer spaces do not count for the template and stay in the text."""
    assert (await message_of(lane, await send(lane, Content=content))).text == content


async def test_a_call_without_content_is_refused_like_a_text(lane: Lane) -> None:
    """There is nothing to read out."""
    assert MISMATCH.fullmatch(await lane.call(JSON_SEND, SmsType="8", Content=None))


@every_transport
async def test_money(lane: Lane, name: str) -> None:
    """No price list, a balance that just does, and one that just does not."""
    lane.patch(price=None)
    assert await lane.call(name) == refusal(102, "No price list")
    lane.patch(price=850, balance=849)
    assert await lane.call(name) == refusal(103, "Balance not enough to send message")
    lane.patch(balance=850)
    await send(lane, name)
    assert lane.account.balance == 0


async def test_several_phones_may_be_called_no_phone(lane: Lane) -> None:
    """Choice several-phones."""
    lane.choose(several_phones="108")
    both = "0901888484,0918238965"

    assert await lane.call(JSON_SEND, Phone=both) == refusal(108, f"The phone number {both} is not valid.")


@pytest.mark.parametrize("name", [JSON_SEND, GET_SEND])
@pytest.mark.parametrize(
    ("is_unicode", "text"),
    [
        ("1", "Đường phố Hà Nội 1234 ạ"),
        ("true", "Đường phố Hà Nội 1234 ạ"),
        ("0", "Duong pho Ha Noi 1234 a"),
        (None, "Duong pho Ha Noi 1234 a"),
    ],
)
async def test_diacritics_may_be_stripped(lane: Lane, name: str, is_unicode: str | None, text: str) -> None:
    """Choice is-unicode; by default the text stays as it is written."""
    given = {"Brandname": "Sandbox", "Content": "Đường phố Hà Nội 1234 ạ", "IsUnicode": is_unicode}
    assert (await message_of(lane, await send(lane, name, **given))).text == given["Content"]

    lane.choose(is_unicode="stripped")

    assert (await message_of(lane, await send(lane, name, **given))).text == text


async def test_other_scripts_are_not_taken_apart(lane: Lane) -> None:
    """Only marks go."""
    lane.choose(is_unicode="stripped")

    assert (await message_of(lane, await send(lane, Brandname="Sandbox", Content="한글 é 1234"))).text == "한글 e 1234"


async def test_marks_are_stripped_one_by_one(lane: Lane) -> None:
    """Never brought into their order, which takes the square of their number: ten seconds for such a text."""
    lane.choose(is_unicode="stripped")
    content = "e1234" + "\u0301\u0323" * 30_000

    assert (await message_of(lane, await send(lane, Brandname="Sandbox", Content=content))).text == "e1234"


async def test_the_stripped_text_is_the_one_that_is_checked(lane: Lane) -> None:
    """Templates say what is sent."""
    content = "686868 là mã xác minh đăng ký Baotrixemay của bạn"
    assert MISMATCH.fullmatch(await lane.call(JSON_SEND, Content=content))

    lane.choose(is_unicode="stripped")

    assert (await message_of(lane, await send(lane, Content=content))).text == TEXT


@pytest.mark.parametrize("name", ["Unicode", "unicode"])
async def test_unicode_may_stand_for_is_unicode(lane: Lane, name: str) -> None:
    """Choice unicode-alias; IsUnicode wins where both are there."""
    given = {"Brandname": "Sandbox", "Content": "ạ", name: "1"}
    lane.choose(is_unicode="stripped")
    assert (await message_of(lane, await send(lane, **given))).text == "a"

    lane.choose(unicode_alias="read")

    assert (await message_of(lane, await send(lane, **given))).text == "ạ"
    assert (await message_of(lane, await send(lane, **given, IsUnicode="0"))).text == "a"


async def test_a_form_has_no_is_unicode_and_stays_as_written(lane: Lane) -> None:
    """It has no word for it."""
    lane.choose(is_unicode="stripped")

    assert (await message_of(lane, await send(lane, FORM_SEND, Brandname="Sandbox", Content="ạ"))).text == "ạ"


@pytest.mark.parametrize(("unicode", "text"), [("1", "ạ"), ("true", "ạ"), ("0", "a"), (None, "a"), ("x", "a")])
async def test_xml_says_unicode(lane: Lane, unicode: str | None, text: str) -> None:
    """Where others have IsUnicode; by default the text stays as it is."""
    given = {"Brandname": "Sandbox", "Content": "ạ", "Unicode": unicode, "IsFlash": "1"}
    assert (await message_of(lane, await send(lane, XML_SEND, **given))).text == "ạ"

    lane.choose(is_unicode="stripped")

    assert (await message_of(lane, await send(lane, XML_SEND, **given))).text == text


@every_transport
@pytest.mark.parametrize(
    ("number", "pattern"),
    [("146", r'.*"146".*"SMSID":.*'), ("103", r'.*"Balance not enough to send message"}'), ("108", r'.*"108".*')],
)
async def test_magic_phones(lane: Lane, name: str, number: str, pattern: str) -> None:
    """Before every rule but the credentials; a late refusal is remembered."""
    body = await lane.call(name, Phone=f"0900000{number}", SmsType=None, Brandname=None, Content=None)

    assert re.fullmatch(pattern, body), body
    assert lane.verdict.magic


async def test_the_magic_duplicate_is_as_published(lane: Lane) -> None:
    """With the state where the operation has it."""
    assert await lane.call(JSON_SEND, Phone="0900000124") == (
        '{"CodeResult":"124","CountRegenerate":0,"ErrorMessage":"Request exist 1","SendStatus":"5"}'
    )
    assert await lane.call(GET_SEND, Phone="0900000124") == refusal(124, "Request exist 1")
