"""Finds the first place in which two answers differ."""

from __future__ import annotations

from typing import Any, Final

import orjson

from otp_sandbox.lanes.secrets import MASK
from otp_sandbox.play.journal import BODY_MOST

_MASK: Final = MASK.encode()
_SHOWN: Final = 80
"""Characters of a value that are shown."""


def same(kept: bytes, answer: bytes) -> bool:
    """Whether an answer is the one that was kept, as far as it was kept; what was masked may be anything."""
    if len(kept) >= BODY_MOST:
        answer = answer[: len(kept)]
    first, *rest = kept.split(_MASK)
    if not rest:
        return kept == answer
    *between, last = rest
    at, end = len(first), len(answer) - len(last)
    if not answer.startswith(first) or not answer.endswith(last):
        return False
    for each in between:  # each as early as it comes: what is behind it has the most room
        at = answer.find(each, at) + len(each)
        if at < len(each):
            return False
    return at <= end


def first_difference(kept: bytes, answer: bytes) -> str:
    """Tell the first member that differs, or the first byte where the answers are no JSON."""
    try:
        found = _member(orjson.loads(kept), orjson.loads(answer), "")
    except orjson.JSONDecodeError:
        found = None
    if found is not None:
        place, old, new = found
        return f"{place or 'the answer'} was {_shown(old)} and is {_shown(new)}"
    at = next((number for number, pair in enumerate(zip(kept, answer, strict=False)) if pair[0] != pair[1]), None)
    at = min(len(kept), len(answer)) if at is None else at
    old, new = (each[at : at + _SHOWN].decode("utf-8", "replace") for each in (kept, answer))
    return f"byte {at} and what follows was {_shown(old)} and is {_shown(new)}"


def _member(old: Any, new: Any, place: str) -> tuple[str, Any, Any] | None:
    if isinstance(old, dict) and isinstance(new, dict):
        for name in (*old, *(each for each in new if each not in old)):
            found = _member(old.get(name, _NOTHING), new.get(name, _NOTHING), f"{place}.{name}".lstrip("."))
            if found is not None:
                return found
        return None
    if isinstance(old, list) and isinstance(new, list):
        for number in range(max(len(old), len(new))):
            one, other = (each[number] if number < len(each) else _NOTHING for each in (old, new))
            found = _member(one, other, f"{place}.{number}".lstrip("."))
            if found is not None:
                return found
        return None
    if isinstance(old, str) and isinstance(new, str):
        return None if same(old.encode(), new.encode()) else (place, old, new)
    return None if old == new and type(old) is type(new) else (place, old, new)


class _Nothing:
    pass


_NOTHING: Final = _Nothing()


def _shown(value: Any) -> str:
    if value is _NOTHING:
        return "not there"
    text = orjson.dumps(value).decode()
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
