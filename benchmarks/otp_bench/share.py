"""Gives processes a share of a core each, so that several can be compared where there are fewer cores than programs."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

PERIOD = 10_000
"""Microseconds in which a process has its share: short, so that nobody waits long for one that has used it up."""
ROOT = Path("/sys/fs/cgroup")


def wanting(root: Path = ROOT) -> str | None:
    """Say why no share can be given; None if it can."""
    try:
        with shares(1.0, root):
            return None
    except OSError as error:
        return f"no share of a core can be given here ({error.strerror})"


@contextmanager
def shares(part: float, root: Path = ROOT) -> Iterator[Callable[[int], None]]:
    """Give what puts a process into a control group of its own, with a part of a core. They must have ended before it.

    Raises:
        OSError: this system lets us make none.
    """
    old = root / "cpu"  # the first version of control groups has a tree for each of what it controls
    made: list[Path] = []

    def limit(pid: int | None) -> None:
        folder = Path(tempfile.mkdtemp(prefix="otp-bench-", dir=old if old.is_dir() else root))
        made.append(folder)
        if old.is_dir():
            (folder / "cpu.cfs_period_us").write_text(str(PERIOD))
            (folder / "cpu.cfs_quota_us").write_text(str(round(part * PERIOD)))
        else:
            (folder / "cpu.max").write_text(f"{round(part * PERIOD)} {PERIOD}")
        if pid is not None:
            (folder / "cgroup.procs").write_text(str(pid))

    try:
        limit(None)  # fails here where it would fail later
        yield limit
    finally:
        for folder in made:
            folder.rmdir()
