"""How thuesim names the states of a rental."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from otp_sandbox.domain.rentals import RentalState

WORDS: Final[Mapping[RentalState, str]] = {"waiting": "Đợi tin nhắn", "done": "Hoàn thành", "expired": "Hết hạn"}
