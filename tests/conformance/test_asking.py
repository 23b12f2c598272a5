"""What a run can be asked: options, ways to learn a code, and the command's own mistakes."""

from __future__ import annotations

import asyncio
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from otp_conformance import cli
from otp_conformance.codes import (
    AnswerChannel,
    CodeChannel,
    CommandChannel,
    ControlChannel,
    NoChannel,
    PromptChannel,
)
from otp_conformance.exchange import Exchange
from otp_conformance.options import Options, check_choices, read_credentials
from otp_conformance.rooms import ROOMS
from otp_conformance.stops import CouldNotRun, UsageError
from otp_conformance.transport import PacedTransport, Reply, Request
from otp_conformance.wires import Wire
from otp_specs import load

URL = "http://127.0.0.1:6877"


@pytest.mark.parametrize("address", ["", "nonsense", "127.0.0.1:6877", "ftp://x", "http://", "/x"])
def test_a_target_is_an_http_address(address: str) -> None:
    with pytest.raises(UsageError, match="--target"):
        Options(target=address).make_target()


def test_a_target_loses_its_last_slash() -> None:
    assert Options(target=URL + "/").make_target().url == URL


@pytest.mark.parametrize(
    ("asked", "made"),
    [
        ("control", ControlChannel),
        ("answer", AnswerChannel),
        ("prompt", PromptChannel),
        ("none", NoChannel),
        ("command:echo 1", CommandChannel),
    ],
)
def test_a_channel_is_named(asked: str, made: type[CodeChannel]) -> None:
    assert isinstance(Options(target=URL, code_channel=asked).make_channel(has_control=False), made)


def test_without_a_name_the_channel_follows_the_target() -> None:
    options = Options(target=URL)

    assert isinstance(options.make_channel(has_control=True), ControlChannel)
    assert isinstance(options.make_channel(has_control=False), AnswerChannel)


@pytest.mark.parametrize("asked", ["other", "command", "command:", "none:x"])
def test_a_channel_that_does_not_exist_is_refused(asked: str) -> None:
    with pytest.raises(UsageError, match="--codes"):
        Options(target=URL, code_channel=asked).make_channel(has_control=True)


def test_choices_are_held_against_the_specs() -> None:
    assert check_choices({"esms.code-case": "ignore"}) == {"esms.code-case": "ignore"}
    with pytest.raises(UsageError, match="there is no such choice"):
        check_choices({"esms.no-such": "ignore"})
    with pytest.raises(UsageError, match=r"takes exact, ignore"):
        check_choices({"esms.code-case": "other"})


def test_credentials_come_from_the_environment() -> None:
    """Empty variables and those of others are none."""
    found = read_credentials(
        {
            "OTP_CONFORMANCE_ESMS_API_KEY": "a",
            "OTP_CONFORMANCE_ESMS_SECRET_KEY": "b",
            "OTP_CONFORMANCE_AMOOT_TOKEN": "",
            "OTP_CONFORMANCE_THUESIM_TOKEN": "c",
            "ESMS_API_KEY": "d",
        }
    )

    assert found == {"esms": {"ApiKey": "a", "SecretKey": "b"}, "thuesim": {"token": "c"}}


# Codes


@dataclass
class FakeDriver:
    """As much of a driver as channels look at."""

    provider: str = "amoot"
    exchanges: list[Exchange] = field(default_factory=list)
    sent: list[dict[str, Any]] = field(default_factory=list)

    @property
    def wire(self) -> Wire:
        return ROOMS[self.provider].wire

    async def messages(self, **filters: str) -> list[dict[str, Any]]:
        return [each for each in self.sent if each["to"] == filters["to"]]


def _exchange(answer: str) -> Exchange:
    return Exchange("SendOTP", "GET", "http://h/", {}, "", 200, {}, answer)


async def _read(channel: CodeChannel, driver: FakeDriver | None = None) -> str:
    return await channel.read(driver or FakeDriver(), "0901")  # type: ignore[arg-type]  # a fake


async def test_the_control_channel_gives_the_newest_code_of_the_phone() -> None:
    sent = [{"to": "0901", "code": "1"}, {"to": "0901", "code": "2"}, {"to": "0901", "code": None}]

    assert await _read(ControlChannel(), FakeDriver(sent=[*sent, {"to": "0902", "code": "3"}])) == "2"
    with pytest.raises(CouldNotRun, match="no code was sent to 0901"):
        await _read(ControlChannel())


async def test_the_answer_channel_gives_the_newest_code_that_was_told() -> None:
    told = ['{"Data":{"Code":"1"}}', '{"Data":{"Code":22}}', '{"Data":null}', "[]", "no json"]

    assert await _read(AnswerChannel(), FakeDriver(exchanges=[_exchange(each) for each in told])) == "22"
    with pytest.raises(CouldNotRun, match="no answer held the code"):
        await _read(AnswerChannel(), FakeDriver(exchanges=[_exchange(each) for each in told[2:]]))


async def test_a_command_is_told_the_phone_and_prints_the_code() -> None:
    code = "import sys; print(' A' + sys.argv[1])"

    assert await _read(CommandChannel(f'{sys.executable} -c "{code}" {{phone}}')) == "A0901"


@pytest.mark.parametrize(
    "command",
    [
        f"{sys.executable} -c 'import sys; print(1); sys.exit(3)'",
        f"{sys.executable} -c pass",
        f"{sys.executable} -c 'print(1, 2)'",
        "/no/such/program",
        "an 'open quote",
        " ",
    ],
)
async def test_a_command_that_fails_is_no_verdict(command: str) -> None:
    """It exits with another status, prints no code or more than one, or does not run at all."""
    with pytest.raises(CouldNotRun, match="the command for codes"):
        await _read(CommandChannel(command))


async def test_without_a_channel_no_code_is_read() -> None:
    with pytest.raises(CouldNotRun, match="no way to learn the code"):
        await _read(NoChannel())


# The command


def _refused(words: list[str], capfd: pytest.CaptureFixture[str]) -> str:
    try:
        status: Any = cli.main(words)
    except SystemExit as left:
        status = left.code
    out, err = capfd.readouterr()
    assert (status, out) == (4, "")
    assert (err.startswith("otp-conformance: "), err.count("\n")) == (True, 1)
    return err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "COMMAND"),
        (["play"], "play"),
        (["run"], "--target is missing"),
        (["run", "esms"], "--target is missing"),
        (["run", "twilio", "--target", URL], "twilio is no provider"),
        (["compare", "a.json"], "two reports"),
        (["compare", "/no/a.json", "/no/b.json"], "/no/a.json"),
    ],
)
def test_a_usage_error_is_one_line_and_status_4(words: list[str], told: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert told in _refused(words, capfd)


def test_a_report_of_something_else_is_refused(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.json").write_text("{}")

    assert "no conformance report" in _refused(["compare", str(tmp_path / "a.json"), "b"], capfd)


def test_help_is_no_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["run", "--help"]) == 0
    assert "--target URL" in capsys.readouterr().out


class Echo:
    """Answers at once."""

    async def send(self, request: Request) -> Reply:
        return Reply(request, 200, {}, "")


def _request(*, costs: bool = False) -> Request:
    return Request("esms", load("esms").operations[0], "GET", URL, {}, "", costs=costs)


async def test_a_rate_gives_each_request_a_slot_of_its_own() -> None:
    """Also those that come at the same time."""
    transport = PacedTransport(Echo(), 1_000_000, lambda _: 0.0)
    started = time.monotonic()

    await asyncio.gather(*(transport.send(_request()) for _ in range(10)))

    assert transport.slot >= started + 10 / 1_000_000


async def test_only_what_costs_money_waits_for_the_interval() -> None:
    """What is free is not asked how long it has to wait."""
    asked: list[Request] = []

    def interval(request: Request) -> float:
        asked.append(request)
        return 0.0

    transport = PacedTransport(Echo(), 0, interval)

    for costs in (False, True):
        await transport.send(_request(costs=costs))

    assert {each.costs for each in asked} == {True}


class Clock:
    """A clock that goes when it is told to."""

    now = 5000.0

    def monotonic(self) -> float:
        return self.now


def test_a_pause_counts_from_the_answer_and_a_refusal_costs_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """When a request came there, nobody here knows; what was refused is forgotten."""
    clock, request = Clock(), _request(costs=True)
    monkeypatch.setattr("otp_conformance.transport.time", clock)
    free = False
    transport = PacedTransport(Echo(), 0, lambda _: 5.0, lambda _: free)

    assert transport.begin(request) == 0.0
    clock.now += 2
    transport.end(Reply(request, 200, {}, ""))
    clock.now += 1
    assert transport.begin(request) == 4.0
    clock.now += 4
    free = True
    transport.end(Reply(request, 200, {}, ""))

    assert transport.begin(request) == 0.0
