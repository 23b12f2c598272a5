"""Layer 3, documented samples: an item a published body."""

from __future__ import annotations

from typing import Any

import pytest

from otp_conformance.layers.samples import sample_case
from otp_conformance.recipe import published_bodies
from otp_conformance.rooms import ROOMS
from otp_conformance.suite import Suite

SAMPLES = [(provider, name) for provider in ROOMS for name in published_bodies(provider)]


@pytest.mark.parametrize(("provider", "name"), SAMPLES, ids=lambda value: value)
def test_sample(provider: str, name: str, suite: Suite, judge: Any) -> None:
    """The target produces the published body."""
    judge(suite.run(sample_case(provider, name), layer="sample"))
