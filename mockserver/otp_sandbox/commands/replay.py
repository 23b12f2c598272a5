"""`otp-sandbox replay`: exit status 0 when every answer came out again, 1 when one differs, 2 when none is played."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Final

from otp_sandbox import settings
from otp_sandbox.app import Unusable, find_providers
from otp_sandbox.replay.bundle import NoBundle, read_bundle
from otp_sandbox.replay.playing import Outcome, Playing
from otp_sandbox.replay.targets import Unreachable, fresh_target, target_at
from otp_sandbox.streams import failed, say

_TOLD_MOST: Final = 50
"""Lines of each kind."""


def replay(parsed: argparse.Namespace) -> int:
    """Play a bundle again and say how it went."""
    try:
        bundle = read_bundle(Path(parsed.file))
        providers = find_providers()
        if parsed.url:
            token = settings.some(("control_token",), parsed.config, os.environ).control_token
            where = target_at(parsed.url.rstrip("/"), token)
        else:
            where = fresh_target()
        with where as target:
            outcome = Playing(target, providers).play(bundle)
    except (NoBundle, Unreachable, Unusable, settings.SettingError) as error:
        return failed(str(error), 2)
    return _tell(outcome)


def _tell(outcome: Outcome) -> int:
    for lines in (outcome.remarks, outcome.differences):
        for line in lines[:_TOLD_MOST]:
            say("".join(char if char.isprintable() else "?" for char in line))
        if len(lines) > _TOLD_MOST:
            say(f"… and {len(lines) - _TOLD_MOST} more like these")
    count = outcome.same
    if outcome.differences:
        say(f"{len(outcome.differences)} came out otherwise; {count} answers are the same, byte for byte")
        return 1
    say(f"all {count} answers came out again, byte for byte")
    return 0
