"""Reading the code: what has arrived, what has not, wrong ids, the life of a rental, and other numberings of it."""

from __future__ import annotations

from functools import partial

import orjson

from otp_conformance.case import Feature, Level, Tier
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, expect, matches, text_of
from otp_conformance.providers.thuesim.steps import (
    ACCOUNT,
    ARRIVALS,
    CLOCK,
    LIST,
    NUMBERS,
    TIME,
    let_call_arrive,
    let_text_arrive,
    read_code,
    rent,
    service,
    take_time,
    wire_case,
)

code_case = partial(wire_case, "thuesim", "code")

UNKNOWN = '{"ResponseCode":3,"Msg":"Mã phiên không đúng","Result":null}'
LONG = "[VU KHUYEN] Trung tam thong bao ma kich hoat: 529310. Vui long khong chia se cho bat ky ai"


@code_case(
    rule="A message is told as ResponseCode 0, with the whole text, the code as text, IsCall false and no CallFile.",
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
    rows={
        "sample": (LONG, {}, "529310"),
        "zero-in-front": ("Ma xac thuc cua ban la 059809", {}, "059809"),
        "zeros": ("000000 la ma OTP", {}, "000000"),
        "letters": ("Mã: X7K2 nhé", {"code": "X7K2"}, "X7K2"),
        "quotes-and-lines": ('Mã "4711"\ncủa bạn \\ 🙂', {"code": "4711"}, "4711"),
    },
)
async def message(thuesim: Driver, text: str, more: dict[str, str], code: str) -> None:
    await take_time(thuesim)
    rental = await rent(thuesim)
    await let_text_arrive(thuesim, rental, text, **more)

    answer = await read_code(thuesim, rental)

    sms = orjson.dumps(text).decode()
    result = f'{{"SMS":{sms},"Code":"{code}","IsCall":false,"CallFile":null}}'
    equal(answer.text, f'{{"ResponseCode":0,"Msg":"OK","Result":{result}}}', "body")


@code_case(
    rule="Nothing yet is 1, nothing in time is 2, from the very end of the lifetime on; Result is null.",
    sources=["CH O2, observed at a sister, numbers", "C, numbers"],
    level=Level.SHOULD,
    tier=Tier.WAITS,
    needs=CLOCK,
    choices={**NUMBERS, "thuesim.waiting-result": "null"},
    covers=[
        "thuesim:waiting_for_message",
        "thuesim:rental_expired",
        "thuesim.code-result-null",
        "thuesim.waiting-result=null",
        "thuesim.code-success-is-zero",
        "thuesim.code-numbers=chothuesim",
        "thuesim.lifetime-seconds",
        "thuesim.expiry-exact",
        "thuesim.texts-verbatim",
    ],
    kills=["thuesim.lives-forever", "thuesim.life-inclusive"],
    rows={
        f"{life}-{name}": (life, by, outcome)
        for life in (1, 60, 300, 1200)
        for name, by, outcome in (
            ("at-once", "0s", "waiting_for_message"),
            ("before", f"{life * 1000 - 1}ms", "waiting_for_message"),
            ("at", f"{life}s", "rental_expired"),
            ("later", f"{life + 90_000}s", "rental_expired"),
        )
    },
)
async def lifetime(thuesim: Driver, life: int, by: str, outcome: str) -> None:
    await take_time(thuesim, services=[service(4, Time=str(life))])
    rental = await rent(thuesim)

    await thuesim.advance(by)

    answer = expect(await read_code(thuesim, rental), outcome)
    number = answer.spec.outcomes[outcome].code
    told = text_of(answer, outcome)
    equal(answer.text, f'{{"ResponseCode":{number},"Msg":"{told}","Result":null}}', "body")


@code_case(
    rule="Where a rental that waits has a Result, nothing is in it; one that has expired has none.",
    sources=["CH O2, observed at a sister"],
    level=Level.SHOULD,
    needs=CLOCK,
    choices={**NUMBERS, "thuesim.waiting-result": "object"},
    covers=["thuesim.waiting-result=object", "thuesim.code-result-null", "thuesim:waiting_for_message"],
)
async def waiting_as_object(thuesim: Driver) -> None:
    await take_time(thuesim)
    rental = await rent(thuesim)

    answer = expect(await read_code(thuesim, rental), "waiting_for_message")
    await thuesim.advance("300s")
    late = expect(await read_code(thuesim, rental), "rental_expired")

    equal(answer.text.partition('"Result":')[2], '{"SMS":null,"Code":null,"IsCall":false,"CallFile":null}}', "Result")
    equal(late.text.partition('"Result":')[2], "null}", "Result of an expired one")


@code_case(
    rule="An id that is missing, unreadable, unknown, or not spelled as the rent printed it is a wrong session.",
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
    await take_time(thuesim, services=[service(4, "10")])
    rental = await rent(thuesim, serviceId="10.4")

    if spelled == "id":
        answer = await thuesim.call("code", ID=None, id=rental.id)
    else:
        answer = await thuesim.call("code", ID=spelled and spelled.format(bare=rental.bare_id))

    equal(answer.text, UNKNOWN, "body")


@code_case(
    rule="An id is read as the rent printed it, with the zero at its end.",
    sources=["S, URL of code", "S, parameters of code"],
    needs=ARRIVALS,
    choices=NUMBERS,
    covers=["thuesim.rental-id-number", "thuesim:code_received"],
    kills=["thuesim.rental-id-as-float"],
    rows={"10": ("10",), "20": ("20",)},
)
async def zero_at_the_end(thuesim: Driver, server: str) -> None:
    await take_time(thuesim, services=[service(4, server)])
    rental = await rent(thuesim, serviceId=f"{server}.4")
    await let_text_arrive(thuesim, rental)

    equal(rental.id.endswith(f".{server}"), True, "end of the ID")
    equal(expect(await read_code(thuesim, rental), "code_received").json["Result"]["Code"], "529310", "Code")


@code_case(
    rule="A rental of another account is a wrong session.",
    sources=["S, parameters of balance", "S, result codes of code"],
    needs=[Feature.LANES],
    covers=["thuesim:session_unknown", "thuesim.session-unknown", "thuesim.token-required"],
    kills=["thuesim.shared-rentals"],
)
async def of_another_account(thuesim: Driver) -> None:
    rental = await rent(thuesim)
    async with thuesim.stranger({"thuesim.profile": "wire"}) as stranger:
        answer = await stranger.call("code", ID=rental.id)

    expect(answer, "session_unknown")


@code_case(
    rule="Done and expired are final: reading again, at any time, gives the same answer; no message comes any more.",
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
    await take_time(thuesim)
    rental = await rent(thuesim)
    if done:
        await let_text_arrive(thuesim, rental)
    else:
        await thuesim.advance("300s")
    first = expect(await read_code(thuesim, rental), "code_received" if done else "rental_expired")

    for by in ("0s", "1s", "301s", "720h"):
        await thuesim.advance(by)
        sent = await thuesim.other("esms").call(
            "SendMessageAutoGenCode_V4_get", Phone=rental.phone, Brandname="Sandbox", message="{OTP}"
        )
        expect(sent, "accepted")
        equal((await read_code(thuesim, rental)).text, first.text, "body")


@code_case(
    rule="Nothing of the API ends a rental: it waits on whatever is asked, and waits out its lifetime.",
    sources=["S, parameters of history"],
    needs=CLOCK,
    choices=NUMBERS,
    covers=["thuesim.no-cancel", "thuesim:waiting_for_message"],
    rows={"act": ({"act": "expired"},), "cancel": ({"cancel": "1"},), "status": ({"status": "2"},)},
)
async def no_cancel(thuesim: Driver, more: dict[str, str]) -> None:
    await take_time(thuesim)
    rental = await rent(thuesim)

    expect(await thuesim.call("code", ID=rental.id, **more), "waiting_for_message")
    await thuesim.advance("299s")
    expect(await read_code(thuesim, rental), "waiting_for_message")


SISTER = {**LIST, "thuesim.profile": "wire", "thuesim.code-numbers": "viotp"}
VIOTP = (
    r'\{{"status_code":200,"success":true,"message":"successful","data":\{{"ID":"{id}(\.01)?","Phone":"{nine}",'
    r'"ServiceID":4,"ServiceName":"Yahoo","Status":{status},"Price":470,'
    r'"CreatedTime":"{time}","IsSound":{sound},'
    r'"SmsContent":{sms},"Code":{code}\}}\}}'
)


@code_case(
    rule="Numbered as the sister service does, a rental has a Status inside data.",
    sources=["V", "S, list of code"],
    level=Level.SHOULD,
    tier=Tier.WAITS,
    needs=[*ARRIVALS, *CLOCK],
    choices=SISTER,
    covers=["thuesim.code-numbers=viotp"],
    rows={
        "waiting": ("", 0, "null", "null"),
        "done": ("text", 1, '"059809 la ma"', '"059809"'),
        "call": ("call", 1, r'"https?://[^"]+\.wav[^"]*"', '"059809"'),
        "expired": ("time", 2, "null", "null"),
    },
)
async def sister(thuesim: Driver, what: str, status: int, sms: str, code: str) -> None:
    await take_time(thuesim)
    rental = await rent(thuesim)
    if what == "text":
        await let_text_arrive(thuesim, rental, "059809 la ma")
    elif what == "call":
        await let_call_arrive(thuesim, rental)
    elif what == "time":
        await thuesim.advance("300s")

    answer = await read_code(thuesim, rental)

    sound = "true" if what == "call" else "false"
    facts = {"id": rental.bare_id, "nine": rental.nine, "status": status, "sound": sound, "sms": sms, "code": code}
    facts["time"] = TIME
    matches(answer.text, VIOTP.format(**facts), "body")


@code_case(
    rule="Numbered as the sister service does, a wrong id is -2.",
    sources=["V10 O2, observed at a sister", "V", "S, result codes of code"],
    level=Level.SHOULD,
    tier=Tier.READS,
    choices=SISTER,
    covers=[
        "thuesim.code-numbers=viotp",
        "thuesim:session_unknown_viotp",
        "thuesim.minus-two",
        "thuesim.list-refusals=absent",
    ],
    rows={"unknown": ("1.01",), "word": ("first",), "missing": (None,)},
)
async def sister_wrong_id(thuesim: Driver, spelled: str | None) -> None:
    answer = expect(await thuesim.call("code", ID=spelled), "session_unknown_viotp")

    body = '{"status_code":-2,"success":false,"message":"Mã phiên không đúng"}'
    equal(answer.text, body, "body")
