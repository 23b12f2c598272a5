"""Yes and no in all spellings of clients: of C#, JavaScript, PHP and JSON."""

from __future__ import annotations

from typing import Final

YES: Final = frozenset({"true", "1"})
NO: Final = frozenset({"false", "0"})


def flag(text: str) -> bool | None:
    """Read a yes or a no; None when it is neither (`amoot.contact-bool`)."""
    text = text.strip().lower()
    return text in YES if text in YES | NO else None


def is_true(text: str) -> bool:
    """Read a yes; anything else is no (`amoot.pattern-create-bool`)."""
    return flag(text) is True
