"""Advertising at eSMS: lists of phones, approval, hours, and one callback for all."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from otp_conformance.callbacks import NOBODY_LISTENS, list_callbacks
from otp_conformance.case import Feature, Level, Tier, case
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, expect
from otp_conformance.providers.esms.names import (
    ADVERT,
    ADVERTISING,
    JSON_SEND,
    PHONE,
    PHONES,
    XML_ADVERTISING,
    many_phones,
)
from otp_conformance.providers.esms.steps import (
    ACCOUNTS,
    MESSAGES,
    MOVED,
    NOON,
    STATUS,
    is_duplicate,
    list_messages,
    read_balance,
    send_message,
    sms_id_of,
)
from otp_conformance.response import Response

advertising_case = partial(case, "esms", "advertising")

FORMS = {"json": (ADVERTISING,), "xml": (XML_ADVERTISING,)}


def to(name: str, phones: Sequence[str]) -> dict[str, Any]:
    """Write a list of phones as a form has it."""
    return {"Phones": list(phones)} if name == ADVERTISING else {"Phone": ",".join(phones)}


async def ask_receivers(esms: Driver, answer: Response) -> int:
    """Ask how many receivers an accepted request has."""
    told = expect(await esms.call(STATUS, RefId=sms_id_of(answer)), "status_told")
    found: int = told.json["TotalReceiver"]
    return found


@advertising_case(
    rule="Each phone of the list gets a message of its own with the text as it is, all under one SMSID.",
    needs=MESSAGES,
    covers=["esms:accepted", "esms.advertising", "esms.advertising-free-text"],
    kills=["esms.advertising-first-only"],
    rows=FORMS,
)
async def goes_to_all(esms: Driver, name: str) -> None:
    sms_id = await send_message(esms, name)
    held = [each for each in await esms.messages() if each["id"].partition(".")[0] == sms_id]

    equal({each["to"] for each in held}, {f"+84{each[1:]}" for each in PHONES}, "phones")
    seen = {(each["text"], each["sender"], each["channel"], each["operation"]) for each in held}
    equal(seen, {(ADVERT, "QC_ONLINE", "sms", name)}, "text, sender, channel and operation")


BOUNDS = {
    "too-few": (29, "too_few_recipients"),
    "fewest": (30, "accepted"),
    "most": (5_000, "accepted"),
    "too-many": (5_001, "too_many_recipients"),
}


@advertising_case(
    rule="A request has from 30 to 5000 phones.",
    needs=ACCOUNTS,
    covers=["esms:too_few_recipients", "esms:too_many_recipients", "esms:accepted", "esms.advertising-recipients"],
    rows={f"{what}-{form}": (name, *row) for form, (name,) in FORMS.items() for what, row in BOUNDS.items()},
)
async def bounds(esms: Driver, name: str, number: int, outcome: str) -> None:
    await esms.account(balance=10_000_000)

    expect(await esms.call(name, **to(name, many_phones(number))), outcome)


@advertising_case(
    rule="A phone that stands twice counts once, however it is written.",
    choices={"esms.status-delay": "at-once"},
    covers=["esms.advertising-distinct", "esms:too_few_recipients", "esms:accepted"],
    kills=["esms.advertising-twice"],
    rows=FORMS,
)
async def distinct(esms: Driver, name: str) -> None:
    again = f"+84{PHONES[1][1:]}"

    expect(await esms.call(name, **to(name, [*PHONES[1:], again])), "too_few_recipients")
    equal(await ask_receivers(esms, await esms.call(name, **to(name, [*PHONES, again]))), 30, "receivers")


@advertising_case(
    rule="Entries that are no phones are left out, and what is left must be enough.",
    level=Level.SHOULD,
    choices={"esms.advertising-phones": "left-out", "esms.status-delay": "at-once"},
    covers=[
        *("esms.advertising-phones", "esms.advertising-phones=left-out"),
        *("esms:too_few_recipients", "esms:accepted", "esms:phone_invalid"),
    ],
    rows=FORMS,
)
async def others_left_out(esms: Driver, name: str) -> None:
    expect(await esms.call(name, **to(name, [*PHONES[1:], "12", ""])), "too_few_recipients")
    equal(await ask_receivers(esms, await esms.call(name, **to(name, ["12", *PHONES, "", "x"]))), 30, "receivers")
    expect(await esms.call(name, **to(name, ["12", "x"])), "phone_invalid")


@advertising_case(
    rule="Where one entry has a request refused, that is done.",
    level=Level.SHOULD,
    needs=[Feature.CHOICES],
    choices={"esms.advertising-phones": "refused"},
    covers=["esms.advertising-phones=refused", "esms:phone_invalid"],
    rows=FORMS,
)
async def others_refused(esms: Driver, name: str) -> None:
    expect(await esms.call(name, **to(name, [*PHONES, "12"])), "phone_invalid", phone="12")
    expect(await esms.call(name), "accepted")


@advertising_case(
    rule="A sender name for customer care or for Viber is none for advertising.",
    sources=["V2, page on sender names"],
    tier=Tier.NOTHING,
    covers=["esms.advertising-brandname", "esms:brandname_unknown"],
    kills=["esms.advertising-any-name"],
    rows=FORMS,
)
async def named_for_it(esms: Driver, name: str) -> None:
    for brandname in ("Baotrixemay", "BAT DONG SAN GIA TOT", "qc_online"):
        expect(await esms.call(name, Brandname=brandname), "brandname_unknown")


async def ask_life(esms: Driver, sms_id: str) -> tuple[int, int]:
    """Ask for state and number of those that were sent."""
    told = expect(await esms.call(STATUS, RefId=sms_id), "status_told").json
    return told["SendStatus"], told["TotalSent"]


@advertising_case(
    rule="Advertising awaits approval (1), is sent (2) and finished (5); the list of messages has it under its type.",
    level=Level.SHOULD,
    tier=Tier.WAITS,
    needs=MOVED,
    choices={"esms.advertising-hours": "any", "esms.status-delay": "at-once"},
    covers=["esms.advertising-life", "esms.advertising-hours=any", "esms:status_told", "esms.campaign"],
    rows=FORMS,
)
async def life(esms: Driver, name: str) -> None:
    await esms.stop_clock("2031-05-02T20:00:00Z")  # three o'clock at night in Vietnam
    sms_id = await send_message(esms, name, campaignid="Tet")
    states = [await ask_life(esms, sms_id)]
    for by in ("4999ms", "1ms", "1s"):
        await esms.advance(by)
        states.append(await ask_life(esms, sms_id))

    equal(states, [(1, 0), (1, 0), (2, 30), (5, 30)], "states, and how many were sent")
    rows = await list_messages(esms, SmsType="1")
    equal({(each["ReferenceId"], each["Campaign"], each["SmsType"]) for each in rows}, {(sms_id, "Tet", 1)}, "rows")


HOURS = {
    "just-before": ("2031-05-01T23:59:54Z", "6s"),
    "at-first": ("2031-05-01T23:59:55Z", "5s"),
    "at-last": ("2031-05-02T14:59:54Z", "5s"),
    "too-late": ("2031-05-02T14:59:55Z", "9h5s"),
    "on-date": (NOON, "24h"),
    "on-night-date": (NOON, "19h"),
}
DATES = {"on-date": "2031-05-03 12:00:00", "on-night-date": "2031-05-02 22:30:00"}


@advertising_case(
    rule="Where advertising is sent by day only, what is approved at night waits until seven; a SendDate counts too.",
    level=Level.SHOULD,
    tier=Tier.WAITS,
    needs=[*MOVED, Feature.CHOICES],
    choices={"esms.advertising-hours": "daytime", "esms.status-delay": "at-once"},
    covers=["esms.advertising-hours", "esms.advertising-hours=daytime", "esms:status_told"],
    rows={what: (what, *row) for what, row in HOURS.items()},
)
async def daytime(esms: Driver, what: str, now: str, by: str) -> None:
    await esms.stop_clock(now)
    sms_id = await send_message(esms, ADVERTISING, SendDate=DATES.get(what))
    amount, unit = (by[:-1], by[-1]) if by != "9h5s" else ("32405", "s")
    seconds = int(amount) * (3600 if unit == "h" else 1)
    await esms.advance(f"{seconds * 1000 - 1}ms")
    before = await ask_life(esms, sms_id)
    await esms.advance("1ms")

    equal((before[1], (await ask_life(esms, sms_id))[1]), (0, 30), "how many were sent before, and then")


@advertising_case(
    rule="A try may have fewer phones; nothing is listed or charged.",
    needs=[*MESSAGES, *ACCOUNTS],
    covers=["esms.advertising-sandbox", "esms.sandbox", "esms:accepted"],
    kills=["esms.advertising-try-bound", "esms.advertising-try-sent"],
)
async def tries(esms: Driver) -> None:
    await esms.account(balance=1_000_000)
    answer = expect(await esms.call(ADVERTISING, Phones=[PHONE, "0918238965"], Sandbox="1"), "accepted")

    equal([each for each in await esms.messages() if each["id"].startswith(answer.json["SMSID"])], [], "messages")
    equal(await read_balance(esms), 1_000_000, "balance")


@advertising_case(
    rule="All messages are charged at once, and those that fail are paid back.",
    level=Level.SHOULD,
    needs=[*MOVED, *ACCOUNTS],
    choices={"esms.charging": "on-acceptance", "esms.charged-once": "paid-back"},
    covers=["esms.advertising", "esms.charging", "esms:not_enough_balance"],
    rows=FORMS,
)
async def money(esms: Driver, name: str) -> None:
    await esms.account(balance=25_499, price=850)
    expect(await esms.call(name), "not_enough_balance")
    await esms.account(balance=25_500)
    sms_id = await send_message(esms, name)
    equal(await read_balance(esms), 0, "balance")

    await esms.advance("5s")
    await esms.bring_into("failed", f"{sms_id}.7")
    equal(await read_balance(esms), 850, "balance after a failure")


@advertising_case(
    rule="A RequestId is used up, and refused here and elsewhere.",
    level=Level.SHOULD,
    sends=2,
    covers=["esms:duplicate_request", "esms.request-id-scope"],
    rows=FORMS,
)
async def request_id(esms: Driver, name: str) -> None:
    used = f"ad {esms.mark}"
    expect(await esms.call(name, RequestId=used), "accepted")

    expect(await esms.call(name, RequestId=used), "duplicate_request")
    equal(await is_duplicate(esms, used, JSON_SEND), True, "a duplicate elsewhere")


def write_query(sms_id: str, failed: int, delivered: int, price: int) -> str:
    """Write the query of the callback of a campaign of 30."""
    return (
        f"SMSID={sms_id}&SendFailed={failed}&SendStatus=5&SendSuccess={delivered}&TotalPrice={price}.0000"
        "&TotalReceiver=30&TotalSent=30&RequestId=&TypeId=1"
    )


NEEDS = [*MOVED, Feature.CALLBACKS]


@advertising_case(
    rule="One callback tells the sums when the last message has ended, without carrier and phone.",
    needs=NEEDS,
    choices={"esms.campaign-counts": "counted", "esms.advertising-hours": "any"},
    covers=[
        *("esms.campaign-callback", "esms.campaign-counts", "esms.campaign-counts=counted"),
        "esms.advertising-callback-url",
    ],
    kills=["esms.callback-never", "esms.campaign-each", "esms.campaign-phone"],
    rows=FORMS,
)
async def told_once(esms: Driver, name: str) -> None:
    await esms.stop_clock(NOON)
    sms_id = await send_message(esms, name, CallbackUrl=NOBODY_LISTENS)
    await esms.advance("5s")
    await esms.bring_into("failed", f"{sms_id}.3")
    await esms.bring_into("rejected", f"{sms_id}.4")
    equal(await list_callbacks(esms), [], "callbacks before the last message has ended")
    await esms.advance("1s")

    found = [each["url"] for each in await list_callbacks(esms)]
    equal(found, [f"{NOBODY_LISTENS}?{write_query(sms_id, 2, 28, 28 * 850)}"], "addresses")


@advertising_case(
    rule="Where nothing is counted, success and failure are zero, as in the sample.",
    level=Level.SHOULD,
    needs=[*NEEDS, Feature.CHOICES],
    choices={"esms.campaign-counts": "zero", "esms.advertising-hours": "any"},
    covers=["esms.campaign-counts=zero"],
)
async def told_without_counts(esms: Driver) -> None:
    sms_id = await send_message(esms, ADVERTISING, CallbackUrl=NOBODY_LISTENS)
    await esms.advance("10s")

    found = [each["url"] for each in await list_callbacks(esms)]
    equal(found, [f"{NOBODY_LISTENS}?{write_query(sms_id, 0, 0, 30 * 850)}"], "addresses")
