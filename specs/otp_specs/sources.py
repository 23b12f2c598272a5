"""Holds what is said to be known against where it is known from: labels, marks, and whether they carry the evidence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from otp_specs.bundle import Bundle
from otp_specs.model import ASSUMED, DOCUMENTED, OBSERVED, Source, Spec

HEARSAY: Final = "O3"
"""The mark of what somebody has only heard: enough for an option, too little for an observation."""
_CARRIES: Final = {
    DOCUMENTED: ("documentation", "sample", "data"),
    OBSERVED: ("client", "sister", "sample", "second-hand"),
}
"""Kinds of sources, one of which evidence needs."""

# Each part of a source begins with a label, and a capital that stands alone is one: "S and W; R, C# samples".
_LABEL: Final = re.compile(r"(?:(?:^|;) *([^\s,;]*)|\b([A-Z])\b(?!#))(?: (O1-|O[123])(?![\w-]))?")


def labels_in(source: str) -> Iterator[tuple[str, str | None]]:
    """Yield the labels of a source as they stand, each with the mark behind it."""
    for found in _LABEL.finditer(source):
        yield found[1] or found[2] or "", found[3]


def check_sources(bundle: Bundle, spec: Spec) -> None:
    """Hold the sources of all rows and behaviours against the legend, and their evidence against their sources.

    Raises:
        SpecError: one names what the legend does not have, lacks a mark, or does not carry what is said of it.
    """
    for row in spec.outcomes.values():
        told = {row.evidence.code, row.evidence.text or row.evidence.code}
        _check(bundle, spec, f"x-outcomes/{row.name}", row.source, told)
    for behaviour in spec.behaviours:
        place = f"x-behaviours/{behaviour.id}"
        _check(bundle, spec, place, behaviour.source, {behaviour.evidence})
        first, _ = next(labels_in(behaviour.source))
        if behaviour.evidence == OBSERVED and spec.sources[first].kind not in _CARRIES[OBSERVED]:
            reason = f"is observed, so its source begins with what saw it: {_either(OBSERVED)}"
            raise bundle.make_error(place, reason)


def _check(bundle: Bundle, spec: Spec, place: str, source: str, evidence: set[str]) -> None:
    labels = list(labels_in(source))
    for label, _ in labels:
        if label not in spec.sources:
            raise bundle.make_error(place, f"source {source!r} names {label!r}, which is not in x-sources")
    problem = next(_problems(spec.sources, source, labels, evidence), None)
    if problem is not None:
        raise bundle.make_error(place, problem)


def _problems(
    legend: Mapping[str, Source], source: str, labels: Iterable[tuple[str, str | None]], evidence: set[str]
) -> Iterator[str]:
    for each in legend.values():
        if each.kind == "second-hand" and _stands_unmarked(each.label, source):
            yield f"source {source!r} has no mark behind {each.label}: O1, O1-, O2 or O3"
    kinds = {legend[label].kind for label, _ in labels}
    if kinds == {"none"} and evidence != {ASSUMED}:
        yield f"source {source!r} is none, so the evidence is {ASSUMED}"
    for kind, needed in _CARRIES.items():
        if kind in evidence and not kinds.intersection(needed):
            yield f"is {kind}, but source {source!r} names no {_either(kind)}"
    if OBSERVED in evidence and all(
        mark == HEARSAY for label, mark in labels if legend[label].kind in _CARRIES[OBSERVED]
    ):
        yield f"is {OBSERVED}, but source {source!r} is hearsay alone ({HEARSAY})"


def _stands_unmarked(label: str, source: str) -> bool:
    """Tell whether a label stands anywhere in a source without a mark."""
    return re.search(rf"(?<![\w-]){re.escape(label)}(?![\w-])(?! (?:O1-|O[123])(?![\w-]))", source) is not None


def _either(evidence: str) -> str:
    *others, last = _CARRIES[evidence]
    return f"{', '.join(others)} or {last}"
