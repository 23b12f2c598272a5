"""Messages of eSMS that are only tried: checked like others, and not sent."""

from __future__ import annotations

from functools import partial
from typing import Any

from otp_conformance.callbacks import NOBODY_LISTENS, list_callbacks
from otp_conformance.case import Feature, Level, Tier, case
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, expect
from otp_conformance.providers.esms.names import FORM_SEND, GET_SEND, JSON_SEND, XML_SEND
from otp_conformance.providers.esms.steps import (
    MESSAGES,
    MOVED,
    ask_status,
    fields_of,
    is_duplicate,
    multi,
    read_balance,
    read_message,
    send_message,
    sms_id_of,
)

try_case = partial(case, "esms", "try")

TRYING = {name: (name,) for name in (JSON_SEND, GET_SEND)}


@try_case(
    rule="A try is answered like a message, with an SMSID, but neither sent nor charged nor found.",
    sources=["FX O1-", "SM O1", "V2, page on the sandbox"],
    level=Level.SHOULD,
    needs=[*MESSAGES, Feature.ACCOUNTS],
    sends=2,
    covers=["esms.sandbox", "esms.sandbox-smsid", "esms.sandbox-no-message"],
    kills=["esms.try-sent", "esms.try-charged", "esms.try-without-id"],
    rows={f"{name}-{what}": (name, on) for name in TRYING for what, on in {"one": "1", "true": "true"}.items()},
)
async def sandbox(esms: Driver, name: str, on: str) -> None:
    before = await read_balance(esms)

    sms_id = await send_message(esms, name, Sandbox=on)

    equal((await esms.messages(), await read_balance(esms)), ([], before), "messages and balance")
    equal(await ask_status(esms, sms_id), None, "state")


@try_case(
    rule="A try uses its RequestId up: the message with the same one is a duplicate.",
    sources=["N24 O2"],
    choices={"esms.sandbox-request-id": "used-up"},
    covers=["esms.sandbox-request-id", "esms.sandbox-request-id=used-up", "esms:duplicate_request"],
    rows=TRYING,
)
async def sandbox_uses_id_up(esms: Driver, name: str) -> None:
    await send_message(esms, name, Sandbox="1", RequestId="try")

    expect(await esms.call(name, RequestId="try"), "duplicate_request")


@try_case(
    rule="Over two channels, a try uses the RequestIds of both channels up.",
    sources=["N24 O2", "I"],
    level=Level.SHOULD,
    choices={"esms.sandbox-request-id": "used-up"},
    covers=["esms.sandbox-request-id=used-up", "esms:duplicate_request"],
)
async def channels_sandbox_uses_ids_up(esms: Driver) -> None:
    sms_id_of(await multi(esms, {"Sandbox": "1", "RequestId": "z"}, {"RequestId": "s"}))

    equal([await is_duplicate(esms, each) for each in ("z", "s")], [True, True], "duplicates")


@try_case(
    rule="Where the RequestId of a try stays free, it is neither used up nor looked at.",
    sources=["I"],
    level=Level.SHOULD,
    needs=[Feature.CHOICES],
    choices={"esms.sandbox-request-id": "free"},
    sends=2,
    covers=["esms.sandbox-request-id=free", "esms:accepted"],
    kills=["esms.try-uses-id"],
    rows=TRYING,
)
async def sandbox_leaves_id_free(esms: Driver, name: str) -> None:
    await send_message(esms, name, Sandbox="1", RequestId="try")

    equal(await is_duplicate(esms, "try", name), False, "duplicate")
    await send_message(esms, name, Sandbox="1", RequestId="try")


@try_case(
    rule="A try is refused for what a message would be refused for, but for a text that fits no template.",
    sources=["V2, page on the sandbox", "N24 O2"],
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    covers=["esms.sandbox-checks"],
    kills=["esms.try-unchecked"],
    rows={
        f"{name}-{outcome}": (name, changes, outcome)
        for name in TRYING
        for outcome, changes in {
            "authorize_failed": {"ApiKey": "x"},
            "type_missing": {"SmsType": None},
            "too_many_numbers": {"Phone": "0901888484,0918238965"},
            "phone_invalid": {"Phone": None},
            "brandname_unknown": {"Brandname": "x"},
            "template_mismatch": {"Content": None},
        }.items()
    },
)
async def sandbox_checks(esms: Driver, name: str, changes: dict[str, Any], outcome: str) -> None:
    expect(await esms.call(name, Sandbox="1", **changes), outcome)


OTHER_WORDS = {"Content": "khong co mau"}


@try_case(
    rule="The text of a try is compared with no template; that of the message with the same words is.",
    sources=["N24 O2"],
    choices={"esms.sandbox-checks": "no-template"},
    covers=["esms.sandbox-checks", "esms.sandbox-checks=no-template", "esms:accepted", "esms:template_mismatch"],
    rows=TRYING,
)
async def sandbox_text(esms: Driver, name: str) -> None:
    expect(await esms.call(name, Sandbox="1", **OTHER_WORDS), "accepted")
    expect(await esms.call(name, **OTHER_WORDS), "template_mismatch")


@try_case(
    rule="Over two channels, neither the text of a try nor that of an SMS that is left out is compared.",
    sources=["N24 O2", "I"],
    level=Level.SHOULD,
    choices={"esms.sandbox-checks": "no-template"},
    covers=["esms.sandbox-checks=no-template", "esms:accepted"],
    rows={"zalo": ({"Sandbox": "1"}, {}), "sms": ({}, {"Sandbox": "1"})},
)
async def channels_sandbox_text(esms: Driver, zalo: dict[str, Any], sms: dict[str, Any]) -> None:
    expect(await multi(esms, zalo, {**sms, **OTHER_WORDS}), "accepted")


@try_case(
    rule="Where a try is checked whole, its text must fit a template.",
    sources=["V2, page on the sandbox"],
    level=Level.SHOULD,
    needs=[Feature.CHOICES],
    choices={"esms.sandbox-checks": "all"},
    covers=["esms.sandbox-checks=all", "esms:template_mismatch"],
    rows=TRYING,
)
async def sandbox_text_counts(esms: Driver, name: str) -> None:
    expect(await esms.call(name, Sandbox="1", **OTHER_WORDS), "template_mismatch")
    expect(await multi(esms, {"Sandbox": "1"}, OTHER_WORDS), "template_mismatch")


@try_case(
    rule="Forms that do not document the field send a message that has it.",
    level=Level.SHOULD,
    needs=MESSAGES,
    covers=["esms.no-sandbox-switch"],
    rows={"form": (FORM_SEND,), "xml": (XML_SEND,)},
)
async def no_sandbox(esms: Driver, name: str) -> None:
    await read_message(esms, await send_message(esms, name, Sandbox="1"))


@try_case(
    rule="Nobody is told of a try.",
    level=Level.SHOULD,
    needs=[*MOVED, Feature.CALLBACKS],
    choices={"esms.sandbox-callback": "none"},
    covers=["esms.sandbox-callback=none"],
    rows=TRYING,
)
async def sandbox_is_silent(esms: Driver, name: str) -> None:
    await send_message(esms, name, Sandbox="1", CallbackUrl=NOBODY_LISTENS)
    await esms.advance("5s")

    equal(await list_callbacks(esms), [], "callbacks")


@try_case(
    rule="Where a try is told of, the callback says that the message has reached the phone.",
    sources=["OLD, page on the sandbox"],
    level=Level.SHOULD,
    needs=[*MOVED, Feature.CALLBACKS, Feature.CHOICES],
    choices={"esms.sandbox-callback": "sent"},
    covers=["esms.sandbox-callback=sent"],
    rows=TRYING,
)
async def sandbox_is_told(esms: Driver, name: str) -> None:
    sms_id = await send_message(esms, name, Sandbox="1", CallbackUrl=NOBODY_LISTENS, RequestId="try")
    await esms.advance("5s")

    (callback,) = await list_callbacks(esms)
    found = dict(fields_of(callback))
    equal((found["SMSID"], found["SendSuccess"], found["RequestId"]), (sms_id, "1", "try"), "callback")
    equal(await esms.messages(), [], "messages")


@try_case(
    rule="Over two channels, the switch of Zalo makes the request a try, that of the SMS only leaves the SMS out.",
    sources=["V2, multichannel page"],
    level=Level.SHOULD,
    needs=[*MESSAGES, Feature.ACCOUNTS],
    sends=2,
    covers=["esms.sandbox"],
    kills=["esms.channels-try-sent"],
)
async def channels_sandbox(esms: Driver) -> None:
    sms_id_of(await multi(esms, {"Sandbox": "1"}))
    equal(await esms.messages(), [], "messages of a try")

    sms_id = sms_id_of(await multi(esms, {}, {"Sandbox": "1"}))
    await esms.bring_into("failed", sms_id)

    equal([each["channel"] for each in await esms.messages()], ["zalo"], "channels")
