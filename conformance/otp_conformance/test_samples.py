"""Layer 3, documented samples: an item a published body."""

from __future__ import annotations

from typing import Any

import pytest

from otp_conformance.samples import as_case, documented
from otp_conformance.suite import Suite
from otp_specs import available, load

SAMPLES = {(provider, name): body for provider in available() for name, body in documented(load(provider)).items()}


@pytest.mark.parametrize(("provider", "name"), SAMPLES, ids=lambda value: value)
def test_sample(provider: str, name: str, suite: Suite, judge: Any) -> None:
    """The target produces the published body."""
    judge(suite.run(as_case(provider, name, SAMPLES[provider, name]), layer="sample"))
