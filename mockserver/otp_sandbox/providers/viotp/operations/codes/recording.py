"""Playing a call (`viotp.audio-link`)."""

from __future__ import annotations

from otp_sandbox.contract import Call
from otp_sandbox.domain.store import State
from otp_sandbox.providers.viotp.account import PROVIDER
from otp_sandbox.renting.histories import rentals_of
from otp_sandbox.renting.recordings import Recording, number_of


class Audio(Recording):
    """A file in `/audio`."""

    operations = ("audio",)

    def not_found(self, call: Call, state: State) -> bool:
        """Whether no call to a rented number has this recording."""
        asked = call.text("number")
        rentals = rentals_of(state, PROVIDER)
        return not any(each.is_call and number_of(each, call.seed) == asked for each in rentals)
