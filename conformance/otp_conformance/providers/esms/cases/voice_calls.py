"""Calls of the voice API of eSMS: what is heard, their state, and what is told."""

from __future__ import annotations

from functools import partial
from typing import Any

from otp_conformance.callbacks import NOBODY_LISTENS, list_callbacks, listen
from otp_conformance.case import Feature, Level, Tier, case
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, expect, matches
from otp_conformance.providers.esms.names import CALL_STATUS, JSON_SEND, PHONE, RECORD_CALL, TEMPLATE_CALL
from otp_conformance.providers.esms.steps import (
    ACCOUNTS,
    MESSAGES,
    MOVED,
    NOON,
    STATUS,
    fields_of,
    is_duplicate,
    read_balance,
    read_message,
    send_message,
)

calls_case = partial(case, "esms", "calls")

BOTH = {"template": (TEMPLATE_CALL,), "recording": (RECORD_CALL,)}
GUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


async def make_call(esms: Driver, name: str = TEMPLATE_CALL, **changes: Any) -> str:
    """Call a phone, and give the id of the call."""
    found: str = expect(await esms.call(name, **changes), "call_accepted").json["SMSID"]
    return found


async def ask_call(esms: Driver, made: str) -> dict[str, Any]:
    """Ask for the state of a call."""
    found: dict[str, Any] = expect(await esms.call(CALL_STATUS, ReferenceId=made), "call_told").json
    return found


@calls_case(
    rule="A call is accepted with CodeResult and a GUID as SMSID, and nothing else.",
    covers=["esms:call_accepted", "esms.voice-calls"],
    rows=BOTH,
)
async def accepted(esms: Driver, name: str) -> None:
    matches((await esms.call(name)).text, rf'\{{"CodeResult":"100","SMSID":"{GUID}"\}}', "body")


HEARD = {
    "all": ("Trung||123456", "Chao Trung, ma 123456", "123456"),
    "too-few": ("Trung", "Chao Trung, ma ", None),
    "too-many": ("Trung||AB12||x", "Chao Trung, ma AB12", "AB12"),
    "none": (None, "Chao , ma ", None),
}


@calls_case(
    rule="The phone hears the template with the values in its places; the code stands where the template has it.",
    needs=[*MESSAGES, *ACCOUNTS],
    covers=["esms.voice-variables", "esms.voice-variables-number", "esms.voice-calls", "esms.voice-manner"],
    kills=["esms.calls-unfilled", "esms.calls-as-sms"],
    rows=HEARD,
)
async def heard(esms: Driver, values: str | None, text: str, code: str | None) -> None:
    await esms.account(call_templates=[{"id": "4201", "text": "Chao <name>, ma <otp>"}])
    manner = {"Voice": "male", "Speed": "-3"}
    held = await read_message(esms, await make_call(esms, VariableListStr=values, **manner))

    equal((held["channel"], held["to"], held["text"]), ("voice", "+84901888484", text), "channel, phone and text")
    equal(held["code"], code, "code")


@calls_case(
    rule="A recording is heard as it is.",
    needs=[*MESSAGES, *ACCOUNTS],
    covers=["esms.voice-calls", "esms.voice-manner"],
    kills=["esms.calls-as-sms"],
)
async def played(esms: Driver) -> None:
    await esms.account(recordings=[{"id": "5301", "text": "Ma cua ban la 4711"}])
    manner = {"MaxRepeat": "2", "MaxRetry": "1", "Ivr": "5", "NumberForward": PHONE}
    held = await read_message(esms, await make_call(esms, RECORD_CALL, **manner))

    equal((held["channel"], held["text"], held["code"]), ("voice", "Ma cua ban la 4711", "4711"), "what is heard")


@calls_case(
    rule="What the account does not have is not found; what has no file is refused by its own row.",
    sources=["V2, page on calls by template, tab 104", "V2, error table, row 106"],
    tier=Tier.NOTHING,
    needs=ACCOUNTS,
    covers=["esms.voice-known", "esms:call_template_unknown", "esms:recording_not_found"],
    rows={
        "template": (TEMPLATE_CALL, "call_templates", "5301"),
        "recording": (RECORD_CALL, "recordings", "4201"),
    },
)
async def unknown(esms: Driver, name: str, known: str, other: str) -> None:
    answer = await esms.call(name, TemplateId=other)
    equal(answer.text, '{"CodeResult":"104","ErrorMessage":"Template not found"}', "body")
    await esms.account(**{known: [{"id": "1", "recorded": False}]})

    expect(await esms.call(name, TemplateId="1"), "recording_not_found")


@calls_case(
    rule="A call costs one price, waits for its SendDate, and uses its RequestId up for messages too.",
    level=Level.SHOULD,
    needs=[*MOVED, *ACCOUNTS],
    choices={"esms.charging": "on-acceptance"},
    sends=2,
    covers=["esms.voice-charged", "esms:duplicate_request", "esms:call_accepted"],
    rows=BOTH,
)
async def like_a_message(esms: Driver, name: str) -> None:
    await esms.stop_clock(NOON)
    await esms.account(balance=2_000, price=850)
    used = f"call {esms.mark}"
    made = await make_call(esms, name, RequestId=used, SendDate="2031/05/02 14:00:00")

    expect(await esms.call(name, RequestId=used), "duplicate_request")
    equal((await read_balance(esms), await is_duplicate(esms, used, JSON_SEND)), (1_150, True), "balance, duplicate")
    await esms.advance("7199s")
    equal((await read_message(esms, made))["state"], "queued", "state before")
    await esms.advance("1s")
    equal((await read_message(esms, made))["state"], "sent", "state then")


STATES: dict[str, tuple[str, tuple[Any, ...]]] = {
    "waiting": ("", (0, "", 2, 0)),
    "answered": ("delivered", (13, "ANSWERED", 5, 1)),
    "not-answered": ("failed", (0, "NOANSWERED", 5, 0)),
    "rejected": ("rejected", (0, "NOANSWERED", 4, 0)),
}


@calls_case(
    rule="A call that was heard is ANSWERED, one that failed NOANSWERED, one that waits neither.",
    sources=["V2, page on the state of calls"],
    level=Level.SHOULD,
    needs=MOVED,
    covers=["esms.voice-answered", "esms.voice-unended", "esms:call_told"],
    rows=STATES,
)
async def state(esms: Driver, wanted: str, told: tuple[Any, ...]) -> None:
    await esms.stop_clock(NOON)
    made = await make_call(esms)
    if wanted:
        await esms.bring_into(wanted, made)
    found = await ask_call(esms, made)

    names = ("CallDuration", "CallStatus", "SendStatus", "SentResult")
    equal(tuple(found[name] for name in names), told, "duration, status, state and result")


@calls_case(
    rule="A call is found in any case and told in capitals; a message is no call; refusals have the form of a send.",
    sources=["V2, page on the state of calls, tabs 100 and 101"],
    sends=2,
    covers=["esms.voice-reference", "esms.voice-state", "esms.voice-host", "esms:message_not_found", "esms:call_told"],
    kills=["esms.calls-exact-id", "esms.calls-any-message"],
)
async def found(esms: Driver) -> None:
    made = await make_call(esms)

    for written in (made, made.upper()):
        equal((await ask_call(esms, written))["ReferenceId"], made.upper(), "ReferenceId")
    expect(await esms.call(CALL_STATUS, ReferenceId=await send_message(esms)), "message_not_found")
    refused = await esms.call(CALL_STATUS, ReferenceId=made, SecretKey="x")
    equal(refused.text, '{"CodeResult":"101","CountRegenerate":0,"ErrorMessage":"Authorize Failed"}', "body")
    expect(await esms.call(STATUS, RefId="x"), "message_not_found")


def fields_told(made: str, *, answered: bool) -> list[tuple[str, str]]:
    """Give the fields of the callback of a call."""
    seconds, status, price, result = ("13", "ANSWERED", "850", "1") if answered else ("0", "NO ANSWER", "0", "0")
    return [
        *(("ReferenceId", made), ("CallDuration", seconds), ("CallStatus", status), ("Ivr", "")),
        *(("Price", f"{price}.0000"), ("SentResult", result), ("CID", "02871002454"), ("SendStatus", "5")),
    ]


NEEDS = [*MOVED, Feature.CALLBACKS]


@calls_case(
    rule="The end of a call is told with the published fields, in their order and spelling.",
    needs=NEEDS,
    covers=["esms.voice-callback"],
    kills=["esms.callback-never", "esms.calls-told-as-messages"],
    rows={
        f"{what}-{name}": (*row, state)
        for what, row in BOTH.items()
        for name, state in (("heard", ""), ("failed", "failed"))
    },
)
async def told(esms: Driver, name: str, state: str) -> None:
    await esms.account(price=850)
    made = await make_call(esms, name, CallbackUrl=NOBODY_LISTENS)
    if state:
        await esms.bring_into(state, made)
    else:
        await esms.advance("2s")

    (callback,) = await list_callbacks(esms)
    equal(fields_of(callback), fields_told(made, answered=not state), "fields")


@calls_case(
    rule="A callback that is not answered well is tried five times more; one that is, no more.",
    tier=Tier.WAITS,
    needs=NEEDS,
    covers=["esms.voice-callback-retries"],
    kills=["esms.callback-once", "esms.calls-any-answer"],
    rows={"refused": (500, 6), "taken": (200, 1)},
)
async def insists(esms: Driver, status: int, times: int) -> None:
    async with listen("/voice", status) as (url, came):
        await make_call(esms, CallbackUrl=url)
        for _ in range(10):
            await esms.advance("30s")
            await list_callbacks(esms)

    equal(len(came), times, "requests")
