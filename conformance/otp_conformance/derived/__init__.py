"""Cases that a spec tells by itself: what can be wrong with a call, alone and two at once, and what a good one tells.

A new operation has them without a line. What a cause of the spec looks like in a call stands once in the provider's
room (`calls.faults`, `calls.malformed`); that a field is missing needs no word.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from otp_conformance.case import Case
from otp_conformance.derived.answers import derive_answers
from otp_conformance.derived.checks import derive_checks
from otp_conformance.derived.rows import derive_rows
from otp_conformance.rooms import ROOMS


def derive_cases(provider: str) -> Iterator[Case]:
    """Make the cases of all operations of a provider."""
    yield from derive_checks(provider)
    yield from derive_rows(provider)
    yield from derive_answers(provider)


def derive_all() -> list[Case]:
    """Make the cases of all providers."""
    return list(chain.from_iterable(map(derive_cases, ROOMS)))
