"""Yes and no in all spellings of clients: of C#, JavaScript, PHP and JSON (`amoot.contact-bool`)."""

from __future__ import annotations

from typing import Final

_YES: Final = frozenset({"true", "1"})
_NO: Final = frozenset({"false", "0"})


def flag(text: str) -> bool | None:
    """Read a yes or a no; None when it is neither."""
    text = text.strip().lower()
    return text in _YES if text in _YES | _NO else None
