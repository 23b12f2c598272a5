"""A run in somebody's project: nothing of the project is read, and no mistake looks like a verdict."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import orjson
import pytest

import otp_conformance

Run = Callable[..., "subprocess.CompletedProcess[str]"]
Serve = Callable[..., Any]
SANDBOX = ("-m", "otp_sandbox.cli", "serve", "--port", "0")
FEW = ("run", "esms", "-k", "one-time")


def _report(path: Path) -> dict[str, Any]:
    held: dict[str, Any] = orjson.loads(path.read_bytes())
    return held


def _one_line(ended: subprocess.CompletedProcess[str], status: int) -> str:
    """Require a status and a single line; give it."""
    told = (ended.stdout + ended.stderr).strip()
    assert (ended.returncode, told.count("\n")) == (status, 0), told
    return told


# The project around


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project whose settings and plugins break every pytest that reads them."""
    for name in ("conftest.py", "breaks.py"):
        (tmp_path / name).write_text("raise RuntimeError('the project was read')\n", "utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --no-such-flag\n", "utf-8")
    (tmp_path / "esms").mkdir()
    (tmp_path / "esms" / "conftest.py").write_text("raise RuntimeError('the project was read')\n", "utf-8")
    return tmp_path


def test_nothing_of_the_project_around_is_read(project: Path, target: str, run: Run) -> None:
    """Neither its files nor its variables; and its own cache is left alone."""
    ended = run(
        *FEW,
        *("--target", target),
        folder=project,
        PYTEST_ADDOPTS="--no-such-flag",
        PYTEST_PLUGINS="breaks",
        PYTEST_DISABLE_PLUGIN_AUTOLOAD="",
        PYTHONPATH=str(project),
    )

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert not (project / ".pytest_cache").exists()


def test_nothing_above_the_suite_is_read(project: Path, target: str, run: Run) -> None:
    """A virtual environment often stands inside the project: its conftest.py is above the suite's own files."""
    home = project / "site"
    shutil.copytree(Path(otp_conformance.__file__).parent, home / "otp_conformance")

    ended = run(*FEW, "--target", target, folder=project, PYTHONPATH=str(home))

    assert ended.returncode == 0, ended.stdout + ended.stderr


# Mistakes are no verdicts


@pytest.mark.parametrize("missing", ["pytest", "schemathesis", "xdist"])
def test_a_missing_extra_is_one_line(missing: str, run: Run, tmp_path: Path) -> None:
    """It says what to install. What is only needed for `-n` is missing only then."""
    (tmp_path / "sitecustomize.py").write_text(
        "import importlib.util as util\n"
        "find = util.find_spec\n"
        f"util.find_spec = lambda name, package=None: None if name == {missing!r} else find(name, package)\n",
        "utf-8",
    )

    ended = run("run", "--target", "http://127.0.0.1:9", "-n", "2", PYTHONPATH=str(tmp_path))

    assert "pip install 'otp-sandbox[conformance]'" in _one_line(ended, 3)


@pytest.mark.parametrize("words", [("run", "--target", "http://127.0.0.1:9"), ("compare", "a", "b")])
def test_a_crash_is_one_line_and_no_verdict(words: tuple[str, ...], run: Run, tmp_path: Path) -> None:
    """Whatever breaks inside: here a package of ours that cannot be imported."""
    (tmp_path / "otp_specs").mkdir()
    (tmp_path / "otp_specs" / "__init__.py").write_text("raise RuntimeError('an\\nodd\\tone')\n", "utf-8")

    told = _one_line(run(*words, PYTHONPATH=str(tmp_path)), 3)

    assert told.startswith("otp-conformance: the suite itself broke: RuntimeError: an odd one (")


BROKEN = """
import otp_conformance.suite as suite

real = suite.Suite._prepare

async def broken(self, each, driver):
    if "second_try" in each.id:
        raise OSError("the disk is full")
    await real(self, each, driver)

suite.Suite._prepare = broken
"""


def test_a_case_that_breaks_could_not_run(target: str, run: Run, tmp_path: Path) -> None:
    """The report says so, the others are judged, and it is not status 1."""
    (tmp_path / "sitecustomize.py").write_text(BROKEN, "utf-8")
    report = tmp_path / "report.json"

    ended = run(*FEW, "--target", target, "--report-json", str(report), PYTHONPATH=str(tmp_path))

    assert ended.returncode == _report(report)["status"] == 3
    kinds = {each["id"]: (each["kind"], each["reason"]) for each in _report(report)["results"]}
    broken = kinds.pop("esms.one-time-use.second_try_is_refused")
    assert broken == ("could not run", "the case broke (OSError: the disk is full)")
    assert {kind for kind, _ in kinds.values()} == {"passed"}


# As people expect


def test_a_provider_may_be_named_after_the_flags(target: str, run: Run, tmp_path: Path) -> None:
    """Also where a folder has its name; and the value of a flag is no provider."""
    report = tmp_path / "report.json"
    (tmp_path / "esms").mkdir()

    ended = run(
        *("run", "--target", target, "-k", "money", "esms", "--report-json", str(report), "thuesim"), folder=tmp_path
    )

    assert ended.returncode == 0, ended.stdout
    assert {each["provider"] for each in _report(report)["results"]} == {"esms", "thuesim"}


@pytest.mark.parametrize(
    "words", [("--target", "http://h", "twilio"), ("--target", "http://h", "--provider", "twilio")]
)
def test_a_provider_that_there_is_not_is_one_line(words: tuple[str, ...], run: Run) -> None:
    assert "twilio is no provider that is described here" in _one_line(run("run", *words), 4)


def test_words_that_fit_no_case_are_told(target: str, run: Run) -> None:
    ended = run("run", "--target", target, "-k", "no_such_case")

    assert ended.returncode == 4
    assert "otp-conformance: -k no_such_case: no case fits" in ended.stdout.splitlines()


@pytest.mark.parametrize("words", [("--version",), ("run", "--version"), ("run", "--target", "http://h", "--version")])
def test_the_version_is_told(words: tuple[str, ...], run: Run) -> None:
    assert _one_line(run(*words), 0) == f"otp-conformance {version('otp-sandbox')}"


# The target is looked at first


@pytest.mark.parametrize("more", [(), ("-n", "2")], ids=["in-one-process", "in-two"])
def test_a_dead_target_is_one_line(more: tuple[str, ...], free_port: int, run: Run, tmp_path: Path) -> None:
    """And the report says why there are no results."""
    report, page = tmp_path / "report.json", tmp_path / "page.html"
    url = f"http://127.0.0.1:{free_port}"

    ended = run("run", "--target", url, *more, "--report-json", str(report), "--report-html", str(page))

    assert f"{url} does not answer" in _one_line(ended, 3)
    held = _report(report)
    assert (held["status"], held["results"]) == (3, [])
    assert f"{url} does not answer" in held["stopped"]
    assert "does not answer" in page.read_text("utf-8")


@pytest.mark.parametrize("token", ["", "wrong"])
def test_a_wrong_token_is_refused(token: str, serve: Serve, run: Run) -> None:
    """Without one the run is a black box, as documented; one that is not taken was meant otherwise."""
    url = serve(*SANDBOX, OTP_SANDBOX_CONTROL_TOKEN="secret").url

    ended = run("run", "esms", "--target", url, "-k", "sample", "--control-token", token)

    if token:
        assert "--control-token: the control API does not take it" in _one_line(ended, 4)
    else:
        assert ended.returncode == 0
        assert "the target cannot change the account (its control API wants --control-token)" in ended.stdout


def test_a_token_for_a_target_without_a_control_api_is_refused(serve: Serve, run: Run) -> None:
    url = serve("-c", NOTHING).url

    ended = run("run", "esms", "--target", url, "--control-token", "secret")

    assert "--control-token: the target has no control API" in _one_line(ended, 4)


NOTHING = """
from aiohttp import web

app = web.Application()
web.run_app(app, host="127.0.0.1", port=0, print=lambda text: print(text, flush=True), access_log=None)
"""

# The lane `default`


def _default_lane(url: str) -> dict[str, Any]:
    """All of the lane `default` that a run must not change, and what it answers strangers."""
    from urllib.request import urlopen  # noqa: PLC0415

    found = {}
    accounts = [f"accounts/{provider}" for provider in ("amoot", "esms", "thuesim", "viotp")]
    for path in ("choices", *accounts, "clock", "messages", "codes", "rentals", "callbacks"):
        with urlopen(f"{url}/_sandbox/v1/{path}", timeout=10) as answer:
            found[path] = orjson.loads(answer.read())
    with urlopen(f"{url}/_sandbox/v1/lanes", timeout=10) as answer:
        found["lanes"] = [each["id"] for each in orjson.loads(answer.read())["lanes"]]
    for held in found.values():
        if isinstance(held, dict):
            for name in ("cursor", "now"):
                held.pop(name, None)
    return found


def test_a_run_leaves_the_lane_default_and_no_lane_behind(serve: Serve, run: Run, tmp_path: Path) -> None:
    """Cases about strangers apply as far as it answers them so; the rest says why it does not apply."""
    report = tmp_path / "report.json"
    url = serve(*SANDBOX).url
    before = _default_lane(url)
    some = "with_wrong_token or no_credentials or (authentication and wrong) or (thuesim and auth_failed) or links"

    ended = run("run", "--target", url, "-k", some, "-n", "2", "--report-json", str(report))

    assert ended.returncode == 0, ended.stdout[-3000:]
    assert _default_lane(url) == before
    left = {each["id"]: each["reason"] for each in _report(report)["results"] if each["kind"] == "not applicable"}
    assert left
    assert all("strangers meet" in reason for reason in left.values())


def test_a_run_that_may_change_the_lane_default_leaves_nothing_out_and_puts_it_back(
    serve: Serve, run: Run, tmp_path: Path
) -> None:
    report = tmp_path / "report.json"
    url = serve(*SANDBOX).url
    before = _default_lane(url)
    some = "no_credentials or (authentication and wrong) or (thuesim and auth_failed)"

    words = ("run", "--target", url, "-k", some, "-n", "2", "--change-default", "--report-json", str(report))
    ended = run(*words)

    assert ended.returncode == 0, ended.stdout[-3000:]
    assert {each["kind"] for each in _report(report)["results"]} == {"passed"}
    assert _default_lane(url) == before


def test_strangers_are_judged_as_the_lane_default_answers_them(serve: Serve, run: Run, tmp_path: Path) -> None:
    """Whatever it plays: a wrong token is answered in its dialect, not in that of the case's own lane."""
    config = tmp_path / "host.toml"
    config.write_text(
        "[lanes.default.choices]\n"
        '"amoot.status-format" = "number"\n"thuesim.profile" = "list"\n"thuesim.content-type" = "html"\n',
        "utf-8",
    )
    url = serve(*SANDBOX, "--config", str(config)).url
    some = "(SendOTP and wrong) or (thuesim and auth_failed) or authentication or (contract and (SendQuickOTP or code))"

    ended = run("run", "amoot", "thuesim", "--target", url, "-k", some, "-n", "2", "--max-examples", "2")

    assert ended.returncode == 0, ended.stdout[-3000:]
