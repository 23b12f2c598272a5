"""Reading the code: what has arrived, what has not, wrong ids, and the life of a rental."""

from __future__ import annotations

import orjson

from otp_conformance.case import Feature, Level, Tier
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, expect
from otp_conformance.providers.thuesim.steps import (
    ACCOUNT,
    ARRIVALS,
    CLOCK,
    NUMBERS,
    read,
    rented,
    service,
    text_arrives,
    unhurried,
    wire_case,
)

WAITING = '{"ResponseCode":1,"Msg":"Đợi tin nhắn","Result":null}'
EXPIRED = '{"ResponseCode":2,"Msg":"không nhận được code, quá thời gian chờ","Result":null}'
UNKNOWN = '{"ResponseCode":3,"Msg":"Mã phiên không đúng","Result":null}'
LONG = "[VU KHUYEN] Trung tam thong bao ma kich hoat: 529310. Vui long khong chia se cho bat ky ai"


@wire_case(
    "thuesim",
    "code",
    rule="A message is told as ResponseCode 0, with the whole text, the code as text, IsCall false and no CallFile.",
    sources=["S224", "6-2, 6-4"],
    needs=ARRIVALS,
    choices=NUMBERS,
    covers=[
        "thuesim:code_received",
        "thuesim.code-envelope",
        "thuesim.code-numbers=chothuesim",
        "thuesim.code-success-is-zero",
        "thuesim.code-is-text",
        "thuesim.sms-whole",
        "thuesim.call-flag",
        "thuesim.success-number",
        "thuesim.message-key",
    ],
    kills=["thuesim.code-as-number", "thuesim.waiting-is-zero"],
    rows={
        "sample": (LONG, {}, "529310"),
        "zero-in-front": ("Ma xac thuc cua ban la 059809", {}, "059809"),
        "zeros": ("000000 la ma OTP", {}, "000000"),
        "letters": ("Mã: X7K2 nhé", {"code": "X7K2"}, "X7K2"),
        "quotes-and-lines": ('Mã "4711"\ncủa bạn \\ 🙂', {"code": "4711"}, "4711"),
    },
)
async def message(thuesim: Driver, text: str, more: dict[str, str], code: str) -> None:
    await unhurried(thuesim)
    rental = await rented(thuesim)
    await text_arrives(thuesim, rental, text, **more)

    answer = await read(thuesim, rental)

    sms = orjson.dumps(text).decode()
    result = f'{{"SMS":{sms},"Code":"{code}","IsCall":false,"CallFile":null}}'
    equal(answer.text, f'{{"ResponseCode":0,"Msg":"OK","Result":{result}}}', "body")


@wire_case(
    "thuesim",
    "code",
    rule="Nothing yet is 1, nothing in time is 2, from the very end of the lifetime on; Result is null.",
    sources=["C, numbers", "3.2, 3.3", "4.1", "6-4"],
    level=Level.SHOULD,
    tier=Tier.WAITS,
    needs=CLOCK,
    choices=NUMBERS,
    covers=[
        "thuesim:waiting_for_message",
        "thuesim:rental_expired",
        "thuesim.code-result-null",
        "thuesim.code-success-is-zero",
        "thuesim.code-numbers=chothuesim",
        "thuesim.lifetime-seconds",
        "thuesim.expiry-exact",
        "thuesim.texts-verbatim",
    ],
    kills=["thuesim.lives-forever", "thuesim.life-inclusive", "thuesim.waiting-is-zero"],
    rows={
        f"{life}-{name}": (life, by, body)
        for life in (1, 60, 300, 1200)
        for name, by, body in (
            ("at-once", "0s", WAITING),
            ("before", f"{life * 1000 - 1}ms", WAITING),
            ("at", f"{life}s", EXPIRED),
            ("later", f"{life + 90_000}s", EXPIRED),
        )
    },
)
async def lifetime(thuesim: Driver, life: int, by: str, body: str) -> None:
    await unhurried(thuesim, services=[service(4, Time=str(life))])
    rental = await rented(thuesim)

    await thuesim.advance(by)

    equal((await read(thuesim, rental)).text, body, "body")


@wire_case(
    "thuesim",
    "code",
    rule="An id that is missing, unreadable, unknown, or not spelled as the rent printed it is a wrong session.",
    sources=["S235, text", "C, number", "6-5"],
    level=Level.SHOULD,
    needs=ACCOUNT,
    choices=NUMBERS,
    covers=[
        "thuesim:session_unknown",
        "thuesim.session-unknown",
        "thuesim.code-numbers=chothuesim",
        "thuesim.names-case-sensitive",
        "thuesim.texts-verbatim",
    ],
    kills=["thuesim.read-server-ignored"],
    rows={
        "unknown": ("1.10",),
        "word": ("first",),
        "empty": ("",),
        "missing": (None,),
        "without-server": ("{bare}",),
        "other-server": ("{bare}.02",),
        "zero-lost": ("{bare}.1",),
        "zero-too-many": ("{bare}.100",),
        "blank": ("{bare} .10",),
        "other-name": ("id",),
    },
)
async def wrong_id(thuesim: Driver, spelled: str | None) -> None:
    await unhurried(thuesim, services=[service(4, "10")])
    rental = await rented(thuesim, serviceId="10.4")

    if spelled == "id":
        answer = await thuesim.call("code", ID=None, id=rental.id)
    else:
        answer = await thuesim.call("code", ID=spelled and spelled.format(bare=rental.bare_id))

    equal(answer.text, UNKNOWN, "body")


@wire_case(
    "thuesim",
    "code",
    rule="An id is read as the rent printed it, with the zero at its end.",
    sources=["S213, S219", "6-5"],
    needs=ARRIVALS,
    choices=NUMBERS,
    covers=["thuesim.rental-id-number", "thuesim:code_received"],
    kills=["thuesim.rental-id-as-float", "thuesim.rental-id-as-text"],
    rows={"10": ("10",), "20": ("20",)},
)
async def zero_at_the_end(thuesim: Driver, server: str) -> None:
    await unhurried(thuesim, services=[service(4, server)])
    rental = await rented(thuesim, serviceId=f"{server}.4")
    await text_arrives(thuesim, rental)

    equal(rental.id.endswith(f".{server}"), True, "end of the ID")
    equal(expect(await read(thuesim, rental), "code_received").json["Result"]["Code"], "529310", "Code")


@wire_case(
    "thuesim",
    "code",
    rule="A rental of another account is a wrong session.",
    sources=["S17-S20", "S235"],
    needs=[Feature.LANES],
    covers=["thuesim:session_unknown", "thuesim.session-unknown", "thuesim.token-required"],
    kills=["thuesim.shared-rentals"],
)
async def of_another_account(thuesim: Driver) -> None:
    rental = await rented(thuesim)
    async with thuesim.stranger({"thuesim.profile": "wire"}) as stranger:
        answer = await stranger.call("code", ID=rental.id)

    expect(answer, "session_unknown")


@wire_case(
    "thuesim",
    "code",
    rule="Done and expired are final: reading again, at any time, gives the same answer; no message comes any more.",
    sources=["4.1", "1"],
    level=Level.SHOULD,
    tier=Tier.WAITS,
    needs=[*ARRIVALS, *CLOCK, Feature.MESSAGES],
    sends=2,
    choices=NUMBERS,
    covers=["thuesim.read-repeats", "thuesim.rental-final", "thuesim:code_received", "thuesim:rental_expired"],
    kills=["thuesim.code-read-once"],
    rows={"done": (True,), "expired": (False,)},
)
async def final(thuesim: Driver, done: bool) -> None:  # noqa: FBT001  (a column of the table)
    await unhurried(thuesim)
    rental = await rented(thuesim)
    if done:
        await text_arrives(thuesim, rental)
    else:
        await thuesim.advance("300s")
    first = expect(await read(thuesim, rental), "code_received" if done else "rental_expired")

    for by in ("0s", "1s", "301s", "720h"):
        await thuesim.advance(by)
        sent = await thuesim.other("esms").call(
            "SendMessageAutoGenCode_V4_get", Phone=rental.phone, Brandname="Sandbox", message="{OTP}"
        )
        expect(sent, "accepted")
        equal((await read(thuesim, rental)).text, first.text, "body")


@wire_case(
    "thuesim",
    "code",
    rule="Nothing of the API ends a rental: it waits on whatever is asked, and waits out its lifetime.",
    sources=["1", "S292-S295"],
    needs=CLOCK,
    choices=NUMBERS,
    covers=["thuesim.no-cancel", "thuesim:waiting_for_message"],
    kills=["thuesim.waiting-is-zero"],
    rows={"act": ({"act": "expired"},), "cancel": ({"cancel": "1"},), "status": ({"status": "2"},)},
)
async def no_cancel(thuesim: Driver, more: dict[str, str]) -> None:
    await unhurried(thuesim)
    rental = await rented(thuesim)

    expect(await thuesim.call("code", ID=rental.id, **more), "waiting_for_message")
    await thuesim.advance("299s")
    expect(await read(thuesim, rental), "waiting_for_message")
