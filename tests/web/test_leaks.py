"""No secret gets out: journal, unmatched requests, explanations, callbacks, the log, and what a client is answered."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from otp_sandbox.app import Sandbox
from otp_sandbox.log import RequestLog
from otp_sandbox.settings import Settings

START = Callable[..., Awaitable[Sandbox]]
SECRET = "K3yN0b0dyKn0ws"
CONTROL_TOKEN = "c0ntr0l-t0ken"
GENCODE = "/MainService.svc/json/SendMessageAutoGenCode_V4_get"
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


def get(target: str) -> bytes:
    return f"GET {target} HTTP/1.1\r\nHost: h\r\n\r\n".encode()


def post(target: str, body: str, kind: str) -> bytes:
    head = f"POST {target} HTTP/1.1\r\nHost: h\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    return (head + body).encode()


REQUESTS = {
    "segments of an unplayed path": get(f"/MainService.svc/json/GetListBrandnames/{SECRET}/{SECRET}"),
    "what looks like a key": get(f"/nowhere/{SECRET}{SECRET}/x"),
    "a body that is no JSON": post("/rest/SendOTP", f'{{"Token":"{SECRET}",}}', FORM),
    "nested JSON": post("/rest/SendOTP", f'{{"data":{{"ApiKey":"{SECRET}"}}}}', JSON),
    "nested JSON, unmatched": get(f"/x?data=%7B%22ApiKey%22%3A%22{SECRET}%22%7D"),
    "a parameter of the path": get(f"/rest/SendOTP;token={SECRET};x"),
    "a bare query": get(f"/rest/SendOTP?{SECRET}{SECRET}"),
    "a bare query, unmatched": get(f"/x?{SECRET}{SECRET}"),
    "the control token in a path": get(f"/x/{CONTROL_TOKEN}"),
    "the control token in a message": get(f"{GENCODE}?message=x{CONTROL_TOKEN}x&Phone=0901234567"),
    "a callback's user": get(f"{GENCODE}?CallbackUrl=http://u:{SECRET}@h/x&Phone=0901234567"),
    "a callback's query": get(f"{GENCODE}?CallbackUrl=http://h/x?token={SECRET}&Phone=0901234567"),
    "a known key in another field": get(f"{GENCODE}?Phone=SANDBOX-API-KEY"),
    "a whole address": get(f"http://u:{SECRET}@rest.esms.vn/x"),
    "a head that cannot be parsed": f"GET /x?Token={SECRET} HTTP/1.1\r\nToken {SECRET}\r\n\r\n".encode(),
    "a line that cannot be parsed": f"GET /x/\x01?Token={SECRET} HTTP/1.1\r\nHost: h\r\n\r\n".encode(),
    "no HTTP": f"{SECRET} {SECRET}\r\n\r\n".encode(),
    **{
        f"{name} in a Host{', unmatched' * (path == '/x')}": f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()
        for path in ("/x", "/rest/SendOTP?Mobile=09121234567")
        for name, host in {"a user": f"u:{SECRET}@h", "a known key": "SANDBOX-API-KEY.example"}.items()
    },
    **{
        f"{name}{', unmatched' * unmatched}": get(f"{'/x' if unmatched else '/rest/SendOTP'}?{name}={SECRET}")
        for name in ("Api_Key", "access_token", "%20ApiKey", "ApiKey[]", "apik", "pass", "TOKEN", "SecretKey")
        for unmatched in (False, True)
    },
}


async def answer_to(url: str, data: bytes) -> str:
    """Send bytes, and give what comes back until the server has nothing more to say."""
    host, port = url.partition("//")[2].split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(data)
    writer.write(b"GET /healthz HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
    got = await reader.read()
    writer.close()
    return got.decode("utf-8", "replace")


@pytest.mark.parametrize("name", REQUESTS)
async def test_no_secret_gets_out(start: START, client: Any, caplog: pytest.LogCaptureFixture, name: str) -> None:
    """Wherever it stands in a request, and whatever becomes of that request."""
    caplog.set_level(logging.DEBUG)
    log = io.StringIO()
    watch = RequestLog(as_json=True, stream=log)
    sandbox = await start(Settings(control_token=CONTROL_TOKEN, callback_targets=("any",)), watch=watch)
    client.url = sandbox.server.url
    token = {"Authorization": f"Bearer {CONTROL_TOKEN}"}

    told = await answer_to(client.url, REQUESTS[name])

    requests = (await client.control("GET", "/requests", headers=token)).json["requests"]
    assert len(requests) == 1
    shown = [await client.control("GET", f"/requests/{each['id']}", headers=token) for each in requests]
    shown.append(await client.control("GET", "/requests.har", headers=token))
    watch.flush()
    if "Server: otp-sandbox" in told.partition("\r\n\r\n")[0]:  # a provider's answer may repeat the address
        assert SECRET not in told
    everything = json.dumps(requests) + "".join(each.text for each in shown) + log.getvalue() + caplog.text
    for secret in (SECRET, CONTROL_TOKEN, "SANDBOX-API-KEY"):
        assert secret not in everything
    assert log.getvalue().count("\n") == 1


async def test_a_callback_shows_neither_user_nor_token(client: Any) -> None:
    """They are sent, and not shown."""
    fields = {
        "ApiKey": "SANDBOX-API-KEY",
        "SecretKey": "SANDBOX-SECRET-KEY",
        "Phone": "0901234567",
        "Content": "Ma cua ban la 123456",
        "Brandname": "Sandbox",
        "SmsType": "2",
        "CallbackUrl": f"http://me:{SECRET}@127.0.0.1:1/cb?token={SECRET}&x=1",
    }
    await client.send("POST", "/MainService.svc/json/SendMultipleMessage_V4_post_json/", json=fields)
    await client.control("POST", "/clock/advance", {"by": "1s"})

    callbacks = (await client.control("GET", "/callbacks")).json["callbacks"]

    assert [each["url"].startswith("http://***@127.0.0.1:1/cb?token=***&x=1") for each in callbacks] == [True]
    assert SECRET not in json.dumps(callbacks)


async def test_a_real_looking_key_is_told_once(client: Any, caplog: pytest.LogCaptureFixture) -> None:
    """Without the key: whoever sent it should know that it does not belong here."""
    for _ in range(2):
        await client.get(GENCODE, ApiKey="A1B2C3D4E5F6A7B8C9D0", SecretKey="x", Phone="0901234567")

    assert caplog.text.count("looks real") == 1
    assert "A1B2C3D4E5F6A7B8C9D0" not in caplog.text
