"""The second schema, played as a sister service was seen to answer."""

from __future__ import annotations

from functools import partial

from otp_conformance.case import Level, Tier
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, expect, matches
from otp_conformance.providers.thuesim.steps import (
    AGAIN,
    ARRIVALS,
    LIST,
    RENT,
    TIME,
    let_text_arrive,
    list_case,
    rent_listed,
    take_time,
)

list_list_case = partial(list_case, "thuesim", "list")

SEEN = {**LIST, "thuesim.list-rent": "observed", "thuesim.list-request-id": "number", "thuesim.list-code": "observed"}
"""Rents and codes as a sister service was seen to answer."""
SEEN_RENT = (
    '{{"status_code":200,"message":"Tạo yêu cầu thành công !","success":true,"data":{{"phone_number":"{nine}",'
    '"re_phone_number":"0{nine}","countryISO":"VN","countryCode":"84","request_id":{id},"balance":{balance}}}}}'
)
SEEN_CODE = (
    r'\{{"status_code":200,"message":"successful","success":true,"data":\{{"ID":"{id}","ServiceID":4,'
    r'"ServiceName":"Yahoo","Price":470,"SmsContent":{sms},"Status":{status},"CreatedTime":"{time}","IsSound":false,'
    r'"Code":{code},"PhoneOriginal":"0{nine}","Phone":"{nine}","CountryISO":"VN","CountryCode":"84"\}}\}}'
)


@list_list_case(
    rule="Where it is played as it was seen, a rent tells country, both spellings of the number, and a number as id.",
    sources=["V10 O1, observed at a sister"],
    level=Level.SHOULD,
    needs=ARRIVALS,
    sends=2,
    choices={**SEEN, "thuesim.member-order": "observed"},
    covers=[
        "thuesim.list-rent=observed",
        "thuesim.list-request-id=number",
        "thuesim.member-order=observed",
        "thuesim:rented_list",
    ],
    rows={"first": (False,), "again": (True,)},
)
async def list_rented_as_seen(thuesim: Driver, again: bool) -> None:  # noqa: FBT001  (a column of the table)
    await take_time(thuesim, balance=50_940 if again else 50_470)
    rental = await rent_listed(thuesim)
    answer = rental.answer
    if again:
        await let_text_arrive(thuesim, rental)
        answer = await thuesim.call(AGAIN, phone=rental.phone, serviceId="4", thuesim1=rental.bare_id)

    told = expect(answer, "rented_list").json["data"]["request_id"]
    equal(told == int(rental.bare_id), not again, "the same request_id")
    equal(answer.text, SEEN_RENT.format(nine=rental.nine, balance=50_000, id=told), "body")


@list_list_case(
    rule="Where it is played as it was seen, the code query tells country and both spellings of the number.",
    sources=["V10 O1, observed at a sister"],
    level=Level.SHOULD,
    needs=ARRIVALS,
    choices={**SEEN, "thuesim.member-order": "observed"},
    covers=["thuesim.list-code=observed", "thuesim.member-order=observed", "thuesim:rental_shown"],
    rows={"waiting": ("", 0, "null", "null"), "done": ("059809 la ma", 1, '"059809 la ma"', '"059809"')},
)
async def list_code_as_seen(thuesim: Driver, text: str, status: int, sms: str, code: str) -> None:
    await take_time(thuesim)
    rental = await rent_listed(thuesim)
    if text:
        await let_text_arrive(thuesim, rental, text)

    answer = await thuesim.call("code", ID=rental.bare_id)

    facts = {"id": rental.bare_id, "nine": rental.nine, "status": status, "sms": sms, "code": code, "time": TIME}
    matches(answer.text, SEEN_CODE.format(**facts), "body")


@list_list_case(
    rule="Where message comes before success, it does in every envelope that has both, in refusals too.",
    sources=["V10 O1, observed at a sister"],
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    choices={"thuesim.member-order": "observed"},
    covers=["thuesim.member-order=observed"],
    rows={
        "balance": ("balance", {}, "status_code"),
        "networks": ("networks", {}, "status_code"),
        "service": ("service", {}, "ResponseCode"),
        "history": ("history", {}, "status_code"),
        "rent": (RENT, {"serviceId": "x"}, "status_code"),
        "code": ("code", {"ID": "x"}, "status_code"),
    },
)
async def message_first(thuesim: Driver, operation: str, changes: dict[str, str], key: str) -> None:
    answer = await thuesim.call(operation, **changes)

    equal(list(answer.json)[:3], [key, "message", "success"], "first members")
