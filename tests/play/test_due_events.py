"""What fell due before a call has happened when it is judged: on the instant where the clock stands still."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from otp_sandbox.app import Sandbox
from otp_sandbox.domain.clock import Clock
from otp_sandbox.domain.messages import DELIVERED_AFTER, MESSAGES
from otp_sandbox.lanes.bells import BREATH
from otp_sandbox.lanes.schedule import Schedule
from otp_sandbox.settings import Settings

KEYS = {"ApiKey": "SANDBOX-API-KEY", "SecretKey": "SANDBOX-SECRET-KEY", "Phone": "0901888484"}
GENCODE = "/MainService.svc/json/SendMessageAutoGenCode_V4_get"
CHECKCODE = "/MainService.svc/json/CheckCodeGen_V4_get"
SEND = {"Brandname": "Sandbox", "Type": "2", "message": "{OTP} la ma", **KEYS}
TICK = timedelta(microseconds=1)


@pytest.fixture(autouse=True)
def no_timer_rings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what a call does is looked at."""
    monkeypatch.setattr(Schedule, "_ring", lambda *_: None)


@pytest.mark.parametrize(
    ("mode", "after", "state"),
    [
        ("real", DELIVERED_AFTER + BREATH - TICK, "sent"),
        ("real", DELIVERED_AFTER + BREATH, "delivered"),
        ("offset", DELIVERED_AFTER + BREATH - TICK, "sent"),
        ("offset", DELIVERED_AFTER + BREATH, "delivered"),
        ("frozen", DELIVERED_AFTER - TICK, "sent"),
        ("frozen", DELIVERED_AFTER, "delivered"),
    ],
)
async def test_what_fell_due_happens_before_a_call_or_when_the_timer_rings(
    start: Callable[..., Awaitable[Sandbox]],
    client: Any,
    mode: str,
    after: timedelta,
    state: str,
) -> None:
    """While a clock runs, the timer is due within the breath that it takes; many happen in one go then."""
    times = [datetime(2026, 3, 1, 12, tzinfo=UTC)]
    sandbox = await start(Settings(), now=lambda: times[0])
    client.url, lane = sandbox.server.url, sandbox.registry.default

    def clock() -> Clock:
        if mode == "frozen":
            return Clock(mode, frozen_at=times[0])
        return Clock("offset", timedelta(days=1)) if mode == "offset" else Clock()

    await sandbox.registry.change(lane, clock=clock())
    await client.get(GENCODE, **SEND)

    times[0] += after
    await sandbox.registry.change(lane, clock=clock())
    await client.get(CHECKCODE, **KEYS, Code="000000")

    kept = await sandbox.store.entries(lane.key, MESSAGES)
    assert [each.entry.state for each in kept] == [state]
    assert kept[0].entry.since("delivered") in {None, kept[0].entry.created_at + DELIVERED_AFTER}
