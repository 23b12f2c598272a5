"""Playing a call (`thuesim.audio-file`)."""

from __future__ import annotations

from collections.abc import Mapping

from otp_sandbox.contract import Call, Check, Facts, Handler, Reply
from otp_sandbox.domain.rentals import RENTALS
from otp_sandbox.domain.store import Change, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.thuesim.phones import national
from otp_sandbox.providers.thuesim.recordings import file_name, server, silence
from otp_sandbox.providers.thuesim.wire import SERVER, write_page
from otp_specs import Outcome


class Audio(Handler):
    """`play.php`. It asks for no token: whoever has the link may listen."""

    operations = ("audio",)
    takes_unnamed_fields = True

    def checks(self) -> Mapping[str, Check]:
        """There is such a call."""
        return {"audio_not_found": _not_found}

    def perform(self, call: Call, state: State) -> Change[Verdict]:  # noqa: ARG002  (the hook's signature)
        """Play it."""
        return Change(Verdict("audio_found"))

    def body(self, call: Call, row: Outcome, facts: Facts) -> Reply:  # noqa: ARG002  (the hook's signature)
        """Write a recording, or the page of a host that has none."""
        return (
            Reply(silence(), "audio/wav", row.status, server=SERVER)
            if row.success
            else write_page("404 Not Found", row.status)
        )


def _not_found(call: Call, state: State) -> bool:
    """No call to a rented number has this recording.

    The field of the file is named after the server, so it is none that the spec could name.
    """
    phone = call.text("phone")
    return not any(
        rental.is_call and national(rental.phone) == phone and call.text(server(rental)) == file_name(rental, call.seed)
        for rental in state.entries(RENTALS)
    )
