"""How a command ends: the exit statuses, and where a run leaves its own. Imports nothing, so that it never breaks."""

from __future__ import annotations

from dataclasses import dataclass

CONFORMANT, NOT_CONFORMANT, DRIFT, COULD_NOT_RUN, USAGE = range(5)
"""Exit statuses."""
STRICT = "--judge-all"
"""What the command's `--strict` is called inside: pytest has a flag of that name."""


@dataclass(slots=True)
class Verdict:
    """The exit status of a run, once there is one."""

    status: int | None = None
