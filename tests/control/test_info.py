"""What a server tells of itself and of what it plays."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

import otp_specs
from otp_sandbox.redis_address import read
from otp_sandbox.settings import Settings
from otp_sandbox.stores.memory import MemoryStore
from otp_sandbox.version import VERSION

PROVIDERS = ["amoot", "esms", "thuesim", "viotp"]


@pytest.mark.parametrize(("path", "state"), [("/healthz", "alive"), ("/readyz", "ready")])
async def test_health_is_told_to_anyone(client: Any, path: str, state: str) -> None:
    answer = await client.send("GET", path, headers={"Host": "evil.com", "Origin": "http://evil.com"})

    assert answer.status == 200
    assert answer.json == {"status": state}


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
async def test_health_can_only_be_read(client: Any, path: str) -> None:
    answer = await client.send("POST", path, json={})

    assert answer.status == 405
    assert answer.headers["Allow"] == "GET"


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
async def test_health_can_be_asked_for_without_a_body(client: Any, path: str) -> None:
    answer = await client.send("HEAD", path)

    assert answer.status == 200


async def test_a_server_that_stops_is_alive_but_not_ready(client: Any, sandbox: Any) -> None:
    sandbox.server.ready = False

    alive = await client.send("GET", "/healthz")
    ready = await client.send("GET", "/readyz")

    assert alive.status == 200
    assert ready.status == 503
    assert ready.headers["Content-Type"] == "application/problem+json"


async def test_info_shows_version_seed_and_settings(
    start: Callable[..., Awaitable[Any]], connect: Callable[[Any], Any]
) -> None:
    """The token is told to be there, and not what it is."""
    settings = Settings(seed=11, control_token="s3cret", ring=50)
    world = connect(await start(settings))

    answer = await world.control("GET", "/info", headers={"Authorization": "Bearer s3cret"})

    assert answer.json.keys() == {"name", "version", "seed", "providers", "lanes", "urls", "tls", "proxy", "settings"}
    assert answer.json["version"] == VERSION
    assert answer.json["seed"] == 11
    assert answer.json["providers"] == PROVIDERS
    assert answer.json["lanes"] == 1
    assert answer.json["settings"]["control_token"] is True
    assert answer.json["settings"]["ring"] == 50
    assert answer.json["settings"]["lane_idle"] == "1d"
    assert "s3cret" not in answer.text


@pytest.mark.parametrize("password", ["", "s3cret-2"])
async def test_info_shows_the_address_of_the_store_without_its_secrets(
    start: Callable[..., Awaitable[Any]], connect: Callable[[Any], Any], password: str
) -> None:
    store = read("redis+sentinel://user:s3cret-1@a,b:5/main?sentinel_password=s3cret-3")
    world = connect(await start(Settings(store=store, store_password=password), store=MemoryStore()))

    answer = await world.control("GET", "/info")

    assert answer.json["settings"]["store"] == "redis+sentinel://***@a:26379,b:5/main/0"
    assert answer.json["settings"]["store_password"] is bool(password)
    assert answer.json["settings"]["store_prefix"] == "otp-sandbox:"
    assert "s3cret" not in answer.text


async def test_info_shows_every_setting_but_the_secret_ones(client: Any) -> None:
    answer = await client.control("GET", "/info")

    assert answer.json["settings"].keys() == set(Settings.__dataclass_fields__) - {
        "seed",
        "credentials",
        "lanes",
    }


async def test_providers_are_listed(client: Any) -> None:
    answer = await client.control("GET", "/providers")

    assert [each["name"] for each in answer.json["providers"]] == PROVIDERS
    esms = answer.json["providers"][1]
    assert (esms["name"], esms["title"], esms["hosts"]) == (
        "esms",
        "eSMS",
        [
            "rest.esms.vn",
            "restapi.esms.vn",
            "api.esms.vn",
            "voiceapi.esms.vn",
            "status-sms.esms.vn",
        ],
    )
    assert esms["operations"][:2] == ["SendMessageAutoGenCode_V4_get", "CheckCodeGen_V4_get"]
    assert set(esms["operations"]) == {each.name for each in otp_specs.load("esms").operations}


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_the_labels_of_sources_are_explained(client: Any, provider: str) -> None:
    """Every label that a source begins with, here and in the table, has its title."""
    (told,) = [
        each for each in (await client.control("GET", "/providers")).json["providers"] if each["name"] == provider
    ]
    rows = (await client.control("GET", f"/providers/{provider}/outcomes")).json["outcomes"]
    rows += (await client.control("GET", f"/providers/{provider}/behaviours")).json["behaviours"]

    labels = {part.split(",")[0].split()[0] for row in rows for part in row["source"].split("; ")}
    assert labels <= {each["label"] for each in told["sources"]}
    assert all(each.keys() == {"label", "kind", "title", "date", "where"} and each["title"] for each in told["sources"])


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_operations_are_listed_with_their_answers(client: Any, provider: str) -> None:
    answer = await client.control("GET", f"/providers/{provider}/operations")

    keys = {"name", "id", "method", "path", "role", "summary", "fields", "outcomes"}
    assert answer.json["operations"]
    assert all(each.keys() == keys for each in answer.json["operations"])
    assert all(field.keys() == {"name", "places"} for each in answer.json["operations"] for field in each["fields"])


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_outcomes_are_listed_with_their_provenance(client: Any, provider: str) -> None:
    answer = await client.control("GET", f"/providers/{provider}/outcomes")
    operations = await client.control("GET", f"/providers/{provider}/operations")

    keys = {"name", "code", "message", "condition", "evidence", "text_evidence", "source", "operations"}
    names = {each["name"] for each in operations.json["operations"]}
    assert all(each.keys() == keys for each in answer.json["outcomes"])
    assert all((each["text_evidence"] is None) == (each["message"] is None) for each in answer.json["outcomes"])
    assert {name for each in answer.json["outcomes"] for name in each["operations"]} <= names


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_behaviours_are_listed_with_their_provenance(client: Any, provider: str) -> None:
    """A choice has options and a default; other behaviours have neither."""
    answer = await client.control("GET", f"/providers/{provider}/behaviours")
    choices = await client.control("GET", "/choices")

    plain, choice = {"id", "text", "evidence", "source"}, {"id", "text", "evidence", "source", "options", "default"}
    assert all(each.keys() in (plain, choice) for each in answer.json["behaviours"])
    defaults = {each["id"]: each["default"] for each in answer.json["behaviours"] if "default" in each}
    assert defaults
    assert defaults == {name: option for name, option in choices.json.items() if name.startswith(f"{provider}.")}


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_it_is_counted_how_much_is_known_and_how(client: Any, provider: str) -> None:
    """Of a provider: of its behaviours, and of the codes and texts of its table. Every word, in one order."""
    (told,) = [
        each for each in (await client.control("GET", "/providers")).json["providers"] if each["name"] == provider
    ]
    behaviours = (await client.control("GET", f"/providers/{provider}/behaviours")).json
    rows = (await client.control("GET", f"/providers/{provider}/outcomes")).json["outcomes"]

    listed = {
        "behaviours": [each["evidence"] for each in behaviours["behaviours"]],
        "codes": [each["evidence"] for each in rows],
        "texts": [each["text_evidence"] for each in rows],
    }
    words = ["documented", "observed", "assumed", "contradicted"]
    assert told["evidence"] == {what: {word: kinds.count(word) for word in words} for what, kinds in listed.items()}
    assert behaviours["evidence"] == told["evidence"]["behaviours"]
    assert list(behaviours["evidence"]) == words
    assert behaviours["evidence"]["observed"] > 0


async def test_magic_values_are_listed(client: Any) -> None:
    answer = await client.control("GET", "/magic")

    assert all(each.keys() == {"provider", "field", "value", "outcome"} for each in answer.json["magic"])
    values = {(each["provider"], each["field"], each["value"]): each["outcome"] for each in answer.json["magic"]}
    assert values["esms", "Phone", "0900000103"] == "not_enough_balance"
    assert {provider for provider, _, _ in values} == set(PROVIDERS)


async def test_each_magic_value_gives_what_it_says(world: Any) -> None:
    """As one request to a sending or renting operation of its provider, marked in the journal."""
    magic = (await world.get("/magic"))["magic"]
    ask = {"amoot": world.send_otp, "esms": world.gencode}
    rent = {"thuesim": "/api/register-service/", "viotp": "/request/getv2"}

    for each in magic:
        if each["provider"] in rent:
            await world.client.get(rent[each["provider"]], serviceId=each["value"], token="SANDBOX-TOKEN")
        else:
            await ask[each["provider"]](each["value"])

    journal = (await world.get("/requests?limit=1000"))["requests"]
    assert [(entry["outcome"], entry["magic"]) for entry in journal] == [(each["outcome"], True) for each in magic]
