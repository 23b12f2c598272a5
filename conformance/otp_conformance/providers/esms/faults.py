"""How what the spec of eSMS says about wrong calls comes about."""

from __future__ import annotations

from typing import Final

from otp_conformance.rooms import Fault

FAULTS: Final = {
    "authorize_failed": Fault({"SecretKey": "x"}),
    "account_locked": Fault(account={"blocked": True}),
    "ip_not_allowed": Fault(account={"allowed_ips": ["192.0.2.1"]}),
    "brandname_unknown": Fault({"Brandname": "x"}),
}
MALFORMED: Final = {"type_not_supported": "27", "phone_invalid": "12", "from_invalid": "today", "to_invalid": "today"}
