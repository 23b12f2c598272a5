"""What a process has cost, as Linux tells it under /proc."""

from __future__ import annotations

import os
import re
from pathlib import Path

PROC = Path("/proc")
RAN, QUEUED = 0, 1
"""Places in /proc/PID/task/TID/schedstat, in nanoseconds."""

UTIME = 11
"""Place of the user time in /proc/PID/stat, counted after the name of the program; the system time follows."""


def cpu_seconds(pid: int, proc: Path = PROC) -> float:
    """Tell the CPU time, user and system, of all threads of a process.

    `stat` counts in ticks of a hundredth of a second, which is coarse for a short load. `schedstat` tells the same in
    nanoseconds, but forgets a thread that has ended. The greater of the two is right in both cases.
    """
    return max(_from_stat(proc / str(pid) / "stat"), _from_threads(proc / str(pid) / "task", RAN))


def queued_seconds(pid: int, proc: Path = PROC) -> float:
    """Tell for how long the threads of a process could have run but had no core: other work on the machine had it."""
    return _from_threads(proc / str(pid) / "task", QUEUED)


def resident_bytes(pid: int, proc: Path = PROC) -> int:
    """Tell the resident memory of a process."""
    status = (proc / str(pid) / "status").read_text("utf-8")
    found = re.search(r"^VmRSS:\s+(\d+) kB$", status, re.MULTILINE)
    if found is None:
        raise RuntimeError("this system does not tell how much memory a process takes")
    return int(found[1]) * 1024


def open_files(pid: int, proc: Path = PROC) -> int:
    """Tell how many files a process has open, sockets and pipes included."""
    return sum(1 for _ in (proc / str(pid) / "fd").iterdir())


def _from_stat(path: Path) -> float:
    # The name of the program stands in brackets and may hold blanks and brackets itself.
    fields = path.read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[UTIME]) + int(fields[UTIME + 1])) / os.sysconf("SC_CLK_TCK")


def _from_threads(folder: Path, place: int) -> float:
    nanoseconds = 0
    for path in folder.glob("*/schedstat"):
        try:
            nanoseconds += int(path.read_text("utf-8").split()[place])
        except OSError:
            continue  # the thread has just ended
    return nanoseconds / 1e9
