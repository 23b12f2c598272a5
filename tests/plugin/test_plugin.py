"""The pytest plugin in projects of others: fixtures, marker, map, report."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from otp_sandbox import Client
from otp_sandbox.api.lane_of_test import put

Project = Callable[..., Path]
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def running() -> Iterator[Client]:
    """A sandbox that somebody else has started."""
    with Client.launch() as client:
        yield client


def outcome(done: subprocess.CompletedProcess[str]) -> str:
    """Give the last line of pytest without its time."""
    lines = done.stdout.strip().splitlines() or [done.stderr]
    return re.sub(r" in [\d.]+s.*", "", lines[-1].strip("= "))


LOGIN = """
import pytest
from app import send

PHONE = "0901888484"


@pytest.mark.parametrize("phone", [PHONE, "+84901888485"], ids=["x-1", "[mã]/ ::"])
def test_a_code_comes(otp_lane, phone):
    assert send(phone)["CodeResult"] == "100"
    assert otp_lane.wait_for_code(phone, timeout=5) == otp_lane.code(phone)
    otp_lane.no_code(phone, within="1m")


async def test_a_code_comes_to_a_coroutine(otp_lane):
    import asyncio
    sending = asyncio.create_task(asyncio.to_thread(send, PHONE))
    code = await otp_lane.aio.wait_for_code(PHONE, timeout=5)
    await sending
    assert code == await otp_lane.aio.code(PHONE)


def test_lanes_are_strangers(otp_lane):
    assert otp_lane.messages()["messages"] == []


@pytest.mark.otp(
    clock="2026-01-01T00:00Z", choices={"esms.second-code": "keep-all"}, accounts={"esms": {"balance": 850}}
)
class TestMarked:
    def test_of_its_class(self, otp_lane):
        assert otp_lane.clock()["now"].isoformat() == "2026-01-01T00:00:00+00:00"
        assert otp_lane.choices()["esms.second-code"] == "keep-all"
        otp_lane.advance("2m")
        otp_lane.freeze()
        assert send(PHONE)["CodeResult"] == "100"
        assert otp_lane.balance("esms") == 0

    @pytest.mark.otp(clock="2027-01-01T00:00Z", fault=["lost-ack", {"preset": "slow", "provider": "amoot"}], seed=5)
    def test_nearest_marker_wins(self, otp_lane):
        assert otp_lane.clock()["now"].year == 2027
        assert [each["match"] for each in otp_lane.faults()["faults"]] == [{}, {"provider": "amoot"}]
        assert otp_lane.seed == 5


def test_a_number_is_rented_and_pinned(otp_lane):
    rental = otp_lane.rent()
    otp_lane.pin(rental["phone"], "135790")
    send(rental["phone"])
    assert otp_lane.wait_for_code(rental["phone"]) == otp_lane.rentals()["rentals"][0]["code"] == "135790"
    assert otp_lane.callbacks()["callbacks"] == []


def test_a_lane_that_the_test_deletes(otp_lane):
    otp_lane.delete()
"""


@pytest.mark.parametrize("words", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_a_suite_of_every_kind_passes(project: Project, run: Run, words: tuple[str, ...]) -> None:
    """Sync and async, under `-W error`, whatever the tests are called."""
    done = run(project(**{"test_login": LOGIN, "api/test_login2": LOGIN}), *words)

    assert outcome(done) == "16 passed", done.stdout + done.stderr


def test_a_running_sandbox_is_used_and_left_without_lanes(project: Project, run: Run, running: Client) -> None:
    """By flag or environment; twice the same tests, at once or one after the other."""
    folder = project(test_login=LOGIN)

    flag = run(folder, "-n", "2", f"--otp-sandbox-url={running.url}")
    environment = run(folder, environment={"OTP_SANDBOX_URL": running.url})

    assert [outcome(flag), outcome(environment)] == ["8 passed"] * 2, flag.stdout + environment.stdout
    assert [each["id"] for each in running.lanes()["lanes"]] == ["default"]


def test_the_same_test_gets_the_same_code_in_each_run(project: Project, run: Run, running: Client) -> None:
    """Another test gets another; and a lane that nobody deletes any more does not live long."""
    folder = project(
        test_code="""
import pytest
from app import send

@pytest.mark.parametrize("number", [1, 2])
def test_code(otp_lane, number):
    send("0901888484")
    print("code", otp_lane.wait_for_code("0901888484"), otp_lane.id)
    assert otp_lane.open()["ttl"] == "1h"
"""
    )

    runs = [run(folder, "-s", f"--otp-sandbox-url={running.url}") for _ in range(2)]

    assert [outcome(each) for each in runs] == ["2 passed"] * 2
    told = [re.findall(r"code (\w+) (test_code-[12]-\w+)", each.stdout) for each in runs]
    codes = [[code for code, _ in each] for each in told]
    assert codes[0] == codes[1]
    assert len(set(codes[0])) == 2
    assert len({lane for each in told for _, lane in each}) == 4


def test_keys_go_where_the_map_says_and_back(project: Project, run: Run) -> None:
    """Variables, attributes of modules and of objects in them, entries of dictionaries."""
    folder = project(
        ini="""
[tool.pytest.ini_options]
otp_sandbox_map = [
    "SMS_KEY = esms.api_key",
    "config:SMS_URL=base_url",
    "config:settings.TOKEN = thuesim.token",
    "config:table.token = amoot.token",
]
""",
        config="SMS_URL = 'real'\nclass settings: TOKEN = 'real'\ntable = {}\n",
        test_map="""
import os
import config

def test_in(otp_lane):
    assert os.environ["SMS_KEY"] == otp_lane.esms.api_key
    assert config.SMS_URL == otp_lane.base_url
    assert config.settings.TOKEN == otp_lane.thuesim.token
    assert config.table == {"token": otp_lane.amoot.token}

def test_out():
    assert "SMS_KEY" not in os.environ
    assert (config.SMS_URL, config.settings.TOKEN, config.table) == ("real", "real", {})
""",
    )

    assert outcome(run(folder)) == "2 passed"


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("KEY = twilio.key", "a lane has no twilio; credentials: amoot, esms, thuesim, viotp"),
        ("KEY = esms.token", "there is no token; it is one of api_key, secret_key"),
        ("KEY = messages", "messages is no text"),
        ("KEY", "it is no text"),
        ("nowhere:KEY = base_url", "No module named 'nowhere'"),
        ("json:KEY = base_url", "KEY"),
    ],
)
def test_a_wrong_entry_of_the_map_is_named(
    running: Client, monkeypatch: pytest.MonkeyPatch, entry: str, told: str
) -> None:
    with pytest.raises(pytest.UsageError) as raised:
        put(running.open_lane(), [entry], monkeypatch)

    assert f"otp_sandbox_map: {entry!r}: " in str(raised.value)
    assert told in str(raised.value)


def test_a_wrong_marker_is_told(project: Project, run: Run, running: Client) -> None:
    """And leaves no lane."""
    markers = ("speed=2", "'flaky'", "fault='nonsense'", "clock='soon'", "fault=5", "fault=[None]")
    tests = (f"@pytest.mark.otp({each})\ndef test_{place}(otp_lane): ..." for place, each in enumerate(markers))

    done = run(project(test_a="\n".join(["import pytest", *tests])), f"--otp-sandbox-url={running.url}")

    assert outcome(done) == "6 errors"
    assert "takes fault, choices, clock, accounts, credentials, seed, any_sender by name, not speed" in done.stdout
    assert "by name, not 'flaky'" in done.stdout
    assert "preset" in done.stdout
    assert "@pytest.mark.otp(fault=5): it takes a preset, an object, or a list of these" in done.stdout
    assert "@pytest.mark.otp(fault=[None]): it takes" in done.stdout
    assert "clock.now" in done.stdout
    assert len(running.lanes()["lanes"]) == 1


FAILING = """
from app import send

def test_login(otp_lane):
    send("0901888484")
    send("0901888485", Brandname="MyShop")
    assert False

def test_passes(otp_lane):
    send("0901888484")

def test_skipped(otp_lane):
    import pytest
    pytest.skip("not now")
"""


@pytest.mark.parametrize("words", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_the_report_of_a_failed_test_tells_what_happened(
    project: Project, run: Run, tmp_path: Path, words: tuple[str, ...]
) -> None:
    """Journal with reasons, messages, findings; the bundle can be played again. No secret is in it."""
    done = run(project(test_a=FAILING), *words, f"--otp-sandbox-bundles={tmp_path / 'bundles'}")

    report = done.stdout
    assert outcome(done) == "1 failed, 1 passed, 1 skipped", report
    assert len(re.findall(r"otp-sandbox: lane test_login-\w{8}, journal", report)) == 1
    assert re.search(r"req-1 esms SendMessageAutoGenCode_V4_get: accepted \(100\)", report)
    assert re.search(r"req-2 esms \w+: brandname_unknown \(104\)\n  brandname_unknown: yes .*MyShop", report)
    assert re.search(r"this lets it pass: PATCH .*MyShop", report)
    assert re.search(r"\+84901888484 \w+ \w+  \w+ is your code", report)
    (bundle,) = (tmp_path / "bundles").iterdir()
    assert f"otp-sandbox replay {bundle}" in report
    assert json.loads(bundle.read_text("utf-8"))["kind"] == "otp-sandbox bundle"
    assert "test_passes-" not in report


def test_a_traceback_ends_in_the_test_that_asked(project: Project, run: Run) -> None:
    """Whoever uses the library need not read it: what is asked of a lane, and what it has not."""
    folder = project(
        test_a="""
import asyncio

def test_code(otp_lane):
    otp_lane.wait_for_code("0901888484", timeout=0)

def test_problem(otp_lane):
    otp_lane.clear_fault("nothing")

def test_key(otp_lane):
    otp_lane.esms.token

def test_provider(otp_lane):
    otp_lane.twilio

async def test_coroutine(otp_lane):
    await otp_lane.aio.message()
"""
    )

    short = run(folder)
    full = run(folder, "--full-trace", "-k", "test_problem")

    assert outcome(short) == "5 failed"
    assert re.findall(r"^(\S+\.py):\d+: ", short.stdout, re.MULTILINE) == ["test_a.py"] * 5
    assert "exchange.py" in full.stdout


def test_what_a_report_tells_is_bounded(project: Project, run: Run) -> None:
    folder = project(
        test_a="""
from app import send

def test(otp_lane):
    for number in range(30):
        send(f"09018884{number:02}", message="{OTP} is it " + "x" * 300)
    assert 0
"""
    )

    report = run(folder).stdout

    assert "(older ones are left out)" in report
    assert len(re.findall(r"req-\d+ esms", report)) == 20
    assert max(len(line) for line in report.splitlines() if "is it" in line and "+84" in line) <= 200


def test_a_sandbox_that_has_died_does_not_hide_the_failure(project: Project, run: Run) -> None:
    folder = project(
        test_a="""
import os, signal

def test(otp_lane, otp_sandbox):
    os.kill(otp_sandbox._process.pid, signal.SIGKILL)
    otp_sandbox._process._process.wait()
    assert 1 == 2
"""
    )

    report = run(folder).stdout

    assert "assert 1 == 2" in report
    assert "nothing can be told: no sandbox answers at" in report


def test_a_sandbox_that_does_not_start_says_why(project: Project, run: Run) -> None:
    folder = project(
        ini='[tool.pytest.ini_options]\notp_sandbox_flags = "--seed many"\n', test_a="def test(otp_lane): ..."
    )

    report = run(folder).stdout

    assert "NotStarted" in report
    assert "seed" in report


def test_flags_reach_the_sandbox(project: Project, run: Run) -> None:
    folder = project(
        ini='[tool.pytest.ini_options]\notp_sandbox_flags = "--seed 77 --any-sender"\n',
        test_a="def test(otp_sandbox):\n    assert otp_sandbox.info()['settings']['any_sender']\n"
        "    assert otp_sandbox.info()['seed'] == 77",
    )

    assert outcome(run(folder)) == "1 passed"


def test_a_project_may_call_its_packages_as_it_likes(project: Project, run: Run) -> None:
    """As the folders of this repository, and also as libraries that the process of the sandbox needs."""
    names = ("specs", "conformance", "mockserver", "api", "commands", "yaml", "pydantic", "orjson")
    folder = project(
        **{f"{name}/__init__": f"NAME = {name!r}" for name in names},
        test_names=f"""
import {", ".join(names)}

def test_names(otp_lane):
    assert [{", ".join(f"{name}.NAME" for name in names)}] == {list(names)}
    assert otp_lane.rent()
""",
    )

    done = run(folder)

    assert outcome(done) == "1 passed", done.stdout


def test_unittest_cases_take_a_lane_by_a_mark(project: Project, run: Run) -> None:
    folder = project(
        test_u="""
import unittest, pytest
from app import send

@pytest.mark.usefixtures("otp_lane")
@pytest.mark.otp(accounts={"esms": {"balance": 0}})
class Login(unittest.TestCase):
    def test_no_money(self):
        assert send("0901888484")["CodeResult"] != "100"
        self.fail("as planned")
"""
    )

    report = run(folder).stdout

    assert "as planned" in report
    assert "otp-sandbox: lane test_no_money-" in report
