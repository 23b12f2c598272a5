"""Layer 3, documented samples: every published body is produced again, in key order, types and texts.

How each comes about stands in `SAMPLES`, anywhere in a provider's room. Where nothing stands there, the spec tells it:
a refusal comes of what is wrong with the call, a success of a good call.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import orjson

from otp_conformance.case import Case, Level, Tier
from otp_conformance.derived.making import needs_of, pinned_choices
from otp_conformance.derived.wrongs import commit, find_wrongs
from otp_conformance.driver import Driver
from otp_conformance.expect import Unexpected
from otp_conformance.recipe import Recipe, call, published_bodies
from otp_conformance.rooms import ROOMS, load_modules, spec_of
from otp_conformance.transport import BOUNDED_ROLES


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


@cache
def written_recipes(provider: str) -> Mapping[str, Recipe]:
    """Give the recipes that stand in a provider's room, by `operation/outcome`."""
    found: dict[str, Recipe] = {}
    for module in load_modules(provider):
        found.update(getattr(module, "SAMPLES", {}))
    return found


def recipe_of(provider: str, name: str) -> Recipe:
    """Give the recipe of a published body."""
    return written_recipes(provider).get(name) or derive_recipe(provider, name)


def derive_recipe(provider: str, name: str) -> Recipe:
    """Make the recipe of a published body that comes about by a good call, or by one with one thing wrong.

    Raises:
        LookupError: it is a refusal, and nobody knows how it comes about.
    """
    spec, (operation_name, _, example) = spec_of(provider), name.partition("/")
    operation = next(each for each in spec.operations if each.name == operation_name)
    outcome = example.partition(".")[0]
    if spec.outcomes[outcome].success:
        tier = Tier.SENDS if operation.role in BOUNDED_ROLES else Tier.READS
        return Recipe(call(operation_name), own=ROOMS[provider].samples.own, tier=tier)
    wrong = next((each for each in find_wrongs(operation, ROOMS[provider]) if each.outcome == outcome), None)
    if wrong is None:
        raise LookupError(f"nobody knows how {provider}/{name} comes about")

    choices = pinned_choices(spec, [wrong])

    async def act(driver: Driver) -> str:
        strangers = {**ROOMS[provider].samples.choices, **choices}
        return (await commit(driver, operation_name, wrong.fault, strangers=strangers)).text

    tier = Tier.SENDS if wrong.fault.before else Tier.NOTHING
    return Recipe(act, needs=needs_of(wrong.fault), tier=tier, choices=choices)


def sample_case(provider: str, name: str) -> Case:
    """Make the case that produces a published body again.

    Raises:
        LookupError: nobody knows how it comes about.
    """
    recipe, sample = recipe_of(provider, name), published_bodies(provider)[name]
    row = spec_of(provider).outcomes[name.partition("/")[2].partition(".")[0]]
    assumed = ROOMS[provider].wire.texts if row.text_is_assumed else ()

    async def run(driver: Driver) -> None:
        compare(sample, await recipe.act(driver), recipe.own | set(assumed))

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
        choices={**ROOMS[provider].samples.choices, **recipe.choices},
        sends=1,
        run=run,
    )
