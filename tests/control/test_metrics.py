"""Figures in the format of Prometheus: they say what happened, and cost nothing until somebody asks."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from otp_sandbox.domain.record import replace
from otp_sandbox.settings import Settings
from otp_sandbox.stores.memory import MemoryStore
from otp_sandbox.stores.timetable import Timetable

Labels = frozenset[tuple[str, str]]


async def figures(client: Any) -> dict[tuple[str, Labels], float]:
    """Read all figures, by name and labels; a figure stands there once, and each has its help."""
    answer = await client.send("GET", "/metrics")
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    found: dict[tuple[str, Labels], float] = {}
    for family in text_string_to_metric_families(answer.text):
        assert family.documentation
        assert family.type in ("counter", "gauge")
        for sample in family.samples:
            key = (sample.name, frozenset(sample.labels.items()))
            assert key not in found
            found[key] = sample.value
    return found


async def figure(client: Any, name: str, **labels: str) -> float | None:
    """Read one figure."""
    return (await figures(client)).get((name, frozenset(labels.items())))


async def test_requests_are_counted_by_their_outcome(still: Any) -> None:
    operation = "SendMessageAutoGenCode_V4_get"
    for brandname in ("Sandbox", "Sandbox", "Nobody"):
        await still.gencode(Brandname=brandname)
    await still.client.send("GET", "/MainService.svc/nothing")
    await still.client.send("GET", "/nothing")

    found = await figures(still.client)

    assert {
        tuple(dict(labels)[each] for each in ("provider", "operation", "outcome")): value
        for (name, labels), value in found.items()
        if name == "otp_sandbox_requests_total"
    } == {
        ("esms", operation, "accepted"): 2,
        ("esms", operation, "brandname_unknown"): 1,
        ("esms", "none", "http_404"): 1,
        ("none", "none", "http_404"): 1,
    }


async def test_requests_that_the_ring_forgot_are_counted(start: Any, connect: Any) -> None:
    """A counter never goes back; nor does a reset of the lane touch it."""
    world = connect(await start(Settings(ring=1)))
    for _ in range(3):
        await world.gencode()
    await world.control("POST", "/reset")

    found = await figures(world.client)

    assert sum(value for (name, _), value in found.items() if name == "otp_sandbox_requests_total") == 3


async def test_codes_are_counted_by_their_state(still: Any, lane: Any) -> None:
    """Over all lanes."""
    other = await lane()
    await other.gencode()
    for _ in range(2):
        await still.gencode()
    await still.gencode("0912345679")
    await still.checkcode((await still.get("/messages/latest"))["code"], "0912345679")
    await still.send_otp()

    found = await figures(still.client)

    assert {
        (dict(labels)["provider"], dict(labels)["state"]): value
        for (name, labels), value in found.items()
        if name == "otp_sandbox_codes" and value
    } == {("esms", "active"): 2, ("esms", "superseded"): 1, ("esms", "used"): 1, ("amoot", "active"): 1}
    assert found["otp_sandbox_codes", frozenset({("provider", "esms"), ("state", "expired")})] == 0


async def test_lanes_are_counted(client: Any, lane: Any) -> None:
    for _ in range(25):
        await lane()

    assert await figure(client, "otp_sandbox_lanes") == 26


async def test_what_is_late_is_told(sandbox: Any, still: Any, lane: Any) -> None:
    """Nothing is, as long as timers ring; what is to come is not late."""
    await still.gencode()
    assert await figure(still.client, "otp_sandbox_due_lag_seconds") == 0

    handle = sandbox.registry.default
    handle.clock = replace(handle.clock, frozen_at=handle.now() + timedelta(seconds=11))

    assert await figure(still.client, "otp_sandbox_due_lag_seconds") == 10


async def test_errors_of_the_store_are_counted(monkeypatch: pytest.MonkeyPatch, sandbox: Any, still: Any) -> None:
    """What it is built on failed. They are among all errors."""

    def fail(_: Timetable) -> None:
        raise OSError("the disk is full")

    await still.gencode()
    monkeypatch.setattr(Timetable, "take", fail)
    answer = await still.control("POST", "/clock/advance", {"by": "1s"})
    monkeypatch.undo()

    assert answer.status == 500
    assert await figure(still.client, "otp_sandbox_store_errors_total") == 1
    assert await figure(still.client, "otp_sandbox_errors_total") == 1


async def test_what_a_store_calls_is_no_error_of_the_store(
    monkeypatch: pytest.MonkeyPatch, start: Any, connect: Any
) -> None:
    """A decision that goes wrong."""
    from otp_sandbox.domain import messages  # noqa: PLC0415  (only here)

    def fail(*_: Any) -> None:
        raise RuntimeError("a mistake")

    world = connect(await start(store=MemoryStore()))
    await world.freeze()
    await world.gencode()
    monkeypatch.setattr(messages, "_put_last", fail)
    await world.gencode()
    monkeypatch.undo()

    assert await figure(world.client, "otp_sandbox_errors_total") == 1
    assert await figure(world.client, "otp_sandbox_store_errors_total") == 0


async def test_a_sandbox_that_stopped_counts_no_more(start: Any) -> None:
    sandbox = await start()
    await sandbox.stop()
    await sandbox.stop()

    assert sandbox.failures not in logging.getLogger("otp_sandbox").handlers


async def test_the_process_is_told(client: Any) -> None:
    found = await figures(client)

    assert found["process_resident_memory_bytes", frozenset()] > 10_000_000
    assert found["process_cpu_seconds_total", frozenset()] > 0
    assert found["process_start_time_seconds", frozenset()] > 1_700_000_000
    assert found["otp_sandbox_event_streams", frozenset()] == 0


async def test_figures_are_guarded_like_the_control_api(start: Any, client: Any) -> None:
    """Host and token; and no request to them is one to a provider."""
    sandbox = await start(Settings(control_token="secret"))
    client.url = sandbox.server.url

    without = await client.send("GET", "/metrics")
    foreign = await client.send("GET", "/metrics", headers={"Host": "evil.example"})
    right = await client.send("GET", "/metrics", headers={"Authorization": "Bearer secret"})
    posted = await client.send("POST", "/metrics", json={}, headers={"Authorization": "Bearer secret"})

    assert [each.status for each in (without, foreign, right, posted)] == [401, 421, 200, 405]
    assert "otp_sandbox_requests_total{" not in right.text
    assert "secret" not in right.text


async def test_a_lane_that_goes_meanwhile_is_left_out(
    monkeypatch: pytest.MonkeyPatch, sandbox: Any, client: Any, lane: Any
) -> None:
    """It is not there any more; the others are."""
    world = await lane()
    await world.gencode()
    sandbox.store._lanes.pop(sandbox.registry.get(world.id).key)

    assert await figure(client, "otp_sandbox_codes", provider="esms", state="active") == 0
