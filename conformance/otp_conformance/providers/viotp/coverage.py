"""What the cases of viotp show without naming it, and what has no case."""

from __future__ import annotations

from typing import Final

from otp_conformance.reasons import LINE
from otp_conformance.rooms import Coverage

COVERAGE: Final = Coverage(
    reasons={"viotp.unusable-request": LINE},
    causes={"audio audio_not_found": "a recording has a name and no fields: `viotp.call.no_recording`"},
    unchanging={"networks": "the carriers are always the same"},
    without_sample={
        "services": "no whole body is published",
        "history": "the only body that is published is the sister's",
        "audio": "a sound has no text to compare",
    },
)
