"""Playing a call (`viotp.audio-link`)."""

from __future__ import annotations

from otp_sandbox.providers.viotp.account import PROVIDER
from otp_sandbox.renting.recordings import NumberedRecording


class Audio(NumberedRecording):
    """A file in `/audio`."""

    operations = ("audio",)
    provider = PROVIDER
