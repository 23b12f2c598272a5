"""Playing a call (`thuesim.audio-file`)."""

from __future__ import annotations

from otp_sandbox.contract import Call
from otp_sandbox.domain.store import State
from otp_sandbox.providers.thuesim.account import PROVIDER
from otp_sandbox.providers.thuesim.recordings import file_name, server
from otp_sandbox.renting.histories import rentals_of
from otp_sandbox.renting.phones import national
from otp_sandbox.renting.recordings import NumberedRecording, Recording


class Audio(Recording):
    """`play.php`."""

    operations = ("audio",)
    takes_unnamed_fields = True

    def not_found(self, call: Call, state: State) -> bool:
        """Whether no call to a rented number has this recording.

        The field of the file is named after the server, so it is none that the spec could name.
        """
        phone = call.text("phone")
        return not any(
            rental.is_call
            and national(rental.phone) == phone
            and call.text(server(rental)) == file_name(rental, call.seed)
            for rental in rentals_of(state, PROVIDER)
        )


class AudioFile(NumberedRecording):
    """A file that is named with digits."""

    operations = ("audio_file",)
    provider = PROVIDER
