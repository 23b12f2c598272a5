"""Playing a call (reference 4.6)."""

from __future__ import annotations

from collections.abc import Sequence

from otp_sandbox.contract import Call, Handler
from otp_sandbox.domain.rentals import RENTALS
from otp_sandbox.domain.store import WHOLE, Change, Key, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.thuesim import wire
from otp_sandbox.providers.thuesim.phones import national
from otp_sandbox.providers.thuesim.recordings import file_name, server


class Audio(Handler):
    """`play.php`. It asks for no token: whoever has the link may listen."""

    operations = ("audio",)
    takes_unnamed_fields = True
    body = staticmethod(wire.sound)

    def keys(self, call: Call) -> Sequence[Key]:  # noqa: ARG002  (the same for every call)
        """All rentals: the link does not say which one it belongs to."""
        return ((RENTALS, WHOLE),)

    def perform(self, call: Call, state: State) -> Change[Verdict]:
        """Find the call. The field of the file is named after the server, so it is none that the spec could name."""
        phone = call.text("phone")
        for rental in state.entries(RENTALS):
            if (
                rental.is_call
                and national(rental.phone) == phone
                and call.text(server(rental)) == file_name(rental, call.seed)
            ):
                return Change(Verdict("audio_found"))
        return Change(Verdict("audio_not_found", reason="no call to a rented number has this recording"))
