"""What a case rests on: evidence and sources of the behaviours that it shows, as the specs have them.

Where it shows no behaviour, it rests on the rows that it covers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from otp_conformance.rooms import ROOMS, spec_of
from otp_specs import Behaviour, Outcome
from otp_specs.model import DOCUMENTED, EVIDENCE, OBSERVED


def evidence_of(name: str, covers: Iterable[str]) -> list[str]:
    """Give the evidence of what a case shows, each word once, in the order of the specs.

    A choice has the evidence of its default: that one was documented or observed says nothing of another option.
    """
    found: set[str | None] = set()
    behaviours = _behaviours_of(name, covers)
    for behaviour, option in behaviours:
        if option in ("", behaviour.default) or behaviour.evidence not in (DOCUMENTED, OBSERVED):
            found.add(behaviour.evidence)
    if not behaviours:
        for row in _rows_of(covers):
            found |= {row.evidence.code} if row.text_is_assumed else {row.evidence.code, row.evidence.text}
    return [word for word in EVIDENCE if word in found]


def sources_of(name: str, covers: Iterable[str]) -> tuple[str, ...]:
    """Give the sources of what a case shows, each part once."""
    held = [behaviour.source for behaviour, _ in _behaviours_of(name, covers)]
    held = held or [row.source for row in _rows_of(covers)]
    return tuple(dict.fromkeys(part for source in held for part in source.split("; ")))


def _behaviours_of(name: str, covers: Iterable[str]) -> list[tuple[Behaviour, str]]:
    """Give the behaviours that a case names or implies, each with the option that it is about, if it is about one."""
    provider = name.partition(".")[0]
    if provider not in ROOMS:
        return []
    known = _behaviours(provider)
    parts = [each.partition("=") for each in (*covers, *_implied(provider).get(name.partition("[")[0], ()))]
    return [(known[behaviour], option) for behaviour, _, option in parts if behaviour in known]


def _rows_of(covers: Iterable[str]) -> list[Outcome]:
    parts = [each.partition(":") for each in covers]
    return [spec_of(provider).outcomes[row] for provider, _, row in parts if row and provider in ROOMS]


@cache
def _behaviours(provider: str) -> Mapping[str, Behaviour]:
    return {each.id: each for each in spec_of(provider).behaviours}


@cache
def _implied(provider: str) -> Mapping[str, Sequence[str]]:
    """Give the behaviours that cases show without naming them, by the case without its row."""
    found: dict[str, list[str]] = {}
    for behaviour, case in ROOMS[provider].coverage.implied.items():
        found.setdefault(case, []).append(behaviour)
    return found
