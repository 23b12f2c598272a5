"""The journal as HAR 1.2: what the tools of others require is there, and no secret."""

from __future__ import annotations

from base64 import b64decode
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from jsonschema import Draft202012Validator, FormatChecker

_TEXT: dict[str, Any] = {"type": "string"}
_NUMBER: dict[str, Any] = {"type": "number", "minimum": 0}
_SIZE: dict[str, Any] = {"type": "integer", "minimum": -1}


def _object(**members: Any) -> dict[str, Any]:
    """Require members; what is optional ends with an underscore."""
    required = [name for name in members if not name.endswith("_")]
    properties = {name.rstrip("_"): each for name, each in members.items()}
    return {"type": "object", "required": required, "properties": properties}


def _list(each: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": each}


_PAIR = _object(name=_TEXT, value=_TEXT)
_REQUEST = _object(
    method=_TEXT,
    url={"type": "string", "format": "uri"},
    httpVersion=_TEXT,
    cookies=_list(_PAIR),
    headers=_list(_PAIR),
    queryString=_list(_PAIR),
    postData_=_object(mimeType=_TEXT, params=_list(_object(name=_TEXT)), text=_TEXT),
    headersSize=_SIZE,
    bodySize=_SIZE,
)
_RESPONSE = _object(
    status={"type": "integer"},
    statusText=_TEXT,
    httpVersion=_TEXT,
    cookies=_list(_PAIR),
    headers=_list(_PAIR),
    content=_object(size=_SIZE, mimeType=_TEXT, text_=_TEXT, encoding_=_TEXT, comment_=_TEXT),
    redirectURL=_TEXT,
    headersSize=_SIZE,
    bodySize=_SIZE,
)
_ENTRY = _object(
    startedDateTime={"type": "string", "format": "date-time"},
    time=_NUMBER,
    request=_REQUEST,
    response=_RESPONSE,
    cache={"type": "object"},
    timings=_object(send=_NUMBER, wait=_NUMBER, receive=_NUMBER),
    comment_=_TEXT,
)
HAR = _object(log=_object(version={"const": "1.2"}, creator=_object(name=_TEXT, version=_TEXT), entries=_list(_ENTRY)))
"""The members that HAR 1.2 requires, and their types."""


async def har(world: Any) -> list[Any]:
    document = await world.get("/requests.har")
    Draft202012Validator(HAR, format_checker=FormatChecker()).validate(document)
    entries: list[Any] = document["log"]["entries"]
    return entries


async def test_an_empty_journal_is_a_har(world: Any) -> None:
    assert await har(world) == []


async def test_all_requests_stand_in_their_order(still: Any) -> None:
    """Matched or not, of every provider, with the time of the lane."""
    await still.gencode()
    await still.send_otp()
    await still.rent()
    await still.client.send("GET", "/nowhere?a=b")

    entries = await har(still)

    assert [each["_operation"] for each in entries] == [
        "SendMessageAutoGenCode_V4_get",
        "SendOTP",
        "register_service",
        None,
    ]
    assert {each["startedDateTime"] for each in entries} == {"2026-03-01T12:00:00+00:00"}
    assert entries[-1]["response"]["status"] == 404


async def test_a_query_is_told_as_it_can_be_sent(still: Any) -> None:
    """The address and the pairs say the same; secrets are masked in both."""
    await still.gencode(message="mã {OTP} & ☂")

    [entry] = await har(still)

    url = urlsplit(entry["request"]["url"])
    pairs = {each["name"]: each["value"] for each in entry["request"]["queryString"]}
    assert f"{url.scheme}://{url.netloc}" == still.client.url
    assert url.path == "/MainService.svc/json/SendMessageAutoGenCode_V4_get"
    assert dict(parse_qsl(url.query)) == pairs
    assert pairs["message"] == "mã {OTP} & ☂"
    assert pairs["ApiKey"] == pairs["SecretKey"] == "***"


async def test_a_body_is_told_by_its_fields(world: Any) -> None:
    """JSON and forms as text too."""
    fields = {"ApiKey": "SANDBOX-API-KEY", "SecretKey": "SANDBOX-SECRET-KEY", "Phone": "0912345678", "Content": "x"}
    path = "/MainService.svc/json/SendMultipleMessage_V4_post_json/"
    await world.client.send("POST", path, json=fields)
    await world.client.send("POST", "/rest/SendSimple", data={"Token": "SANDBOX-TOKEN", "SMSMessageText": "x y"})

    first, second = await har(world)

    assert first["request"]["postData"]["mimeType"] == "application/json"
    assert '"ApiKey":"***"' in first["request"]["postData"]["text"]
    assert second["request"]["postData"] == {
        "mimeType": "application/x-www-form-urlencoded",
        "params": [{"name": "Token", "value": "***"}, {"name": "SMSMessageText", "value": "x y"}],
        "text": "Token=***&SMSMessageText=x+y",
    }
    assert first["request"]["queryString"] == second["request"]["queryString"] == []


async def test_secrets_in_a_path_are_masked(world: Any) -> None:
    await world.client.send("GET", "/MainService.svc/json/GetBalance/SANDBOX-API-KEY/SANDBOX-SECRET-KEY")

    [entry] = await har(world)

    assert urlsplit(entry["request"]["url"]).path == "/MainService.svc/json/GetBalance/***/***"
    assert "SANDBOX" not in str(entry)


async def test_what_is_no_text_comes_as_base64(still: Any) -> None:
    """A recording."""
    await still.control("PATCH", "/accounts/thuesim", {"arrival": "manual"})
    rental = await still.rent()
    await still.control("POST", f"/rentals/{rental['id']}/call", {"code": "1234"})
    code = await still.client.get("/api/", show="code", ID=rental["id"], **still.credentials["thuesim"])
    link = urlsplit(code.text.partition('"CallFile":"')[2].partition('"')[0])
    await still.client.send("GET", f"{link.path}?{link.query}")

    content = (await har(still))[-1]["response"]["content"]

    assert (content["mimeType"], content["encoding"]) == ("application/octet-stream", "base64")
    assert b64decode(content["text"]).startswith(b"RIFF")
    assert content["size"] == len(b64decode(content["text"]))


async def test_a_host_that_is_a_secret_is_masked(world: Any) -> None:
    """Whatever a client sends."""
    await world.client.send("GET", "/rest/SendOTP?x=1", headers={"Host": "SANDBOX-API-KEY.example"})

    assert "SANDBOX-API-KEY" not in str(await har(world))


async def test_a_lane_has_its_own(lane: Any, world: Any) -> None:
    other = await lane()
    await other.gencode()

    assert len(await har(other)) == 1
    assert await har(world) == []
