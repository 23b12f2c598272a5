"""What the cases of thuesim show without naming it, and what has no case."""

from __future__ import annotations

from typing import Final

from otp_conformance.reasons import HIDDEN, LINE
from otp_conformance.rooms import Coverage

COVERAGE: Final = Coverage(
    reasons={
        "thuesim.unusable-request": LINE,
        "thuesim.token-tiers": HIDDEN + ": who gets a token is decided before there is one",
    },
    causes={
        "audio audio_not_found": "a recording has a name and no fields: `thuesim.call.no_recording`",
        "audio_file audio_not_found": "likewise: `thuesim.call.no_file`",
    },
    unchanging={"networks": "the carriers are always the same"},
    without_sample={
        "rephone": "none is published; it answers like register_service",
        "audio": "a sound has no text to compare",
        "audio_file": "a sound has no text to compare",
    },
)
