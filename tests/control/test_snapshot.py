"""A lane as JSON, and back: everything in it comes again, or nothing changes."""

from __future__ import annotations

import asyncio
import io
import json
import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from otp_sandbox.lanes import restoring, snapshots
from otp_sandbox.version import VERSION

LISTS = ("messages", "inbound", "codes", "rentals", "callbacks", "requests", "requests/unmatched")
ONES = ("clock", "choices", "limits", "accounts/esms", "accounts/amoot", "accounts/thuesim", "codes/0987654321")
Make = Callable[..., Awaitable[Any]]


async def used(world: Any) -> Any:
    """Let a lane have something of everything."""
    await world.freeze()
    account = {"callback_url": "http://127.0.0.1:9/refused", "arrival": "manual"}
    await world.control("PATCH", "/accounts/thuesim", account)
    await world.control("PATCH", "/choices", {"esms.code-case": "ignore"})
    await world.control("PUT", "/codes/0987654321", {"code": "1111"})
    await world.gencode()
    await world.gencode(Brandname="nobody")
    await world.send_otp(SendDateTime="2026-03-01 16:30:00")
    await world.rent()
    await world.advance("5s")
    rental = await world.rent("01.4")
    await world.control("POST", f"/rentals/{rental['id']}/sms", {"text": "mã của bạn là 1234 ☂"})
    await world.control("POST", "/inbound", {"from": "09120000000", "to": "public", "text": "salam"})
    await world.gencode(RequestId="mine", SandBox="0")
    return world


async def seen(world: Any) -> dict[str, Any]:
    """Look at everything in a lane; its name is the only thing that may differ."""
    state = {path: await world.get(f"/{path}") for path in (*LISTS, *ONES)}
    text = json.dumps(state).replace(f'"lane": "{world.id or "default"}"', '"lane": ""')
    return json.loads(re.sub(r'"duration_ms": [0-9.]+', '"duration_ms": 0', text))


def without_cursors(state: dict[str, Any]) -> dict[str, Any]:
    return {path: {**each, "cursor": ""} for path, each in state.items()}


async def snapshot(world: Any) -> Any:
    return await world.get("/snapshot")


async def go_on(world: Any) -> list[str]:
    """What the lane answers from now on."""
    code = (await world.get("/messages/latest"))["code"]
    answers = [await world.gencode(), await world.checkcode(code or "0"), await world.send_otp()]
    answers.append(await world.client.get("/api/", show="list", **world.credentials["thuesim"]))
    fired = await world.advance("10m")
    return [each.text for each in answers] + [json.dumps(fired), json.dumps(await seen(world))]


async def test_a_snapshot_says_what_it_is(world: Any) -> None:
    document = await snapshot(await used(world))

    assert (document["kind"], document["format"], document["sandbox"]) == ("otp-sandbox snapshot", 1, VERSION)
    assert document["lane"]["clock"] == {"mode": "frozen", "offset": "P0D", "frozen_at": "2026-03-01T12:00:05Z"}
    assert document["lane"]["choices"] == {"esms.code-case": "ignore"}
    assert document["tables"]["accounts"]["thuesim"]["arrival"] == "manual"
    assert [each["place"] for each in document["logs"]["messages"]] == sorted(
        each["place"] for each in document["logs"]["messages"]
    )
    assert {each["kind"] for each in document["due"]} >= {"expiry"}


async def test_a_snapshot_holds_the_credentials_that_lanes_show(lane: Make) -> None:
    world = await lane()

    document = await snapshot(world)

    assert document["lane"]["origin"]["credentials"] == world.credentials


async def test_everything_comes_again_in_another_lane(lane: Make) -> None:
    """Lists, cursors, waits, clock, what falls due, and what is drawn next."""
    first, second = await used(await lane(seed=3)), await lane()

    answer = await second.control("PUT", "/snapshot", await snapshot(first))

    assert answer.status == 200, answer.text
    assert answer.json == {**second.shape, "seed": first.shape["seed"], "choices": {"esms.code-case": "ignore"}}
    assert await seen(second) == await seen(first)
    waited = [await each.get("/messages/wait?count=2&timeout=0s") for each in (first, second)]
    assert waited[0]["matched"]
    assert waited[0]["cursor"] == waited[1]["cursor"]
    assert await go_on(second) == await go_on(first)


async def test_everything_comes_again_in_another_process(
    world: Any, start: Callable[..., Awaitable[Any]], connect: Callable[[Any], Any]
) -> None:
    """Whatever that one's seed is."""
    await used(world)
    other = connect(await start(store=None))

    assert (await other.control("PUT", "/snapshot", await snapshot(world))).status == 200

    assert await seen(other) == await seen(world)
    assert await go_on(other) == await go_on(world)


async def test_a_snapshot_of_a_restored_lane_is_the_same(lane: Make) -> None:
    first, second = await used(await lane()), await lane()
    document = await snapshot(first)

    await second.control("PUT", "/snapshot", document)
    again = await snapshot(second)

    for each in (document, again):
        each["lane"].pop("id")
        each["lane"].pop("created_at")
        each["lane"]["origin"].pop("credentials")
    assert again == document


async def test_going_back_makes_undone_what_came_after(world: Any) -> None:
    """Ids and cursors go on all the same: none is given twice."""
    await used(world)
    document, before = await snapshot(world), await seen(world)
    cursor = (await world.get("/messages"))["cursor"]
    await world.gencode("0911111111")
    await world.advance("20m")

    await world.control("PUT", "/snapshot", document)
    assert without_cursors(await seen(world)) == without_cursors(before)
    await world.gencode("0922222222")

    after = await world.get(f"/messages?after={cursor}")
    assert [each["to"] for each in after["messages"]] == ["+84922222222"]
    ids = [each["id"] for each in (await world.get("/requests"))["requests"]]
    assert len(ids) == len(set(ids))


async def test_a_reset_of_a_restored_lane_brings_it_to_its_beginning(lane: Make) -> None:
    """To that of the lane that the snapshot is of."""
    first = await lane(seed=3, choices={"esms.code-case": "ignore"}, accounts={"esms": {"balance": 5}})
    second = await lane()
    await first.control("PATCH", "/accounts/esms", {"balance": 7})
    await second.control("PUT", "/snapshot", await snapshot(first))
    assert (await second.get("/accounts/esms"))["balance"] == 7

    await second.control("POST", "/reset")

    assert (await second.get("/accounts/esms"))["balance"] == 5
    assert (await second.get("/choices"))["esms.code-case"] == "ignore"


async def test_recordings_are_found_after_a_restore(lane: Make) -> None:
    """Their links carry a mark that is made of the seed."""
    first, second = await lane(seed=5), await lane(seed=6)
    for each in (first, second):
        await each.freeze()
    await first.control("PATCH", "/accounts/thuesim", {"arrival": "manual"})
    rental = await first.rent()
    await first.control("POST", f"/rentals/{rental['id']}/call", {"code": "1234"})
    document = await snapshot(first)
    await first.client.control("DELETE", f"/lanes/{first.id}")

    await second.control("PUT", "/snapshot", document)
    read = await second.client.get(
        "/api/", show="code", id=rental["id"].replace(".", "|"), **second.credentials["thuesim"]
    )

    assert (await second.get("/rentals"))["rentals"][0]["code"] == "1234", read.text
    assert (await second.control("POST", "/reset")).status == 200


def _changed(document: Any, path: str, value: Any) -> Any:
    *parts, last = path.split(".")
    held = document
    for part in parts:
        held = held[int(part) if part.isdigit() else part]
    held[int(last) if last.isdigit() else last] = value
    return document


WRONG = (
    ("kind", "another", "kind"),
    ("format", 2, "format"),
    ("format", "1", "format"),
    ("sandbox", "0.0.0", "sandbox"),
    ("providers", ["esms", "nobody"], "providers"),
    ("more", 1, "body"),
    ("place", "x", "place"),
    ("place", 2**63, "place"),
    ("counts", {"requests": "many"}, "counts.…"),
    ("lane", None, "lane"),
    ("lane.more", 1, "lane.more"),
    ("lane.origin.more", 1, "lane.origin.more"),
    ("lane.origin.seed", "x", "lane.origin.seed"),
    ("lane.clock.mode", "running", "lane.clock.mode"),
    ("lane.clock.frozen_at", None, "lane.clock"),
    ("lane.clock.frozen_at", "2026-03-01T12:00:00", "lane.clock.frozen_at"),
    ("lane.clock.offset", 5.5, "lane.clock.offset"),
    ("lane.choices", {"esms.nobody": "x"}, "lane.choices.esms.nobody"),
    ("lane.origin.choices", {"esms.code-case": "x"}, "lane.origin.choices.esms.code-case"),
    ("due.0.kind", "nothing", "due.0.kind"),
    ("due.0.provider", "nobody", "due.0.provider"),
    ("due.0.at", "yesterday", "due.0.at"),
    ("due.0.at", "2026-03-01T12:00:00", "due.0.at"),
    ("due.0.more", 1, "due.0.more"),
    ("due", {}, "due"),
    ("tables.nothing", {}, "tables.nothing"),
    ("tables.lanes", {}, "tables.lanes"),
    ("tables.owners", {}, "tables.owners"),
    ("tables.messages", {}, "tables.messages"),
    ("tables.accounts", {}, "tables.accounts.amoot"),
    ("tables.accounts", [], "tables.accounts"),
    ("tables.accounts.nobody", {}, "tables.accounts.nobody"),
    ("tables.accounts.esms.balance", 10**30, "tables.accounts.esms.balance"),
    ("tables.accounts.esms.balance", "much", "tables.accounts.esms.balance"),
    ("tables.accounts.esms.more", 1, "tables.accounts.esms.more"),
    ("tables.origins", {}, "tables.origins.amoot"),
    ("logs.nothing", [], "logs.nothing"),
    ("logs.accounts", [], "logs.accounts"),
    ("logs.messages.0.place", 0, "logs.messages.0.place"),
    ("logs.messages.0.place", 10**9, "logs.messages.0.place"),
    ("logs.messages.1.key", "…", "logs.messages.1.key"),
    ("logs.messages.0.more", 1, "logs.messages.0"),
    ("logs.messages.0.entry.state", "lost", "logs.messages.0.entry.state"),
    ("logs.messages.0.entry.price", 1e400, "body"),
    ("logs.messages.0.entry.more", {"a": 1}, "logs.messages.0.entry.more"),
    ("logs.messages.0.entry.provider", "nobody", "logs.messages.0.entry.provider"),
    ("logs.messages.0.entry.created_at", "2026-03-01T12:00:00", "logs.messages.0.entry.created_at"),
    ("logs.messages.1.entry.details.more", 1, "logs.messages.1.entry.details.more"),
    ("logs.requests.0.entry.response", "§", "logs.requests.0.entry.response"),
    ("logs.requests.0.entry.duration_ms", "1", "logs.requests.0.entry.duration_ms"),
)


@pytest.mark.parametrize(("path", "value", "field"), WRONG, ids=lambda each: str(each)[:40])
async def test_what_is_wrong_is_named_and_changes_nothing(
    world: Any, fields_of: Callable[[Any], list[str]], path: str, value: Any, field: str
) -> None:
    """Unknown members, other types, another version, another server's providers."""
    await used(world)
    document, before = await snapshot(world), await seen(world)
    if value == "…":
        value = document["logs"]["messages"][0]["key"]

    answer = await world.control("PUT", "/snapshot", _changed(document, path, value))

    if value == 1e400:  # Python writes it as Infinity, which is no JSON
        assert answer.status == 400
    else:
        assert answer.status == 422, answer.text
        assert any(each == field or each.startswith(f"{field}.") for each in fields_of(answer)), answer.text
    assert await seen(world) == before


@pytest.mark.parametrize(
    "missing", ["kind", "format", "sandbox", "providers", "lane", "place", "due", "tables", "logs"]
)
async def test_a_member_that_is_missing_is_told(world: Any, missing: str) -> None:
    document = await snapshot(world)
    del document[missing]

    answer = await world.control("PUT", "/snapshot", document)

    assert answer.status == 422
    assert missing in answer.json["detail"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 422),
        (b"null", 422),
        (b"{}", 422),
        (b"\xff\xfe", 400),
        (b'{"kind":"\xff"}', 400),
        (b'{"lane":' + b"[" * 100_000, 422),
    ],
)
async def test_what_is_no_snapshot_at_all_is_refused(client: Any, body: bytes, status: int) -> None:
    headers = {"Content-Type": "application/json"}

    answer = await client.send("PUT", "/_sandbox/v1/snapshot", data=body, headers=headers)

    assert answer.status == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"


async def test_a_snapshot_that_is_cut_in_half_is_refused(world: Any) -> None:
    text = json.dumps(await snapshot(await used(world)))
    headers = {"Content-Type": "application/json"}

    for length in (1, len(text) // 2, len(text) - 1):
        answer = await world.client.send("PUT", "/_sandbox/v1/snapshot", data=text[:length], headers=headers)

        assert answer.status == 400


async def test_a_snapshot_may_be_larger_than_other_bodies(
    start: Callable[..., Awaitable[Any]], connect: Callable[[Any], Any], sandbox: Any
) -> None:
    """And has a bound of its own, on both ways."""
    from otp_sandbox.domain.record import replace  # noqa: PLC0415

    world = connect(await start(replace(sandbox.settings, body_most=1_000)))
    document = await snapshot(world)

    assert len(json.dumps(document)) > 1_000
    assert (await world.control("PUT", "/snapshot", document)).status == 200
    assert (await world.control("PATCH", "/accounts/esms", {"x": "x" * 1_000})).status == 413


async def test_a_lane_that_holds_too_much_is_told(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what helps."""
    await used(world)
    monkeypatch.setattr(snapshots, "BYTES_MOST", 5_000)

    answer = await world.control("GET", "/snapshot")

    assert answer.status == 409
    assert "DELETE" in answer.json["detail"]


async def test_no_more_is_told_than_helps(world: Any, fields_of: Callable[[Any], list[str]]) -> None:
    document = await snapshot(world)
    document["tables"] |= {f"table-{number}": {} for number in range(1_000)}

    answer = await world.control("PUT", "/snapshot", document)

    assert answer.status == 422
    assert len(fields_of(answer)) == restoring._WRONG_MOST


async def test_others_are_answered_while_a_large_lane_is_written_and_read(world: Any) -> None:
    """Nobody waits for all of it."""
    await used(world)
    document = await snapshot(world)
    entry = document["logs"]["messages"][0]["entry"]
    document["logs"]["messages"] = [
        {"place": number, "key": f"m{number}", "entry": {**entry, "id": f"m{number}"}} for number in range(1, 9_000)
    ]
    document["place"] = 9_000

    body, kind = io.BytesIO(json.dumps(document).encode()), {"Content-Type": "application/json"}
    putting = asyncio.create_task(world.client.send("PUT", "/_sandbox/v1/snapshot", data=body, headers=kind))
    answered = 0
    while not putting.done():
        assert (await world.client.send("GET", "/healthz")).status == 200
        answered += 1

    assert (await putting).status == 200, putting.result().text
    assert answered >= 5
    assert len((await snapshot(world))["logs"]["messages"]) == 8_999


async def test_a_snapshot_survives_a_lane_that_is_deleted_meanwhile(lane: Make) -> None:
    world = await lane()
    document = await snapshot(world)
    await world.client.control("DELETE", f"/lanes/{world.id}")

    assert (await world.control("PUT", "/snapshot", document)).status == 404
    assert (await world.control("GET", "/snapshot")).status == 404
