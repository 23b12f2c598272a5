"""Which played operations were probably meant by a request that met none."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from difflib import SequenceMatcher
from heapq import nlargest
from typing import Final, NamedTuple

from otp_sandbox.contract import Provider
from otp_specs import Operation

MOST: Final = 3
_LONGEST: Final = 200
"""Characters of a path that are compared."""
_ALIKE: Final = 0.4
"""Spelled more differently than this, two paths have nothing in common."""
_COMMON: Final = frozenset({"api", "asmx", "get", "json", "mainservice", "post", "rest", "svc", "v", "webservice"})
"""Words that say nothing of what an operation is for."""


class _Known(NamedTuple):
    provider: Provider
    text: str
    spelled: str
    words: frozenset[str]
    fields: frozenset[str]


class Nearest:
    """Compares requests with all that is played: how the path is spelled, its words, whose it is, the parameters."""

    def __init__(self, providers: Iterable[Provider]) -> None:
        self._providers = tuple(providers)
        self._known: list[_Known] = []
        self._unplayed = {
            path.lower(): (provider, what) for provider in self._providers for path, what in provider.unplayed.items()
        }

    def find(self, method: str, path: str, owner: Provider | None, fields: Collection[str]) -> list[str]:
        """Name the nearest operations, the nearest first.

        Args:
            method: as it was sent.
            path: as it was sent, decoded.
            owner: whose server would answer the path.
            fields: the names of the parameters as they were sent.
        """
        self._known = self._known or list(self._list_known())
        path = path[:_LONGEST]
        spelled, words = f"{method} {path}".lower(), _words(path)
        matcher = SequenceMatcher(b=spelled, autojunk=False)
        scored = []
        for known in self._known:
            matcher.set_seq1(_filled(known.spelled, spelled))
            alike = matcher.ratio() if matcher.quick_ratio() >= _ALIKE else 0.0
            shared = len(words & known.words) / len(words) if words else 0.0
            if alike >= _ALIKE or shared:
                named = _share(fields, known) if fields else 0.0
                scored.append((alike + shared + named + (known.provider is owner), known.text))
        return [text for _, text in nlargest(MOST, scored, key=lambda each: each[0])]

    def not_played(self, path: str) -> str | None:
        """Say where the documents list a path as not played, and what it is; None if they do not."""
        found = self._listed(path)
        return f"docs/providers/{found[0].name}.md lists it as not played: {found[1]}" if found is not None else None

    def owner(self, path: str) -> Provider | None:
        """Say whose documents list a path as not played."""
        found = self._listed(path)
        return found[0] if found is not None else None

    def _listed(self, path: str) -> tuple[Provider, str] | None:
        """Find a path, or the nearest one above it, among those that are listed."""
        left = path[:_LONGEST].lower()
        while left and left not in self._unplayed:
            left = left.rpartition("/")[0]
        return self._unplayed.get(left)

    def _list_known(self) -> Iterator[_Known]:
        for provider in self._providers:
            for each in provider.spec.operations:
                names = each.fields if not provider.reading.any_case_fields else map(str.lower, each.fields)
                query = "&".join(f"{name}={value}" for name, value in each.constants.items())
                yield _Known(
                    provider,
                    f"{each.method} {each.path}{f'?{query}' if query else ''} ({each.name})",
                    f"{each.method} {each.path}".lower(),
                    _words(each.path.partition("{")[0]) | _words(each.name) | _constants(each),
                    frozenset(names),
                )


def _filled(template: str, sent: str) -> str:
    """Put the segments of a request into the places of a path that has as many."""
    if "{" not in template:
        return template
    held, asked = template.split("/"), sent.split("/")
    if len(held) != len(asked):
        return template
    return "/".join(one if _takes(own, one) else own for own, one in zip(held, asked, strict=True))


def _takes(own: str, one: str) -> bool:
    """Whether a segment is a place for another: a place may have an ending, as `{number}.wav` has."""
    return own.startswith("{") and one.endswith(own.partition("}")[2])


def _constants(operation: Operation) -> frozenset[str]:
    return frozenset(value.lower() for value in operation.constants.values())


def _words(text: str) -> frozenset[str]:
    """Give the words of a path: what stands between signs, and in capitals behind small letters."""
    found = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", text)
    return frozenset(map(str.lower, found)) - _COMMON


def _share(fields: Collection[str], known: _Known) -> float:
    """Give how many of the parameters the operation has."""
    any_case = known.provider.reading.any_case_fields
    return sum((name.lower() if any_case else name) in known.fields for name in fields) / len(fields)
