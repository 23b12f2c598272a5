"""Layer 3, documented samples: every published body is produced again, in key order, types and texts.

How each comes about stands beside the cases (`SAMPLES`), or in `conformance/providers`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import orjson

from otp_conformance.case import Case, Feature, Level, Tier
from otp_conformance.driver import Driver
from otp_conformance.expect import Unexpected
from otp_conformance.providers import ByProvider, load_modules
from otp_specs import Spec
from otp_specs.lint import samples

Act = Callable[[Driver], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a sample comes about, what it needs, and which of its values are the world's own."""

    act: Act
    own: frozenset[str] = frozenset()
    needs: frozenset[Feature] = frozenset()
    tier: Tier = Tier.READS


def documented(spec: Spec) -> dict[str, Any]:
    """Give the published bodies of a spec by `operation/example`."""
    return {
        f"{operation_id.partition('.')[0]}/{place.rpartition('/')[2]}": body
        for operation_id, place, _, body in samples(spec)
    }


def compare(sample: Any, text: str, own: frozenset[str]) -> None:
    """Hold an answer against a sample: the same keys in the same order, the same types, the same values but its own.

    Raises:
        Unexpected: it departs; the first place is named.
    """
    try:
        actual = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise Unexpected(["JSON"], text[:200]) from error
    problem = _departs(sample, actual, own, "body")
    if problem is not None:
        raise Unexpected([problem], text[:500])


def _departs(sample: Any, actual: Any, own: frozenset[str], place: str) -> str | None:
    if isinstance(sample, Mapping):
        if not isinstance(actual, dict) or list(actual) != list(sample):
            return f"{place} with the keys {', '.join(sample)}"
        problems = (
            None if key in own and _alike(value, actual[key]) else _departs(value, actual[key], own, f"{place}.{key}")
            for key, value in sample.items()
        )
        return next(filter(None, problems), None)
    if isinstance(sample, list):
        return _list_departs(sample, actual, own, place)
    if not _alike(sample, actual):
        return f"{place} as {type(sample).__name__}"
    return None if sample == actual else f"{place} {sample!r}"


def _list_departs(sample: list[Any], actual: Any, own: frozenset[str], place: str) -> str | None:
    if not isinstance(actual, list) or bool(actual) != bool(sample):
        return f"{place} as {'a list' if sample else 'an empty list'}"
    return _departs(sample[0], actual[0], own, f"{place}[0]") if sample else None


def _alike(sample: Any, actual: Any) -> bool:
    """Whether two values are of one type on the wire; numbers with a point are decimal in the spec."""
    if isinstance(sample, bool) or sample is None or isinstance(sample, str):
        return type(sample) is type(actual)
    if isinstance(sample, int):
        return isinstance(actual, int) and not isinstance(actual, bool)
    if isinstance(sample, Mapping | list):
        return isinstance(actual, dict | list)
    return isinstance(actual, float)


def call(name: str, **changes: str | None) -> Act:
    """Make the act of a single good call with changed fields."""

    async def act(driver: Driver) -> str:
        return (await driver.call(name, **changes)).text

    return act


RECIPES: Final[Mapping[str, Mapping[str, Recipe]]] = ByProvider[Mapping[str, Recipe]]("RECIPES", "samples")
"""By provider and `operation/example`: how a sample comes about."""

CHOICES: Final[Mapping[str, Mapping[str, Mapping[str, str]]]] = ByProvider[Mapping[str, Mapping[str, str]]](
    "CHOICES", "samples"
)
"""By provider and `operation/example`: choices that a sample needs."""


@cache
def recipes(provider: str) -> Mapping[str, Recipe]:
    """Give all recipes of a provider: `RECIPES` of its samples, and `SAMPLES` of its other modules."""
    found = dict(RECIPES[provider])
    for module in load_modules(provider):
        found.update(getattr(module, "SAMPLES", {}))
    return found


def as_case(provider: str, name: str, sample: Any) -> Case:
    """Make the case that produces a sample again.

    Raises:
        LookupError: nobody knows how it comes about.
    """
    recipe = recipes(provider)[name]

    async def run(driver: Driver) -> None:
        compare(sample, await recipe.act(driver), recipe.own)

    return Case(
        id=f"{provider}.sample.{name}",
        provider=provider,
        family="sample",
        rule="A published body is produced again: key order, types, texts.",
        level=Level.MUST,
        tier=recipe.tier,
        needs=recipe.needs,
        sources=(f"example {name} of the spec",),
        covers=(),
        kills=(),
        choices=CHOICES[provider].get(name, {}),
        sends=1,
        run=run,
    )
