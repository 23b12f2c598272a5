"""The numbers that can be rented: carriers, their prefixes, and the draw."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Final, NamedTuple

from otp_sandbox.contract import shown
from otp_sandbox.domain import vietnam
from otp_sandbox.domain.seeds import draw
from otp_sandbox.domain.vietnam import Carrier
from otp_sandbox.providers.thuesim.account import PROVIDER

_NATIONAL: Final = 9
_TOLD_MOST: Final = 10


CARRIERS: Final = (
    Carrier(1, "MOBIFONE", vietnam.MOBIFONE),
    Carrier(2, "VINAPHONE", vietnam.VINAPHONE),
    Carrier(3, "VIETTEL", vietnam.VIETTEL),
    Carrier(4, "VIETNAMOBILE", vietnam.VIETNAMOBILE),
    Carrier(5, "ITELECOM", vietnam.ITEL),
)

_PREFIXES: Final = frozenset(prefix for carrier in CARRIERS for prefix in carrier.prefixes)
_KNOWN: Final[Mapping[str, frozenset[str]]] = {
    "carries": frozenset(carrier.name for carrier in CARRIERS),
    "yPrefix": _PREFIXES,
    "nPrefix": _PREFIXES,
}
"""What the filters of a rent may name."""
FILTERS: Final = tuple(_KNOWN)

_BLOCKS: Final = {
    "89": ("896", "897", "898", "899"),
    "52": ("522", "523", "528"),
    "90": ("901", "902", "903", "904", "905", "906", "907", "908", "909"),
}
"""Parts of prefixes to draw from: 089 and 052 are assigned in part only, and 0900000… is magic at eSMS."""


class Number(NamedTuple):
    """A number in E.164, and the name of its carrier."""

    phone: str
    carrier: str


def pieces(text: str) -> frozenset[str]:
    """Split a list at its bars; empty pieces do not count, so that a bar may end it."""
    return frozenset(piece for piece in text.split("|") if piece)


def knows(field: str, text: str) -> bool:
    """Whether every piece of a filter is a carrier's name or prefix; the field says which."""
    return pieces(text) <= _KNOWN[field]


def odd_filters(filters: Mapping[str, str]) -> Iterator[str]:
    """Say what is odd about the filters of a rent, so that they let less through than was probably meant.

    Of what many pieces of a filter have in common, ten are told.
    """
    for field, text in filters.items():
        right = _KNOWN[field]
        odd = sorted(pieces(text) - right)
        for piece in odd[:_TOLD_MOST]:
            yield f"{field} has {shown(piece)}, {_hint(piece, right)}"
        if len(odd) > _TOLD_MOST:
            yield f"{field} has {len(odd) - _TOLD_MOST} more that are none"


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


def find(
    seed: int,
    taken: int,
    *,
    carries: Collection[str],
    wanted: Collection[str],
    unwanted: Collection[str],
    waiting: Collection[str],
) -> Number | None:
    """Draw a number for the rent that comes after `taken` others, or None when the filters leave nothing.

    Empty filters let everything through; what is both wanted and unwanted is left out. The same seed and filters give
    the same number, or the next one when that is waiting.
    """
    blocks = list(_blocks(carries, wanted, unwanted))
    total = sum(_size(block) for block, _ in blocks)
    start = draw(seed, PROVIDER, taken, "number")
    for step in range(total):
        number = _at(blocks, (start + step) % total)
        if number.phone not in waiting:
            return number
    return None


def _blocks(carries: Collection[str], wanted: Collection[str], unwanted: Collection[str]) -> Iterator[tuple[str, str]]:
    for carrier in CARRIERS:
        if carries and carrier.name not in carries:
            continue
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
