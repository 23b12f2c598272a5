"""How what the spec of viotp says about wrong calls comes about."""

from __future__ import annotations

from typing import Any, Final

from otp_conformance.providers.viotp.ready import AGAIN, BUSY
from otp_conformance.rooms import Fault

_SOLD_OUT: Final[dict[str, Any]] = {"services": [{"id": 4, "name": "Yahoo", "price": 470, "stock": 0}]}

FAULTS: Final = {
    "auth_failed": Fault({"token": "x"}, by_stranger=True),
    "service_unknown": Fault({"serviceId": "999"}),
    "carrier_unknown": Fault({"network": "x"}),
    "prefix_unknown": Fault({"prefix": "x"}),
    "waiting_limit_reached": Fault(account={"waiting_limit": 0}),
    "not_enough_balance": Fault(account={"balance": 0}),
    "number_busy": Fault(before=(BUSY,), choices={"viotp.busy-number": "-3"}),
    "number_unknown": Fault({"number": "0599999999"}),
    "out_of_stock": Fault(account=_SOLD_OUT, before=(AGAIN,)),
    "session_unknown": Fault({"requestId": "1"}),
}
MALFORMED: Final = {"session_malformed": "x", "service_malformed": "x", "number_malformed": "x"}
