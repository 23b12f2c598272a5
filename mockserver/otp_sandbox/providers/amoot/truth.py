"""What is true or false, in the spellings that samples and clients have (`amoot.pattern-create-bool`)."""

from __future__ import annotations

from typing import Final

YES: Final = frozenset({"true", "1"})
NO: Final = frozenset({"false", "0"})


def is_true(text: str) -> bool:
    """Read a flag: `True` of C#, `true` of JavaScript and JSON, `1` of PHP; anything else is false."""
    return text.strip().lower() in YES
