"""What nobody knows of thuesim: another provider that answers so is as right as ours."""

from __future__ import annotations

from typing import Final

from mutants.kit import note_of
from mutants.thuesim.reading import file_with_plus

NOTES: Final = (note_of("thuesim", "texts and spellings that are assumed are other ones", file_with_plus),)
