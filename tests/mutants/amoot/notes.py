"""What nobody knows of Amoot: another provider that answers so is as right as ours."""

from __future__ import annotations

from typing import Final

from mutants.amoot.patterns import in_english
from mutants.kit import note_of

NOTES: Final = (note_of("amoot", "texts and spellings that are assumed are other ones", in_english),)
