"""viotp, as the suite sees it."""

from __future__ import annotations

from typing import Final

from otp_conformance.providers.viotp.coverage import COVERAGE
from otp_conformance.providers.viotp.faults import FAULTS, MALFORMED
from otp_conformance.providers.viotp.ready import CHANGING, READY
from otp_conformance.providers.viotp.steps import OBSERVED
from otp_conformance.rooms import Calls, Credentials, Live, Room, Samples
from otp_conformance.wires import Wire

ROOM: Final = Room(
    wire=Wire(codes=("status_code",), texts=("message",), server="nginx"),
    credentials=Credentials(sent=("token",), defaults={"token": "SANDBOX-TOKEN"}, needed=("token",)),
    calls=Calls(
        phone="0912345678",
        good={
            "rent": {"serviceId": "4", "network": "", "prefix": "", "exceptPrefix": ""},
            "history": dict.fromkeys(("service", "status", "limit", "fromDate", "toDate"), ""),
        },
        faults=FAULTS,
        malformed=MALFORMED,
        ready=READY,
        changing=CHANGING,
    ),
    live=Live(host="https://api.viotp.com", about_codes=("code", "arrival", "call")),
    samples=Samples(choices=OBSERVED, own=frozenset({"balance"})),
    coverage=COVERAGE,
)
