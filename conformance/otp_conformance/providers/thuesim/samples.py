"""How the published bodies of thuesim come about."""

from __future__ import annotations

from collections.abc import Mapping

from otp_conformance.case import Feature, Tier
from otp_conformance.driver import Driver
from otp_conformance.providers.thuesim.steps import LIST, NO_MATCH, NUMBERS, with_wrong_token
from otp_conformance.recipe import Recipe, call, under

ACCOUNT = frozenset({Feature.ACCOUNTS})
RENTALS = frozenset({Feature.ACCOUNTS, Feature.RENTALS, Feature.CLOCK})
RENTED = frozenset({"ID", "Phone", "CreatedTime"})
WRONG = {"token": "x"}


async def _rent(thuesim: Driver) -> str:
    await thuesim.account(balance=123_926, arrival="manual")
    return (await thuesim.call("register_service", serviceId="01.4")).text


async def _rent_id(thuesim: Driver) -> str:
    text = await _rent(thuesim)
    return text.partition('"ID":')[2].partition(",")[0]


async def _read_sms(thuesim: Driver) -> str:
    rental = await _rent_id(thuesim)
    text = (
        "[VU KHUYEN] Trung tam thong bao ma kich hoat tai khoan dang ky tu van du hoc: 529310. "
        "Vui long khong chia se cho bat ky ai"
    )
    await thuesim.control("POST", f"/rentals/{rental}/sms", {"text": text})
    return (await thuesim.call("code", ID=rental)).text


async def _read_call(thuesim: Driver) -> str:
    rental = await _rent_id(thuesim)
    await thuesim.control("POST", f"/rentals/{rental}/call", {"code": "059809"})
    return (await thuesim.call("code", ID=rental)).text


async def _read_nothing(thuesim: Driver) -> str:
    return (await thuesim.call("code", ID=await _rent_id(thuesim))).text


async def _ask_history(thuesim: Driver) -> str:
    await thuesim.account(arrival="manual")
    rented = (await thuesim.call("register_service", serviceId="01.1")).text
    text = (
        "486460 la ma xac thuc OTP dang ky vi MoMo. De tranh bi mat tien, "
        "tuyet doi KHONG chia se ma nay voi bat ky ai. zniHFS3HBXG"
    )
    rental = rented.partition('"ID":')[2].partition(",")[0]
    await thuesim.control("POST", f"/rentals/{rental}/sms", {"text": text})
    return (await thuesim.call("history")).text


async def _rent_without_stock(thuesim: Driver) -> str:
    return (await thuesim.call("register_service", **NO_MATCH)).text


async def _refuse_services(thuesim: Driver) -> str:
    return (await with_wrong_token(thuesim, "service", "wire")).text


async def _ask_services(thuesim: Driver) -> str:
    service = {"ID": 97, "SV": "02", "SERVICE_NAME": "DV KHÁC (TEST)", "PRICE": 1450, "Time": "300"}
    await thuesim.account(services=[service])
    return (await thuesim.call("service")).text


# The second schema: its ids have no server, so the control API tells the whole one to let something arrive.
MOMO = {"ID": 1, "SV": "01", "SERVICE_NAME": "Momo", "PRICE": 350, "Time": "300"}
TOLD = frozenset({"phone_number", "request_id"})
SHOWN = frozenset({"ID", "Phone", "CreatedTime"})
FIRST, SECOND = {"thuesim.profile": "wire"}, LIST
NUMBERED = FIRST | NUMBERS | {"thuesim.waiting-result": "null"}


async def _list_services(thuesim: Driver) -> str:
    facebook = {"ID": 7, "SV": "01", "SERVICE_NAME": "Facebook", "PRICE": 800, "Time": "300"}
    await thuesim.account(services=[facebook, MOMO])
    return (await thuesim.call("service")).text


async def _rent_listed(thuesim: Driver) -> str:
    await thuesim.account(balance=50_470, arrival="manual")
    return (await thuesim.call("register_service")).text


async def _read_listed(thuesim: Driver, kind: str, what: Mapping[str, str]) -> str:
    await thuesim.account(services=[MOMO], arrival="manual")
    request = (await thuesim.call("register_service", serviceId="1")).json["data"]["request_id"]
    rental = (await thuesim.control("GET", "/rentals"))["rentals"][-1]["id"]
    await thuesim.control("POST", f"/rentals/{rental}/{kind}", what)
    return (await thuesim.call("code", ID=request)).text


async def _read_listed_sms(thuesim: Driver) -> str:
    text = (
        "486460 la ma xac thuc OTP dang ky vi MoMo. De tranh bi mat tien, "
        "tuyet doi KHONG chia se ma nay voi bat ky ai. zniHFS3HBXG"
    )
    return await _read_listed(thuesim, "sms", {"text": text})


async def _read_listed_call(thuesim: Driver) -> str:
    return await _read_listed(thuesim, "call", {"code": "486460"})


SAMPLES: Mapping[str, Recipe] = {
    **under(
        FIRST,
        {
            "service/service_listed": Recipe(_ask_services, needs=ACCOUNT),
            "service/auth_failed": Recipe(_refuse_services, tier=Tier.NOTHING),
            "register_service/rented": Recipe(
                _rent, own=RENTED, needs=ACCOUNT, tier=Tier.SENDS, choices={"thuesim.phone-space": "keep"}
            ),
            "register_service/out_of_stock": Recipe(_rent_without_stock, own=frozenset({"Balance"}), tier=Tier.SENDS),
            "register_service/carrier_unknown": Recipe(
                call("register_service", carries="VODAFONE"),
                own=frozenset({"Balance"}),
                choices={"thuesim.unknown-carrier": "refused"},
            ),
            "history/success": Recipe(_ask_history, own=RENTED, needs=RENTALS, tier=Tier.SENDS),
        },
    ),
    **under(
        NUMBERED,
        {
            "code/code_received": Recipe(_read_sms, needs=RENTALS, tier=Tier.SENDS),
            "code/code_received.call": Recipe(_read_call, own=frozenset({"CallFile"}), needs=RENTALS, tier=Tier.SENDS),
            "code/waiting_for_message": Recipe(_read_nothing, needs=RENTALS, tier=Tier.SENDS),
        },
    ),
    **under(
        SECOND,
        {
            "service/service_listed_list": Recipe(_list_services, needs=ACCOUNT),
            "register_service/rented_list": Recipe(_rent_listed, own=TOLD, needs=ACCOUNT, tier=Tier.SENDS),
            "register_service/out_of_stock.list": Recipe(_rent_without_stock, tier=Tier.SENDS),
            "code/rental_shown": Recipe(_read_listed_sms, own=SHOWN, needs=RENTALS, tier=Tier.SENDS),
            "code/rental_shown.call": Recipe(
                _read_listed_call, own=SHOWN | {"SmsContent"}, needs=RENTALS, tier=Tier.SENDS
            ),
            "code/session_unknown_viotp": Recipe(call("code", ID="x")),
        },
    ),
}
