"""CPU and memory as /proc tells them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from otp_bench.proc import cpu_seconds, open_files, queued_seconds, resident_bytes

TICKS = os.sysconf("SC_CLK_TCK")
BEFORE = "S 1 8421 4751 0 -1 4194560 25251 0 16 0"
AFTER = "0 0 20 0 1 0 41954 121421824"


def _process(proc: Path, name: str, user: int, system: int, threads: tuple[int, ...] = ()) -> None:
    folder = proc / "77"
    (folder / "task").mkdir(parents=True)
    (folder / "stat").write_text(f"77 ({name}) {BEFORE} {user} {system} {AFTER}\n", "utf-8")
    for number, nanoseconds in enumerate(threads):
        (folder / "task" / str(number)).mkdir()
        (folder / "task" / str(number) / "schedstat").write_text(f"{nanoseconds} 2000000 6\n", "utf-8")


@pytest.mark.parametrize("name", ["python", "a (b) c", "9 9 9 9"])
def test_user_and_system_time_are_added(tmp_path: Path, name: str) -> None:
    _process(tmp_path, name, user=226, system=62)

    assert cpu_seconds(77, tmp_path) == pytest.approx(288 / TICKS)


def test_threads_tell_it_finer(tmp_path: Path) -> None:
    _process(tmp_path, "node", user=1, system=0, threads=(9_000_000, 4_500_000))

    assert cpu_seconds(77, tmp_path) == pytest.approx(0.0135)


def test_a_thread_that_has_ended_is_not_forgotten(tmp_path: Path) -> None:
    _process(tmp_path, "node", user=500, system=0, threads=(9_000_000,))

    assert cpu_seconds(77, tmp_path) == pytest.approx(500 / TICKS)


def test_time_without_a_core_is_that_of_all_threads(tmp_path: Path) -> None:
    _process(tmp_path, "python", user=1, system=1, threads=(1, 1, 1))

    assert queued_seconds(77, tmp_path) == pytest.approx(0.006)


def test_resident_memory_is_read(tmp_path: Path) -> None:
    (tmp_path / "77").mkdir()
    (tmp_path / "77" / "status").write_text("Name:\tx\nVmHWM:\t 9999 kB\nVmRSS:\t   48000 kB\n", "utf-8")

    assert resident_bytes(77, tmp_path) == 48000 * 1024


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="no /proc here")
def test_a_real_process_has_costs() -> None:
    """Both figures are there and have a sensible size; how large they are is nobody's promise."""
    program = "print('runs', flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()  # before that it is hardly there
        assert 0 <= cpu_seconds(process.pid) < 60
        assert 2**16 < resident_bytes(process.pid) < 2**33
        process.communicate(b"\n")


def test_open_files_are_counted(tmp_path: Path) -> None:
    before = open_files(os.getpid())

    with (tmp_path / "one more").open("w"):
        assert open_files(os.getpid()) == before + 1
