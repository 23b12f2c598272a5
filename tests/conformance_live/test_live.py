"""Runs at the "real hosts": nothing is spent that was not allowed, and what differs is found."""

from __future__ import annotations

import importlib.util
import json
import os
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

_SPEC = importlib.util.spec_from_file_location("conformance_live_conftest", Path(__file__).with_name("conftest.py"))
assert _SPEC is not None
assert _SPEC.loader is not None
shared = importlib.util.module_from_spec(_SPEC)
sys.modules[_SPEC.name] = shared
_SPEC.loader.exec_module(shared)

Run = Callable[..., Any]
LIVE = ("run", "--target", "live")
NUMBERS = ("--allow-number", "+84909123456", "--allow-number", "+989121112233")
PAID = ("--tier", "2", "--min-interval", "0", *NUMBERS)


def _report(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


def test_without_credentials_nothing_starts(host: Any, conformance: Run) -> None:
    """One line says what is missing, and the host hears nothing."""
    done = conformance(*LIVE, env=host.environment(keys={}))

    assert done.status == 4
    assert len(done.text.strip().splitlines()) == 1
    assert "needs credentials" in done.text
    assert host.requests() == []


def test_half_of_the_credentials_is_told(host: Any, conformance: Run) -> None:
    done = conformance(*LIVE, env=host.environment(keys={"OTP_CONFORMANCE_ESMS_API_KEY": "k"}))

    assert done.status == 4
    assert "OTP_CONFORMANCE_ESMS_SECRET_KEY is missing" in done.text


@pytest.mark.parametrize("tier", ["0", "1"])
def test_below_tier_two_nothing_is_sent(host: Any, conformance: Run, tier: str) -> None:
    """Although the host plays other choices than those that the cases expect."""
    done = conformance(*LIVE, "--tier", tier, "--max-examples", "1", env=host.environment())

    assert f"plan: tier {tier}" in done.text
    assert "at most 0, bound 10" in done.text
    assert host.requests() != []
    assert (host.sent(), host.rentals()) == ([], 0)


def test_a_provider_without_credentials_is_not_applicable(host: Any, conformance: Run, tmp_path: Path) -> None:
    keys = {"OTP_CONFORMANCE_THUESIM_TOKEN": "SANDBOX-TOKEN"}

    conformance(*LIVE, "--report-json", str(tmp_path / "r.json"), env=host.environment(keys=keys))

    results = _report(tmp_path / "r.json")["results"]
    assert {each["kind"] for each in results if each["provider"] == "esms"} == {"not applicable"}
    assert {each["kind"] for each in results if each["provider"] == "thuesim"} > {"passed"}


def test_tier_two_wants_numbers(host: Any, conformance: Run) -> None:
    done = conformance(*LIVE, "--tier", "2", "--yes", env=host.environment())

    assert done.status == 4
    assert "--allow-number" in done.text
    assert host.requests() == []


def test_the_plan_is_told_and_agreed_to_before_anything_is_sent(host: Any, conformance: Run) -> None:
    """Without a terminal and without --yes the run ends there."""
    done = conformance(*LIVE, *PAID, "--max-sends", "2000", "--price", "esms=850", env=host.environment())

    assert done.status == 4
    assert "esms at http://127.0.0.1:" in done.text
    assert "sends:  at most" in done.text
    assert "× 850 = " in done.text
    assert "time:   about" in done.text
    assert "to:     +84909123456, +989121112233" in done.text
    assert "agree with --yes" in done.text
    assert host.requests() == []


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
@pytest.mark.parametrize(("typed", "sends"), [(b"no\n", False), (b"yes\n", True)])
def test_a_person_at_a_terminal_is_asked(host: Any, typed: bytes, *, sends: bool) -> None:
    """Only yes means yes."""
    leader, follower = os.openpty()
    words = ["run", "esms", "--target", "live", *PAID, "--max-sends", "3", "-k", "accepted_body"]
    os.write(leader, typed)

    done = subprocess.run(
        [sys.executable, "-m", "otp_conformance.cli", *words],
        env=shared.environment() | host.environment(),
        cwd=Path(__file__).resolve().parents[2],
        stdin=follower,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    os.close(leader)
    os.close(follower)

    assert "Go on? Type yes:" in done.stdout + done.stderr
    assert done.returncode == (0 if sends else 4), done.stdout + done.stderr
    assert (host.sent() != []) == sends


def test_many_processes_are_refused(host: Any, conformance: Run) -> None:
    """Each would count sends of its own."""
    done = conformance(*LIVE, "-n", "2", env=host.environment())

    assert done.status == 4
    assert "leave -n out" in done.text


def test_sends_stay_within_the_bound_and_go_to_allowed_numbers(host: Any, conformance: Run) -> None:
    some = ("-k", "answer or sample or text")
    done = conformance(*LIVE, *PAID, "--yes", "--max-sends", "7", *some, env=host.environment())

    assert "bound 7" in done.text
    assert "do not fit and are left out" in done.text
    assert 0 < len(host.sent()) + host.rentals() <= 7
    assert set(host.sent()) <= {"+84909123456", "+989121112233"}


def test_what_passed_is_not_paid_again(host: Any, conformance: Run, tmp_path: Path) -> None:
    """A second run with --resume sends for what did not pass only."""
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    choices = [word for name, option in shared.CHOICES.items() for word in ("--choice", f"{name}={option}")]
    arguments = (
        *LIVE[:1],
        "esms",
        *LIVE[1:],
        *PAID,
        "--yes",
        "--max-sends",
        "200",
        "-k",
        "answer or template",
        *choices,
    )
    conformance(*arguments, "--report-json", str(first), env=host.environment())
    sent = len(host.sent())

    done = conformance(*arguments, "--report-json", str(second), "--resume", str(first), env=host.environment())

    assert sent > 0
    assert len(host.sent()) == sent
    assert "are taken over and not repeated" in done.text
    before = {each["id"]: each["kind"] for each in _report(first)["results"]}
    assert {each["id"]: each["kind"] for each in _report(second)["results"]} == before


def test_a_note_that_failed_is_not_paid_twice_and_a_must_is(host: Any, conformance: Run, tmp_path: Path) -> None:
    """A note is no verdict that a second try could turn. Once it counts, it is tried again."""
    first, second, third = (tmp_path / f"{name}.json" for name in ("first", "second", "third"))
    words = ("run", "thuesim", "--target", "live", *PAID, "--yes", "-k", "space_kept or space_dropped")
    drop, keep = (("--choice", f"thuesim.phone-space={option}") for option in ("drop", "keep"))
    conformance(*words, *drop, "--report-json", str(first), env=host.environment())
    before = {each["id"].rpartition(".")[2]: each for each in _report(first)["results"]}
    assert (before["space_kept"]["kind"], before["space_kept"]["level"]) == ("failed", "note")
    assert before["space_dropped"]["kind"] == "passed"
    assert host.rentals() == 2

    conformance(*words, *drop, "--resume", str(first), "--report-json", str(second), env=host.environment())
    assert host.rentals() == 2
    assert _report(second)["results"] == _report(first)["results"]

    again = conformance(*words, *keep, "--resume", str(first), "--report-json", str(third), env=host.environment())
    assert host.rentals() == 3
    after = {each["id"].rpartition(".")[2]: each for each in _report(third)["results"]}
    assert (again.status, after["space_kept"]["kind"], after["space_kept"]["level"]) == (1, "failed", "must")


def test_sends_are_spent_on_codes_first(host: Any, conformance: Run) -> None:
    """The suite's own order would begin with others; no case is left out for one that proves less."""
    command = f"command:{sys.executable} -c print(1)"
    done = conformance(*LIVE, *PAID, "--max-sends", "10", "--codes", command, env=host.environment())

    assert "10 of them prove something about codes" in done.text
    assert host.requests() == []


def test_a_code_is_read_at_a_rented_number(host: Any, conformance: Run, tmp_path: Path) -> None:
    """The number is rented in the same run, and nothing goes anywhere else."""
    report = tmp_path / "rental.json"
    done = conformance(
        *("run", "esms", "--target", "live", "--tier", "2", "--min-interval", "0", "--yes", "--codes", "rental"),
        *("--choice", "esms.refused-code=171", "-k", "second_try or code_is_not_told", "--report-json", str(report)),
        env=host.environment(),
    )

    assert done.status == 0, done.text
    assert [each["codes_read"] for each in _report(report)["results"]] == [1, 1]
    assert host.rentals() == len(host.sent()) == 2


def test_drift_proposes_what_the_host_plays(host: Any, conformance: Run, tmp_path: Path) -> None:
    """Exactly its choices; and a sandbox that is started with them conforms to them."""
    sandbox, real, again, choices = (tmp_path / name for name in ("a.json", "b.json", "c.json", "choices.toml"))
    code = tmp_path / "code.py"
    code.write_text(
        "import json, sys, urllib.parse, urllib.request\n"
        f"request = urllib.request.Request({host.url!r} + '/_sandbox/v1/messages/latest?to=' + sys.argv[1],"
        f" headers={{'Authorization': 'Bearer {shared.TOKEN}'}})\n"
        "print(json.load(urllib.request.urlopen(request))['code'])\n",
        "utf-8",
    )
    some = ("-k", "answer or refusal or content or rent or sample or calls")
    paid = (*PAID, "--yes", "--max-sends", "3000", *some)
    codes = f"command:{shlex.join([sys.executable, str(code)])} {{phone}}"
    with shared.served(None) as default:
        conformance("run", "--target", default.url, "--report-json", str(sandbox), "-n", "2", *some)
    conformance(*LIVE, *paid, "--codes", codes, "--report-json", str(real), env=host.environment())

    drift = conformance("compare", str(sandbox), str(real), "--write-choices", str(choices))

    assert drift.status == 2, drift.text
    played = tomllib.loads(choices.read_text("utf-8"))["lanes"]["default"]["choices"]
    assert played == shared.CHOICES
    choices.write_text(choices.read_text("utf-8") + shared.ACCOUNTS, "utf-8")
    told = [word for name, option in played.items() for word in ("--choice", f"{name}={option}")]
    with shared.served(choices, shared.TOKEN) as new:
        done = conformance(*LIVE, *paid, *told, "--report-json", str(again), env=new.environment())
    assert done.status == 0, done.text[-3000:]
