"""thuesim, as the suite sees it."""

from __future__ import annotations

from typing import Final

from otp_conformance.providers.thuesim.coverage import COVERAGE
from otp_conformance.providers.thuesim.faults import FAULTS, MALFORMED
from otp_conformance.providers.thuesim.ready import CHANGING, READY
from otp_conformance.providers.thuesim.rental import RentalChannel
from otp_conformance.providers.thuesim.steps import PRINTED
from otp_conformance.rooms import Calls, Credentials, Live, Numbers, Rental, Room, Samples
from otp_conformance.wires import Wire

ROOM: Final = Room(
    wire=Wire(
        codes=("status_code", "ResponseCode"),
        texts=("message", "Message", "Msg"),
        untyped_under=("thuesim.content-type", "html"),
        server="nginx",
    ),
    credentials=Credentials(sent=("token",), defaults={"token": "SANDBOX-TOKEN"}, needed=("token",)),
    calls=Calls(
        phone="0912345678",
        good={
            "register_service": {"serviceId": "01.4"},
            "rephone": {"phone": "0912345678", "serviceId": "4", "thuesim1": "215978.01"},
        },
        faults=FAULTS,
        malformed=MALFORMED,
        ready=READY,
        changing=CHANGING,
        seconds_between_rents=5.1,  # the provider wants at least five
    ),
    live=Live(
        host="https://thuesim.com.vn",
        about_codes=("code", "arrival", "call"),
        rental=Rental(numbers=Numbers("84", trunk="0"), service="02.97", channel=RentalChannel),
    ),
    samples=Samples(choices={"thuesim.profile": "wire", **PRINTED}, own=frozenset({"balance"})),
    coverage=COVERAGE,
)
