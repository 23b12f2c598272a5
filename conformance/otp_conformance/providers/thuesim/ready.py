"""What good calls of thuesim need before them, and what makes its queries answer otherwise."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from otp_conformance.case import Feature
from otp_conformance.driver import Driver
from otp_conformance.expect import expect
from otp_conformance.rooms import Step

_ID: Final = re.compile(r'"ID":(\d+\.\d\d),|"request_id":"?(\d+)')
"""The id of a rental in the answer that begins it, in either schema."""


async def _wait(thuesim: Driver) -> Mapping[str, Any]:
    await thuesim.account(min_interval=0, arrival="manual")
    answer = expect(await thuesim.call("register_service"), "rented", "rented_list")
    found = _ID.search(answer.text)
    rental = (found[1] or found[2]) if found is not None else ""
    log, data = answer.json.get("RequestLog"), answer.json.get("data")
    phone = log["Phone"].strip() if log else f"0{data['phone_number']}"
    return {"ID": rental, "thuesim1": rental, "phone": phone}


async def _let_arrive(thuesim: Driver) -> Mapping[str, Any]:
    newest = max((await thuesim.control("GET", "/rentals"))["rentals"], key=lambda each: float(each["id"]))
    await thuesim.control("POST", f"/rentals/{newest['id']}/sms", {"text": "529310 la ma cua ban"})
    return {}


async def _use(thuesim: Driver) -> Mapping[str, Any]:
    fields = await _wait(thuesim)
    await _let_arrive(thuesim)
    return fields


async def _expire(thuesim: Driver) -> Mapping[str, Any]:
    fields = await _wait(thuesim)
    await thuesim.advance("24h")
    return fields


async def _take(thuesim: Driver) -> Mapping[str, Any]:
    await _wait(thuesim)
    return {}


async def _offer(thuesim: Driver) -> Mapping[str, Any]:
    await thuesim.account(services=[{"ID": 5, "SV": "01", "SERVICE_NAME": "New", "PRICE": 100, "Time": "300"}])
    return {}


_ACCOUNT: Final = frozenset({Feature.ACCOUNTS})
_ARRIVAL: Final = frozenset({Feature.ACCOUNTS, Feature.RENTALS})
WAITING: Final = Step(_wait, _ACCOUNT)
TAKEN: Final = Step(_take, _ACCOUNT)
USED: Final = Step(_use, _ARRIVAL)
EXPIRED: Final = Step(_expire, _ACCOUNT | {Feature.CLOCK})

READY: Final = {"code": USED, "history": WAITING, "rephone": USED}
CHANGING: Final = {
    "balance": (TAKEN,),
    "service": (Step(_offer, _ACCOUNT, sends=0),),
    "code": (WAITING, Step(_let_arrive, frozenset({Feature.RENTALS}), sends=0)),
    "history": (TAKEN,),
}
