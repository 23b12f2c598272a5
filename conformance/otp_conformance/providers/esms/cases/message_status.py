"""What became of a message of eSMS, by its SMSID: in counts, and receiver by receiver."""

from __future__ import annotations

from functools import partial

from otp_conformance.case import Feature, Level, Tier, case
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, expect
from otp_conformance.providers.esms.steps import CLOCK, MOVED, NOON, RECEIVERS, STATUS, send_ref

message_status_case = partial(case, "esms", "message status")

SHAPES = [
    "esms:status_told",
    "esms:receivers_told",
    *(f"esms.{what}" for what in ("status-counters", "receivers-types", "receivers-code-result", "query-no-count")),
    *(f"esms.{what}" for what in ("receiver-rows", "receiver-states", "receiver-phone", "status-code-response")),
]


def write_status(ref: str, status: int, failed: int, success: int, price: str) -> str:
    """Write the state of a message that was sent, as the sample has it."""
    return (
        f'{{"CodeResponse":"100","SMSID":"{ref}","SendFailed":{failed},"SendStatus":{status},'
        f'"SendSuccess":{success},"TotalPrice":{price},"TotalReceiver":1,"TotalSent":1}}'
    )


def write_receiver(reached: str, network: str = "Mobifone", phone: str = "0901888484") -> str:
    """Write the receiver of a message that was sent, as the sample has it."""
    return (
        f'{{"CodeResult":"100","ReceiverList":[{{"IsSent":true,"NetworkName":"{network}","Phone":"{phone}",'
        f'"Retry":0,"SentResult":{reached}}}]}}'
    )


@message_status_case(
    rule="A message is told with its counts, its price in four decimals and its receiver, as the samples have them.",
    needs=MOVED,
    covers=[
        *SHAPES,
        "esms.send-status-values",
        "esms.send-status-forced",
        "esms.finished-is-no-success",
        "esms.success-counts",
        "esms.failure-counts",
    ],
    kills=[
        "esms.status-price",
        "esms.receiver-phone",
        "esms.delivered-when-sent",
        "esms.failure-finished-alike",
        "esms.failure-priced",
        "esms.pending-failed",
        "esms.status-seven",
        "esms.not-sent",
    ],
    rows={
        "delivered": ("delivered", (5, 0, 1, "850.0000"), "true"),
        "failed": ("failed", (5, 1, 0, "0.0000"), "false"),
        "rejected": ("rejected", (4, 1, 0, "0.0000"), "false"),
        "on-its-way": ("", (2, 0, 0, "850.0000"), "false"),
        "being-sent": ("sending", (3, 0, 0, "850.0000"), "false"),
        "deleted": ("deleted", (6, 0, 0, "0.0000"), "false"),
    },
)
async def states(esms: Driver, state: str, counts: tuple[int, int, int, str], reached: str) -> None:
    await esms.stop_clock(NOON)
    ref = await send_ref(esms)
    if state:
        await esms.bring_into(state, ref)

    equal((await esms.call(STATUS, RefId=ref)).text, write_status(ref, *counts), "state")
    equal((await esms.call(RECEIVERS, RefId=ref)).text, write_receiver(reached), "receivers")


@message_status_case(
    rule="An accepted message waits to be sent, and is then finished without more ado.",
    level=Level.SHOULD,
    tier=Tier.WAITS,
    needs=MOVED,
    choices={"esms.send-status-life": "two-five"},
    covers=["esms.send-status-life=two-five", "esms:status_told"],
    kills=["esms.delivered-when-sent", "esms.status-seven"],
)
async def life(esms: Driver) -> None:
    await esms.stop_clock(NOON)
    ref = await send_ref(esms)

    equal((await esms.call(STATUS, RefId=ref)).json["SendStatus"], 2, "SendStatus when accepted")
    await esms.advance("1m")
    equal((await esms.call(STATUS, RefId=ref)).json["SendStatus"], 5, "SendStatus a minute later")


@message_status_case(
    rule="Where messages await approval, that is told for the documented seconds, then they wait, and are finished.",
    level=Level.SHOULD,
    tier=Tier.WAITS,
    needs=[*MOVED, Feature.CHOICES],
    choices={"esms.send-status-life": "one-two-five"},
    covers=["esms.send-status-life=one-two-five", "esms:status_told"],
)
async def life_with_approval(esms: Driver) -> None:
    await esms.stop_clock(NOON)
    ref = await send_ref(esms)
    found = []
    for wait in ("4s999ms", "1ms", "1m"):
        found.append((await esms.call(STATUS, RefId=ref)).json["SendStatus"])
        await esms.advance(wait)
        found.append((await esms.call(STATUS, RefId=ref)).json["SendStatus"])

    equal(found, [1, 1, 1, 2, 2, 5], "SendStatus at once, before the approval, at it, and a minute later")


@message_status_case(
    rule="NetworkName is the carrier of the phone's prefix, and the phone is told in national form.",
    level=Level.SHOULD,
    covers=["esms:receivers_told", "esms.receiver-carrier", "esms.receiver-phone"],
    kills=["esms.one-carrier", "esms.receiver-phone"],
    needs=MOVED,
    rows={
        "viettel": ("84981888484", "Viettel", "0981888484"),
        "mobifone": ("+84 765 418 062", "Mobifone", "0765418062"),
        "vinaphone": ("0918.238.965", "Vinaphone", "0918238965"),
    },
)
async def carriers(esms: Driver, phone: str, network: str, shown: str) -> None:
    await esms.stop_clock(NOON)
    ref = await send_ref(esms, Phone=phone)

    equal((await esms.call(RECEIVERS, RefId=ref)).text, write_receiver("false", network, shown), "receivers")


@message_status_case(
    rule="An SMSID that is no send's is not found, nor is a missing one; the state has no text for it.",
    covers=[
        "esms:message_not_found",
        "esms:message_not_found_bare",
        "esms.smsid-unknown",
        "esms.smsid-missing",
        "esms.status-refused",
    ],
    kills=["esms.any-case-id", "esms.newest-for-unknown", "esms.status-refusal-id", "esms.status-refusal-text"],
    rows={"unknown": ("unknown",), "other-case": ("case",), "shortened": ("short",), "missing": (None,)},
)
async def unknown(esms: Driver, what: str | None) -> None:
    ref = await send_ref(esms)
    changed = {"unknown": "434a124c-7818-4f45-bdf2-7f7b07fff210100", "case": ref.upper(), "short": ref[:-1]}
    asked = changed[what] if what is not None else None

    status, receivers = await esms.call(STATUS, RefId=asked), await esms.call(RECEIVERS, RefId=asked)

    equal(status.text, f'{{"CodeResponse":"105","SMSID":"{asked or ""}"}}', "state")
    expect(receivers, "message_not_found")


@message_status_case(
    rule="The SMSID of another account is not found.",
    level=Level.SHOULD,
    needs=[Feature.LANES],
    covers=["esms:message_not_found_bare", "esms:message_not_found", "esms.smsid-of-others"],
)
async def others(esms: Driver) -> None:
    ref = await send_ref(esms)
    async with esms.stranger() as stranger:
        answers = [await stranger.call(operation, RefId=ref) for operation in (STATUS, RECEIVERS)]

    expect(answers[0], "message_not_found_bare")
    expect(answers[1], "message_not_found")


@message_status_case(
    rule="The SMSID of a refusal that has one tells a rejected message that reached nobody and cost nothing.",
    level=Level.SHOULD,
    covers=["esms:status_told", "esms:receivers_told", "esms.smsid-refused"],
    kills=["esms.late-refusal-unknown"],
)
async def refused_late(esms: Driver) -> None:
    ref = expect(await esms.call("SendMessageAutoGenCode_V4_get", message="x"), "template_mismatch").json["SMSID"]

    equal(
        (await esms.call(STATUS, RefId=ref)).text,
        f'{{"CodeResponse":"100","SMSID":"{ref}","SendFailed":1,"SendStatus":4,"SendSuccess":0,'
        '"TotalPrice":0.0000,"TotalReceiver":1,"TotalSent":0}',
        "state",
    )
    equal((await esms.call(RECEIVERS, RefId=ref)).json["ReceiverList"][0]["IsSent"], False, "IsSent")


@message_status_case(
    rule="A message of the last seven days is found, an older one is not.",
    tier=Tier.WAITS,
    needs=CLOCK,
    covers=["esms:message_not_found", "esms:message_not_found_bare", "esms.status-age"],
    rows={"just-before": ("6d23h59m59s", True), "just-after": ("7d1s", False)},
)
async def age(esms: Driver, after: str, found: bool) -> None:  # noqa: FBT001  (a row)
    await esms.stop_clock(NOON)
    ref = await send_ref(esms)
    await esms.advance(after)

    expect(await esms.call(STATUS, RefId=ref), "status_told" if found else "message_not_found_bare")
    expect(await esms.call(RECEIVERS, RefId=ref), "receivers_told" if found else "message_not_found")


@message_status_case(
    rule="A message can be asked for as soon as it is accepted.",
    level=Level.SHOULD,
    choices={"esms.status-delay": "at-once"},
    covers=["esms.status-delay=at-once", "esms:status_told", "esms:receivers_told"],
)
async def at_once(esms: Driver) -> None:
    ref = await send_ref(esms)

    expect(await esms.call(STATUS, RefId=ref), "status_told")
    expect(await esms.call(RECEIVERS, RefId=ref), "receivers_told")


@message_status_case(
    rule="Where a message can be asked for only after some seconds, it is not found until then.",
    level=Level.SHOULD,
    tier=Tier.WAITS,
    needs=[*CLOCK, Feature.CHOICES],
    choices={"esms.status-delay": "some"},
    covers=["esms.status-delay=some", "esms:message_not_found", "esms:message_not_found_bare"],
)
async def too_early(esms: Driver) -> None:
    await esms.stop_clock(NOON)
    ref = await send_ref(esms)
    await esms.advance("9s999ms")

    expect(await esms.call(STATUS, RefId=ref), "message_not_found_bare")
    expect(await esms.call(RECEIVERS, RefId=ref), "message_not_found")
    await esms.advance("1ms")
    expect(await esms.call(STATUS, RefId=ref), "status_told")
    expect(await esms.call(RECEIVERS, RefId=ref), "receivers_told")
