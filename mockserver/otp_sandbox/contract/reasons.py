"""Why a call was refused, for the people who read the journal: what was sent, what is registered, what would help."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeAlias

from otp_sandbox.contract.call import Call
from otp_sandbox.domain.record import Record
from otp_sandbox.domain.store import State

_LONGEST: Final = 80
_MOST: Final = 10


class Why(Record):
    """A reason, and the merge patch on the account that would let the call pass; None if none would."""

    text: str
    remedy: Mapping[str, Any] | None = None


Reason: TypeAlias = Callable[[Call, State], Why]
"""Explains a refusal by one cause. It is asked for refusals only."""


def shown(text: str) -> str:
    """Quote what was sent; what is long is cut."""
    return f'"{text}"' if len(text) <= _LONGEST else f'"{text[:_LONGEST]}…"'


def listed(names: Iterable[object]) -> str:
    """List what there is; what are many is cut."""
    texts = [str(name) for name in names]
    told = ", ".join(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…" for text in texts[:_MOST])
    more = len(texts) - _MOST
    return f"{told} and {more} more" if more > 0 else told or "none"


def added(field: str, *entries: object) -> Mapping[str, Any]:
    """Give the patch that adds entries to a list; one of the same identity takes the place of the former."""
    return {field: {"add": list(entries)}}
