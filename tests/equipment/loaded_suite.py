"""What a run of the suite loads. Its plugin is left out: pytest wants to load that itself."""

from __future__ import annotations

from importlib import import_module

import schemathesis.engine
from _pytest.config import builtin_plugins

from otp_conformance import collector, options, suite
from otp_conformance.collection import all_cases
from otp_conformance.layers import samples, schema
from otp_conformance.live import spending

__all__ = ["collector", "options", "samples", "schema", "schemathesis", "spending", "suite"]

for name in sorted(builtin_plugins):
    import_module(f"_pytest.{name}")
all_cases()  # they are remembered
