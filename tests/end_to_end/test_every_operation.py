"""Every operation of every provider, with every field spoilt: the answer is one of its own, and nothing breaks."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

import pytest

import otp_specs
from otp_conformance.good_calls import good_fields
from otp_conformance.rooms import ROOMS
from otp_specs import Operation, Spec

pytestmark = pytest.mark.usefixtures("quiet")

JSON, FORM, XML = "application/json", "application/x-www-form-urlencoded", "application/xml"
SPECS: Mapping[str, Spec] = {name: otp_specs.load(name) for name in otp_specs.available()}
CREDENTIALS = {
    "esms": {"ApiKey": "SANDBOX-API-KEY", "SecretKey": "SANDBOX-SECRET-KEY"},
    "amoot": {"Token": "SANDBOX-TOKEN"},
    "thuesim": {"token": "SANDBOX-TOKEN"},
    "viotp": {"token": "SANDBOX-TOKEN"},
}
TEXTS = [
    "",
    " ",
    "0",
    "-1",
    "1.5",
    "9" * 400,
    "%s{0}{phone}",
    "'\"\\<script>",
    "\ud7ff\U0001f600",
    "\x00",
    "a\r\nb: c",
    "|,;",
]
VALUES: list[Any] = [None, True, False, 0, -1, 1.5, 10**15, [], {}, [1, "a", None], [["x"]], {"a": {"b": []}}, ["a,b"]]
MANY = [f"09{number:08d}" for number in range(500)]


class Sent(NamedTuple):
    """A request as it goes out."""

    method: str
    path: str
    data: str | None
    kind: str | None


def played() -> Iterator[tuple[str, Operation]]:
    for name, spec in SPECS.items():
        yield from ((name, operation) for operation in spec.operations if operation.role != "audio")


def good(provider: str, operation: Operation) -> dict[str, Any]:
    fields = {**operation.constants, **CREDENTIALS[provider], **good_fields(SPECS[provider], operation.name)}
    return {name: value for name, value in fields.items() if name in operation.fields}


def written(provider: str, operation: Operation, fields: Mapping[str, Any]) -> Sent:
    """Write a request as its operation documents it; values that are no texts go out as JSON where there is JSON."""
    path = operation.path
    inside = [name for name in fields if f"{{{name}}}" in path]
    for name in inside:
        path = path.replace(f"{{{name}}}", quote(str(fields[name]), safe="") or "%20")
    beside = {name: value for name, value in fields.items() if name not in inside}
    if JSON in operation.bodies:
        return Sent(operation.method, path, json.dumps(beside), JSON)
    texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in beside.items()}
    if FORM in operation.bodies:
        return Sent(operation.method, path, urlencode(texts), FORM)
    xml = ROOMS[provider].wire.xml
    if XML in operation.bodies and xml is not None:
        return Sent(operation.method, path, xml(texts), "text/plain")
    return Sent(operation.method, f"{path}?{urlencode(texts)}", None, None)


def spoilt(operation: Operation, fields: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    yield dict(fields)
    yield dict(operation.constants)
    for name in operation.fields.keys() - operation.constants.keys():
        yield {key: value for key, value in fields.items() if key != name}
        for value in (*TEXTS, *(VALUES if JSON in operation.bodies else ())):
            yield {**fields, name: value}
    for name in {"Phone", "Mobile", "Mobiles", "ListMessageID", "phone"} & operation.fields.keys():
        yield {**fields, name: MANY if JSON in operation.bodies else ",".join(MANY)}


async def held(client: Any, provider: str, operation: Operation, sent: Sent) -> None:
    """Require an answer of the operation's own, and the journal's word for it."""
    headers = {"Content-Type": sent.kind} if sent.kind is not None else {}
    if operation.hosts:
        headers["Host"] = min(operation.hosts)
    data = sent.data.encode("utf-8", "surrogatepass") if sent.data is not None else None

    answer = await client.send(sent.method, sent.path, data=data, headers=headers)

    [entry] = (await client.control("GET", "/requests?limit=1")).json["requests"]
    rows = SPECS[provider].outcomes
    assert entry["operation"] == operation.name, (sent, answer.text)
    own = {each.outcome for each in operation.answers}
    allowed = own | {f"{name}_ok" for name in own}
    assert entry["outcome"] in allowed, (sent, answer.text)
    assert answer.status == rows[entry["outcome"]].status, (sent, answer.text)
    assert isinstance(answer.json, dict | str | int), (sent, answer.text)  # some are a status alone, or a price


@pytest.mark.parametrize(("provider", "operation"), list(played()), ids=lambda each: getattr(each, "id", each))
async def test_a_spoilt_field_gets_an_answer_of_the_operation(client: Any, provider: str, operation: Operation) -> None:
    """Missing, empty, of another type, far too long, five hundred where one is taken: never a traceback."""
    for fields in spoilt(operation, good(provider, operation)):
        await held(client, provider, operation, written(provider, operation, fields))


DEEP = '{"a":' + "[" * 500 + "]" * 500 + "}"
BROKEN = ["", "{", "[]", '"a"', "null", "// c\n{}", '{"a":1}//', DEEP, "<", "<a>", "\x00"]
KINDS = [JSON, FORM, XML, "text/plain", "multipart/form-data", "multipart/form-data; boundary=b"]


@pytest.mark.parametrize(
    ("provider", "operation"),
    [each for each in played() if each[1].bodies],
    ids=lambda each: getattr(each, "id", each),
)
@pytest.mark.parametrize("kind", KINDS)
async def test_a_broken_body_gets_an_answer_of_the_operation(
    client: Any, provider: str, operation: Operation, kind: str
) -> None:
    """Whatever it says that it is."""
    for body in BROKEN:
        path = operation.path.partition("{")[0]
        await held(client, provider, operation, Sent(operation.method, path, body, kind))
