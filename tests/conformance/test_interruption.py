"""A run that is broken off: it says so, its results stand in the report, and it can be gone on with."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import orjson
import pytest

Run = Callable[..., "subprocess.CompletedProcess[str]"]
FEW = ("run", "esms", "-k", "(one-time or binding or money) and not contract")
HIT_CASE = "esms.binding.case_counts"
# The run hits itself, where it is sure to be in the middle of a case.
HIT = """
import os
import otp_conformance.suite as suite

real = suite.Suite._prepare

async def hit(self, each, driver):
    await real(self, each, driver)
    if each.id == os.environ["HIT_IN"]:
        owner = os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()
        os.kill(owner, int(os.environ["HIT_BY"]))
        await driver.target.control("GET", "/info")  # some more of the case
        await __import__("asyncio").sleep(60 if owner == os.getpid() else 3)  # one that is led is waited for

suite.Suite._prepare = hit
"""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals")


def _report(path: Path) -> dict[str, Any]:
    held: dict[str, Any] = orjson.loads(path.read_bytes())
    return held


def _lanes(url: str) -> set[str]:
    with urlopen(f"{url}/_sandbox/v1/lanes", timeout=10) as answer:
        return {each["id"] for each in orjson.loads(answer.read())["lanes"]}


@pytest.fixture
def broken_off(target: str, run: Run, tmp_path: Path) -> Run:
    """Run and break it off by a signal."""
    (tmp_path / "sitecustomize.py").write_text(HIT, "utf-8")

    def start(number: int, report: Path, *more: str) -> subprocess.CompletedProcess[str]:
        words = (*FEW, "--target", target, "--report-json", str(report), *more)
        return run(*words, PYTHONPATH=str(tmp_path), HIT_IN=HIT_CASE, HIT_BY=str(number))

    return start


@pytest.mark.parametrize(
    ("number", "more"),
    [(signal.SIGINT, ()), (signal.SIGTERM, ()), (signal.SIGTERM, ("-n", "2"))],
    ids=["by-hand", "by-a-supervisor", "in-two"],
)
def test_a_run_that_is_broken_off_says_so_and_can_be_gone_on_with(  # noqa: PLR0917  (pytest gives them by name)
    number: int, more: tuple[str, ...], broken_off: Run, target: str, run: Run, tmp_path: Path
) -> None:
    """It is no success, nothing is judged twice, and at the end the report is that of a run in one piece."""
    report, whole = tmp_path / "report.json", tmp_path / "whole.json"
    before = _lanes(target)

    ended = broken_off(number, report, *more)

    first = _report(report)
    assert ended.returncode == first["status"] == 3, ended.stdout + ended.stderr
    assert "Traceback" not in ended.stdout + ended.stderr
    assert first["stopped"].startswith(f"broken off after {len(first['results'])} of ")
    assert f"stopped: {first['stopped']}" in ended.stdout
    assert f"go on with: --resume {report}" in ended.stdout
    assert HIT_CASE not in {each["id"] for each in first["results"]}
    if not more:
        assert _lanes(target) == before  # a process that is led is ended at once; its lane goes by itself

    words = (*FEW, "--target", target)
    resumed = run(*words, "--resume", str(report), "--report-json", str(report))
    run(*words, "--report-json", str(whole))

    assert resumed.returncode == 0, resumed.stdout
    assert report.read_bytes() == whole.read_bytes()
    assert _report(report)["stopped"] == ""


def test_what_came_is_written_although_nobody_could_say_goodbye(broken_off: Run, tmp_path: Path) -> None:
    report = tmp_path / "report.json"

    ended = broken_off(signal.SIGKILL, report)

    assert ended.returncode == -signal.SIGKILL
    held = _report(report)
    assert held["status"] == 3
    assert held["stopped"].startswith("broken off after ")
    assert len(held["results"]) > 0


def test_what_was_judged_is_not_run_again_and_what_was_not_is(
    broken_off: Run, run: Run, target: str, tmp_path: Path
) -> None:
    """A failure of the run before stays one, though it would pass now."""
    report, after = tmp_path / "report.json", tmp_path / "after.json"
    broken_off(signal.SIGTERM, report)
    held = _report(report)
    held["results"][0] |= {"kind": "failed", "reason": "made up", "expected": ["x"]}
    held["results"][1] |= {"kind": "could not run", "reason": "made up"}
    report.write_bytes(orjson.dumps(held))

    ended = run(*FEW, "--target", target, "--resume", str(report), "--report-json", str(after))

    assert ended.returncode == 1
    kinds = {each["id"]: each["kind"] for each in _report(after)["results"]}
    assert kinds.pop(held["results"][0]["id"]) == "failed"
    assert set(kinds.values()) == {"passed"}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"stopped": ""}, "that run came to its end, there is nothing left of it"),
        ({"target": "http://127.0.0.1:1"}, "that run was at http://127.0.0.1:1"),
        ({"format": 9}, "this is no conformance report of this version"),
    ],
)
def test_a_report_that_cannot_be_gone_on_with_is_one_line(
    change: dict[str, Any], told: str, target: str, run: Run, tmp_path: Path
) -> None:
    report = tmp_path / "report.json"
    held = {"format": 1, "target": target, "results": [], "stopped": "broken off"}
    report.write_bytes(orjson.dumps(held | change))

    ended = run(*FEW, "--target", target, "--resume", str(report))

    assert (ended.returncode, (ended.stdout + ended.stderr).strip()) == (4, f"ERROR: --resume {report}: {told}")


def test_a_run_that_ends_at_the_first_failure_is_not_a_whole_one(target: str, run: Run, tmp_path: Path) -> None:
    """`-x` of pytest: the rest was asked for, too."""
    report = tmp_path / "report.json"
    words = (*FEW, "--target", target, "--lane-prefix", "mutant.esms.never-consumed", "-x")

    ended = run(*words, "--report-json", str(report))

    assert ended.returncode == 1
    assert "broken off after" in _report(report)["stopped"]
