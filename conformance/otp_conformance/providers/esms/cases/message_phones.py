"""To whom texts of the caller's own go at eSMS: spellings of a phone, and several of them."""

from __future__ import annotations

from functools import partial

from otp_conformance.case import Feature, Level, Tier, case
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, expect
from otp_conformance.providers.esms.names import FORM_SEND, GET_SEND, JSON_SEND, PHONE, TRANSPORTS, XML_TWIN
from otp_conformance.providers.esms.steps import MOVED, RECEIVERS, STATUS, read_balance, send_message

message_case = partial(case, "esms", "message")


@message_case(
    rule="What is no phone is refused; what is one in another spelling is not.",
    sources=["V2, error table, row 108"],
    covers=["esms:phone_invalid", "esms:accepted"],
    kills=["esms.sms-strict-phone"],
    rows={
        f"{name}-{what}": (name, *row)
        for name in TRANSPORTS
        for what, row in {
            "short": ("097469188", "phone_invalid"),
            "word": ("x", "phone_invalid"),
            "missing": (None, "phone_invalid"),
            "international": ("+84901888484", "accepted"),
            "dots": ("0901.888.484", "accepted"),
        }.items()
    },
)
async def message_phone(esms: Driver, name: str, phone: str | None, outcome: str) -> None:
    expect(await esms.call(name, Phone=phone), outcome, phone=phone or "")


SEVERAL = {"comma": "0901888484,0918238965", "semicolon": "0901888484;0918238965", "bar": "0901888484|0918238965"}


@message_case(
    rule="More than one phone is refused as too many, however many and in whatever form they come.",
    sources=["V2, error table, row 163"],
    tier=Tier.NOTHING,
    choices={"esms.several-phones": "163"},
    covers=["esms:too_many_numbers", "esms.several-phones=163"],
    kills=["esms.sms-first-phone"],
    rows={f"{name}-{what}": (name, phones) for name in (*TRANSPORTS, XML_TWIN) for what, phones in SEVERAL.items()}
    | {"many": (FORM_SEND, ",".join(["0901888484"] * 500))},
)
async def several_phones(esms: Driver, name: str, phones: str) -> None:
    expect(await esms.call(name, Phone=phones), "too_many_numbers")


@message_case(
    rule="Where several phones are accepted, the query form sends to each of them, under one SMSID with a row each.",
    sources=["SM O3"],
    level=Level.SHOULD,
    needs=[*MOVED, Feature.ACCOUNTS, Feature.CHOICES],
    choices={"esms.several-phones": "accepted", "esms.charging": "on-acceptance"},
    sends=2,
    covers=["esms.several-phones=accepted", "esms:accepted", "esms:receivers_told", "esms:status_told"],
    kills=["esms.several-first-only", "esms.several-charged-once"],
)
async def several_phones_accepted(esms: Driver) -> None:
    await esms.account(balance=10_000, price=850)
    sms_id = await send_message(esms, GET_SEND, Phone=SEVERAL["comma"])
    equal(await read_balance(esms), 8_300, "balance")
    equal([each["to"] for each in await esms.messages()], ["+84901888484", "+84918238965"], "phones")
    await esms.advance("2s")

    told = expect(await esms.call(STATUS, RefId=sms_id), "status_told").json
    counts = [told[each] for each in ("TotalReceiver", "TotalSent", "SendSuccess", "SendFailed")]
    equal((counts, told["TotalPrice"]), ([2, 2, 2, 0], 1700.0), "counts and price")
    rows = expect(await esms.call(RECEIVERS, RefId=sms_id), "receivers_told").json["ReceiverList"]
    equal([each["Phone"] for each in rows], ["0901888484", "0918238965"], "receivers")


@message_case(
    rule="Where several phones are accepted, one that is none, other separators and the other forms are refused.",
    sources=["I"],
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    needs=[Feature.CHOICES],
    choices={"esms.several-phones": "accepted"},
    covers=["esms.several-phones=accepted", "esms:phone_invalid", "esms:too_many_numbers"],
    rows={
        "none": (GET_SEND, f"{PHONE},x", "phone_invalid"),
        **{f"{GET_SEND}-{what}": (GET_SEND, SEVERAL[what], "too_many_numbers") for what in ("semicolon", "bar")},
        **{name: (name, SEVERAL["comma"], "too_many_numbers") for name in TRANSPORTS if name != GET_SEND},
    },
)
async def several_phones_refused(esms: Driver, name: str, phones: str, outcome: str) -> None:
    expect(await esms.call(name, Phone=phones), outcome, phone=phones)


@message_case(
    rule="A list of phones in JSON is more than one phone; a list of one is one.",
    sources=["V2, error table, row 163"],
    level=Level.SHOULD,
    choices={"esms.several-phones": "163"},
    covers=["esms:too_many_numbers"],
    rows={"two": ([PHONE, "0918238965"], "too_many_numbers"), "one": ([PHONE], "accepted")},
)
async def list_of_phones(esms: Driver, phones: list[str], outcome: str) -> None:
    expect(await esms.call(JSON_SEND, Phone=phones), outcome)


@message_case(
    rule="Where several phones count as no phone, they are refused like one.",
    sources=["V2, error table, rows 108 and 163"],
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    needs=[Feature.CHOICES],
    choices={"esms.several-phones": "108"},
    covers=["esms.several-phones=108", "esms:phone_invalid"],
    rows={name: (name,) for name in TRANSPORTS},
)
async def several_phones_as_none(esms: Driver, name: str) -> None:
    expect(await esms.call(name, Phone=SEVERAL["comma"]), "phone_invalid", phone=SEVERAL["comma"])
