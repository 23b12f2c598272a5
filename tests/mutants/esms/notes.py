"""What nobody knows of eSMS: another provider that answers so is as right as ours."""

from __future__ import annotations

from typing import Final

from mutants.esms.callbacks import blank_as_plus
from mutants.kit import note_of

NOTES: Final = (note_of("esms", "texts and spellings that are assumed are other ones", blank_as_plus),)
