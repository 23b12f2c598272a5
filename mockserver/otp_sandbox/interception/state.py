"""Where the sandbox keeps what outlives it."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

_NAME: Final = "otp-sandbox"


def state_folder(named: str, environment: Mapping[str, str]) -> Path | None:
    """Give the state folder: the one that is named, else the platform's for this user; None where a user has none."""
    if named:
        return Path(named).expanduser()
    wanted = environment.get("LOCALAPPDATA" if os.name == "nt" else "XDG_STATE_HOME", "")
    if wanted and Path(wanted).is_absolute():
        return Path(wanted) / _NAME
    try:
        home = Path.home()
    except RuntimeError:  # neither a variable nor an entry among the users
        return None
    if not home.is_dir():
        return None
    return home / ("Library/Application Support" if sys.platform == "darwin" else ".local/state") / _NAME
