"""Clients that do not behave: requests that stop half-way, and clients that go away."""

from __future__ import annotations

import asyncio
from random import Random
from urllib.parse import urlencode

from otp_bench.soak.calls import ESMS, GENCODE
from otp_bench.soak.deeds import Deed, Unexpected, expect, phone
from otp_bench.soak.wire import CUT, Wire, spelled

SERVER_ERROR = 500
JSON_SEND = f"{ESMS}/SendMultipleMessage_V4_post_json/"


async def half_a_head(wire: Wire, dice: Random) -> None:
    """Stop in the middle of the first lines."""
    whole = spelled("GET", f"{ESMS}/SendMessageAutoGenCode_V4_get?{urlencode(GENCODE | {'Phone': phone(dice)})}")
    await wire.only_send(whole[: dice.randrange(1, len(whole) - 3)], pause=dice.random() / 50)


async def half_a_body(wire: Wire, dice: Random) -> None:
    """Stop in the middle of a body, or of a chunk."""
    if dice.random() < 0.5:  # noqa: PLR2004
        content = spelled("POST", JSON_SEND, b'{"ApiKey": "SANDBOX-API-KEY", "Phone": ' + b" " * 4000)[:-2000]
    else:
        content = f"POST {JSON_SEND} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n400\r\nhalf".encode()
    await wire.only_send(content, pause=dice.random() / 50)


async def no_reader(wire: Wire, dice: Random) -> None:
    """Ask, and go away before the answer."""
    await wire.only_send(
        spelled("GET", f"{ESMS}/SendMessageAutoGenCode_V4_get?{urlencode(GENCODE | {'Phone': phone(dice)})}")
    )


async def lost_wait(wire: Wire, dice: Random) -> None:
    """Wait for a message, and go away meanwhile."""
    path = f"/_sandbox/v1/messages/wait?to={phone(dice)}&timeout=30s"
    await wire.only_send(spelled("GET", path), pause=dice.random() / 20)


async def no_http(wire: Wire, dice: Random) -> None:
    """Send what is no HTTP."""
    await wire.only_send(dice.randbytes(200) + b"\r\n\r\n", pause=0.005)


async def odd(wire: Wire, dice: Random) -> None:
    """Ask what nothing is played at, and send bodies that are none."""
    odd_ones = (
        ("GET", f"/nothing/{dice.randrange(10**9)}", b"", ""),
        ("POST", JSON_SEND, b"{" * 300, "application/json"),
        ("POST", "/rest/SendSimple", dice.randbytes(300), "multipart/form-data; boundary=x"),
        ("POST", f"{ESMS}/SendMultipleMessage_V4/", b"<RQST><APIKEY>", "text/plain"),
        ("POST", "/_sandbox/v1/lanes", b'{"ttl": "soon"}', "application/json"),
        ("DELETE", "/_sandbox/v1/lanes/nobody", b"", ""),
    )
    try:
        status, body = await wire.ask(*dice.choice(odd_ones))
    except (*CUT, asyncio.LimitOverrunError):
        wire.close()  # an answer is owed to nobody here
        return
    if status >= SERVER_ERROR:
        raise Unexpected(f"{status} {body[:500]!r}")
    expect(200, body, b"")


BROKEN: tuple[Deed, ...] = (
    Deed(3, half_a_head),
    Deed(3, half_a_body),
    Deed(3, no_reader),
    Deed(4, lost_wait),
    Deed(2, no_http),
    Deed(5, odd),
)
