"""Lists of phones, calls, registrations and short codes: what the suite cannot see."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from tests.providers.esms.conftest import ESMS, KEYS

from otp_sandbox.contract import Dialect, EventContext
from otp_sandbox.domain.inbox import Received
from otp_sandbox.domain.messages import MESSAGES
from otp_sandbox.domain.record import replace
from otp_sandbox.providers.esms.account import new_account
from otp_sandbox.providers.esms.account_parts import (
    REGISTRATIONS_MOST,
    CallTemplate,
    ShortCode,
    SmsRegistration,
)
from otp_sandbox.providers.esms.recipients import Recipients, read_recipients
from otp_sandbox.providers.esms.short_codes import receives, sign, tell
from otp_sandbox.providers.esms.sms_registrations import tell_of_texts

if TYPE_CHECKING:
    from tests.providers.esms.conftest import Lane

ADVERTISING = "SendMultipleSMSBrandname_json"
MANY = [f"0912{number:06}" for number in range(5_000)]
ADVERT = {**KEYS, "Content": "Khuyen mai", "SmsType": "1", "Brandname": "QC_ONLINE", "Phones": ",".join(MANY)}
CALL = {**KEYS, "Phone": "0901888484", "TemplateId": "4201", "VariableListStr": "Trung||686868"}
REGISTER = {**KEYS, "Content": "{ma:4} la ma", "Brandname": "Baotrixemay", "ServiceType": "2", "SmsType": "2"}
NOON = datetime(2031, 5, 2, 5, tzinfo=UTC)


async def cause_of(lane: Lane, name: str, fields: dict[str, str]) -> str:
    """Make a call, and give why it was answered so."""
    await lane.reply(name, fields)
    return lane.verdict.cause


async def test_5000_phones_are_one_decision(lane: Lane) -> None:
    """All messages are there, paid, and waiting; then all arrive, and one callback is made."""
    lane.patch(balance=10_000_000)
    asked = {**ADVERT, "CallbackUrl": "http://127.0.0.1:9/"}
    assert await cause_of(lane, ADVERTISING, asked) == "accepted"
    held = await lane.messages()
    assert len({each.to for each in held}) == len({each.id for each in held}) == len(MANY)
    assert lane.account.balance == 10_000_000 - 850 * len(MANY)

    await lane.settle(seconds=5)
    await lane.settle(seconds=1)

    assert {each.state for each in await lane.messages()} == {"delivered"}
    (callback,) = await lane.callbacks()
    assert "&SendSuccess=5000&TotalPrice=4250000.0000&" in callback.url


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("0901888484", Recipients(("+84901888484",), 1, None)),
        (" 0901888484 ,,84901888484,0912345678,", Recipients(("+84901888484", "+84912345678"), 3, None)),
        ("12,0901888484,x", Recipients(("+84901888484",), 3, "12")),
        ("12", None),
        (",", None),
        ('["x"]', None),
    ],
)
def test_a_list_is_read(text: str, read: Recipients | None) -> None:
    """Each phone once; entries are counted, and the first that is none is kept."""
    assert read_recipients(text) == read


@pytest.mark.parametrize("place", ["0900000103", " +84 900 000 103"])
async def test_a_magic_number_among_others_counts(lane: Lane, place: str) -> None:
    """Wherever it stands in the list."""
    await lane.reply(ADVERTISING, {**ADVERT, "Phones": ",".join((*MANY[:40], place))})

    assert lane.verdict.cause == "not_enough_balance"


@pytest.mark.parametrize(
    ("account", "changes", "cause"),
    [
        ({"brandnames": []}, {}, "brandname_unknown"),
        ({"balance": 849}, {}, "not_enough_balance"),
        ({"blocked_phones": ["0912000007"]}, {}, "phone_blocked"),
        ({"price": None}, {}, "no_price_list"),
    ],
)
async def test_a_remedy_lets_it_pass(
    lane: Lane, account: dict[str, object], changes: dict[str, str], cause: str
) -> None:
    """What the refusal proposes for the account is enough."""
    asked = {**ADVERT, **changes, "Phones": ",".join(MANY[:30])}
    lane.patch(**account)
    assert await cause_of(lane, ADVERTISING, asked) == cause
    lane.patch(**(lane.verdict.remedy or {}))

    assert await cause_of(lane, ADVERTISING, asked) == "accepted"


@pytest.mark.parametrize(
    ("patch", "cause"),
    [
        ({"call_templates": []}, "call_template_unknown"),
        ({"call_templates": [{"id": "4201", "recorded": False}]}, "recording_not_found"),
    ],
)
async def test_a_remedy_lets_a_call_pass(lane: Lane, patch: dict[str, object], cause: str) -> None:
    """The same for calls."""
    lane.patch(**patch)
    assert await cause_of(lane, "MakeCallTemplate_V2", CALL) == cause
    lane.patch(**(lane.verdict.remedy or {}))

    assert await cause_of(lane, "MakeCallTemplate_V2", CALL) == "call_accepted"


async def test_an_account_that_knows_all_reads_values_out(lane: Lane) -> None:
    """The first value is the code there."""
    lane.patch(call_templates=None)
    await lane.reply("MakeCallTemplate_V2", {**CALL, "TemplateId": "any", "VariableListStr": "4711||Trung"})

    (held,) = await lane.messages()
    assert (held.text, held.code) == ("4711||Trung", "4711")


@pytest.mark.parametrize(
    ("text", "values", "filled", "code"),
    [
        ("<a> <otp>", ("x", "12"), "x 12", "12"),
        ("<otp> <otp>", ("1", "2"), "1 2", "1"),
        ("<a>", (), "", None),
        ("none", ("x",), "none", None),
    ],
)
def test_a_template_is_filled(text: str, values: tuple[str, ...], filled: str, code: str | None) -> None:
    template = CallTemplate("1", text)

    assert (template.filled(values), template.code(values)) == (filled, code)


@pytest.mark.parametrize(
    ("content", "template"),
    [
        ("{ma:4} la {ten}", "{P:4} la {P}"),
        ("{P1,8} {P2:3} {P} {OTP} {CODE}", "{P1,8} {P2:3} {P} {OTP} {CODE}"),
        ("{a:0} {b:x} {}", "{a:0} {b:x} {P}"),
    ],
)
def test_places_of_a_registration(content: str, template: str) -> None:
    """They become places of a template; those that are some stay."""
    assert SmsRegistration(1, "x", content).template == template


async def test_the_oldest_registration_goes(lane: Lane) -> None:
    """An account holds no more than there may be, and numbers go on."""
    for number in range(REGISTRATIONS_MOST + 1):
        await lane.reply("SubServicePreviewJson", {**REGISTER, "Content": f"text {number}"})

    held = lane.account.sms_registrations
    assert len(held) == REGISTRATIONS_MOST
    assert [held[0].id + each for each in range(len(held))] == [each.id for each in held]


async def test_what_a_test_has_decided_stays(lane: Lane) -> None:
    """The time that the provider takes does not undo it."""
    body = orjson.loads((await lane.reply("SubServicePreviewJson", REGISTER)).body)
    lane.patch(sms_registrations=[{"id": body["ServicePreviewId"], "brandname": "x", "content": "y", "status": 0}])
    await lane.settle(seconds=61)

    assert [each.status for each in lane.account.sms_registrations] == [0]


@pytest.mark.parametrize(
    ("before", "after", "told"), [(1, 2, ["2"]), (1, 0, ["0"]), (2, 0, ["0"]), (2, 2, []), (None, 2, [])]
)
def test_a_patch_tells_of_what_it_registers_or_refuses(before: Any, after: Any, told: list[str]) -> None:
    """Only where the state has changed, and there is an address to tell it to."""
    text = SmsRegistration(9, "x", "y", status=after, callback_url="http://127.0.0.1:1/x")
    new = replace(new_account(), sms_registrations=(text, replace(text, id=10, callback_url="")))
    held = () if before is None else tuple(replace(each, status=before) for each in new.sms_registrations)
    old = replace(new_account(), sms_registrations=held)

    urls = [each.url for each in tell_of_texts(old, new, EventContext(1, Dialect(ESMS.spec, {})), NOON)]

    assert urls == [f"http://127.0.0.1:1/x?ServicePreviewId=9&Status={status}" for status in told]


def test_a_text_to_a_short_code_is_signed() -> None:
    """Base64 of an MD5; a code that the account has lost meanwhile tells nobody."""
    assert sign("1", "2", "é", "3", "4") == "2L6yxmYK51F+J4rQ5E24cg=="
    account = replace(new_account(), short_codes=(ShortCode("8041", "http://127.0.0.1:9/"),))
    context = EventContext(1, Dialect(ESMS.spec, {}))

    class State:
        def get(self, *_: object) -> object:
            return account

    received = Received("7", "esms", "+84901888484", "8041", "  hi there", NOON)
    (told,) = tell(State(), context, received)  # type: ignore[arg-type]
    assert told.url.startswith(
        "http://127.0.0.1:9/?sender=84901888484&content=%20%20hi%20there&serviceNumber=8041&keyword=hi&"
    )
    assert list(tell(State(), context, replace(received, line="1"))) == []  # type: ignore[arg-type]
    assert (receives(account, " 8041 "), receives(account, "804")) == ("8041", None)


async def test_what_is_lost_of_a_campaign_is_not_told(lane: Lane) -> None:
    """A message that was forgotten since does not end; the others are looked for in one go."""
    await lane.reply(ADVERTISING, {**ADVERT, "Phones": ",".join(MANY[:30])})
    ref = (await lane.messages())[0].id
    await lane.write({(MESSAGES, f"{ref}.3"): None})

    told = orjson.loads(await lane.call("GetSendStatus", RefId=ref))
    assert (told["TotalReceiver"], told["SendStatus"]) == (29, 1)
