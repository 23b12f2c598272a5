"""The secrets that this server knows, and where they stand in a text."""

from __future__ import annotations

import re
from typing import Final

MASK: Final = "***"
_PREFIX: Final = 8
"""Characters of a secret that is found as part of a word. A shorter one, `sandbox`, is found as a whole word only."""
_FEW: Final = 64
"""Beginnings of secrets that are looked for one after the other."""
_words: Final = re.compile(r"[^\s/'\"&=?;,:@<>]+")


class Secrets:
    """The credentials of all lanes, and what else must not be shown. Several lanes may have the same."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._by_prefix: dict[str, dict[str, None]] = {}
        self.least = 2**31
        """Characters of the shortest one that is found as part of a word."""
        self.added = 0
        """How many were added so far: what was found to hold none may hold one when there are more."""

    def add(self, secret: str) -> None:
        """Know one more; the empty one is none."""
        if not secret:
            return
        self.added += 1
        self._counts[secret] = self._counts.get(secret, 0) + 1
        if len(secret) >= _PREFIX:
            self._by_prefix.setdefault(secret[:_PREFIX], {})[secret] = None
            self.least = min(self.least, *map(len, secret.split() if " " in secret else [secret]))

    def discard(self, secret: str) -> None:
        """Forget it, unless another lane has it too."""
        if secret not in self._counts:
            return
        self._counts[secret] -= 1
        if self._counts[secret]:
            return
        del self._counts[secret]
        held = self._by_prefix.get(secret[:_PREFIX])
        if held is not None:
            held.pop(secret, None)
            if not held:
                del self._by_prefix[secret[:_PREFIX]]

    def __contains__(self, text: str) -> bool:
        return text in self._counts

    def hide(self, text: str) -> str:
        """Give a text with a mask in place of each secret: long ones wherever they stand, short ones as words."""
        return _words.sub(lambda word: MASK if word[0] in self._counts else word[0], self.hide_long(text))

    def hide_long(self, text: str) -> str:
        """Give a text with a mask in place of the long ones. A short one may be a word of a message."""
        by_prefix = self._by_prefix
        if len(by_prefix) <= _FEW and not any(prefix in text for prefix in by_prefix):
            return text  # a search for each is faster than a look at each place
        kept: list[str] = []
        start = at = 0
        last = len(text) - _PREFIX
        while at <= last:
            held = by_prefix.get(text[at : at + _PREFIX])
            found = max((each for each in held if text.startswith(each, at)), key=len, default="") if held else ""
            if found:
                kept += [text[start:at], MASK]
                start = at = at + len(found)
            else:
                at += 1
        return "".join([*kept, text[start:]]) if kept else text
