"""Layer 3, documented samples: an item a published body."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.case import Case, Level
from conformance.driver import Driver
from conformance.samples import CHOICES, RECIPES, compare, documented
from conformance.suite import Suite
from specs import available, load

SAMPLES = {(provider, name): body for provider in available() for name, body in documented(load(provider)).items()}


@pytest.mark.parametrize(("provider", "name"), SAMPLES, ids=lambda value: value)
def test_sample(provider: str, name: str, suite: Suite, judge: Any) -> None:
    """The target produces the published body."""
    recipe = RECIPES.get(provider, {}).get(name)
    assert recipe is not None, f"{provider}: nobody knows how the sample {name} comes about"

    async def run(driver: Driver) -> None:
        compare(SAMPLES[provider, name], await recipe.act(driver), recipe.own)

    judge(
        suite.run(
            Case(
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
                choices=CHOICES.get(name, {}),
                sends=1,
                run=run,
            ),
            layer="sample",
        )
    )
