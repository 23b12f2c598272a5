"""Layer 1, contract: an item an operation, and one for the links of a provider."""

from __future__ import annotations

from typing import Any

import pytest

from otp_conformance.layers.schema import Generation, contract_case, contract_items
from otp_conformance.suite import Suite


@pytest.mark.parametrize(("provider", "operation"), contract_items(), ids=lambda value: value or "links")
def test_contract(provider: str, operation: str | None, suite: Suite, generation: Generation, judge: Any) -> None:
    """Answers keep to the spec, whatever is sent."""
    judge(suite.run(contract_case(provider, operation, generation), layer="contract"))
