"""A disk that is full when the server starts: a small one of its own, where the system lets us mount one."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from otp_sandbox.stores.sqlite_schema import APPLICATION, MIGRATIONS

UNSHARE = ["unshare", "--mount"] if hasattr(os, "geteuid") and os.geteuid() == 0 else ["unshare", "--mount", "-Ur"]
MOUNTS = (
    shutil.which("unshare") is not None
    and subprocess.run([*UNSHARE, "mount", "-t", "tmpfs", "none", "/tmp"], check=False, capture_output=True).returncode
    == 0
)
pytestmark = pytest.mark.skipif(not MOUNTS, reason="no disk can be mounted here")

VERSION_1 = f"""
import sqlite3
connection = sqlite3.connect("disk/lanes.sqlite")
connection.executescript({MIGRATIONS[0]!r} + "PRAGMA application_id = {APPLICATION}; PRAGMA user_version = 1")
connection.execute("INSERT INTO lanes VALUES (1, ?, 1, 0, 0, 0, '{{}}')", ("x" * 300_000,))
connection.commit()
connection.close()
"""
FILL = "head -c 9000000 /dev/zero > disk/filler 2> /dev/null"
SERVE = f"{shlex.quote(sys.executable)} -m otp_sandbox.cli serve --port 0 --store sqlite:disk/lanes.sqlite"
ONCE = f"{SERVE} > told & until grep -q . told; do sleep 0.05; done; kill $!; wait $!"


def _start(folder: Path, kilobytes: int, before: str) -> tuple[int, list[str], list[str], list[str]]:
    """Start a server over a disk of a size, after some commands.

    Returns: its exit status, what it said, and the sums of the files on the disk before and afterwards.
    """
    (folder / "disk").mkdir()
    script = (
        f"mount -t tmpfs -o size={kilobytes}k none disk && {{ {before}; }}; find disk -type f | xargs -r sha256sum;"
        f" echo then; timeout 60 {SERVE}; echo status $?; find disk -type f -size +0 | xargs -r sha256sum"
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OTP_SANDBOX_")}
    ended = subprocess.run(
        [*UNSHARE, "sh", "-c", script],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    before_it, _, after = ended.stdout.partition("then\n")
    status, _, sums = after.partition("\n")
    said = [line for line in ended.stderr.splitlines() if line.startswith("otp-sandbox")]
    assert said == ended.stderr.splitlines()
    return int(status.removeprefix("status ")), said, sorted(before_it.splitlines()), sorted(sums.splitlines())


FULL = "otp-sandbox: store sqlite:disk/lanes.sqlite: database or disk is full"


@pytest.mark.parametrize("kilobytes", [4, 12, 40])
def test_there_is_no_room_for_a_new_file(tmp_path: Path, kilobytes: int) -> None:
    """None at all, for a part of it, or for the file alone."""
    status, said, *_ = _start(tmp_path, kilobytes, FILL if kilobytes == 4 else "true")

    assert (status, said) == (2, [FULL])


def test_there_is_no_room_to_go_on_with_a_file(tmp_path: Path) -> None:
    status, said, before, after = _start(tmp_path, 2000, f"{ONCE}; {FILL}")

    assert (status, said, after) == (2, [FULL], before)
    assert len(after) == 2


@pytest.mark.parametrize("kilobytes", [660, 800, 1000])
def test_there_is_no_room_to_migrate_a_file(tmp_path: Path, kilobytes: int) -> None:
    """Not for the copy, or not for the new version beside it: then no copy is left, and the file is whole."""
    script = f"{shlex.quote(sys.executable)} -c {shlex.quote(VERSION_1)}"
    status, said, before, after = _start(tmp_path, kilobytes, script)

    assert (status, said, after) == (2, [FULL], before)
    assert len(after) == 1
