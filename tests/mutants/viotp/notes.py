"""What nobody knows of viotp: another provider that answers so is as right as ours."""

from __future__ import annotations

from typing import Final

from mutants.kit import note_of

NOTES: Final = (note_of("viotp", "texts that are assumed are other ones"),)
