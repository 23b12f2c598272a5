"""Reading the code, calls, what others send, and the history."""

from __future__ import annotations

from functools import partial

from otp_conformance.case import Feature, Level, Tier, case
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, expect, matches
from otp_conformance.providers.viotp.steps import (
    ACCOUNT,
    ARRIVALS,
    CLOCK,
    PLAIN,
    TIME,
    ask_history,
    by_hand,
    let_call_arrive,
    let_text_arrive,
    read,
    rent,
    service,
)

code_case = partial(case, "viotp", "code")
call_case = partial(case, "viotp", "call")
arrival_case = partial(case, "viotp", "arrival")
history_case = partial(case, "viotp", "history")

ROW = (
    r'\{{"ID":{id},"ServiceID":4,"ServiceName":"Service 4","Price":100,"SmsContent":{sms},"Status":{status},'
    r'"CreatedTime":"{time}","IsSound":{sound},"Code":{code},"PhoneOriginal":"0{nine}","Phone":"{nine}",'
    r'"CountryISO":"VN","CountryCode":"84"\}}'
)
PRINTED = (
    r'\{{"ID":{id},"ServiceID":4,"ServiceName":"Service 4","Status":{status},"Price":100,"Phone":"{nine}",'
    r'"SmsContent":{sms},"IsSound":"{sound}","CreatedTime":"{time}","Code":{code}\}}'
)
OK = r'\{"status_code":200,"message":"successful","success":true,"data":'
STATES = {
    "waiting": ("", 0, "null", "null"),
    "done": ("text", 1, '"059809 la ma"', '"059809"'),
    "call": ("call", 1, r'"https?://[^"]+\.wav"', '"059809"'),
    "expired": ("300s", 2, "null", "null"),
}


async def _facts(viotp: Driver, what: str, status: int, sms: str, code: str) -> dict[str, object]:
    """Rent a number, let happen there what a row says, and give what is told of it."""
    await by_hand(viotp, services=[service(4)])
    rental = await rent(viotp)
    if what == "text":
        await let_text_arrive(viotp, rental, "059809 la ma")
    elif what == "call":
        await let_call_arrive(viotp, rental)
    elif what:
        await viotp.advance(what)
    await viotp.account(services=[service(4, price=999)])
    sound = "true" if what == "call" else "false"
    told = {"id": rental.id, "nine": rental.nine, "status": status, "sms": sms, "code": code}
    return {**told, "sound": sound, "time": TIME}


@code_case(
    rule="The rental is shown with its state: waiting, done by text or by call, expired; reading it is a success.",
    tier=Tier.WAITS,
    needs=[*ARRIVALS, *CLOCK],
    choices=PLAIN,
    covers=["viotp:success", "viotp.code-members", "viotp.code-status", "viotp.calls", "viotp.code-id=number"],
    kills=["viotp.waiting-refused", "viotp.phone-with-zero"],
    rows=STATES,
)
async def body(viotp: Driver, what: str, status: int, sms: str, code: str) -> None:
    facts = await _facts(viotp, what, status, sms, code)

    answers = [(await viotp.call("code", requestId=facts["id"])).text for _ in range(2)]

    matches(answers[0], OK + ROW.format(**facts) + r"\}", "body")
    equal(answers[1], answers[0], "body when it is read again")


@code_case(
    rule="Where it is chosen, ID is text.",
    sources=["V, list of the code query"],
    level=Level.SHOULD,
    needs=ACCOUNT,
    choices={"viotp.code-id": "text"},
    covers=["viotp.code-id=text"],
)
async def id_as_text(viotp: Driver) -> None:
    await by_hand(viotp)
    rental = await rent(viotp)

    equal((await read(viotp, rental))["ID"], rental.id, "ID")


@code_case(
    rule="A message is told whole, line feeds too; the code is text and keeps its zeros.",
    needs=ARRIVALS,
    covers=["viotp.sms-whole", "viotp:success"],
    rows={
        "lines": ("Ma cua ban\nla 529310\r\n", {}, "529310"),
        "zeros": ("000000 la ma OTP", {}, "000000"),
        "quotes": ('Mã "X7K2" \\ 🙂', {"code": "X7K2"}, "X7K2"),
    },
)
async def message(viotp: Driver, text: str, more: dict[str, str], code: str) -> None:
    await by_hand(viotp)
    rental = await rent(viotp)
    await let_text_arrive(viotp, rental, text, **more)

    held = await read(viotp, rental)

    equal((held["SmsContent"], held["Code"]), (text, code), "SmsContent and Code")


@code_case(
    rule="A rental waits as long as its service says, five minutes by itself, and has expired from that moment on.",
    level=Level.SHOULD,
    tier=Tier.WAITS,
    needs=CLOCK,
    covers=["viotp.lifetime", "viotp.code-status"],
    kills=["viotp.life-inclusive"],
    rows={
        f"{name}-{when}": (more, by, status)
        for name, more, life in (("own", {}, 300_000), ("set", {"lifetime_seconds": 1200}, 1_200_000))
        for when, by, status in (("before", life - 1, 0), ("at", life, 2), ("later", life + 90_000_000, 2))
    },
)
async def lifetime(viotp: Driver, more: dict[str, int], by: int, status: int) -> None:
    await by_hand(viotp, services=[service(4, **more)])
    rental = await rent(viotp)

    await viotp.advance(f"{by}ms")

    equal((await read(viotp, rental))["Status"], status, "Status")


@code_case(
    rule="Reading may be repeated at once, again and again.",
    needs=ACCOUNT,
    covers=["viotp.not-throttled"],
)
async def polled(viotp: Driver) -> None:
    await by_hand(viotp)
    rental = await rent(viotp)

    equal([(await read(viotp, rental))["Status"] for _ in range(10)], [0] * 10, "states")


@code_case(
    rule="An id that is missing, unreadable, nobody's or of another account is a wrong session.",
    level=Level.SHOULD,
    needs=[Feature.LANES],
    covers=["viotp:session_unknown", "viotp.session-unknown"],
    rows={name: (text,) for name, text in {"missing": None, "word": "x", "unknown": "1", "other": "{id}"}.items()},
)
async def wrong_id(viotp: Driver, spelled: str | None) -> None:
    async with viotp.stranger({}) as stranger:
        rental = await rent(stranger)

    expect(await viotp.call("code", requestId=spelled and spelled.format(id=rental.id)), "session_unknown")


@code_case(
    rule="Times are Vietnamese, with up to three digits of fraction, the third 3 or 7, without zeros at the end.",
    level=Level.SHOULD,
    needs=CLOCK,
    covers=["viotp.times"],
    kills=["viotp.times-in-utc"],
    rows={
        "none": ("2031-05-01T10:13:24Z", "2031-05-01T17:13:24"),
        "two": ("2031-05-01T10:13:24.88Z", "2031-05-01T17:13:24.88"),
        "below-seven": ("2031-05-01T10:13:24.506999Z", "2031-05-01T17:13:24.503"),
        "last": ("2031-05-01T10:13:24.999999Z", "2031-05-01T17:13:24.997"),
        "next-day": ("2031-05-01T17:00:00Z", "2031-05-02T00:00:00"),
    },
)
async def time(viotp: Driver, now: str, expected: str) -> None:
    await viotp.stop_clock(now)
    rental = await rent(viotp)

    told = [(await read(viotp, rental))["CreatedTime"], (await ask_history(viotp))[0]["CreatedTime"]]

    equal(told, [expected] * 2, "CreatedTime")


@call_case(
    rule="The recording of a call is a WAV file, whose name is digits, at the host that the number was rented at.",
    level=Level.SHOULD,
    needs=ARRIVALS,
    covers=["viotp:audio_found", "viotp.audio-link", "viotp.calls"],
)
async def recording(viotp: Driver) -> None:
    await by_hand(viotp)
    rental = await rent(viotp)
    await let_call_arrive(viotp, rental)

    link = (await read(viotp, rental))["SmsContent"]

    matches(link, r"https?://[^/]+/audio/\d{28}\.wav", "SmsContent")
    played = await viotp.call("audio", number=link.rpartition("/")[2].removesuffix(".wav"))
    equal((played.status, played.text[:4], played.text[8:12]), (200, "RIFF", "WAVE"), "status and head of the file")
    equal((await ask_history(viotp))[0]["SmsContent"], link, "SmsContent of the history")


@call_case(
    rule="A name that is no recording's plays nothing.",
    sources=["I"],
    level=Level.SHOULD,
    needs=ARRIVALS,
    covers=["viotp:audio_not_found"],
    rows={"word": ("x",), "digits": ("0" * 28,), "one-off": (None,)},
)
async def no_recording(viotp: Driver, name: str | None) -> None:
    await by_hand(viotp)
    rental = await rent(viotp)
    await let_call_arrive(viotp, rental)
    digits = (await read(viotp, rental))["SmsContent"].rpartition("/")[2].removesuffix(".wav")
    other = f"{digits[:-1]}{(int(digits[-1]) + 1) % 10}"

    equal((await viotp.call("audio", number=name or other)).status, 404, "HTTP status")


@arrival_case(
    rule="What another provider sends to a rented number of the same account is read here, word for word.",
    sources=["V, the code query"],
    level=Level.SHOULD,
    needs=[*CLOCK, Feature.LANES, Feature.READ_CODE],
    covers=["viotp.sms-whole", "viotp:success"],
    rows={"manual": ("manual",), "auto": ("auto",)},
)
async def closed_line(viotp: Driver, arrival: str) -> None:
    await viotp.account(arrival=arrival)
    rental = await rent(viotp)
    esms, text = viotp.other("esms"), "{OTP} la ma dang nhap"
    sent = {"Phone": rental.phone, "Brandname": "Sandbox", "message": text}
    expect(await esms.call("SendMessageAutoGenCode_V4_get", **sent), "accepted")
    code = await esms.code_sent_to(rental.phone)

    for _ in range(2):  # the invented message does not come any more
        held = await read(viotp, rental)
        equal((held["Code"], held["SmsContent"]), (code, text.replace("{OTP}", code)), "Code and SmsContent")
        await viotp.advance("10s")


@arrival_case(
    rule="Where nothing is sent, a message with a code is invented after the delay of the account.",
    sources=["I"],
    level=Level.SHOULD,
    needs=CLOCK,
    covers=["viotp:success"],
)
async def invented(viotp: Driver) -> None:
    rental = await rent(viotp)
    await viotp.advance("1999ms")
    equal((await read(viotp, rental))["Code"], None, "Code")
    await viotp.advance("1ms")

    held = await read(viotp, rental)

    matches(held["Code"], r"\d{4,8}", "Code")
    equal(held["Code"] in held["SmsContent"], True, "code in the text")


@history_case(
    rule="A row is that of the code query, or has the ten members that are printed, with IsSound as text.",
    sources=["V", "TS, sample of the history"],
    level=Level.SHOULD,
    tier=Tier.WAITS,
    needs=[*ARRIVALS, *CLOCK],
    choices=PLAIN,
    covers=["viotp.history-rows=code", "viotp.history-rows=printed", "viotp.calls", "viotp.code-status"],
    rows={f"{rows}-{name}": (rows, *row) for rows in ("code", "printed") for name, row in STATES.items()},
)
async def rows(viotp: Driver, form: str, what: str, status: int, sms: str, code: str) -> None:  # noqa: PLR0917  (columns of the table)
    await viotp.choose(history_rows=form)
    facts = await _facts(viotp, what, status, sms, code)

    row = (ROW if form == "code" else PRINTED).format(**facts)

    matches((await viotp.call("history")).text, rf"{OK}\[{row}\]\}}", "body")


@history_case(
    rule="The newest rental comes first, a number rented again as a row of its own.",
    sources=["I"],
    level=Level.SHOULD,
    needs=[*ARRIVALS, *CLOCK],
    sends=3,
    covers=["viotp.history-rows=code", "viotp:success"],
    kills=["viotp.oldest-first"],
)
async def newest_first(viotp: Driver) -> None:
    await by_hand(viotp)
    rentals = [await rent(viotp), await rent(viotp)]
    await let_text_arrive(viotp, rentals[0])
    rentals.append(await rent(viotp, number=rentals[0].phone))

    equal([str(row["ID"]) for row in await ask_history(viotp)], [each.id for each in reversed(rentals)], "ids")


@history_case(
    rule="The history is filtered by service, by state, by days, both included, and cut to a number of rows.",
    sources=["V, parameters of the history"],
    level=Level.SHOULD,
    needs=[*ARRIVALS, *CLOCK],
    sends=4,
    covers=["viotp.history-filters"],
    rows={
        "none": (dict.fromkeys(("service", "status", "limit", "fromDate", "toDate"), ""), "dcba"),
        "service": ({"service": "7"}, "b"),
        "waiting": ({"status": "0"}, "dc"),
        "done": ({"status": "1"}, "b"),
        "expired": ({"status": "2"}, "a"),
        "limit": ({"limit": "2"}, "dc"),
        "limit-above": ({"limit": "9"}, "dcba"),
        "from": ({"fromDate": "2031-05-02"}, "dcb"),
        "to": ({"toDate": "2031-05-02"}, "cba"),
        "days": ({"fromDate": "2031-05-02", "toDate": "2031-05-02", "limit": "1"}, "c"),
        "unknown": ({"service": "9"}, ""),
        "unreadable": ({"limit": "x", "fromDate": "x"}, "dcba"),
    },
)
async def filters(viotp: Driver, asked: dict[str, str], expected: str) -> None:
    await by_hand(viotp, services=[service(4), service(7)])
    names = {}
    moments = ("01T16:59:59", "01T17:00:00", "02T16:59:59", "02T17:00:00")  # in Vietnam, seven hours ahead
    for name, moment in zip("abcd", moments, strict=True):
        await viotp.stop_clock(f"2031-05-{moment}Z")
        rental = await rent(viotp, serviceId="7" if name == "b" else "4")
        names[rental.id] = name
        if name == "b":
            await let_text_arrive(viotp, rental)

    equal("".join(names[str(row["ID"])] for row in await ask_history(viotp, **asked)), expected, "rows")
