"""One line a request, for people or as JSON."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from otp_sandbox import log
from otp_sandbox.domain.clock import Clock
from otp_sandbox.domain.record import replace
from otp_sandbox.lanes.lane import Lane, LaneOrigin, LaneRecord
from otp_sandbox.log import RequestLog
from otp_sandbox.play.journal import Entry

NOW = datetime(2026, 3, 1, 12, 34, 56, 789000, tzinfo=UTC)
ENTRY = Entry(
    id="req-1",
    at=NOW,
    provider="esms",
    operation="SendOTP",
    role="send",
    method="GET",
    path="/rest/SendOTP",
    fields={},
    outcome="accepted",
    cause=None,
    reason="",
    success=True,
    code="100",
    status=200,
    response=b"{}",
    duration_ms=1.23456,
    warnings=(),
    magic=False,
    size=100,
)


def lane(name: str = "default") -> Lane:
    origin = LaneOrigin(1, {}, Clock(), {}, timedelta(hours=1))
    return Lane(LaneRecord(name, 1, origin, Clock(), {}, NOW), {}, lambda: NOW)


def entry(**changes: Any) -> Entry:
    return replace(ENTRY, **changes)


@pytest.fixture
def stream() -> io.StringIO:
    return io.StringIO()


async def written(stream: io.StringIO, entry: Entry, name: str = "default", *, as_json: bool = False) -> str:
    requests = RequestLog(as_json=as_json, stream=stream)
    requests(lane(name), entry)
    requests.flush()
    return stream.getvalue()


@pytest.mark.parametrize(
    ("changes", "name", "line"),
    [
        pytest.param({}, "default", "12:34:56 esms SendOTP -> 100 accepted (req-1)\n", id="an ordinary one"),
        pytest.param({}, "lane-1", "12:34:56 esms [lane-1] SendOTP -> 100 accepted (req-1)\n", id="in another lane"),
        pytest.param(
            {"operation": None, "outcome": None, "code": None, "status": 404, "provider": None},
            "default",
            "12:34:56 - GET /rest/SendOTP -> 404 (req-1)\n",
            id="nobody's",
        ),
        pytest.param(
            {"operation": None, "outcome": None, "code": None, "status": 405},
            "default",
            "12:34:56 esms GET /rest/SendOTP -> 405 (req-1)\n",
            id="unmatched",
        ),
        pytest.param(
            {"warnings": ("one", "two")},
            "default",
            "12:34:56 esms SendOTP -> 100 accepted  ! one; two (req-1)\n",
            id="with warnings",
        ),
        pytest.param(
            {"code": 0, "outcome": "failed"}, "default", "12:34:56 esms SendOTP -> 0 failed (req-1)\n", id="code 0"
        ),
        pytest.param(
            {"operation": None, "path": "/a\nb\x1b[31m\u202e"},
            "default",
            "12:34:56 esms GET /a?b?[31m? -> 100 accepted (req-1)\n",
            id="a path that would break the line",
        ),
        pytest.param(
            {"warnings": ("mã đã dùng",)},
            "default",
            "12:34:56 esms SendOTP -> 100 accepted  ! mã đã dùng (req-1)\n",
            id="letters of any language",
        ),
    ],
)
async def test_a_line_for_people_says_who_what_and_how_it_went(
    stream: io.StringIO, changes: dict[str, Any], name: str, line: str
) -> None:
    """Always one line, whatever the caller has sent."""
    text = await written(stream, entry(**changes), name)

    assert text == line


async def test_a_json_line_holds_the_facts(stream: io.StringIO) -> None:
    """One object a line; secrets and texts of the request are not in it."""
    text = await written(stream, entry(warnings=("one",), path="/a\nb"), "lane-1", as_json=True)

    assert text.count("\n") == 1
    assert json.loads(text) == {
        "at": "2026-03-01T12:34:56.789000+00:00",
        "lane": "lane-1",
        "id": "req-1",
        "provider": "esms",
        "operation": "SendOTP",
        "method": "GET",
        "path": "/a\nb",
        "outcome": "accepted",
        "code": "100",
        "status": 200,
        "duration_ms": 1.235,
        "warnings": ["one"],
        "fault": None,
    }


async def test_a_json_line_has_null_where_nothing_was_met(stream: io.StringIO) -> None:
    """The keys are always the same."""
    nobodys = entry(provider=None, operation=None, outcome=None, code=None, status=404)

    text = await written(stream, nobodys, as_json=True)

    line = json.loads(text)
    assert [key for key, value in line.items() if value is None] == [
        *("provider", "operation", "outcome", "code"),
        "fault",
    ]


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({}, "100 accepted (fault slow-1) (req-1)"),
        ({"outcome": None, "status": 502}, "502 (fault slow-1) (req-1)"),
        ({"status": 0}, "no answer (fault slow-1) (req-1)"),
    ],
)
async def test_a_fault_is_told(stream: io.StringIO, more: dict[str, Any], told: str) -> None:
    faulty = entry(fault="slow-1", **more)

    assert (await written(stream, faulty)).endswith(f" -> {told}\n")
    stream.truncate(0)
    stream.seek(0)
    assert json.loads(await written(stream, faulty, as_json=True))["fault"] == "slow-1"


async def test_lines_are_gathered_and_written_in_order(stream: io.StringIO) -> None:
    """Nothing is written before its time, nothing twice."""
    requests = RequestLog(as_json=False, stream=stream)
    for number in range(3):
        requests(lane(), entry(id=f"req-{number}"))
    before = stream.getvalue()

    requests.flush()
    requests.flush()

    assert before == ""
    assert [line[-8:] for line in stream.getvalue().splitlines()] == [" (req-0)", " (req-1)", " (req-2)"]


class _Timer:
    """A loop whose time is not the wall's: it keeps what would be called later."""

    def __init__(self) -> None:
        self.calls: list[tuple[float, Callable[[], None]]] = []

    def call_later(self, delay: float, call: Callable[[], None]) -> asyncio.TimerHandle:
        self.calls.append((delay, call))
        return cast("asyncio.TimerHandle", object())


def test_one_timer_writes_what_was_gathered_meanwhile(stream: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next line after it sets the next timer."""
    timer = _Timer()
    monkeypatch.setattr("otp_sandbox.log.asyncio.get_running_loop", lambda: timer)
    requests = RequestLog(as_json=False, stream=stream)
    requests(lane(), entry())
    requests(lane(), entry())
    set_at_first = len(timer.calls)

    timer.calls[0][1]()
    requests(lane(), entry())

    assert set_at_first == 1
    assert [delay for delay, _ in timer.calls] == [log.FLUSH] * 2
    assert stream.getvalue().count("\n") == 2


class _Broken(io.StringIO):
    def write(self, text: str) -> int:
        raise BrokenPipeError(text)


@pytest.mark.parametrize("kind", ["broken", "closed"])
async def test_a_stream_that_nobody_reads_stops_nothing(kind: str) -> None:
    """Requests are answered all the same."""
    stream = _Broken() if kind == "broken" else io.StringIO()
    if kind == "closed":
        stream.close()
    requests = RequestLog(as_json=False, stream=stream)
    requests(lane(), entry())

    requests.flush()

    assert not requests._lines


async def test_lines_go_to_the_error_stream(capsys: pytest.CaptureFixture[str]) -> None:
    """Unless told otherwise: the output belongs to the banner."""
    requests = RequestLog(as_json=False)
    requests(lane(), entry())

    requests.flush()

    out, err = capsys.readouterr()
    assert out == ""
    assert err.endswith("(req-1)\n")
