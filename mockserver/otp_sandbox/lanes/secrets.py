"""The secrets that this server knows, and where they stand in a text."""

from __future__ import annotations

import re
from collections.abc import Iterator
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
        self._spaced = False
        """Whether one of those has blanks."""
        self._runs: tuple[int, re.Pattern[str]] | None = None
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
            parts = secret.split()
            self._spaced = self._spaced or parts != [secret]
            self.least = min(self.least, len(secret), *map(len, parts))

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
        kept: list[str] = []
        start = 0
        for at, length in self._found(text):
            if at >= start:
                kept += [text[start:at], MASK]
                start = at + length
        return "".join([*kept, text[start:]]) if kept else text

    def holds_long(self, text: str) -> bool:
        """Say whether one of the long ones stands in a text."""
        return next(self._found(text), None) is not None

    def _found(self, text: str) -> Iterator[tuple[int, int]]:
        """Find the long ones: where one begins, and how long the longest is that begins there."""
        by_prefix = self._by_prefix
        if len(by_prefix) <= _FEW and not any(prefix in text for prefix in by_prefix):
            return  # a search for each is faster than a look at each place
        for run in self._long_runs().finditer(text):
            for at in range(run.start(), run.end() - _PREFIX + 1):
                held = by_prefix.get(text[at : at + _PREFIX])
                if held and (length := max((len(each) for each in held if text.startswith(each, at)), default=0)):
                    yield at, length

    def _long_runs(self) -> re.Pattern[str]:
        """Find what may hold one: runs as long as the shortest, without blanks. Where one has blanks, that is all."""
        least = 0 if self._spaced else self.least
        if self._runs is None or self._runs[0] != least:
            self._runs = (least, re.compile(rf"\S{{{least},}}" if least else "(?s).+"))
        return self._runs[1]
