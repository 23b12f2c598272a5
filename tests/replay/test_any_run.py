"""Whatever is done to a lane: it comes again from its snapshot, goes on alike, and is played alike from its bundle."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import aiohttp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import Client
from equipment.strict import StrictStore
from otp_sandbox import cli
from otp_sandbox.app import build
from otp_sandbox.settings import Settings

PHONES = st.sampled_from(["0912345678", "0987654321", "0900000103"])
MOBILES = st.sampled_from(["9120000000", "9000000014"])
PLACES = st.integers(0, 5)
LANE: dict[str, Any] = {"seed": 11, "clock": {"mode": "frozen", "now": "2026-03-01T12:00:00+00:00"}}
Step = Callable[[Any, dict[str, Any]], Awaitable[Any]]


def _query(path: str, provider: str, **fields: str) -> Step:
    async def send(client: Any, lane: dict[str, Any]) -> Any:
        return await client.get(path, **lane["credentials"][provider], **fields)

    return send


def _control(method: str, path: str, body: Any = None) -> Step:
    async def write(client: Any, lane: dict[str, Any]) -> Any:
        return await client.control(method, f"/lanes/{lane['id']}{path}", body)

    return write


def _gencode(phone: str) -> Step:
    sent = {"Phone": phone, "Brandname": "Sandbox", "Type": "2", "message": "{OTP} x", "IsNumber": "1"}
    return _query("/MainService.svc/json/SendMessageAutoGenCode_V4_get", "esms", **sent)


def _check(phone: str, place: int) -> Step:
    """Check one of the codes that there are."""

    async def check(client: Any, lane: dict[str, Any]) -> Any:
        codes = (await client.control("GET", f"/lanes/{lane['id']}/codes")).json["codes"]
        code = codes[place % len(codes)]["code"] if codes else "0"
        path = "/MainService.svc/json/CheckCodeGen_V4_get"
        return await client.get(path, **lane["credentials"]["esms"], Phone=phone, Code=code)

    return check


def _rental(place: int, what: str, body: Any) -> Step:
    """Let something reach one of the rentals, or read its code."""

    async def do(client: Any, lane: dict[str, Any]) -> Any:
        rentals = (await client.control("GET", f"/lanes/{lane['id']}/rentals")).json["rentals"]
        if not rentals:
            return None
        chosen = rentals[place % len(rentals)]["id"]
        if what == "read":
            return await client.get("/api/", show="code", ID=chosen, **lane["credentials"]["thuesim"])
        return await client.control("POST", f"/lanes/{lane['id']}/rentals/{chosen}/{what}", body)

    return do


STEPS: st.SearchStrategy[Step] = st.one_of(
    st.builds(_gencode, PHONES),
    st.builds(_check, PHONES, PLACES),
    st.builds(lambda mobile: _query("/rest/SendOTP", "amoot", **_otp(mobile)), MOBILES),
    st.just(_query("/api/register-service/", "thuesim", serviceId="02.97")),
    st.just(_query("/api/", "thuesim", show="list")),
    st.just(_query("/rest/RecieveNewMessages", "amoot", LineNumber="public")),
    st.builds(_rental, PLACES, st.just("read"), st.none()),
    st.builds(_rental, PLACES, st.just("sms"), st.just({"text": "la 4321"})),
    st.builds(lambda by: _control("POST", "/clock/advance", {"by": by}), st.sampled_from(["1s", "6s", "3m", "1h"])),
    st.builds(lambda phone: _control("PUT", f"/codes/{phone}", {"code": "135790"}), PHONES),
    st.builds(lambda much: _control("PATCH", "/accounts/esms", {"balance": much}), st.sampled_from([0, 10**6])),
    st.builds(
        lambda option: _control("PATCH", "/choices", {"esms.second-code": option}), st.sampled_from(["keep-all", None])
    ),
    st.just(_control("POST", "/inbound", {"from": "09120000000", "to": "public", "text": "salam"})),
    st.just(_control("POST", "/reset", {"what": ["accounts"]})),
)


def _otp(mobile: str) -> dict[str, str]:
    return {"SMSMessageText": "x", "LineNumber": "public", "Mobile": mobile, "CodeLength": "4", "SendDateTime": ""}


def _told(answer: Any, lane: dict[str, Any]) -> Any:
    """Give an answer without what belongs to the one lane or to real time."""
    if answer is None or "credentials" in answer.text:  # a reset shows the lane
        return None
    text = re.sub(r'"duration_ms":[0-9.]+', "", answer.text.replace(f'"lane":"{lane["id"]}"', ""))
    return answer.status, text


async def _lists(client: Any, lane: dict[str, Any]) -> list[Any]:
    paths = ("messages", "codes", "rentals", "callbacks", "requests", "inbound", "limits", "clock", "choices")
    return [_told(await client.control("GET", f"/lanes/{lane['id']}/{path}"), lane) for path in paths]


@contextmanager
def _running() -> Iterator[tuple[asyncio.Runner, str]]:
    """Start one sandbox for all examples, over a strict store."""
    with asyncio.Runner() as runner:
        sandbox = build(Settings(port=0, seed=7), store=StrictStore())
        runner.run(sandbox.start())
        yield runner, sandbox.server.url
        runner.run(sandbox.stop())


def test_any_run_comes_again(tmp_path: Path, capsys: Any) -> None:
    """Some steps; a snapshot, put into another lane; the same steps in both; a replay of the bundle."""
    path = tmp_path / "a.json"

    async def run(url: str, before: list[Step], after: list[Step]) -> None:
        async with aiohttp.ClientSession() as session:
            client = Client(url, session)
            one, other = [(await client.control("POST", "/lanes", LANE)).json for _ in range(2)]
            for step in before:
                await step(client, one)
            snapshot = (await client.control("GET", f"/lanes/{one['id']}/snapshot")).json
            assert (await client.control("PUT", f"/lanes/{other['id']}/snapshot", snapshot)).status == 200
            assert await _lists(client, other) == await _lists(client, one)
            for step in after:
                assert _told(await step(client, other), other) == _told(await step(client, one), one)
            assert await _lists(client, other) == await _lists(client, one)
            path.write_text((await client.control("GET", f"/lanes/{other['id']}/bundle")).text, "utf-8")
            for each in (one, other):
                await client.control("DELETE", f"/lanes/{each['id']}")

    with _running() as (runner, url):

        @settings(max_examples=20, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
        @given(st.lists(STEPS, min_size=1, max_size=12), st.lists(STEPS, max_size=5))
        def comes_again(before: list[Step], after: list[Step]) -> None:
            runner.run(run(url, before, after))
            status = cli.main(["replay", str(path)])
            assert status == 0, capsys.readouterr().out

        comes_again()
