"""Faults are in a snapshot, and fire again in a replay."""

from __future__ import annotations

from typing import Any

import pytest

ESMS = {"ApiKey": "SANDBOX-API-KEY", "SecretKey": "SANDBOX-SECRET-KEY"}
SENT = {"Phone": "0912345678", "Brandname": "Sandbox", "Type": "2", "message": "{OTP} x", "IsNumber": "1"}
GENCODE = "/MainService.svc/json/SendMessageAutoGenCode_V4_get"
NOON = {"mode": "frozen", "now": "2026-03-01T12:00:00+00:00"}


async def gencode(client: Any) -> str:
    """What a client sees: the body, or that there is none."""
    import aiohttp  # noqa: PLC0415

    try:
        async with client.session.get(client.url + GENCODE, params={**ESMS, **SENT}) as answer:
            return f"{answer.status} {await answer.text()}"
    except aiohttp.ClientError:
        return ""


FAULTS: tuple[dict[str, Any], ...] = (
    {"preset": "lost-ack"},
    {"preset": "html-502"},
    {"preset": "flaky"},
    {"preset": "balance-runs-out"},
    {"action": {"outcome": "not_enough_balance"}, "match": {"calls": "2..3"}},
    {"action": {"outcome": "not_enough_balance"}, "when": "after"},
    {"action": {"truncate": 20}},
    {"action": {"malformed": True}},
    {"action": {"delivery": "failed"}},
    {"action": {"outcome": "not_enough_balance"}, "match": {"p": 0.5}},
)


@pytest.mark.parametrize("fault", FAULTS, ids=str)
async def test_a_fault_fires_again_in_a_replay(client: Any, bundle: Any, played: Any, fault: dict[str, Any]) -> None:
    await client.control("PUT", "/clock", NOON)
    made = await client.control("POST", "/faults", fault)
    assert made.status == 201, made.text
    for _ in range(4):
        await gencode(client)
        await client.control("POST", "/clock/advance", {"by": "3s"})

    status, out, err = await played(await bundle())

    assert (status, err) == (0, ""), out


@pytest.mark.parametrize("fault", FAULTS, ids=str)
async def test_a_fault_goes_on_after_a_restore(client: Any, fault: dict[str, Any]) -> None:
    """With what it has counted so far."""
    await client.control("PUT", "/clock", NOON)
    await client.control("POST", "/faults", fault)
    await gencode(client)
    snapshot = (await client.control("GET", "/snapshot")).json
    listed = (await client.control("GET", "/faults")).json["faults"]
    expected = [await gencode(client) for _ in range(4)]

    answer = await client.control("PUT", "/snapshot", snapshot)

    assert answer.status == 200, answer.text
    assert (await client.control("GET", "/faults")).json["faults"] == listed
    assert [await gencode(client) for _ in range(4)] == expected
