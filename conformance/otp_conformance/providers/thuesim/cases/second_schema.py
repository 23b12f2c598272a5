"""The second schema of the page: services, rents and codes as its lists have them, and ids without a server."""

from __future__ import annotations

import re
from functools import partial

from otp_conformance.callbacks import NOBODY_LISTENS, wait_for_callbacks
from otp_conformance.case import Feature, Level, Tier
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, expect, matches
from otp_conformance.providers.thuesim.steps import (
    ACCOUNT,
    AGAIN,
    ARRIVALS,
    CLOCK,
    RENT,
    TIME,
    ask_balance,
    ask_history,
    let_call_arrive,
    let_text_arrive,
    list_case,
    rent_listed,
    service,
    take_time,
    wire_case,
)

list_list_case = partial(list_case, "thuesim", "list")
wire_list_case = partial(wire_case, "thuesim", "list")

LISTED = '{{"ResponseCode":1,"success":true,"message":"successful","data":[{rows}]}}'
RENTED = (
    '{{"status_code":200,"success":true,"message":"Tạo yêu cầu thành công !",'
    '"data":{{"phone_number":"{nine}","balance":{balance},"request_id":"{id}"}}}}'
)
SHOWN = (
    r'\{{"status_code":200,"success":true,"message":"successful","data":\{{"ID":"{id}","Phone":"{nine}",'
    r'"ServiceID":4,"ServiceName":"Yahoo","Status":{status},"Price":470,'
    r'"CreatedTime":"{time}","IsSound":{sound},'
    r'"SmsContent":{sms},"Code":{code}\}}\}}'
)


@list_list_case(
    rule="Services have id, name and a price as text; neither server nor lifetime.",
    sources=["S, list of service"],
    tier=Tier.READS,
    needs=ACCOUNT,
    covers=["thuesim.profile=list", "thuesim:service_listed_list", "thuesim.list-services"],
    rows={
        "sample": ([(7, "01", "Facebook", 800), (1, "01", "Momo", 350)],),
        "letters": ([(97, "02", "DV KHÁC (TEST)", 1450)],),
        "two-servers": ([(4, "01", "Yahoo", 0), (4, "10", "Yahoo", 987_654_321)],),
        "none": ([],),
    },
)
async def list_service_body(thuesim: Driver, services: list[tuple[int, str, str, int]]) -> None:
    held = [service(number, server, SERVICE_NAME=name, PRICE=price) for number, server, name, price in services]
    await thuesim.account(services=held)

    answer = await thuesim.call("service")

    rows = ",".join(f'{{"id":{number},"name":"{name}","price":"{price}"}}' for number, _, name, price in services)
    equal(answer.text, LISTED.format(rows=rows), "body")


@list_list_case(
    rule="The services of any account are listed in the second schema.",
    sources=["S, list of service"],
    tier=Tier.READS,
    covers=["thuesim.profile=list", "thuesim.list-services"],
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


@list_list_case(
    rule="A rent tells number, balance after the charge and request, exactly; the number has nine digits.",
    sources=["S, list of register"],
    needs=[Feature.ACCOUNTS, Feature.RENTALS, Feature.CHOICES],
    covers=[
        "thuesim.profile=list",
        "thuesim:rented_list",
        "thuesim.list-rent=printed",
        "thuesim.list-rent-text",
        "thuesim.list-phone",
        "thuesim.list-request-id=text",
        "thuesim.member-order=printed",
    ],
    kills=["thuesim.list-request-with-server", "thuesim.list-phone-with-zero"],
    rows={
        "composite": ("01.4", "keep"),
        "bare": ("4", "keep"),
        "space-dropped": ("4", "drop"),
    },
)
async def list_rented_body(thuesim: Driver, named: str, space: str) -> None:
    await thuesim.choose(phone_space=space)
    await take_time(thuesim, balance=50_470)

    rental = await rent_listed(thuesim, serviceId=named)

    equal(rental.answer.text, RENTED.format(nine=rental.nine, balance=50_000, id=rental.bare_id), "body")
    matches(rental.nine, r"[1-9]\d{8}", "phone_number")
    equal(await ask_balance(thuesim), 50_000, "balance")


@list_list_case(
    rule="The request_id of a rent is read again by the code query, as it was told.",
    sources=["S, list of register", "S, list of code", "S, URL of code"],
    covers=["thuesim.profile=list", "thuesim:rented_list", "thuesim:rental_shown", "thuesim.list-bare-ids"],
    kills=["thuesim.list-request-with-server", "thuesim.list-servers-required", "thuesim.list-id-with-server"],
)
async def list_read_again(thuesim: Driver) -> None:
    data = expect(await thuesim.call(RENT), "rented_list").json["data"]
    matches(data["request_id"], r"\d+", "request_id")

    shown = expect(await thuesim.call("code", ID=data["request_id"]), "rental_shown").json["data"]

    equal((shown["ID"], shown["Phone"]), (data["request_id"], data["phone_number"]), "ID and Phone")


@list_list_case(
    rule="A number is rented again with the ids that the client was told, without a server in any of them.",
    sources=["S, URL of rephone", "S, list of register"],
    level=Level.SHOULD,
    needs=ARRIVALS,
    sends=2,
    covers=["thuesim:rented_list", "thuesim.list-rent=printed", "thuesim.list-bare-ids"],
    kills=["thuesim.list-servers-required"],
    rows={"bare": ("{bare}",), "with-server": ("{id}",)},
)
async def list_again(thuesim: Driver, earlier: str) -> None:
    await take_time(thuesim, balance=50_940)
    first = await rent_listed(thuesim)
    await let_text_arrive(thuesim, first)

    answer = await thuesim.call(
        AGAIN, phone=first.phone, serviceId="4", thuesim1=earlier.format(bare=first.bare_id, id=first.id)
    )

    told = expect(answer, "rented_list").json["data"]["request_id"]
    equal(told == first.bare_id, False, "the same request_id")
    equal(answer.text, RENTED.format(nine=first.nine, balance=50_000, id=told), "body")


@list_list_case(
    rule="The code query shows the rental with its Status, whatever code-numbers is; reading it is a success.",
    sources=["S, list of code", "S, fields of code", "V", "V10 O1, observed at a sister"],
    tier=Tier.WAITS,
    needs=[*ARRIVALS, *CLOCK, Feature.CHOICES],
    covers=[
        "thuesim.profile=list",
        "thuesim:rental_shown",
        "thuesim.list-code=printed",
        "thuesim.list-code-status",
        "thuesim.list-call",
        "thuesim.list-code-numbers",
        "thuesim.list-phone",
        "thuesim.list-request-id=text",
    ],
    kills=["thuesim.list-waiting-refused", "thuesim.list-id-with-server"],
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
    await take_time(thuesim)
    rental = await rent_listed(thuesim)
    if what == "text":
        await let_text_arrive(thuesim, rental, "059809 la ma")
    elif what == "call":
        await let_call_arrive(thuesim, rental)
    elif what:
        await thuesim.advance(what)

    answer = await thuesim.call("code", ID=rental.bare_id)

    sound = "true" if what == "call" else "false"
    facts = {"id": rental.bare_id, "nine": rental.nine, "status": status, "sound": sound, "sms": sms, "code": code}
    facts["time"] = TIME
    matches(answer.text, SHOWN.format(**facts), "body")
    equal((await thuesim.call("code", ID=rental.id)).text, answer.text, "body for the id with its server")


@list_list_case(
    rule="A service without its server is the first of that id that can be rented; with its server, it is that one.",
    sources=["I", "S, fields of service", "S, list of service"],
    level=Level.SHOULD,
    needs=[Feature.ACCOUNTS, Feature.RENTALS],
    covers=["thuesim.list-bare-ids", "thuesim.list-bare-service"],
    kills=["thuesim.list-last-server", "thuesim.list-servers-required"],
    rows={"bare": ("4", "02"), "second": ("02.4", "02"), "third": ("03.4", "03")},
)
async def list_bare_service(thuesim: Driver, named: str, server: str) -> None:
    await take_time(thuesim, services=[service(4, suspended=True), service(4, "02"), service(4, "03")])

    rental = await rent_listed(thuesim, serviceId=named)

    equal(rental.id, f"{rental.bare_id}.{server}", "id of the rental")
    expect(await thuesim.call("code", ID=rental.bare_id), "rental_shown")


@wire_list_case(
    rule="Where the first schema is played, ids without a server are refused.",
    sources=["S, URL of register", "S, note of rephone", "S, URL of code", "I"],
    level=Level.SHOULD,
    needs=ACCOUNT,
    covers=["thuesim.list-bare-ids", "thuesim:service_unknown", "thuesim:error"],
)
async def servers_required(thuesim: Driver) -> None:
    await take_time(thuesim)

    expect(await thuesim.call(RENT, serviceId="4"), "service_unknown")
    rent = expect(await thuesim.call(RENT), "rented").json["RequestLog"]
    again = {"phone": rent["Phone"].strip(), "serviceId": "4", "thuesim1": str(int(rent["ID"]))}
    expect(await thuesim.call(AGAIN, **again), "error")


@list_list_case(
    rule="Balance, carriers and history are the same whichever schema is played; the history is an array.",
    sources=["S, list of balance", "S, list of networks", "S, sample of history", "S, list of history"],
    tier=Tier.SENDS,
    needs=[Feature.ACCOUNTS, Feature.RENTALS, Feature.CHOICES],
    sends=2,
    covers=["thuesim.list-others", "thuesim.list-history=sample", "thuesim.history-array", "thuesim:success"],
    kills=["thuesim.list-history-object"],
    rows={name: (name,) for name in ("balance", "networks", "history")},
)
async def list_others(thuesim: Driver, operation: str) -> None:
    await take_time(thuesim)
    await rent_listed(thuesim)
    await rent_listed(thuesim)

    listed = (await thuesim.call(operation)).text
    rows = await ask_history(thuesim)
    await thuesim.choose(profile="wire")

    equal(listed, (await thuesim.call(operation)).text, "body")
    equal(len(rows), 2, "rentals in the history")


@list_list_case(
    rule="Where the history is played as a list, it is the newest rental, Phone as a number and IsSound as a boolean.",
    sources=["S, list of history"],
    level=Level.SHOULD,
    needs=ARRIVALS,
    sends=2,
    choices={"thuesim.list-history": "list"},
    covers=["thuesim.list-history=list", "thuesim:success"],
    rows={"none": (0, ""), "waiting": (1, ""), "text": (2, "text"), "call": (2, "call")},
)
async def list_history(thuesim: Driver, rentals: int, what: str) -> None:
    await take_time(thuesim)
    rented = [await rent_listed(thuesim) for _ in range(rentals)]
    if what == "text":
        await let_text_arrive(thuesim, rented[-1])
    elif what == "call":
        await let_call_arrive(thuesim, rented[-1])

    row = expect(await thuesim.call("history"), "success").json["data"]

    told = row and (row["ID"], row["Phone"], row["IsSound"], row["Status"])
    newest = rented[-1] if rented else None
    wanted = newest and (int(newest.bare_id), int(newest.nine), what == "call", int(bool(what)))
    equal(told, wanted, "ID, Phone, IsSound and Status")


@list_list_case(
    rule="The callback names the request as the rent did, without the server.",
    level=Level.SHOULD,
    needs=[*ARRIVALS, Feature.CALLBACKS],
    covers=["thuesim.list-callback-id"],
    kills=["thuesim.list-callback-with-server"],
)
async def list_callback(thuesim: Driver) -> None:
    await take_time(thuesim, callback_url=NOBODY_LISTENS)
    rental = await rent_listed(thuesim)
    await let_text_arrive(thuesim, rental)

    (callback,) = await wait_for_callbacks(thuesim)

    told = f'"requestId":"{rental.bare_id}","code":"529310","smsContent":"529310 la ma cua ban","isSound":"false"'
    equal(callback["attempts"][0]["request"]["body"], f'{{"data":{{"status":1,{told}}}}}', "body")
