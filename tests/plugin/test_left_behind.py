"""However a run of tests ends, no sandbox of it stays behind."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from equipment.ending import ends

Project = Callable[..., Path]
Run = Callable[..., subprocess.CompletedProcess[str]]
Begin = Callable[[Path], tuple[subprocess.Popen[str], int]]
WAITING = """
import threading

def test_waits(otp_lane, otp_sandbox):
    print("sandbox", otp_sandbox._process.pid, flush=True)
    threading.Event().wait()
"""


def test_it_ends_when_pytest_is_killed(project: Project, begin: Begin) -> None:
    run, pid = begin(project(test_w=WAITING))

    with run:
        run.kill()

    assert ends(pid)


def test_it_ends_at_ctrl_c_and_not_before_the_lanes_are_deleted(project: Project, begin: Begin) -> None:
    """All processes of the terminal get the signal; the tests clean up first."""
    run, pid = begin(project(test_w=WAITING))

    with run:
        os.killpg(run.pid, signal.SIGINT)
        said = run.communicate(timeout=60)[0]

    assert run.returncode == pytest.ExitCode.INTERRUPTED
    assert "KeyboardInterrupt" in said
    assert "error" not in said.lower().replace("warnings.filterwarnings", "")
    assert ends(pid)


def test_it_ends_when_a_worker_crashes(project: Project, run: Run, tmp_path: Path) -> None:
    """And so do those of the workers that do not."""
    folder = project(
        test_c=f"""
import os, pytest

@pytest.mark.parametrize("number", range(4))
def test_crash(otp_lane, otp_sandbox, number):
    open({str(tmp_path / "pids")!r}, "a").write(f"{{otp_sandbox._process.pid}}\\n")
    if number == 1:
        os._exit(1)
"""
    )

    done = run(folder, "-n", "2", environment={"PYTHONWARNINGS": "default"})

    pids = set(map(int, (tmp_path / "pids").read_text("utf-8").split()))
    assert "crashed" in done.stdout
    assert len(pids) >= 2
    assert all(ends(pid) for pid in pids)
