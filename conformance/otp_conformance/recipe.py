"""How a published body comes about: what a recipe is, and those that the spec tells by itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from otp_conformance.case import Feature, Tier
from otp_conformance.driver import Driver
from otp_conformance.rooms import spec_of
from otp_specs.lint import samples

Act = Callable[[Driver], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a sample comes about, what it needs, which of its values are the world's own, and under which choices."""

    act: Act
    own: frozenset[str] = frozenset()
    needs: frozenset[Feature] = frozenset()
    tier: Tier = Tier.READS
    choices: Mapping[str, str] = field(default_factory=dict)


def call(name: str, **changes: Any) -> Act:
    """Make the act of a single good call with changed fields."""

    async def act(driver: Driver) -> str:
        return (await driver.call(name, **changes)).text

    return act


def under(choices: Mapping[str, str], recipes: Mapping[str, Recipe]) -> dict[str, Recipe]:
    """Give recipes that work under some choices only."""
    return {name: replace(recipe, choices={**choices, **recipe.choices}) for name, recipe in recipes.items()}


@cache
def published_bodies(provider: str) -> Mapping[str, Any]:
    """Give the published bodies of a provider by `operation/outcome`."""
    return dict(_bodies(provider))


def _bodies(provider: str) -> Iterator[tuple[str, Any]]:
    for operation_id, place, _, body in samples(spec_of(provider)):
        yield f"{operation_id.partition('.')[0]}/{place.rpartition('/')[2]}", body
