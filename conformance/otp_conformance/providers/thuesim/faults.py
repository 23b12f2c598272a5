"""How what the spec of thuesim says about wrong calls comes about."""

from __future__ import annotations

from typing import Any, Final

from otp_conformance.providers.thuesim.ready import EXPIRED, TAKEN, USED, WAITING
from otp_conformance.rooms import Fault

_SOLD_OUT: Final[dict[str, Any]] = {
    "services": [{"ID": 4, "SV": "01", "SERVICE_NAME": "Yahoo", "PRICE": 470, "Time": "300", "stock": 0}]
}

FAULTS: Final = {
    "auth_failed": Fault({"token": "x"}, by_stranger=True),
    # Rents; those of a used number need one first.
    "too_soon": Fault(account={"min_interval": "1h"}, before=(TAKEN,), choices={"thuesim.too-soon-answer": "429"}),
    "register_service service_unknown": Fault({"serviceId": "01.999"}),
    "carrier_unknown": Fault({"carries": "x"}, choices={"thuesim.unknown-carrier": "refused"}),
    "prefix_unknown": Fault({"yPrefix": "x"}, choices={"thuesim.unknown-prefix": "refused"}),
    "register_service waiting_limit_reached": Fault(account={"waiting_limit": 0}),
    "register_service not_enough_balance": Fault(account={"balance": 0}),
    "register_service out_of_stock": Fault(account=_SOLD_OUT),
    "rental_unknown": Fault({"thuesim1": "1.01"}),
    "rephone service_unknown": Fault({"serviceId": "999"}, before=(USED,)),
    "rephone service_malformed": Fault({"serviceId": "x"}, before=(USED,)),
    "rephone waiting_limit_reached": Fault(account={"waiting_limit": 0}, before=(USED,)),
    "rephone not_enough_balance": Fault(account={"balance": 0}, before=(USED,)),
    "rephone out_of_stock": Fault(account=_SOLD_OUT, before=(USED,)),
    "number_busy": Fault(before=(WAITING,)),
    # Reading a code
    "session_unknown": Fault({"ID": "1.01"}, choices={"thuesim.code-numbers": "chothuesim"}),
    "waiting_for_message": Fault(before=(WAITING,), choices={"thuesim.code-numbers": "chothuesim"}),
    "rental_expired": Fault(before=(EXPIRED,), choices={"thuesim.code-numbers": "chothuesim"}),
    "show_unknown": Fault(),
}
MALFORMED: Final = {
    "session_malformed": "x",
    "service_malformed": "x",
    "phone_malformed": "x",
    "rental_malformed": "x",
}
