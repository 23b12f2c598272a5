"""What the cases of Amoot show without naming it, and what has no case."""

from __future__ import annotations

from typing import Final

from otp_conformance.reasons import LINE, MAGIC
from otp_conformance.rooms import Coverage

COVERAGE: Final = Coverage(
    causes=dict.fromkeys(
        (
            f"{name} mobiles_invalid"
            for name in ("SendSimple", "SendSimple_REST", "SendWithBackupLine", "CalculateMessagePrice")
        ),
        "a list is read entry by entry, so that no list is malformed",
    ),
    unchanging={"Statistics": "it is out of service"},
    without_sample={"AccountInfo": "no answer to it is known"},
    reasons={
        "amoot:server_error": MAGIC,
        "amoot.server-error": MAGIC,
        "amoot.unusable-request": LINE,
        "amoot.incoming-failed": "no source says when it happens",
    },
)
