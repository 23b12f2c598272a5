"""How what the spec of thuesim says about wrong calls comes about."""

from __future__ import annotations

from typing import Final

from otp_conformance.rooms import Fault

FAULTS: Final = {"auth_failed": Fault({"token": "x"}, by_stranger=True)}
MALFORMED: Final = {"session_malformed": "x"}
