"""Whole runs of the command, against sandboxes, mutants and servers that play nothing."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import orjson
import pytest

from mutants.marks import lane_prefix

Ended = subprocess.CompletedProcess[str]
Run = Callable[..., Ended]
Serve = Callable[..., Any]
PROVIDERS = ("amoot", "esms", "thuesim", "viotp")
ONE_TIME = "esms.one-time-use.second_try_is_refused"

NONSENSE = """
from aiohttp import web

async def answer(request):
    return web.json_response({})

app = web.Application()
app.router.add_route("*", "/{path:.*}", answer)
web.run_app(app, host="127.0.0.1", port=0, print=lambda text: print(text, flush=True), access_log=None)
"""
MORTAL = """
import itertools, os, sys
from aiohttp import web

calls = itertools.count()

async def answer(request):
    if request.path == "/_sandbox/v1/info":
        return web.json_response({"name": "another-sandbox"})
    if request.path == "/_sandbox/v1/openapi.json":
        paths = {"/_sandbox/v1/lanes": {"post": {}}, "/_sandbox/v1/lanes/{id}": {"delete": {}}}
        return web.json_response({"paths": paths})
    if request.path == "/_sandbox/v1/lanes":
        return web.json_response({"id": "a", "credentials": {"esms": {"ApiKey": "k", "SecretKey": "s"}}})
    if request.path.startswith("/_sandbox/") or request.path == "/":
        return web.json_response({})
    if next(calls) == 3:
        os._exit(0)
    if sys.argv[1] == "wrong":
        return web.json_response({"CodeResult": "1"})
    refusal = '{"CodeResult":"101","CountRegenerate":0,"ErrorMessage":"Authorize Failed"}'
    return web.Response(text=refusal, content_type="application/json")

app = web.Application()
app.router.add_route("*", "/{path:.*}", answer)
web.run_app(app, host="127.0.0.1", port=0, print=lambda text: print(text, flush=True), access_log=None)
"""


def _report(path: Path) -> dict[str, Any]:
    held: dict[str, Any] = orjson.loads(path.read_bytes())
    return held


def _kinds(path: Path) -> dict[str, str]:
    return {each["id"]: each["kind"] for each in _report(path)["results"]}


def _held_to(ended: Ended, status: int) -> str:
    """Require a status and that nothing broke; give what was printed."""
    assert ended.returncode == status, ended.stdout[-3000:] + ended.stderr
    assert "Traceback" not in ended.stdout + ended.stderr
    assert "INTERNALERROR" not in ended.stdout + ended.stderr
    return ended.stdout


# A sandbox is conformant


@pytest.mark.parametrize(
    ("providers", "more"), [((), ()), (("thuesim",), ("-n", "2"))], ids=["in-one-process", "in-two"]
)
def test_the_sandbox_is_conformant(
    providers: tuple[str, ...], more: tuple[str, ...], target: str, run: Run, tmp_path: Path
) -> None:
    """Nothing fails and nothing is left out: in one process everything, in two a part of one provider."""
    report, junit = tmp_path / "report.json", tmp_path / "junit.xml"

    words = (
        "run",
        *providers,
        "--target",
        target,
        *more,
        "--change-default",
        *(("-k", "contract or sample or money or auth_failed") if providers else ()),
    )
    told = _held_to(run(*words, "--report-json", str(report), "--junitxml", str(junit), seconds=600), 0)

    kinds = _kinds(report)
    suite = ET.parse(junit).getroot()[0]
    assert set(kinds.values()) == {"passed"}
    assert {name.partition(".")[0] for name in kinds} == set(providers or PROVIDERS)
    assert {name.split(".")[1] for name in kinds} >= {"contract", "sample", "money"}
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == (str(len(kinds)), "0", "0")
    assert f"conformant: {len(kinds)} passed" in told
    assert "note:" not in told
    if not providers:
        _coverage_is_fresh(_report(report)["results"])


def _coverage_is_fresh(results: list[dict[str, Any]]) -> None:
    """The page of docs says what this run says: `python docs/generate_coverage.py REPORT.json`."""
    path = Path(__file__).parents[2] / "docs" / "generate_coverage.py"
    spec = importlib.util.spec_from_file_location("docs_generate_coverage", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    assert module.page(results) == module.PAGE.read_text("utf-8")
    only = [each for each in results if each["layer"] != "sample" or "GetBalance_json" not in each["id"]]
    with pytest.raises(ValueError, match=r"^esms/GetBalance_json: no sample$"):
        module.page(only)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_provider_and_words_select_cases(provider: str, target: str, run: Run, tmp_path: Path) -> None:
    report = tmp_path / "report.json"

    told = _held_to(run("run", provider, "--target", target, "-k", "money", "--report-json", str(report)), 0)

    assert {name.split(".money.")[0] for name in _kinds(report)} <= {provider, *_kinds(report)}
    assert {name.partition(".")[0] for name in _kinds(report)} == {provider}
    notes = ("note: the clock was never moved", "note: no code was ever read")
    assert any(note in told for note in notes) or provider == "thuesim"


def test_two_runs_write_the_same_bytes(target: str, run: Run, tmp_path: Path) -> None:
    """One in a single process, one in two; all three layers are among the cases."""
    reports = [tmp_path / "a.json", tmp_path / "b.json"]
    for path, more in zip(reports, ([], ["-n", "2"]), strict=True):
        words = (
            "run",
            "esms",
            "--target",
            target,
            "-k",
            "money or (sample and Code) or (contract and Code) or links",
            "--report-json",
            str(path),
            *more,
        )
        words += ("--max-examples", "2")
        _held_to(run(*words), 0)

    assert reports[0].read_bytes() == reports[1].read_bytes()
    results = _report(reports[0])["results"]
    assert {each["layer"] for each in results} == {"behaviour", "contract", "sample"}
    called = {each["id"]: each["operations"] for each in results if each["layer"] != "behaviour"}
    assert called["esms.contract.CheckCodeGen_V4_get"] == ["CheckCodeGen_V4_get"]
    assert called["esms.contract.links"] == []
    assert called["esms.sample.CheckCodeGen_V4_get/code_valid"] == [
        "SendMessageAutoGenCode_V4_get",
        "CheckCodeGen_V4_get",
    ]


# Mutants and mistakes are found


def test_a_mutant_is_found_and_the_case_named_in_every_report(target: str, run: Run, tmp_path: Path) -> None:
    """The page and the JSON hold the exchange, but none of its secrets."""
    report, page = tmp_path / "report.json", tmp_path / "page.html"
    files = ("--report-json", str(report), "--report-html", str(page))

    ended = run(
        "run", "esms", "--target", target, "-k", "one-time", "--lane-prefix", "mutant.esms.never-consumed", *files
    )

    told = _held_to(ended, 1)
    failed = {each["id"]: each for each in _report(report)["results"] if each["kind"] == "failed"}
    assert ONE_TIME in failed
    assert f"{ONE_TIME} (must): failed" in told
    assert ONE_TIME in page.read_text("utf-8")
    assert failed[ONE_TIME]["operations"] == ["SendMessageAutoGenCode_V4_get", "CheckCodeGen_V4_get"]
    curl = failed[ONE_TIME]["exchanges"][-1]["curl"]
    assert "ApiKey=***&SecretKey=***" in curl
    assert curl in told


@pytest.mark.parametrize("mutant", ["esms.always-accept", "esms.always-reject"])
def test_a_provider_that_always_says_the_same_is_not_conformant(mutant: str, target: str, run: Run) -> None:
    told = _held_to(
        run("run", "esms", "--target", target, "-k", "one-time or binding", "--lane-prefix", f"mutant.{mutant}"), 1
    )

    assert "not conformant: " in told


def test_a_known_failure_is_no_failure_and_a_stale_one_is(target: str, run: Run, tmp_path: Path) -> None:
    known = tmp_path / "known.txt"
    known.write_text(f"{ONE_TIME}: we know\n", "utf-8")
    words = ("run", "esms", "--target", target, "-k", "second_try_is_refused", "--known", str(known))

    expected = _held_to(run(*words, "--lane-prefix", "mutant.esms.never-consumed"), 0)
    stale = _held_to(run(*words), 1)

    assert "conformant: 1 known failure" in expected
    assert "is listed as failing (we know), but passes" in stale


def test_the_proof_names_who_finds_a_mutant(target: str, prove: Run, tmp_path: Path) -> None:
    path = tmp_path / "matrix.json"

    told = _held_to(prove("amoot.constant-code", "--target", target, "--json", str(path)), 0)

    (row,) = _report(path)["mutants"]
    assert row["killed_by"] == ["amoot.code.code_is_handed_back"]
    assert told.split() == [
        "amoot",
        "written",
        "1",
        "made",
        "1",
        "found",
        "0",
        "live",
        "with",
        "a",
        "reason",
        "0",
        "open",
    ]


# Targets that play nothing, or not for long


def test_a_server_that_says_yes_to_everything_is_not_conformant(serve: Serve, run: Run, tmp_path: Path) -> None:
    """All layers fail, and no case breaks over a body without members."""
    report = tmp_path / "report.json"
    url = serve("-c", NONSENSE).url

    some = "sample or answer or catalogue or (contract and Code)"
    words = ("run", "--target", url, "-k", some, "--max-examples", "1", "--tb=no")
    words += ("--min-interval", "0")
    ended = run(*words, "--report-json", str(report))

    _held_to(ended, 1)
    layers = {each["layer"] for each in _report(report)["results"] if each["kind"] == "failed"}
    assert layers == {"behaviour", "contract", "sample"}
    assert "could not run" not in _kinds(report).values()


@pytest.mark.parametrize(("answers", "status"), [("right", 3), ("wrong", 1)])
def test_a_target_that_dies_is_reported_as_far_as_it_came(
    answers: str, status: int, serve: Serve, run: Run, tmp_path: Path
) -> None:
    """What was not reached could not be run; a failure before that still counts."""
    report, page = tmp_path / "report.json", tmp_path / "page.html"
    url = serve("-c", MORTAL, answers).url
    words = ("run", "esms", "--target", url, "-k", "authorize_failed or wrong_credentials or authentication or links")

    told = _held_to(run(*words, "--report-json", str(report), "--report-html", str(page)), status)

    kinds = _kinds(report)
    assert kinds["esms.contract.links"] == "could not run"
    assert set(kinds.values()) - {"not applicable"} == {"could not run", "passed" if status == 3 else "failed"}
    assert page.exists()
    # It is looked for once more, and then told once, not for each case that was not reached.
    counted = re.search(r"(\d+) failed, (?:\d+ passed, )?\d+ skipped", told)
    assert counted is not None
    assert 0 < int(counted[1]) - list(kinds.values()).count("failed") <= 2
    assert list(kinds.values()).count("could not run") > 2


def test_a_target_without_a_control_api_is_judged_in_the_world_that_it_has(
    serve: Serve, run: Run, tmp_path: Path
) -> None:
    """Cases that need powers do not apply, and say so; the rest runs on the lane `default`."""
    report = tmp_path / "report.json"
    url = serve("-m", "otp_sandbox.cli", "serve", "--port", "0", OTP_SANDBOX_CONTROL_TOKEN="secret").url

    told = _held_to(run("run", "esms", "--target", url, "--max-examples", "2", "--report-json", str(report)), 0)

    results = {each["id"]: each for each in _report(report)["results"]}
    assert {each["kind"] for each in results.values()} == {"passed", "not applicable"}
    assert (results[ONE_TIME]["kind"], results[ONE_TIME]["reason"]) == (
        "not applicable",
        "the target cannot read a code (its control API wants --control-token)",
    )
    assert results["esms.sample.CheckCodeGen_V4_get/authorize_failed"]["kind"] == "passed"
    assert "note: no code was ever read" in told


def test_the_token_opens_the_control_api(serve: Serve, run: Run, tmp_path: Path) -> None:
    url = serve("-m", "otp_sandbox.cli", "serve", "--port", "0", OTP_SANDBOX_CONTROL_TOKEN="secret").url

    words = ("run", "esms", "--target", url, "-k", "second_try_is_refused", "--control-token", "secret")

    assert "conformant: 1 passed" in _held_to(run(*words), 0)


def test_a_tier_bounds_what_is_run(target: str, run: Run, tmp_path: Path) -> None:
    report = tmp_path / "report.json"

    _held_to(run("run", "esms", "--target", target, "-k", "sample", "--tier", "0", "--report-json", str(report)), 0)

    tiers = {(each["tier"], each["kind"]) for each in _report(report)["results"]}
    assert tiers >= {(0, "passed"), (2, "not applicable")}
    assert (0, "not applicable") not in tiers
    assert not [each for each in tiers if each[0] > 0 and each[1] == "passed"]


def test_a_strict_run_wants_everything_judged(target: str, run: Run) -> None:
    """And every run says how much was."""
    words = ("run", "esms", "--target", target, "-k", "sample and GetBalance", "--strict")

    part, whole = run(*words, "--tier", "0"), run(*words)

    assert (part.returncode, whole.returncode) == (3, 0)
    assert re.search(r"^could not run: \d+ passed, \d+ not applicable$", part.stdout, re.MULTILINE)
    assert re.search(r"^judged: \d+ of \d+ cases \(must \d+ of \d+\)$", part.stdout, re.MULTILINE)
    assert re.search(r"^not judged: \d+ tier 1 is above 0$", part.stdout, re.MULTILINE)
    assert "not judged" not in whole.stdout


def test_without_a_channel_codes_are_not_read_and_nothing_is_claimed(target: str, run: Run) -> None:
    words = ("run", "esms", "--target", target, "-k", "one-time or sample", "--codes", "none")

    told = _held_to(run(*words), 0)

    assert "could not run" not in told.rpartition("conformant:")[2]
    assert "note: no code was ever read" in told


# Reports that cannot be written, and usage


@pytest.mark.parametrize("flag", ["--report-json", "--report-html"])
@pytest.mark.parametrize(
    ("path", "problem"), [("/no/such/file", "there is no such folder"), ("/tmp", "it is a folder")]
)
def test_a_report_that_cannot_be_written_is_told_before_anything_is_tried(
    flag: str, path: str, problem: str, target: str, run: Run
) -> None:
    ended = run("run", "esms", "--target", target, flag, path)

    _held_to(ended, 4)
    assert (ended.stdout + ended.stderr).strip() == f"ERROR: {path} cannot be written: {problem}"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no disk that is always full")
@pytest.mark.parametrize("flag", ["--report-json", "--report-html"])
@pytest.mark.parametrize("more", [[], ["-n", "2"]], ids=["in-one-process", "in-two"])
def test_a_disk_that_is_full_is_told_below_the_table(flag: str, more: list[str], target: str, run: Run) -> None:
    told = _held_to(run("run", "esms", "--target", target, "-k", "money", flag, "/dev/full", *more), 4)

    assert re.search(r"^conformant: \d+ passed$", told, re.MULTILINE)
    assert "otp-conformance: /dev/full cannot be written: No space left on device" in told.splitlines()


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["--target", "nonsense"], "--target nonsense: give an address like http://127.0.0.1:6877"),
        (["--target", "http://h", "--codes", "x"], "--codes x: takes control, answer, prompt, none"),
        (["--target", "http://h", "--choice", "esms.x=y"], "--choice esms.x: there is no such choice"),
        (["--target", "http://h", "--tier", "9"], "9 is not a valid Tier"),
        (["--target", "http://h", "--known", "/no/known"], "/no/known: cannot be read"),
    ],
)
def test_a_flag_that_cannot_be_is_one_line(words: list[str], line: str, run: Run) -> None:
    """No case is begun for it."""
    ended = run("run", *words)

    _held_to(ended, 4)
    told = (ended.stdout + ended.stderr).strip()
    assert line in told
    assert told.count("\n") == 0


# Drift


def test_drift_is_told_and_its_choices_are_a_configuration(target: str, serve: Serve, run: Run, tmp_path: Path) -> None:
    """A real thing that ignores case differs from the default sandbox, and not from one so configured."""
    one, other, chosen = (tmp_path / name for name in ("one.json", "other.json", "choices.toml"))
    words = ("run", "esms", "--target", target, "-k", "binding")
    _held_to(run(*words, "--report-json", str(one)), 0)
    _held_to(run(*words, "--report-json", str(other), "--lane-prefix", lane_prefix("esms.choice.code-case=ignore")), 1)

    same = _held_to(run("compare", str(one), str(one)), 0)
    drift = _held_to(run("compare", str(one), str(other), "--write-choices", str(chosen)), 2)

    assert same.startswith("nothing came out otherwise\njudged by both: ")
    assert "newly failing: esms.binding.case_counts" in drift
    assert "proposed choice: esms.code-case = ignore" in drift
    url = serve("-m", "otp_sandbox.cli", "serve", "--port", "0", "--config", str(chosen)).url
    assert url.startswith("http://127.0.0.1:")


def test_choices_that_cannot_be_written_are_a_usage_error(target: str, run: Run, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    _held_to(run("run", "esms", "--target", target, "-k", "money", "--report-json", str(report)), 0)

    ended = run("compare", str(report), str(report), "--write-choices", os.fspath(tmp_path))

    _held_to(ended, 4)
    assert ended.stderr == f"otp-conformance: {tmp_path} cannot be written: Is a directory\n"


def test_what_failed_last_can_be_run_alone(target: str, run: Run, tmp_path: Path) -> None:
    """`--lf`, remembered in the folder in which the run is started."""
    words = ("run", "esms", "--target", target, "-k", "one-time")
    run(*words, "--lane-prefix", "mutant.esms.never-consumed", folder=tmp_path)

    again = run(*words, "--lf", folder=tmp_path)

    _held_to(again, 0)
    assert "conformant: 3 passed" in again.stdout


def test_a_target_that_knows_every_sender_is_asked_for_lanes_that_do_not(run: Run, serve: Serve) -> None:
    """Cases are about what is registered, whatever the team's server starts with."""
    url = serve("-m", "otp_sandbox.cli", "serve", "--port", "0", "--any-sender").url

    ended = run("run", "--target", url, "-k", "brandname.brandname or line.refused or line", "-q")

    assert ended.returncode == 0, ended.stdout
