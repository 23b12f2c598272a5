"""The journal: what was asked, why it was answered so, and no secret in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

GENCODE = "/MainService.svc/json/SendMessageAutoGenCode_V4_get"
SHAPE = {
    "success",
    "id",
    "at",
    "lane",
    "provider",
    "operation",
    "method",
    "path",
    "fields",
    "outcome",
    "code",
    "status",
    "response",
    "duration_ms",
    "warnings",
    "magic",
    "fault",
}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
SECRETS = (
    "SANDBOX-API-KEY",
    "SANDBOX-SECRET-KEY",
    "SANDBOX-TOKEN",
    "WRONG-SECRET",
)


async def _journal(world: Any, path: str = "/requests") -> list[Any]:
    return list((await world.get(path))["requests"])


async def test_a_request_is_shown_whole(still: Any) -> None:
    sent = await still.gencode()

    entry = (await _journal(still))[0]

    assert entry.keys() == SHAPE
    assert entry | {"id": "", "duration_ms": 0} == {
        "id": "",
        "at": "2026-03-01T12:00:00+00:00",
        "lane": "default",
        "provider": "esms",
        "operation": "SendMessageAutoGenCode_V4_get",
        "method": "GET",
        "path": GENCODE,
        "fields": {
            "ApiKey": "***",
            "SecretKey": "***",
            "Phone": "0912345678",
            "Brandname": "Sandbox",
            "Type": "2",
            "message": "{OTP} is it",
            "IsNumber": "1",
        },
        "outcome": "accepted",
        "success": True,
        "code": "100",
        "status": 200,
        "response": sent.text,
        "duration_ms": 0,
        "warnings": [],
        "magic": False,
        "fault": None,
    }
    assert entry["duration_ms"] > 0


async def test_a_request_is_explained_step_by_step(world: Any) -> None:
    await world.gencode(Brandname="nobody")
    entry = (await _journal(world))[0]

    explained = await world.get(f"/requests/{entry['id']}")

    steps = explained["explanation"]
    assert explained.keys() == SHAPE | {"explanation", "remedy"}
    assert explained["remedy"] == {
        "method": "PATCH",
        "path": "/_sandbox/v1/accounts/esms",
        "body": {"brandnames": {"add": [{"name": "nobody"}]}},
    }
    assert {name: explained[name] for name in SHAPE} == entry
    assert steps[0] == f"GET {GENCODE} is SendMessageAutoGenCode_V4_get of eSMS"
    assert "authorize_failed: no" in steps
    assert any(step.startswith("brandname_unknown: yes") for step in steps)
    assert steps[-1] == "answered with brandname_unknown (code 104, HTTP 200)"
    assert not any("not_enough_balance" in step for step in steps)


async def test_a_remedy_names_the_lane_and_is_null_where_there_is_none(lane: Any) -> None:
    """It is the call as it has to be made: made so, the request passes."""
    mine = await lane(id="mine")
    await mine.gencode(Brandname="nobody")
    await mine.checkcode("0")

    refused, checked = [await mine.get(f"/requests/{each['id']}") for each in await _journal(mine)]
    remedy = refused["remedy"]
    done = await mine.client.send(remedy["method"], remedy["path"], json=remedy["body"])
    await mine.gencode(Brandname="nobody")

    assert remedy["path"] == "/_sandbox/v1/lanes/mine/accounts/esms"
    assert checked["remedy"] is None
    assert done.status == 200
    assert [each["success"] for each in await _journal(mine)] == [False, False, True]


async def test_a_refused_check_is_explained_by_the_codes_of_the_phone(still: Any) -> None:
    await still.gencode()
    code = (await still.get("/codes"))["codes"][0]["code"]
    await still.advance("5m")
    await still.checkcode(code)

    explained = await still.get(f"/requests/{(await _journal(still))[1]['id']}")

    assert any(code in step and "expired" in step for step in explained["explanation"])


async def test_a_magic_value_is_marked_and_explained(world: Any) -> None:
    await world.gencode("0900000103")

    entry = (await _journal(world))[0]
    explained = await world.get(f"/requests/{entry['id']}")

    assert entry["magic"] is True
    assert entry["code"] == "103"
    assert "the magic value Phone=0900000103 asks for" in explained["explanation"][1]


async def test_warnings_are_shown_and_explained(world: Any) -> None:
    """What a provider would silently swallow is worth a word."""
    await world.gencode(TimeAlive="99", nonsense="1")

    entry = (await _journal(world))[0]
    explained = await world.get(f"/requests/{entry['id']}")

    assert len(entry["warnings"]) == 2
    assert "nonsense is no parameter of SendMessageAutoGenCode_V4_get" in entry["warnings"]
    assert explained["explanation"][-2:] == [f"warning: {each}" for each in entry["warnings"]]


async def test_a_parameter_that_came_twice_is_warned_of(world: Any) -> None:
    await world.client.send("GET", f"{GENCODE}?Phone=1&phone=2")

    entry = (await _journal(world))[0]

    assert "Phone came more than once" in entry["warnings"]
    assert entry["fields"]["Phone"] == "1,2"


async def test_requests_are_found_by_provider_operation_and_outcome(world: Any) -> None:
    await world.gencode()
    await world.send_otp()
    await world.checkcode("1")

    by_provider = await _journal(world, "/requests?provider=amoot")
    by_operation = await _journal(world, "/requests?operation=CheckCodeGen_V4_get")
    by_outcome = await _journal(world, "/requests?outcome=accepted&provider=esms")

    assert [each["operation"] for each in by_provider] == ["SendOTP"]
    assert [each["operation"] for each in by_operation] == ["CheckCodeGen_V4_get"]
    assert [each["outcome"] for each in by_outcome] == ["accepted"]


async def test_a_provider_that_is_not_played_is_the_wrong_field(
    world: Any, fields_of: Callable[..., list[str]]
) -> None:
    answer = await world.control("GET", "/requests?provider=nobody")

    assert answer.status == 422
    assert fields_of(answer) == ["provider"]


@pytest.mark.parametrize("path", ["/requests", "/requests/unmatched"])
async def test_requests_are_listed_by_the_page(world: Any, path: str) -> None:
    for _ in range(3):
        await world.client.send("GET", "/nowhere")

    first = await world.get(f"{path}?after=0&limit=2")
    rest = await world.get(f"{path}?after={first['cursor']}")
    last = await world.get(f"{path}?limit=1")

    everything = await _journal(world, path)
    assert first["requests"] + rest["requests"] == everything
    assert last["requests"] == everything[2:]


async def test_a_journal_can_be_emptied(world: Any) -> None:
    await world.gencode()
    entry = (await _journal(world))[0]

    await world.control("DELETE", "/requests")
    missing = await world.control("GET", f"/requests/{entry['id']}")
    await world.gencode()

    assert missing.status == 404
    assert [each["id"] for each in await _journal(world)] != [entry["id"]]


@pytest.mark.parametrize(
    ("method", "path", "provider", "nearest"),
    [
        ("GET", "/MainService.svc/json/SendMessageAutoGenCode", "esms", "SendMessageAutoGenCode_V4_get"),
        ("POST", GENCODE, "esms", "SendMessageAutoGenCode_V4_get"),
        ("GET", "/rest/SendOtps", "amoot", "SendOTP"),
        ("GET", "/api/register-services/", "thuesim", "register_service"),
        ("GET", "/audio/plays.php", "thuesim", "audio"),
        ("GET", "/rst/SendOTP", None, "SendOTP"),
    ],
)
async def test_an_unmatched_request_is_listed_with_the_nearest_operations(
    world: Any, method: str, path: str, provider: str | None, nearest: str
) -> None:
    await world.gencode()
    await world.client.send(method, path)

    unmatched = await _journal(world, "/requests/unmatched")
    explained = await world.get(f"/requests/{unmatched[0]['id']}")

    assert len(unmatched) == 1
    assert len(await _journal(world)) == 2
    assert (unmatched[0]["provider"], unmatched[0]["operation"], unmatched[0]["outcome"]) == (provider, None, None)
    assert nearest in unmatched[0]["warnings"][0]
    assert unmatched[0]["warnings"][0] in explained["explanation"]


async def test_an_unmatched_request_is_found_by_a_known_credential(lane: Any, world: Any) -> None:
    made = await lane()

    await world.client.get("/rest/Nothing", token=made.credentials["amoot"]["Token"])
    await world.client.get("/nowhere", ApiKey=made.credentials["esms"]["ApiKey"])

    assert len(await _journal(made)) == 2
    assert await _journal(world) == []


@pytest.mark.parametrize(
    ("method", "path", "sent"),
    [
        ("GET", f"{GENCODE}?ApiKey=SANDBOX-API-KEY&SecretKey=SANDBOX-SECRET-KEY&Phone=0912345678", {}),
        ("GET", f"{GENCODE}?apikey=WRONG-SECRET&SECRETKEY=WRONG-SECRET&Phone=0912345678", {}),
        ("GET", f"{GENCODE}?ApiKey=WRONG-SECRET&ApiKey=WRONG-SECRET&nonsense=1", {}),
        ("GET", f"{GENCODE}?Token=WRONG-SECRET", {}),
        ("GET", "/rest/SendOTP?Token=SANDBOX-TOKEN&UserName=WRONG-SECRET&Password=WRONG-SECRET", {}),
        ("GET", "/rest/SendOTP?ApiKey=WRONG-SECRET", {}),
        ("GET", "/rest/SendOTP", {"headers": {"Authorization": "Bearer SANDBOX-TOKEN"}}),
        ("GET", "/rest/SendOTP?authorization=WRONG-SECRET", {}),
        ("POST", "/rest/SendOTP", {"data": "Token=WRONG-SECRET&Password=WRONG-SECRET", "headers": FORM}),
        ("POST", "/rest/SendOTP", {"json": {"Token": "SANDBOX-TOKEN", "password": "WRONG-SECRET"}}),
        ("GET", "/api/?show=balance&token=SANDBOX-TOKEN", {}),
        ("GET", "/api/?show=balance&token=WRONG-SECRET&nonsense=1", {}),
        ("GET", "/api/?show=nothing&Token=WRONG-SECRET", {}),
        ("GET", "/rest/Nothing?Token=WRONG-SECRET&ApiKey=WRONG-SECRET", {}),
        ("GET", "/rest/SANDBOX-TOKEN/x", {}),
        ("GET", "/rest/SANDBOX%2DTOKEN/x", {}),
        ("GET", "/nowhere/SANDBOX-API-KEY?token=WRONG-SECRET&SecretKey=WRONG-SECRET", {}),
        ("PUT", "/rest/SendOTP?Token=WRONG-SECRET", {}),
    ],
)
async def test_no_secret_is_in_the_journal(world: Any, method: str, path: str, sent: dict[str, Any]) -> None:
    """Right or wrong, in query, path, header and body, whoever's they are and whatever they were sent to."""
    await world.client.send(method, path, **sent)

    entry = (await _journal(world))[0]
    listed = (await world.control("GET", "/requests")).text
    explained = (await world.control("GET", f"/requests/{entry['id']}")).text

    assert not [secret for secret in SECRETS for text in (listed, explained) if secret in text]
    assert "SANDBOX%2DTOKEN" not in listed


async def test_the_secret_of_another_lane_is_not_in_the_journal(lane: Any, world: Any) -> None:
    made = await lane()
    secret = made.credentials["amoot"]["Token"]

    await world.client.send("GET", f"/nowhere/{secret}")

    assert secret not in (await world.control("GET", "/requests")).text


async def test_the_control_token_is_not_in_a_problem(world: Any) -> None:
    answer = await world.control("GET", "/nothing", headers={"Authorization": "Bearer WRONG-SECRET"})

    assert "WRONG-SECRET" not in answer.text
