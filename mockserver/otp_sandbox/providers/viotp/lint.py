"""What clients of viotp do wrong: nothing that clients of others do not."""

from __future__ import annotations

from typing import Final

from otp_sandbox.contract.lint import Lint

LINT: Final = Lint()
