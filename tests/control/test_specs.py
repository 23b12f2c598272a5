"""The plain documents as they are served: to whom, as what, and with this sandbox as their server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

import jsonschema
import pytest
import yaml

import otp_specs
from equipment.openapi import to_floats
from otp_sandbox.settings import Settings
from otp_specs.plain import make_plain

PROVIDERS = otp_specs.available()
SPECS = "/_sandbox/specs/"


def read(answer: Any) -> Any:
    """Read a document by its media type."""
    assert answer.status == 200, answer.text
    kinds = {"application/json": json.loads, "application/yaml": yaml.safe_load}
    return kinds[answer.headers["Content-Type"]](answer.text)


@pytest.mark.parametrize("ending", ["json", "yaml"])
@pytest.mark.parametrize("provider", PROVIDERS)
async def test_a_document_is_served_with_this_sandbox_as_its_server(client: Any, provider: str, ending: str) -> None:
    """All else is what the compile step writes."""
    document = read(await client.send("GET", f"{SPECS}{provider}.{ending}"))

    servers = document.pop("servers")
    written = to_floats(make_plain(otp_specs.read_document(provider)))
    del written["servers"]
    assert [each["url"] for each in servers] == [client.url]
    assert document == written


@pytest.mark.parametrize("host", ["localhost:1234", "[::1]:80", "otp-sandbox"])
async def test_the_server_is_what_the_caller_called_it(client: Any, host: str) -> None:
    """A sandbox has one name inside of a network of containers, and another outside."""
    for ending in ("json", "yaml"):
        document = read(await client.send("GET", f"{SPECS}esms.{ending}", headers={"Host": host}))

        assert document["servers"][0]["url"] == f"http://{host}"


async def test_the_providers_tell_where_their_documents_are(client: Any) -> None:
    told = (await client.control("GET", "/providers")).json["providers"]

    assert [each["name"] for each in told] == PROVIDERS
    for provider in told:
        by_json, by_yaml = [read(await client.send("GET", path)) for path in provider["specs"]]
        assert by_json == by_yaml


async def test_head_gives_the_headers_alone(client: Any) -> None:
    answer = await client.send("HEAD", SPECS + "esms.yaml")

    assert (answer.status, answer.text) == (200, "")
    assert answer.headers["Content-Type"] == "application/yaml"
    assert int(answer.headers["Content-Length"]) > 10_000


@pytest.mark.parametrize(
    "name",
    [
        "",
        "esms",
        "nobody.json",
        ".json",
        ".yaml",
        "esms.yml",
        "esms.json.gz",
        "esms.json/",
        "..%2Fesms.json",
        "%ff.json",
    ],
)
async def test_what_is_not_there_is_not_found(client: Any, name: str) -> None:
    answer = await client.send("GET", SPECS + name)

    assert answer.status == 404
    assert answer.headers["Content-Type"] == "application/problem+json"


async def test_an_unknown_provider_is_told_which_there_are(client: Any) -> None:
    answer = await client.send("GET", SPECS + "nobody.yaml")

    assert "there are amoot, esms, thuesim, viotp" in answer.json["detail"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
async def test_a_document_can_only_be_read(client: Any, method: str) -> None:
    answer = await client.send(method, SPECS + "esms.json", headers={"Content-Type": "application/json"})

    assert (answer.status, answer.headers["Allow"]) == (405, "GET")


async def test_a_query_is_refused_as_everywhere(client: Any) -> None:
    answer = await client.send("GET", SPECS + "esms.json?pretty=1")

    assert (answer.status, answer.json["errors"][0]["field"]) == (422, "pretty")


async def test_it_is_not_below_the_version(client: Any) -> None:
    """What a document looks like is the business of OpenAPI, not of the control API."""
    assert (await client.send("GET", "/_sandbox/v1/specs/esms.json")).status == 404
    assert (await client.send("GET", "/_sandbox/v1/_sandbox/specs/esms.json")).status == 404
    assert (await client.send("GET", "/_sandbox/info")).status == 404


# The guard


@pytest.mark.parametrize("ending", ["json", "yaml"])
async def test_it_is_guarded_like_the_control_api(
    start: Callable[..., Awaitable[Any]], client: Any, ending: str
) -> None:
    """A known Host, no page of another site, and the token where one is set."""
    locked = await start(Settings(port=0, control_token="secret"))
    path, there = f"{SPECS}esms.{ending}", type(client)(locked.server.url, client.session)

    assert (await client.send("GET", path, headers={"Host": "evil.com"})).status == 421
    assert (await client.send("GET", path, headers={"Origin": "http://evil.com"})).status == 403
    assert (await client.send("GET", path, headers={"Sec-Fetch-Site": "cross-site"})).status == 403
    assert (await there.send("GET", path)).status == 401
    assert (await there.send("GET", path, headers={"Authorization": "Bearer secret"})).status == 200


@pytest.mark.parametrize("host", [b"\xff", b"a b", b'a"b', b"a\\b", b"a%0Ab", b"a:b", b"'", b"{a}"])
@pytest.mark.parametrize(("ending", "parse"), [("json", json.loads), ("yaml", yaml.safe_load)])
async def test_an_odd_host_gets_an_answer(sandbox: Any, host: bytes, ending: str, parse: Callable[[str], Any]) -> None:
    """Never a traceback, and never a document that cannot be read."""
    address = urlsplit(sandbox.server.url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(
        b"GET %besms.%b HTTP/1.1\r\nHost: %b\r\nConnection: close\r\n\r\n" % (SPECS.encode(), ending.encode(), host)
    )
    head, _, body = (await reader.read()).decode().partition("\r\n\r\n")
    writer.close()
    await writer.wait_closed()

    assert int(head.split()[1]) in {200, 400, 421}
    if head.split()[1] == "200":
        assert parse(body)["servers"][0]["url"] == f"http://{host.decode('utf-8', 'replace')}"


# Answers


@pytest.mark.parametrize("profile", ["wire", "list"])
async def test_every_answer_to_a_query_of_thuesim_fits_the_document(client: Any, profile: str) -> None:
    """Exactly one of the schemas under `oneOf`, empty lists and refusals included."""
    await client.control("PATCH", "/choices", {"thuesim.profile": profile})
    document = read(await client.send("GET", SPECS + "thuesim.json"))
    media = document["paths"]["/api/"]["get"]["responses"]["200"]["content"]["application/json"]
    fits = jsonschema.Draft202012Validator(media["schema"] | {"components": document["components"]})
    rented = (await client.get("/api/register-service/", serviceId="02.97", token="SANDBOX-TOKEN")).json
    key = rented["RequestLog"]["ID"] if "RequestLog" in rented else rented["data"]["request_id"]
    shows = ("balance", "networks", "service", "code", "history", "nothing")

    answers = [
        await client.get("/api/", show=show, token=token, **more)
        for show in shows
        for token in ("SANDBOX-TOKEN", "wrong")
        for more in ({}, {"ID": key}, {"ID": "1.01"}, {"service": "1"})
    ]

    assert [answer.text for answer in answers if not fits.is_valid(answer.json)] == []
