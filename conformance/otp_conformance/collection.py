"""All cases: those that stand in the rooms of providers, and those that the specs tell by themselves."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache

from otp_conformance.case import Case
from otp_conformance.derived import derive_all
from otp_conformance.grounds import sources_of
from otp_conformance.rooms import written_cases


@cache
def _collected() -> tuple[Case, ...]:
    cases = tuple(
        each if each.sources else replace(each, sources=sources_of(each.id, each.covers))
        for each in (*written_cases(), *derive_all())
    )
    twice = [name for name, count in Counter(each.id for each in cases).items() if count > 1]
    if twice:
        raise ValueError(f"case {min(twice)} stands twice")
    return cases


def all_cases() -> list[Case]:
    """List all cases."""
    return list(_collected())
