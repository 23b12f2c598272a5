"""The control API describes itself: validly, completely, and as it answers."""

from __future__ import annotations

import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from otp_sandbox.domain.faults import PRESETS
from otp_sandbox.web.control.endpoints import ENDPOINTS

PREFIX = "/_sandbox/v1"


@pytest.fixture
async def document(client: Any) -> Any:
    return (await client.control("GET", "/openapi.json")).json


async def test_the_document_is_openapi(document: Any) -> None:
    """3.1, and every operation has an id of its own."""
    errors = list(OpenAPIV31SpecValidator(document).iter_errors())

    ids = [operation["operationId"] for path in document["paths"].values() for operation in path.values()]
    assert errors == []
    assert document["openapi"].startswith("3.1")
    assert len(ids) == len(set(ids))


async def test_the_document_lists_what_there_is_and_nothing_else(document: Any) -> None:
    listed = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    there = {
        (endpoint.method, endpoint.root + prefix + endpoint.path)
        for endpoint in ENDPOINTS
        for prefix in (("", "/lanes/{lane}") if endpoint.lane else ("",))
    }

    assert listed == there | {("GET", "/healthz"), ("GET", "/readyz")}


async def test_what_is_listed_is_there(client: Any, document: Any) -> None:
    for path, methods in document["paths"].items():
        answer = await client.send("OPTIONS", re.sub(r"\{lane\}", "default", path).replace("{", "").replace("}", ""))

        assert answer.status == 405
        assert set(answer.headers["Allow"].split(", ")) == {method.upper() for method in methods}


async def test_answers_are_as_described(world: Any, document: Any) -> None:
    """A sweep over every endpoint, each answer held against its schema. A stream is text, and has no end."""
    await world.freeze()
    await world.control("PATCH", "/accounts/thuesim", {"callback_url": "http://127.0.0.1:9/", "min_interval": 0})
    await world.gencode()
    await world.gencode(Brandname="nobody")
    await world.send_otp(SendDateTime="2026-03-01 16:30:00")
    await world.checkcode("1")
    rentals = [await world.rent() for _ in range(3)]
    await world.client.send("GET", "/nowhere")
    await world.control("POST", f"/rentals/{rentals[0]['id']}/sms", {"text": "la 1234"})
    await world.control("POST", "/clock/advance", {"by": "2s"})
    message = await world.get("/messages/latest")
    request = (await world.get("/requests"))["requests"][0]
    callback = (await world.get("/callbacks"))["callbacks"][0]
    await world.control("PATCH", "/accounts/thuesim", {"arrival": "manual"})
    rentals += [await world.rent(), await world.rent()]
    snapshot = await world.get("/snapshot")
    steps: list[tuple[str, str, dict[str, str], Any]] = [
        ("POST", "/lanes", {}, {"id": "made"}),
        ("GET", "/lanes/{lane}", {"lane": "made"}, None),
        ("PATCH", "/lanes/{lane}", {"lane": "made"}, {"clock": {"mode": "real"}}),
        ("DELETE", "/lanes/{lane}", {"lane": "made"}, None),
        ("POST", "/messages/{id}/status", {"id": message["id"]}, {"state": "failed"}),
        ("GET", "/messages/{id}", {"id": "latest"}, None),
        ("POST", "/messages/wait", {}, {"count": 9}),
        ("GET", "/messages/wait", {}, None),
        ("PUT", "/codes/{phone}", {"phone": "0912345678"}, {"code": "1"}),
        ("GET", "/codes/{phone}", {"phone": "0912345678"}, None),
        ("DELETE", "/codes/{phone}", {"phone": "0912345678"}, None),
        ("POST", "/rentals", {}, {}),
        ("POST", "/rentals/{id}/sms", {"id": rentals[3]["id"]}, {"text": "la 1234"}),
        ("POST", "/rentals/{id}/call", {"id": rentals[4]["id"]}, {"code": "1234"}),
        ("POST", "/clock/advance", {}, {"by": "1h"}),
        ("PUT", "/clock", {}, {"mode": "offset", "offset": "2m"}),
        ("GET", "/accounts/{provider}", {"provider": "amoot"}, None),
        ("PATCH", "/accounts/{provider}", {"provider": "esms"}, {"balance": 1}),
        ("POST", "/callbacks/{id}/replay", {"id": callback["id"]}, {}),
        ("GET", "/requests/{id}", {"id": request["id"]}, None),
        ("PATCH", "/choices", {}, {"esms.code-case": "ignore"}),
        *(("POST", "/faults", {}, {"preset": each}) for each in PRESETS),
        ("POST", "/faults", {}, {"name": "made", **_FAULT}),
        ("GET", "/faults/{name}", {"name": "made"}, None),
        ("PUT", "/faults/{name}", {"name": "made"}, {"action": {"drip": "1kB/s"}}),
        ("GET", "/faults", {}, None),
        ("DELETE", "/faults/{name}", {"name": "made"}, None),
        ("DELETE", "/faults", {}, None),
        *(("GET", f"/providers/{{provider}}/{what}", {"provider": "esms"}, None) for what in _TABLES),
        *(("GET", path, {}, None) for path in _PLAIN),
        ("DELETE", "/messages", {}, None),
        ("DELETE", "/requests", {}, None),
        ("POST", "/inbound", {}, {"from": "09120000000", "to": "public", "text": "salam"}),
        ("GET", "/inbound", {}, None),
        ("POST", "/reset", {}, {"what": ["clock"]}),
        ("PUT", "/snapshot", {}, snapshot),
    ]
    registry = Registry().with_resource("urn:doc", Resource(document, DRAFT202012))

    for method, template, names, body in steps:
        path = template.format(**names)
        answer = await world.control(method, path, body)
        described = document["paths"][PREFIX + template][method.lower()]["responses"]
        assert str(answer.status) in described, (method, path, answer.text)
        assert answer.status < 300, (method, path, answer.text)
        if answer.status == 204:
            continue
        pointer = f"{PREFIX}{template}".replace("/", "~1").replace("{", "%7B").replace("}", "%7D")
        ref = f"urn:doc#/paths/{pointer}/{method.lower()}/responses/{answer.status}/content/application~1json/schema"
        Draft202012Validator({"$ref": ref}, registry=registry).validate(answer.json)

    assert {(method, template) for method, template, _, _ in steps} == {
        (endpoint.method, endpoint.path)
        for endpoint in ENDPOINTS
        if endpoint.root and endpoint.content_type == "application/json"
    }


_FAULT = {
    "action": {"delay": "1m", "clock": "lane"},
    "match": {"provider": "esms", "phone": "0912345678", "calls": "1..2", "every": 1, "p": 0.5},
    "uses": 1,
    "ttl": "1m",
}
_TABLES = ("operations", "outcomes", "behaviours")
_PLAIN = (
    "/info",
    "/openapi.json",
    "/magic",
    "/providers",
    "/lanes",
    "/messages",
    "/codes",
    "/clock",
    "/rentals",
    "/callbacks",
    "/requests",
    "/requests.har",
    "/requests/unmatched",
    "/choices",
    "/limits",
    "/snapshot",
    "/bundle",
    "/lint",
    "/lint/rules",
)


async def test_problems_are_as_described(client: Any, document: Any) -> None:
    problem = Draft202012Validator(document["components"]["schemas"]["Problem"])
    for method, path, body in (
        ("GET", "/lanes/nobody", None),
        ("POST", "/lanes", {"seed": "x"}),
        ("POST", "/lanes", {"id": "default"}),
        ("DELETE", "/info", None),
    ):
        answer = await client.control(method, path, body)

        assert answer.status >= 400
        problem.validate(answer.json)


async def test_every_answer_that_a_guard_may_give_is_described(document: Any) -> None:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if path.startswith(PREFIX):
                assert {"401", "403", "421", "422"} <= operation["responses"].keys()
                assert ("415" in operation["responses"]) == (method in ("post", "put", "patch"))
