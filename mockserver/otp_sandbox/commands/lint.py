"""`otp-sandbox lint`: what is wrong with the client that used the sandbox."""

from __future__ import annotations

import argparse

from otp_sandbox.api.errors import Unreachable
from otp_sandbox.commands.asking import get, lane_path
from otp_sandbox.streams import failed, say

_ALL = 1_000
"""More than there are rules."""


def lint(parsed: argparse.Namespace) -> int:
    """Say what is wrong with the client: 1 when something is as bad as `--fail-on`, 3 when nobody could be asked."""
    from otp_sandbox.commands.lint_reports import WRITERS, fails  # noqa: PLC0415  (for this command alone)

    try:
        findings = get(parsed, f"{lane_path(parsed)}/lint?limit={_ALL}", "findings", "cursor")["findings"]
        rules = get(parsed, "/_sandbox/v1/lint/rules", "rules")["rules"]
    except Unreachable as error:
        return failed(str(error), 3)
    say(WRITERS[parsed.format](findings, rules, parsed.fail_on), exact=parsed.format != "text")
    return int(fails(findings, parsed.fail_on))
