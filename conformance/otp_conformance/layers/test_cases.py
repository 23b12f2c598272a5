"""Layer 2, behaviour: every case is an item."""

from __future__ import annotations

from typing import Any

import pytest

from otp_conformance.case import Case
from otp_conformance.collection import all_cases
from otp_conformance.suite import Suite


@pytest.mark.parametrize("each", all_cases(), ids=lambda each: each.id)
def test_case(each: Case, suite: Suite, judge: Any) -> None:
    """The target plays this rule."""
    judge(suite.run(each))
