"""Processes with a share of a core each: control groups of both versions, and a system that gives none."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from otp_bench.share import shares, wanting


@pytest.mark.parametrize(
    ("tree", "written"),
    [
        ("cpu", {"cpu.cfs_period_us": "10000", "cpu.cfs_quota_us": "3000", "cgroup.procs": "42"}),
        ("", {"cpu.max": "3000 10000", "cgroup.procs": "42"}),
    ],
    ids=["version 1", "version 2"],
)
def test_each_process_has_a_group_of_its_own(
    tmp_path: Path, tree: str, written: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / tree).mkdir(exist_ok=True)
    monkeypatch.setattr(Path, "rmdir", lambda _: None)  # files of a real group go with it

    with shares(0.3, tmp_path) as limit:
        limit(42)

    groups = [{each.name: each.read_text() for each in group.iterdir()} for group in (tmp_path / tree).iterdir()]
    assert written in groups


def test_where_no_group_can_be_made_that_is_said(tmp_path: Path) -> None:
    assert wanting(tmp_path / "missing") == "no share of a core can be given here (No such file or directory)"


@pytest.mark.skipif(wanting() is not None, reason=str(wanting()))
def test_a_real_process_gets_no_more() -> None:
    """By the system's own count of how often it was held up."""
    with shares(0.2) as limit:
        busy = subprocess.Popen([sys.executable, "-c", "import time\nwhile time.process_time() < 0.2: pass"])
        limit(busy.pid)
        busy.wait()
        stats = [each.read_text() for each in Path("/sys/fs/cgroup").glob("**/otp-bench-*/cpu.stat")]

    assert any(int(dict(line.split() for line in stat.splitlines())["nr_throttled"]) > 0 for stat in stats)
