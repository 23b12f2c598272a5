"""What good calls of viotp need before them, and what makes its queries answer otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from otp_conformance.case import Feature
from otp_conformance.driver import Driver
from otp_conformance.expect import expect
from otp_conformance.rooms import Step


async def _wait(viotp: Driver) -> dict[str, Any]:
    await viotp.account(arrival="manual")
    data = expect(await viotp.call("rent"), "rented").json["data"]
    return {"requestId": str(data["request_id"]), "number": data["re_phone_number"]}


async def _read_waiting(viotp: Driver) -> Mapping[str, Any]:
    return {"requestId": (await _wait(viotp))["requestId"]}


async def _take(viotp: Driver) -> Mapping[str, Any]:
    await _wait(viotp)
    return {}


async def _keep(viotp: Driver) -> Mapping[str, Any]:
    return {"number": (await _wait(viotp))["number"]}


async def _let_arrive(viotp: Driver) -> Mapping[str, Any]:
    newest = max((await viotp.control("GET", "/rentals"))["rentals"], key=lambda each: int(each["id"]))
    await viotp.control("POST", f"/rentals/{newest['id']}/sms", {"text": "529310 la ma cua ban"})
    return {}


async def _use(viotp: Driver) -> Mapping[str, Any]:
    fields = await _keep(viotp)
    await _let_arrive(viotp)
    return fields


async def _offer(viotp: Driver) -> Mapping[str, Any]:
    await viotp.account(services=[{"id": 5, "name": "New", "price": 100}])
    return {}


_ACCOUNT: Final = frozenset({Feature.ACCOUNTS})
_ARRIVAL: Final = frozenset({Feature.ACCOUNTS, Feature.RENTALS})
_WAITING: Final = Step(_read_waiting, _ACCOUNT)
_TAKEN: Final = Step(_take, _ACCOUNT)
BUSY: Final = Step(_keep, _ACCOUNT)
AGAIN: Final = Step(_use, _ARRIVAL)

READY: Final = {"code": _WAITING, "history": _TAKEN}
CHANGING: Final = {
    "balance": (_TAKEN,),
    "services": (Step(_offer, _ACCOUNT, sends=0),),
    "code": (_WAITING, Step(_let_arrive, frozenset({Feature.RENTALS}), sends=0)),
    "history": (_TAKEN,),
}
