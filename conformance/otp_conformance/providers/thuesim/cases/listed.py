"""The second schema of the page: services, rents and codes as its lists have them."""

from __future__ import annotations

import re

from otp_conformance.case import Feature, Level, Tier
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, expect, matches
from otp_conformance.providers.thuesim.steps import (
    ACCOUNT,
    AGAIN,
    ARRIVALS,
    CLOCK,
    RENT,
    balance,
    call_arrives,
    list_case,
    rented_list,
    service,
    text_arrives,
    unhurried,
)

LISTED = '{{"ResponseCode":1,"success":true,"message":"successful","data":[{rows}]}}'
RENTED = (
    '{{"status_code":200,"success":true,"message":"Tạo yêu cầu thành công !",'
    '"data":{{"phone_number":"{nine}","balance":{balance},"request_id":"{id}"}}}}'
)
SHOWN = (
    r'\{{"status_code":200,"success":true,"message":"successful","data":\{{"ID":"{id}","Phone":"{nine}",'
    r'"ServiceID":4,"ServiceName":"Yahoo","Status":{status},"Price":470,'
    r'"CreatedTime":"\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{{0,2}}[1-9])?","IsSound":{sound},'
    r'"SmsContent":{sms},"Code":{code}\}}\}}'
)


@list_case(
    "thuesim",
    "list",
    rule="Services have id, name and a price as text; neither server nor lifetime.",
    sources=["S110-S119", "6-7"],
    tier=Tier.READS,
    needs=ACCOUNT,
    covers=["thuesim.profile=list", "thuesim:service_listed_list", "thuesim.list-services"],
    kills=["thuesim.list-ignored", "thuesim.list-price-as-number", "thuesim.list-service-status-code"],
    rows={
        "sample": ([(7, "01", "Facebook", 800), (1, "01", "Momo", 350)],),
        "letters": ([(97, "02", "DV KHÁC (TEST)", 1450)],),
        "two-servers": ([(4, "01", "Yahoo", 0), (4, "10", "Yahoo", 9_876_543_210)],),
        "none": ([],),
    },
)
async def list_service_body(thuesim: Driver, services: list[tuple[int, str, str, int]]) -> None:
    held = [service(number, server, SERVICE_NAME=name, PRICE=price) for number, server, name, price in services]
    await thuesim.account(services=held)

    answer = await thuesim.call("service")

    rows = ",".join(f'{{"id":{number},"name":"{name}","price":"{price}"}}' for number, _, name, price in services)
    equal(answer.text, LISTED.format(rows=rows), "body")


@list_case(
    "thuesim",
    "list",
    rule="The services of any account are listed in the second schema.",
    sources=["S110-S119"],
    tier=Tier.READS,
    covers=["thuesim.profile=list", "thuesim.list-services"],
    kills=["thuesim.list-price-as-number"],
)
async def list_service_shape(thuesim: Driver) -> None:
    row = r'\{"id":\d+,"name":"[^"]*","price":"\d+"\}'
    rows = rf"({row}(,{row})*)?"

    answer = expect(await thuesim.call("service"), "service_listed_list")

    matches(
        answer.text,
        re.escape('{"ResponseCode":1,"success":true,"message":"successful","data":[') + rf"{rows}\]\}}",
        "body",
    )


@list_case(
    "thuesim",
    "list",
    rule="A rent tells number, balance after the charge and request, exactly; the number has nine digits.",
    sources=["S177-S183", "6-1, 6-5, 6-6"],
    needs=[Feature.ACCOUNTS, Feature.RENTALS, Feature.CHOICES],
    covers=[
        "thuesim.profile=list",
        "thuesim:rented_list",
        "thuesim.list-rent",
        "thuesim.list-rent-text",
        "thuesim.list-phone",
        "thuesim.list-request-id",
    ],
    kills=[
        "thuesim.list-ignored",
        "thuesim.list-request-as-number",
        "thuesim.list-request-with-server",
        "thuesim.list-phone-with-zero",
        "thuesim.list-balance-first",
    ],
    rows={
        "composite": ("01.4", "keep"),
        "bare": ("4", "keep"),
        "space-dropped": ("4", "drop"),
    },
)
async def list_rented_body(thuesim: Driver, named: str, space: str) -> None:
    await thuesim.choose(phone_space=space)
    await unhurried(thuesim, balance=50_470)

    rental = await rented_list(thuesim, serviceId=named)

    equal(rental.answer.text, RENTED.format(nine=rental.nine, balance=50_000, id=rental.bare_id), "body")
    matches(rental.nine, r"[1-9]\d{8}", "phone_number")
    equal(await balance(thuesim), 50_000, "balance")


@list_case(
    "thuesim",
    "list",
    rule="The request_id of a rent is read again by the code query, as it was told.",
    sources=["S177-S183", "S252-S279", "S213"],
    covers=["thuesim.profile=list", "thuesim:rented_list", "thuesim:rental_shown", "thuesim.list-bare-ids"],
    kills=["thuesim.list-request-with-server", "thuesim.list-servers-required", "thuesim.list-id-with-server"],
)
async def list_read_again(thuesim: Driver) -> None:
    data = expect(await thuesim.call(RENT), "rented_list").json["data"]
    matches(data["request_id"], r"\d+", "request_id")

    shown = expect(await thuesim.call("code", ID=data["request_id"]), "rental_shown").json["data"]

    equal((shown["ID"], shown["Phone"]), (data["request_id"], data["phone_number"]), "ID and Phone")


@list_case(
    "thuesim",
    "list",
    rule="A number is rented again with the ids that the client was told, without a server in any of them.",
    sources=["S131", "S177-S183", "6-11"],
    level=Level.SHOULD,
    needs=ARRIVALS,
    sends=2,
    covers=["thuesim:rented_list", "thuesim.list-rent", "thuesim.list-bare-ids"],
    kills=["thuesim.list-servers-required", "thuesim.list-balance-first"],
    rows={"bare": ("{bare}",), "with-server": ("{id}",)},
)
async def list_again(thuesim: Driver, earlier: str) -> None:
    await unhurried(thuesim, balance=50_940)
    first = await rented_list(thuesim)
    await text_arrives(thuesim, first)

    answer = await thuesim.call(
        AGAIN, phone=first.phone, serviceId="4", thuesim1=earlier.format(bare=first.bare_id, id=first.id)
    )

    told = expect(answer, "rented_list").json["data"]["request_id"]
    equal(told == first.bare_id, False, "the same request_id")
    equal(answer.text, RENTED.format(nine=first.nine, balance=50_000, id=told), "body")


@list_case(
    "thuesim",
    "list",
    rule="The code query shows the rental with its Status, whatever code-numbers is; reading it is a success.",
    sources=["S252-S279", "S244-S246", "V", "6-4"],
    tier=Tier.WAITS,
    needs=[*ARRIVALS, *CLOCK, Feature.CHOICES],
    covers=[
        "thuesim.profile=list",
        "thuesim:rental_shown",
        "thuesim.list-code",
        "thuesim.list-code-status",
        "thuesim.list-call",
        "thuesim.list-code-numbers",
        "thuesim.list-phone",
        "thuesim.list-request-id",
    ],
    kills=["thuesim.list-waiting-refused", "thuesim.list-sound-as-text", "thuesim.list-id-with-server"],
    rows={
        f"{name}-{numbers}": (numbers, *row)
        for numbers in ("chothuesim", "viotp")
        for name, row in {
            "waiting": ("", 0, "null", "null"),
            "almost-over": ("299999ms", 0, "null", "null"),
            "expired": ("300s", 2, "null", "null"),
            "done": ("text", 1, '"059809 la ma"', '"059809"'),
            "call": ("call", 1, r'"https?://[^"]+\.wav[^"]*"', '"059809"'),
        }.items()
    },
)
async def list_code(thuesim: Driver, numbers: str, what: str, status: int, sms: str, code: str) -> None:  # noqa: PLR0917  (columns of the table)
    await thuesim.choose(code_numbers=numbers)
    await unhurried(thuesim)
    rental = await rented_list(thuesim)
    if what == "text":
        await text_arrives(thuesim, rental, "059809 la ma")
    elif what == "call":
        await call_arrives(thuesim, rental)
    elif what:
        await thuesim.advance(what)

    answer = await thuesim.call("code", ID=rental.bare_id)

    sound = "true" if what == "call" else "false"
    facts = {"id": rental.bare_id, "nine": rental.nine, "status": status, "sound": sound, "sms": sms, "code": code}
    matches(answer.text, SHOWN.format(**facts), "body")
    equal((await thuesim.call("code", ID=rental.id)).text, answer.text, "body for the id with its server")
