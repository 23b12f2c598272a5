"""What became of a message, by its SMSID: in counts and receiver by receiver."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
import pytest
from tests.providers.esms.conftest import KEYS
from tests.providers.esms.sends import REF, keep, keep_refused

from otp_sandbox.providers.esms.details import SMS_LEG, Details

if TYPE_CHECKING:
    from tests.providers.esms.conftest import Lane

    from otp_sandbox.domain.messages import MessageState

STATUS = "GetSendStatus"
RECEIVERS = "GetSmsReceiverStatus_get"
NOT_FOUND = f'{{"CodeResponse":"105","SMSID":"{REF}"}}'
NO_RECEIVERS = '{"CodeResult":"105","ErrorMessage":"Message not found"}'


def told(status: int, failed: int, success: int, price: str, sent: int, *, ref: str = REF) -> str:
    """Write the counts, as their sample has them."""
    return (
        f'{{"CodeResponse":"100","SMSID":"{ref}","SendFailed":{failed},"SendStatus":{status},'
        f'"SendSuccess":{success},"TotalPrice":{price},"TotalReceiver":1,"TotalSent":{sent}}}'
    )


def receiver(sent: str, reached: str, network: str = "Mobifone", phone: str = "0901888484") -> str:
    """Write the list of receivers, as its sample has it."""
    return (
        f'{{"CodeResult":"100","ReceiverList":[{{"IsSent":{sent},"NetworkName":"{network}","Phone":"{phone}",'
        f'"Retry":0,"SentResult":{reached}}}]}}'
    )


async def test_a_delivered_message_is_told_as_the_sample_has_it(lane: Lane) -> None:
    """Byte for byte, with the id of the sample."""
    ref = "434a124c-7818-4f45-bdf2-7f7b07fff210100"
    await keep(lane, "delivered", id=ref)

    body = await lane.call(STATUS, RefId=ref)

    assert body == told(5, 0, 1, "850.0000", 1, ref=ref)
    assert lane.verdict.cause == "status_told"


@pytest.mark.parametrize(
    ("state", "status", "receivers"),
    [
        ("queued", told(2, 0, 0, "850.0000", 0), receiver("false", "false")),
        ("sent", told(2, 0, 0, "850.0000", 1), receiver("true", "false")),
        ("delivered", told(5, 0, 1, "850.0000", 1), receiver("true", "true")),
        ("failed", told(5, 1, 0, "0.0000", 1), receiver("true", "false")),
        ("rejected", told(4, 1, 0, "0.0000", 1), receiver("true", "false")),
        ("sending", told(3, 0, 0, "850.0000", 1), receiver("true", "false")),
        ("deleted", told(6, 0, 0, "0.0000", 1), receiver("true", "false")),
    ],
)
async def test_each_state_has_its_counts(lane: Lane, state: MessageState, status: str, receivers: str) -> None:
    """Finished is no success, a failure costs nothing."""
    await keep(lane, state)

    assert await lane.call(STATUS) == status
    assert await lane.call(RECEIVERS) == receivers


async def test_a_message_may_await_approval(lane: Lane) -> None:
    """Status 1."""
    await keep(lane, "queued", details=Details(awaiting_approval=True))

    assert await lane.call(STATUS) == told(1, 0, 0, "850.0000", 0)


async def test_what_gencode_sent_is_found(lane: Lane) -> None:
    """Its SMSID is like all others, though it keeps no details."""
    message = await lane.sent()

    assert await lane.call(STATUS, RefId=message.id) == told(2, 0, 0, "850.0000", 1, ref=message.id)
    assert await lane.call(RECEIVERS, RefId=message.id) == receiver("true", "false")


async def test_the_sms_that_took_the_place_of_a_zalo_message_counts(lane: Lane) -> None:
    """Both have one SMSID: the last one sent has the say, while it is on its way as well."""
    await keep(lane, "failed", channel="zalo", price=300, details=Details(sms_type=25))
    assert await lane.call(STATUS) == told(5, 1, 0, "0.0000", 1)

    await keep(lane, "sent", id=REF + SMS_LEG)
    assert await lane.call(STATUS) == told(2, 0, 0, "850.0000", 1)
    assert await lane.call(RECEIVERS) == receiver("true", "false")

    await keep(lane, "delivered", id=REF + SMS_LEG)
    assert await lane.call(STATUS) == told(5, 0, 1, "850.0000", 1)
    assert await lane.call(RECEIVERS) == receiver("true", "true")


async def test_a_refusal_that_has_an_smsid_is_found(lane: Lane) -> None:
    """Rejected, sent to nobody, for nothing."""
    await keep_refused(lane)

    assert await lane.call(STATUS) == told(4, 1, 0, "0.0000", 0)
    assert await lane.call(RECEIVERS) == receiver("false", "false")


@pytest.mark.parametrize(
    ("to", "network", "phone"),
    [
        ("+84981888484", "Viettel", "0981888484"),
        ("+84918238965", "Vinaphone", "0918238965"),
        ("+84765418062", "Mobifone", "0765418062"),
        ("+84561888484", "Vietnammobile", "0561888484"),
        ("+84591888484", "Gtel", "0591888484"),
        ("+84871888484", "Itel", "0871888484"),
        ("+84551888484", "Reddi", "0551888484"),
    ],
)
async def test_a_receiver_has_its_carrier_and_its_national_form(lane: Lane, to: str, network: str, phone: str) -> None:
    """By the prefix."""
    await keep(lane, "delivered", to=to)

    assert await lane.call(RECEIVERS) == receiver("true", "true", network, phone)


@pytest.mark.parametrize(
    "ref", [None, "", "x", REF.upper(), REF[:-1], REF + "0", " " + REF, REF + SMS_LEG, "9a.sms", "5001", "*"]
)
async def test_an_smsid_of_nobody_is_not_found(lane: Lane, ref: str | None) -> None:
    """Compared exactly, and only what was answered with: no id of the sandbox's own, none of another provider."""
    await keep(lane, "failed")
    await keep(lane, "sent", id=REF + SMS_LEG)
    await keep(lane, "delivered", id="5001", provider="amoot")
    await keep_refused(lane, id="5001", provider="amoot")
    await keep_refused(lane, id="9a.sms", provider="amoot")

    status, receivers = await lane.call(STATUS, RefId=ref), await lane.call(RECEIVERS, RefId=ref)

    assert (status, receivers) == (f'{{"CodeResponse":"105","SMSID":"{ref or ""}"}}', NO_RECEIVERS)
    assert lane.verdict.cause == ("message_not_found" if ref else "ref_missing")


@pytest.mark.parametrize("refused", [False, True])
@pytest.mark.parametrize(("seconds", "found"), [(-0.001, True), (0, True), (0.001, False)])
async def test_after_seven_days_a_message_is_not_found(
    lane: Lane,
    seconds: float,
    *,
    refused: bool,
    found: bool,
) -> None:
    """Counted from the send to the instant; the SMS that followed a Zalo message does not make it younger."""
    if refused:
        await keep_refused(lane)
    else:
        await keep(lane, "failed")
        lane.wait(minutes=1)
        await keep(lane, "delivered", id=REF + SMS_LEG)
        lane.wait(minutes=-1)
    lane.wait(days=7, seconds=seconds)

    status, receivers = await lane.call(STATUS), await lane.call(RECEIVERS)

    assert (status != NOT_FOUND, receivers != NO_RECEIVERS) == (found, found)
    assert lane.verdict.cause == ("receivers_told" if found else "too_old")


@pytest.mark.parametrize("refused", [False, True])
@pytest.mark.parametrize(("seconds", "found"), [(0, False), (9.999, False), (10, True)])
async def test_a_message_may_be_found_only_after_a_while(
    lane: Lane,
    seconds: float,
    *,
    refused: bool,
    found: bool,
) -> None:
    """Choice status-delay: by default at once."""
    await (keep_refused(lane) if refused else keep(lane))
    assert await lane.call(STATUS) != NOT_FOUND
    lane.choose(status_delay="some")
    lane.wait(seconds=seconds)

    status, receivers = await lane.call(STATUS), await lane.call(RECEIVERS)

    assert (status != NOT_FOUND, receivers != NO_RECEIVERS) == (found, found)
    assert lane.verdict.cause == ("receivers_told" if found else "too_early")


@pytest.mark.parametrize(
    ("fields", "account", "code", "text"),
    [
        ({"SecretKey": "x"}, {}, 101, "Authorize Failed"),
        ({"ApiKey": None}, {}, 101, "Authorize Failed"),
        ({"RefId": None, "SecretKey": None}, {"blocked": True}, 101, "Authorize Failed"),
        ({"RefId": "x"}, {"blocked": True, "allowed_ips": []}, 143, "Account is locked or not activated"),
        ({"RefId": "x"}, {"allowed_ips": ["192.0.2.1"]}, 140, "IP address is not allowed"),
    ],
)
async def test_refusals_of_the_caller_tell_nothing(
    lane: Lane, fields: dict[str, str | None], account: dict[str, object], code: int, text: str
) -> None:
    """The state repeats the id and has no text, the list has a text. The first of several faults is told."""
    await keep(lane, "delivered")
    lane.patch(**account)
    ref = {**KEYS, "RefId": REF, **fields}["RefId"] or ""

    assert await lane.call(STATUS, **fields) == f'{{"CodeResponse":"{code}","SMSID":"{ref}"}}'
    assert await lane.call(RECEIVERS, **fields) == f'{{"CodeResult":"{code}","ErrorMessage":"{text}"}}'


@pytest.mark.parametrize("ref", ['"', "\\", "{phone}", "%s", "ậ", "\U0001f600", "\x00", "a\nb", "A" * 7000])
async def test_whatever_id_was_asked_for_comes_back(lane: Lane, ref: str) -> None:
    """As text, written as JSON."""
    assert orjson.loads(await lane.call(STATUS, RefId=ref)) == {"CodeResponse": "105", "SMSID": ref}
