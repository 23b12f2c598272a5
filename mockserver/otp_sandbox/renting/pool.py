"""The numbers that can be rented: carriers, their prefixes, and the draw."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Final, NamedTuple

from otp_sandbox.contract import shown
from otp_sandbox.domain.seeds import draw
from otp_sandbox.domain.vietnam import Carrier

_NATIONAL: Final = 9
_TOLD_MOST: Final = 10

_BLOCKS: Final = {
    "89": ("896", "897", "898", "899"),
    "52": ("522", "523", "528"),
    "99": ("993", "994", "995", "996", "997"),
    "90": ("901", "902", "903", "904", "905", "906", "907", "908", "909"),
}
"""Parts of prefixes to draw from: 089, 052 and 099 are assigned in part only, and 0900000… is magic elsewhere."""


class Number(NamedTuple):
    """A number in E.164, and the name of its carrier."""

    phone: str
    carrier: str


def pieces(text: str) -> frozenset[str]:
    """Split a list at its bars; empty pieces do not count, so that a bar may end it."""
    return frozenset(piece for piece in text.split("|") if piece)


class Pool:
    """The numbers of a provider's carriers.

    Args:
        provider: whose draw it is.
        carriers: those that there are.
        filters: the fields that filter: carriers, prefixes wanted, prefixes not wanted.
        any_carrier: names that stand for all carriers.
    """

    def __init__(
        self,
        provider: str,
        carriers: tuple[Carrier, ...],
        filters: tuple[str, str, str],
        any_carrier: frozenset[str] = frozenset(),
    ) -> None:
        self.carriers = carriers
        self.filters = filters
        self._provider = provider
        self._any = any_carrier
        prefixes = frozenset(prefix for carrier in carriers for prefix in carrier.prefixes)
        names = frozenset(carrier.name for carrier in carriers) | any_carrier
        self._known: Mapping[str, frozenset[str]] = dict(zip(filters, (names, prefixes, prefixes), strict=True))

    def knows(self, field: str, text: str) -> bool:
        """Whether every piece of a filter is a carrier's name or prefix; the field says which."""
        return pieces(text) <= self._known[field]

    def odd_filters(self, filters: Mapping[str, str]) -> Iterator[str]:
        """Say what is odd about the filters of a rent, so that they let less through than was probably meant.

        Of what many pieces of a filter have in common, ten are told.
        """
        for field, text in filters.items():
            right = self._known[field]
            odd = sorted(pieces(text) - right)
            for piece in odd[:_TOLD_MOST]:
                yield f"{field} has {shown(piece)}, {_hint(piece, right)}"
            if len(odd) > _TOLD_MOST:
                yield f"{field} has {len(odd) - _TOLD_MOST} more that are none"

    def find(
        self,
        seed: int,
        taken: int,
        *,
        carriers: Collection[str] = (),
        wanted: Collection[str] = (),
        unwanted: Collection[str] = (),
        waiting: Collection[str] = (),
    ) -> Number | None:
        """Draw a number for the rent that comes after `taken` others, or None when the filters leave nothing.

        Empty filters let everything through; what is both wanted and unwanted is left out. The same seed and filters
        give the same number, or the next one when that is waiting.
        """
        every = not carriers or not self._any.isdisjoint(carriers)
        chosen = [each for each in self.carriers if every or each.name in carriers]
        blocks = list(_blocks(chosen, wanted, unwanted))
        total = sum(_size(block) for block, _ in blocks)
        start = draw(seed, self._provider, taken, "number")
        for step in range(total):
            number = _at(blocks, (start + step) % total)
            if number.phone not in waiting:
                return number
        return None


def _hint(piece: str, right: Collection[str]) -> str:
    parts = [part.strip() for part in re.split(r"[,; ]", piece) if part.strip()]
    if len(parts) > 1:
        return f"which is one name: a list is written with bars, {'|'.join(parts)}"
    meant = next((each for each in right if each.casefold() == piece.strip().casefold()), None)
    if meant is not None:
        return f"which is compared as it stands: it is written {meant}"
    if piece.removeprefix("0") in right:
        return f"which no number begins with: prefixes have no zero in front, {piece.removeprefix('0')}"
    return f"which is none of {', '.join(sorted(right))}"


def _blocks(
    carriers: Collection[Carrier], wanted: Collection[str], unwanted: Collection[str]
) -> Iterator[tuple[str, str]]:
    for carrier in carriers:
        for prefix in carrier.prefixes:
            if (not wanted or prefix in wanted) and prefix not in unwanted:
                for block in _BLOCKS.get(prefix, (prefix,)):
                    yield block, carrier.name


def _size(block: str) -> int:
    size: int = 10 ** (_NATIONAL - len(block))
    return size


def _at(blocks: list[tuple[str, str]], index: int) -> Number:
    for block, carrier in blocks:
        if index < _size(block):
            return Number(f"+84{block}{index:0{_NATIONAL - len(block)}}", carrier)
        index -= _size(block)
    raise IndexError("there are not so many numbers")
