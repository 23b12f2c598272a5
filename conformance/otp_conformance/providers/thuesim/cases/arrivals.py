"""What arrives at a rented number: calls and their recordings, messages of others, invented ones."""

from __future__ import annotations

import re
from functools import partial

from otp_conformance.case import Feature, Level
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, expect, matches
from otp_conformance.providers.thuesim.steps import (
    ARRIVALS,
    CLOCK,
    NUMBERS,
    Rental,
    ask_history,
    let_call_arrive,
    let_text_arrive,
    read_code,
    rent,
    service,
    take_time,
    wire_case,
)

call_case = partial(wire_case, "thuesim", "call")
arrival_case = partial(wire_case, "thuesim", "arrival")


@call_case(
    rule="A call has IsCall, its transcript twice behind [Call], the code as text, and an address to listen to.",
    needs=ARRIVALS,
    choices=NUMBERS,
    covers=["thuesim:code_received", "thuesim.call-flag", "thuesim.call-transcript", "thuesim.call-code"],
    kills=["thuesim.call-flag-false", "thuesim.transcript-once"],
)
async def call(thuesim: Driver) -> None:
    await take_time(thuesim)
    rental = await rent(thuesim)
    await let_call_arrive(thuesim, rental, "059809")

    sms = "[Call]mã otp của bạn là 059809mã otp của bạn là 059809"
    result = f'{{"SMS":"{re.escape(sms)}","Code":"059809","IsCall":true,"CallFile":"https?://[^"]+"}}'
    matches((await read_code(thuesim, rental)).text, rf'{{"ResponseCode":0,"Msg":"OK","Result":{result}}}', "body")


async def call_file(thuesim: Driver, server: str, name: str) -> tuple[Rental, str]:
    """Let a call arrive at a rental for a service; give the address of its recording too."""
    await take_time(thuesim, services=[service(4, server, SERVICE_NAME=name)])
    rental = await rent(thuesim, serviceId=f"{server}.4")
    await let_call_arrive(thuesim, rental)
    file: str = expect(await read_code(thuesim, rental), "code_received").json["Result"]["CallFile"]
    return rental, file


@call_case(
    rule="The address has server, number, service and twelve hex digits, then the number, and plays a WAV file.",
    sources=["S, sample of a call, pattern"],
    level=Level.SHOULD,
    needs=ARRIVALS,
    choices=NUMBERS,
    covers=["thuesim:audio_found", "thuesim.call-file-link", "thuesim.audio-file"],
    rows={"01": ("01", "Man.Club", r"Man\.Club"), "10": ("10", "DV KHÁC", "[^&]+")},
)
async def recording(thuesim: Driver, server: str, name: str, written: str) -> None:
    rental, file = await call_file(thuesim, server, name)

    query = rf"{server}={rental.nine}_{written}_[0-9a-f]{{12}}\.wav&phone={rental.nine}"
    matches(file, rf"https?://[^/]+/audio/play\.php\?{query}", "CallFile")
    played = await thuesim.request("audio", {}, path="/audio/play.php", query=file.partition("?")[2])
    equal((played.status, played.text[:4], played.text[8:12]), (200, "RIFF", "WAVE"), "status and head of the file")
    matches(played.exchange.answer_headers.get("Content-Type"), "audio/(x-)?wav", "content type")


@call_case(
    rule="In the address a blank is %20, and what is not ASCII is UTF-8.",
    level=Level.NOTE,
    needs=ARRIVALS,
    choices=NUMBERS,
    covers=["thuesim.call-file-link"],
    kills=["thuesim.call-file-plus"],
)
async def name_in_address(thuesim: Driver) -> None:
    _, file = await call_file(thuesim, "01", "DV KHÁC")

    matches(file, r".*_DV%20KH%C3%81C_.*", "CallFile")


@call_case(
    rule="A link that belongs to no call plays nothing.",
    sources=["S, sample of a call"],
    level=Level.SHOULD,
    needs=ARRIVALS,
    sends=2,
    choices=NUMBERS,
    covers=["thuesim:audio_not_found"],
    rows={
        "nothing": ("",),
        "no-file": ("phone={nine}",),
        "no-phone": ("{sv}={file}",),
        "other-phone": ("{sv}={file}&phone=999999999",),
        "other-server": ("02={file}&phone={nine}",),
        "other-file": ("{sv}={nine}_Yahoo_000000000000.wav&phone={nine}",),
        "of-a-message": ("{sv}={text}_Yahoo_000000000000.wav&phone={text}",),
    },
)
async def no_recording(thuesim: Driver, query: str) -> None:
    await take_time(thuesim)
    rental = await rent(thuesim)
    await let_call_arrive(thuesim, rental)
    other = await rent(thuesim)
    await let_text_arrive(thuesim, other)
    file = (await read_code(thuesim, rental)).json["Result"]["CallFile"].partition("?01=")[2].partition("&")[0]

    asked = query.format(nine=rental.nine, sv="01", file=file, text=other.nine)
    answer = await thuesim.request("audio", {}, query=asked)

    equal(answer.status, 404, "HTTP status")


@call_case(
    rule="Where it is chosen, history and callback tell a call by an address of digits, which plays a WAV file too.",
    sources=["S, sample of history"],
    level=Level.SHOULD,
    needs=ARRIVALS,
    choices={**NUMBERS, "thuesim.audio-link": "digits"},
    covers=["thuesim.audio-link=digits", "thuesim.audio-file", "thuesim:audio_found"],
)
async def file_of_digits(thuesim: Driver) -> None:
    _, file = await call_file(thuesim, "01", "Yahoo")

    (row,) = await ask_history(thuesim)

    matches(file, r"https?://[^/]+/audio/play\.php\?.*", "CallFile")
    matches(row["SmsContent"], r"https?://[^/]+/\d{28}\.wav", "SmsContent")
    played = await thuesim.call("audio_file", number=row["SmsContent"].rpartition("/")[2].removesuffix(".wav"))
    equal((played.status, played.text[:4], played.text[8:12]), (200, "RIFF", "WAVE"), "status and head of the file")


@call_case(
    rule="Digits that belong to no call play nothing.",
    sources=["S, sample of history"],
    level=Level.SHOULD,
    needs=ARRIVALS,
    choices={**NUMBERS, "thuesim.audio-link": "digits"},
    covers=["thuesim:audio_not_found"],
    rows={"word": ("x",), "digits": ("0" * 28,), "one-off": (None,)},
)
async def no_file(thuesim: Driver, name: str | None) -> None:
    await call_file(thuesim, "01", "Yahoo")
    digits = (await ask_history(thuesim))[0]["SmsContent"].rpartition("/")[2].removesuffix(".wav")
    other = f"{digits[:-1]}{(int(digits[-1]) + 1) % 10}"

    equal((await thuesim.call("audio_file", number=name or other)).status, 404, "HTTP status")


@arrival_case(
    rule="What another provider sends to a rented number of the same account is read here, word for word.",
    sources=["S, URL of code"],
    level=Level.SHOULD,
    needs=[*CLOCK, Feature.LANES, Feature.READ_CODE],
    choices=NUMBERS,
    covers=["thuesim:code_received", "thuesim.sms-whole"],
    kills=["thuesim.line-open"],
    rows={"manual": ("manual",), "auto": ("auto",)},
)
async def closed_line(thuesim: Driver, arrival: str) -> None:
    await thuesim.account(arrival=arrival)
    rental = await rent(thuesim)
    esms = thuesim.other("esms")
    text = "{OTP} la ma dang nhap"
    sent = {"Phone": rental.phone, "Brandname": "Sandbox", "message": text}
    expect(await esms.call("SendMessageAutoGenCode_V4_get", **sent), "accepted")
    code = await esms.code_sent_to(rental.phone)

    for _ in range(2):  # the invented message does not come any more
        result = expect(await read_code(thuesim, rental), "code_received").json["Result"]
        equal((result["Code"], result["SMS"]), (code, text.replace("{OTP}", code)), "Code and SMS")
        await thuesim.advance("10s")
    expect(await esms.call("CheckCodeGen_V4_get", Phone=rental.phone, Code=code), "code_valid")


@arrival_case(
    rule="Where nothing is sent, a message with a code is invented after the delay of the account.",
    level=Level.SHOULD,
    needs=CLOCK,
    choices=NUMBERS,
    covers=["thuesim:code_received", "thuesim:waiting_for_message", "thuesim.sms-whole"],
    rows={"default": ({}, "1999ms", "1ms"), "longer": ({"arrival_delay": "1m"}, "59999ms", "1ms")},
)
async def invented(thuesim: Driver, patch: dict[str, str], before: str, then: str) -> None:
    await thuesim.account(**patch)
    rental = await rent(thuesim)
    await thuesim.advance(before)
    expect(await read_code(thuesim, rental), "waiting_for_message")
    await thuesim.advance(then)

    result = expect(await read_code(thuesim, rental), "code_received").json["Result"]
    matches(result["Code"], r"\d{4,8}", "Code")
    equal(result["Code"] in result["SMS"], True, "code in the text")


@arrival_case(
    rule="With arrival by hand nothing comes by itself.",
    level=Level.SHOULD,
    needs=CLOCK,
    covers=["thuesim:waiting_for_message"],
)
async def by_hand(thuesim: Driver) -> None:
    await thuesim.account(arrival="manual")
    await rent(thuesim)
    await thuesim.advance("299s")

    states = [each["state"] for each in (await thuesim.control("GET", "/rentals"))["rentals"]]
    equal(states, ["waiting"], "states")
