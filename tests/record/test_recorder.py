"""The recorder passes on what its user asked for and nothing else, and keeps no secret."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web

from otp_sandbox.version import VERSION
from otp_sandbox.web import recording
from otp_sandbox.web.recording import read_upstream

Record = Callable[..., Awaitable[Any]]
ESMS = {"ApiKey": "SANDBOX-API-KEY", "SecretKey": "SANDBOX-SECRET-KEY"}
GENCODE = "/MainService.svc/json/SendMessageAutoGenCode_V4_get"
SENT = {"Phone": "0912345678", "Brandname": "Sandbox", "Type": "2", "message": "{OTP} là mã", "IsNumber": "1"}
JSON_SEND = "/MainService.svc/json/SendMultipleMessage_V4_post_json/"


@pytest.fixture
async def upstream() -> Any:
    """A server that answers as a test wants; gives the function that starts it."""
    runners = []

    async def begin(answer: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]) -> str:
        runner = web.ServerRunner(web.Server(answer), shutdown_timeout=0.1)  # type: ignore[arg-type]
        await runner.setup()
        runners.append(runner)
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        return f"http://127.0.0.1:{runner.addresses[0][1]}"

    yield begin
    for runner in runners:
        await runner.cleanup()


async def test_an_answer_comes_back_as_it_was(client: Any, record: Record) -> None:
    """Status, headers and bytes."""
    recorded = await record()
    await client.control("PUT", "/clock", {"mode": "frozen"})

    through = await recorded.client.get(GENCODE, **ESMS, **SENT)
    straight = await client.get(GENCODE, **ESMS, **SENT)

    assert (through.status, through.json.keys()) == (200, straight.json.keys())
    for name in ("Content-Type", "Server"):
        assert through.headers[name] == straight.headers[name]
    assert len((await client.control("GET", "/messages")).json["messages"]) == 2


async def test_what_was_asked_and_answered_is_recorded(record: Record) -> None:
    recorded = await record()

    answer = await recorded.client.get(GENCODE, **ESMS, **SENT)

    assert json.loads(recorded.lines[0])["kind"] == "otp-sandbox recording"
    assert json.loads(recorded.lines[0])["sandbox"] == VERSION
    [exchange] = recorded.exchanges
    assert exchange["operation"] == "SendMessageAutoGenCode_V4_get"
    assert exchange["fields"] == SENT | {"ApiKey": "***", "SecretKey": "***"}
    assert (exchange["method"], exchange["path"], exchange["status"]) == ("GET", GENCODE, 200)
    assert exchange["answer"] == answer.text


@pytest.mark.parametrize("right", [True, False])
async def test_no_secret_is_kept(record: Record, right: bool) -> None:  # noqa: FBT001
    """In query, body, path and header, right or wrong; nor where an answer repeats one."""
    recorded = await record()
    keys = ESMS if right else {"ApiKey": "WRONG-API-KEY-123", "SecretKey": "WRONG-SECRET-KEY-123"}
    token = "SANDBOX-TOKEN" if right else "WRONG-TOKEN-1234"
    sends = recorded.client

    await sends.get(GENCODE, **keys, **SENT)
    await sends.send("POST", JSON_SEND, json={**keys, "Phone": "0912345678", "Content": f"key {keys['ApiKey']}"})
    await sends.send("GET", f"/MainService.svc/json/GetBalance/{keys['ApiKey']}/{keys['SecretKey']}")
    await sends.send("GET", "/rest/AccountStatus", headers={"Authorization": f"Bearer {token}"})
    await sends.get("/rest/AccountStatus", Token=token)
    await sends.get("/api/", show="balance", token=token)

    assert len(recorded.exchanges) == 6
    text = b"".join(recorded.lines).decode()
    assert not any(secret in text for secret in (*keys.values(), token))
    assert recorded.exchanges[3]["authorization"] == "***"


async def test_credentials_go_through(client: Any, record: Record) -> None:
    """In the header too: the target knows the caller."""
    recorded = await record()

    answer = await recorded.client.send("GET", "/rest/AccountStatus", headers={"Authorization": "SANDBOX-TOKEN"})

    assert answer.json["Status"] == "Success"
    assert len((await client.control("GET", "/requests")).json["requests"]) == 1


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/nowhere"),
        ("DELETE", GENCODE),
        ("GET", "/_sandbox/v1/info"),
        ("POST", "/_sandbox/v1/reset"),
        ("GET", "/healthz"),
        ("GET", "http://127.0.0.1:9/rest/nothing"),
    ],
)
async def test_only_paths_of_providers_are_passed_on(client: Any, record: Record, method: str, path: str) -> None:
    recorded = await record()
    path = path if path.startswith("/") else "/" + path

    answer = await recorded.client.send(method, path)

    assert answer.status == 404
    assert "not passed on" in answer.json["detail"]
    assert recorded.exchanges == []
    assert (await client.control("GET", "/requests")).json["requests"] == []


async def test_a_provider_without_an_address_is_not_passed_on(client: Any, record: Record) -> None:
    recorded = await record(f"amoot={client.url}")

    refused = await recorded.client.get(GENCODE, **ESMS, **SENT)
    answered = await recorded.client.get("/rest/AccountStatus", Token="SANDBOX-TOKEN")

    assert (refused.status, answered.status) == (404, 200)
    assert len(recorded.exchanges) == 1


async def test_a_redirect_is_not_followed(record: Record, upstream: Any) -> None:
    """It goes back to the application, and credentials stay where they were sent."""
    asked = []

    async def redirect(request: web.BaseRequest) -> web.Response:
        asked.append(request.path)
        return web.Response(status=302, headers={"Location": "/rest/elsewhere"})

    recorded = await record(await upstream(redirect))

    answer = await recorded.client.send("GET", "/rest/AccountStatus?Token=x", allow_redirects=False)

    assert (answer.status, answer.headers["Location"]) == (302, "/rest/elsewhere")
    assert asked == ["/rest/AccountStatus"]
    assert recorded.exchanges[0]["status"] == 302


async def test_a_target_that_does_not_answer_is_told(record: Record) -> None:
    recorded = await record("http://127.0.0.1:9")

    answer = await recorded.client.get("/rest/AccountStatus", Token="x")

    assert answer.status == 502
    assert "does not answer" in answer.json["detail"]
    assert recorded.exchanges == []


async def test_a_target_that_is_too_slow_is_told(
    record: Record, upstream: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import aiohttp  # noqa: PLC0415

    async def never(_: web.BaseRequest) -> web.Response:
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr(recording, "TIMEOUT", aiohttp.ClientTimeout(total=0.05))
    recorded = await record(await upstream(never))

    answer = await recorded.client.get("/rest/AccountStatus", Token="x")

    assert answer.status == 504


async def test_an_answer_that_is_too_large_is_refused(
    record: Record, upstream: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the bound it passes."""
    monkeypatch.setattr(recording, "ANSWER_MOST", 1_000)
    size = 1_000

    async def much(_: web.BaseRequest) -> web.Response:
        return web.Response(body=b"x" * size)

    recorded = await record(await upstream(much))

    assert (await recorded.client.get("/rest/AccountStatus", Token="x")).status == 200
    size += 1
    assert (await recorded.client.get("/rest/AccountStatus", Token="x")).status == 502


async def test_a_full_recording_passes_nothing_on(client: Any, record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    recorded = await record()
    await recorded.client.get(GENCODE, **ESMS, **SENT)
    monkeypatch.setattr(recording, "FILE_MOST", recorded.recording.size)

    answer = await recorded.client.get(GENCODE, **ESMS, **SENT)

    assert answer.status == 507
    assert len((await client.control("GET", "/requests")).json["requests"]) == 1


async def test_a_recorder_that_leads_to_itself_is_told(record: Record, upstream: Any) -> None:
    """No request goes round and round."""
    recorded = await record()

    answer = await recorded.client.send("GET", f"{GENCODE}?Phone=1", headers={"Via": "1.1 otp-sandbox-record"})

    assert answer.status == 508


async def test_many_at_once_are_passed_on(client: Any, record: Record) -> None:
    recorded = await record()

    answers = await asyncio.gather(*(recorded.client.get(GENCODE, **ESMS, **SENT) for _ in range(60)))

    assert {each.status for each in answers} == {200}
    assert len(recorded.exchanges) == 60


async def test_a_body_that_cannot_be_read_is_passed_on_all_the_same(client: Any, record: Record) -> None:
    """What the target says of it is worth recording."""
    recorded = await record()

    answer = await recorded.client.send("POST", JSON_SEND, data="{", headers={"Content-Type": "application/json"})
    straight = await client.send("POST", JSON_SEND, data="{", headers={"Content-Type": "application/json"})

    assert (answer.status, answer.text) == (straight.status, straight.text)
    assert recorded.exchanges[0]["fields"] == {}


@pytest.mark.parametrize(
    "text", ["http://a.example", "https://a.example/", "esms=https://rest.esms.vn", "amoot=http://[::1]:8"]
)
def test_an_address_is_read(text: str) -> None:
    upstream = read_upstream(text, ("esms", "amoot"))

    assert upstream.provider == (text.partition("=")[0] if "=" in text else "")
    assert str(upstream.url).startswith("http")


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "x",
            "ftp://a",
            "http://",
            "http://a/path",
            "http://a?x=1",
            "http://u:p@a",
            "http://a#x",
            "nobody=http://a",
        ),
        *("http://[", "http://a:99999", "esms=", "=http://a", "esms=rest.esms.vn"),
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"takes an address|is no provider"):
        read_upstream(text, ("esms", "amoot"))
