"""Bodies that are not what they say: what can be read is read, the rest is noted and counts as left out."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Wire

Journal = Callable[[], Awaitable[list[dict[str, Any]]]]

pytestmark = pytest.mark.usefixtures("quiet")

OTP = {
    "Token": "SANDBOX-TOKEN",
    "SendDateTime": "",
    "SMSMessageText": "Test",
    "LineNumber": "public",
    "Mobile": "9120000000",
    "CodeLength": "4",
}
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=x"
AS_JSON = json.dumps(OTP).encode()
AS_FORM = urlencode(OTP).encode()
PART = b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
AS_PARTS = b"".join(PART % (name.encode(), text.encode()) for name, text in OTP.items()) + b"--x--\r\n"


def nested(opening: str, closing: str, depth: int) -> bytes:
    """Write a JSON object with a value in so many brackets."""
    return f'{{"Mobile":{opening * depth}1{closing * depth}}}'.encode()


BODIES: dict[str, tuple[str | None, bytes, str, bool]] = {
    "form": (FORM, AS_FORM, "Success", False),
    "form with a charset": (FORM + "; charset=UTF-8", AS_FORM, "Success", False),
    "form without a type": ("", AS_FORM, "Success", False),
    "form labelled JSON": (JSON, AS_FORM, "Token_NotExists", True),
    "form labelled text": ("text/plain", AS_FORM, "Token_NotExists", True),
    "form labelled XML": ("text/xml", AS_FORM, "Token_NotExists", True),
    "form labelled nonsense": ("a/b/;=", AS_FORM, "Token_NotExists", True),
    "form labelled nothing": (";", AS_FORM, "Success", False),
    "JSON": (JSON, AS_JSON, "Success", False),
    "JSON in capitals": ("APPLICATION/JSON; Charset=utf-8", AS_JSON, "Success", False),
    "JSON labelled form": (FORM, AS_JSON, "Success", False),
    "JSON labelled text": ("text/plain", AS_JSON, "Success", False),
    "JSON without a type": ("", AS_JSON, "Success", False),
    "JSON in any case": (JSON, AS_JSON.lower().replace(b"sandbox-token", b"SANDBOX-TOKEN"), "Success", False),
    "JSON with numbers": (JSON, json.dumps({**OTP, "CodeLength": 4, "Mobile": 9120000000}).encode(), "Success", False),
    "JSON with a list": (JSON, AS_JSON.replace(b'"9120000000"', b'["9120000000"]'), "Success", False),
    "JSON with booleans": (JSON, AS_JSON.replace(b'"4"', b"true"), "Length_Invalid", False),
    "JSON with nulls": (JSON, AS_JSON.replace(b'"public"', b"null"), "LineNumber_Empty", False),
    "JSON with an object": (JSON, AS_JSON.replace(b'"4"', b'{"a":1}'), "Length_Invalid", False),
    "JSON with a fraction": (JSON, AS_JSON.replace(b'"4"', b"4.0"), "Length_Invalid", False),
    "JSON with a huge number": (JSON, AS_JSON.replace(b'"4"', b"9" * 40), "Length_Invalid", False),
    "JSON with infinity": (JSON, AS_JSON.replace(b'"4"', b"1e400"), "Token_NotExists", True),
    "JSON with a lone surrogate": (JSON, AS_JSON.replace(b'"Test"', b'"\\ud800"'), "Token_NotExists", True),
    "JSON with NUL": (JSON, AS_JSON.replace(b'"Test"', b'"a\\u0000b"'), "Success", False),
    "JSON that is cut": (JSON, AS_JSON[:-1], "Token_NotExists", True),
    "JSON with comments": (JSON, b"// hello\n" + AS_JSON, "Token_NotExists", True),
    "JSON that is no UTF-8": (JSON, b'{"Token": "\xff"}', "Token_NotExists", True),
    "a JSON list": (JSON, b"[1, 2]", "Token_NotExists", True),
    "a JSON text": (JSON, b'"text"', "Token_NotExists", True),
    "JSON null": (JSON, b"null", "Token_NotExists", True),
    "blanks": (JSON, b" \r\n ", "Token_NotExists", False),
    "nested lists": (JSON, nested("[", "]", 200), "Token_NotExists", False),
    "deeply nested lists": (JSON, nested("[", "]", 1000), "Token_NotExists", True),
    "absurdly nested lists": (JSON, nested("[", "]", 100_000), "Token_NotExists", True),
    "nested objects": (JSON, nested('{"a":', "}", 200), "Token_NotExists", False),
    "deeply nested objects": (JSON, nested('{"a":', "}", 1000), "Token_NotExists", True),
    "absurdly nested objects": (JSON, nested('{"a":', "}", 100_000), "Token_NotExists", True),
    "parts": (MULTIPART, AS_PARTS, "Success", False),
    "parts without an end": (MULTIPART, AS_PARTS.removesuffix(b"--x--\r\n"), "Success", False),
    "parts of another boundary": ("multipart/form-data; boundary=y", AS_PARTS, "Token_NotExists", True),
    "parts without a boundary": ("multipart/form-data", AS_PARTS, "Token_NotExists", True),
    "parts that are none": (MULTIPART, AS_FORM, "Token_NotExists", True),
    "parts without names": (MULTIPART, b"--x\r\n\r\nabc\r\n--x--", "Token_NotExists", False),
    "parts with odd headers": (
        MULTIPART,
        b"--x\r\nContent-Disposition: form-data; name*=no'x'%ff\r\nContent-Type: a/b; charset=no\r\n\r\n1\r\n--x--",
        "Token_NotExists",
        False,
    ),
    "JSON labelled parts": (MULTIPART, AS_JSON, "Success", False),
    "a text of 60,000": (FORM, AS_FORM.replace(b"Test", b"x" * 60_000), "Success", False),
    # Beyond the bound of a field, which no honest text comes near, the body counts as empty.
    "a text of a megabyte": (FORM, AS_FORM.replace(b"Test", b"x" * 1_000_000), "Token_NotExists", True),
    "a mobile of 60,000": (FORM, AS_FORM.replace(b"9120000000", b"9" * 60_000), "Mobile_Invalid", False),
    "a token of 60,000": (FORM, AS_FORM.replace(b"SANDBOX-TOKEN", b"A" * 60_000), "Token_Invalid", False),
    "a length of 60,000": (
        FORM,
        AS_FORM.replace(b"CodeLength=4", b"CodeLength=" + b"4" * 60_000),
        "Length_Exceeded",
        False,
    ),
    "a form of percent signs": (FORM, b"%" * 1000, "Token_NotExists", True),
    "a form of ampersands": (FORM, b"&" * 1000 + AS_FORM, "Success", False),
    "a form that is no UTF-8": (FORM, AS_FORM.replace(b"Test", b"\xff\xfe"), "Success", False),
    "a form with NUL": (FORM, AS_FORM.replace(b"Test", b"a\x00b"), "Success", False),
}


@pytest.mark.parametrize("body", BODIES)
async def test_a_body_is_read_as_what_it_is(client: Any, journal: Journal, body: str) -> None:
    """What can be read is read, whatever its label; what cannot is noted, and counts as left out."""
    kind, data, status, warned = BODIES[body]

    answer = await client.send("POST", "/rest/SendOTP", data=data, headers={"Content-Type": kind})

    [entry] = await journal()
    assert (answer.status, answer.json["Status"]) == (200, status)
    assert bool(entry["warnings"]) == warned


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_a_compressed_body_that_is_none_is_answered_and_journalled(
    client: Any, journal: Journal, encoding: str
) -> None:
    """Garbage is no reason to leave the provider's dialect, nor the journal."""
    answer = await client.send(
        "POST", "/rest/SendOTP", data=b"garbage!", headers={"Content-Type": JSON, "Content-Encoding": encoding}
    )

    [entry] = await journal()
    assert answer.status in (200, 400)
    assert entry["warnings"]


async def test_a_body_beyond_the_limit_is_refused(client: Any) -> None:
    """413, as the provider's server would say it; the limit is the sandbox's own, because no provider tells one."""
    data = BytesIO(b"x" * (8 * 1024 * 1024 + 1))

    answer = await client.send("POST", "/rest/SendOTP", data=data, headers={"Content-Type": FORM})

    assert (answer.status, answer.json) == (413, {"Message": "The request is invalid."})


async def test_a_post_with_everything_in_the_query_and_an_empty_body_is_a_send(client: Any) -> None:
    """As one deployed client does; the body wins where both say something."""
    query = f"/rest/SendOTP?{urlencode(OTP)}"

    empty = await client.send("POST", query)
    both = await client.send("POST", query, data={"CodeLength": "8"})

    assert len(empty.json["Data"]["Code"]) == 4
    assert len(both.json["Data"]["Code"]) == 8


async def test_a_post_that_waits_to_continue_is_told_to(wire: Wire) -> None:
    """`Expect: 100-continue`, as curl and .NET send it: the body comes after the word to go on."""
    reader, writer = await asyncio.open_connection(wire.host, wire.port)
    form = urlencode(OTP).encode()
    head = f"POST /rest/SendOTP HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\nContent-Length: {len(form)}\r\n"
    writer.write(head.encode() + b"Connection: close\r\nExpect: 100-continue\r\n\r\n")

    try:
        word = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 3)
        writer.write(form)
        answer = await asyncio.wait_for(reader.read(), 10)
    finally:
        writer.close()

    assert word == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert b'{"Status":"Success"' in answer
