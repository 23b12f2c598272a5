"""How a lane is looked at: all that was found together, bounded, in steps, and page by page."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from equipment.lint_runs.kit import PHONE, Caller
from otp_sandbox.app import Sandbox
from otp_sandbox.domain.callbacks import CALLBACKS, Attempt, Callback
from otp_sandbox.domain.record import replace
from otp_sandbox.play.journal import REQUESTS, Entry
from otp_sandbox.play.lint import look
from otp_sandbox.play.lint.look import REQUESTS_MOST, Finding, find
from otp_sandbox.settings import Settings
from otp_sandbox.stores.memory import MemoryStore

GENCODE = "SendMessageAutoGenCode_V4_get"


async def test_what_a_rule_finds_is_told_together(caller: Caller) -> None:
    """Each thing once with its number, the first five of them."""
    for name in ("One", "One", "Two", "Three", "Four", "Five", "Six", "Seven"):
        await caller.gencode(**{name: "1"})

    found = (await caller.findings())["parameter-unknown"]

    assert found["detail"].startswith(f'"One" is no parameter of {GENCODE} (2 times); "Two" is no parameter')
    assert found["detail"].endswith(f'"Five" is no parameter of {GENCODE}; and 2 more like these')
    assert found["count"] == 8
    assert found["requests"] == [f"req-{number}" for number in range(1, 9)]


async def test_ten_unknown_names_of_a_request_are_told(caller: Caller) -> None:
    await caller.gencode(**{f"Odd{number}": "1" for number in range(11)})

    detail = (await caller.findings())["parameter-unknown"]["detail"]

    assert [text.partition(" ")[0] for text in detail.split("; ")] == [f'"Odd{number}"' for number in range(10)]


@pytest.mark.parametrize("many", [REQUESTS_MOST - 1, REQUESTS_MOST, REQUESTS_MOST + 1])
async def test_the_first_hundred_requests_are_named(caller: Caller, many: int) -> None:
    for _ in range(many):
        await caller.client.get("/nothing")

    found = (await caller.findings())["path-unknown"]

    assert found["count"] == many
    assert found["requests"] == [f"req-{number + 1}" for number in range(min(many, REQUESTS_MOST))]


async def test_a_path_that_nobody_has_is_told_once(caller: Caller) -> None:
    await caller.client.get("/nothing")

    assert (await caller.findings())["path-unknown"]["detail"] == "GET /nothing"


@pytest.mark.parametrize("rented", [False, True], ids=["never before", "after one that worked"])
async def test_a_look_up_without_an_id_after_a_refusal_is_found(caller: Caller, *, rented: bool) -> None:
    """The client has taken the id out of an answer that has none."""
    if rented:
        rental = await caller.rent()
        await caller.wait("5s")
    await caller.control("PATCH", "/accounts/thuesim", {"balance": 0})
    await caller.thuesim("/api/register-service/", serviceId="02.97")
    if rented:
        await caller.code(rental)
        assert "refusal-ignored" not in await caller.findings()
    await caller.code("")

    found = (await caller.findings())["refusal-ignored"]

    assert found["detail"] == "code although the call before it was refused with not_enough_balance"


async def test_looks_at_once_have_their_turns(caller: Caller) -> None:
    await caller.gencode(Colour="red")

    answers = await asyncio.gather(*(caller.control("GET", "/lint") for _ in range(20)))

    assert all(each == answers[0] and each["findings"] for each in answers)


async def test_an_empty_lane_has_no_finding(client: Any) -> None:
    answer = await client.control("GET", "/lint")

    assert answer.json == {"findings": [], "cursor": "0", "more": False}


async def test_a_finding_stands_where_it_was_found_last(caller: Caller) -> None:
    """So a cursor leads to what was found again, with all of it."""
    await caller.gencode(Colour="red")
    await caller.client.get("/nothing")
    first = await caller.control("GET", "/lint")
    nothing = await caller.control("GET", f"/lint?after={first['cursor']}")
    await caller.gencode(Colour="red", Phone="0901888484")
    again = await caller.control("GET", f"/lint?after={first['cursor']}")

    assert [each["rule"] for each in first["findings"]] == ["parameter-unknown", "path-unknown"]
    assert (nothing["findings"], nothing["cursor"]) == ([], first["cursor"])
    assert [(each["rule"], each["requests"]) for each in again["findings"]] == [
        ("parameter-unknown", ["req-1", "req-3"])
    ]
    assert int(again["cursor"]) > int(first["cursor"])


async def test_pages_of_one_have_each_finding_once(caller: Caller) -> None:
    """Also those that one request has together."""
    await caller.gencode(Phone="12", Colour="red", TimeAlive="45", NumCharOfCode="99")
    rules, after, more = [], "0", True
    while more:
        page = await caller.control("GET", f"/lint?limit=1&after={after}")
        rules += [each["rule"] for each in page["findings"]]
        after, more = page["cursor"], page["more"]
        assert len(page["findings"]) == 1

    newest = await caller.control("GET", "/lint?limit=1")

    assert rules == ["esms-code-length", "esms-lifetime", "parameter-unknown", "phone-form"]
    assert ([each["rule"] for each in newest["findings"]], newest["more"]) == (["phone-form"], True)


async def test_a_lane_has_its_own_findings(caller: Caller) -> None:
    lane = await caller.control("POST", "/lanes", {"id": "other"})
    await caller.gencode(Colour="red", **lane["credentials"]["esms"])

    assert await caller.findings() == {}
    assert [each["rule"] for each in (await caller.control("GET", "/lanes/other/lint"))["findings"]] == [
        "parameter-unknown"
    ]


async def test_what_was_forgotten_is_not_looked_at(caller: Caller) -> None:
    await caller.gencode(Colour="red")

    await caller.client.control("DELETE", "/requests")

    assert await caller.findings() == {}


async def test_choices_and_account_count_as_they_are(caller: Caller) -> None:
    """Under another choice another bound holds."""
    await caller.gencode(TimeAlive="12")
    before = await caller.findings()

    await caller.control("PATCH", "/choices", {"esms.lifetime-range": "two-to-fifteen"})

    assert "esms-lifetime" in before
    assert await caller.findings() == {}


async def test_names_in_other_letters_matter_where_a_choice_says_so(caller: Caller) -> None:
    await caller.control("PATCH", "/choices", {"esms.parameter-names": "exact"})
    await caller.gencode(timealive="5")

    found = await caller.findings()

    assert found["wrong-case"]["detail"] == f'"timealive" of {GENCODE} is TimeAlive'
    assert "parameter-unknown" not in found


@pytest.mark.parametrize(("took", "slow"), [(4999.9, False), (5000.0, True)])
async def test_half_of_its_time_is_slow(client: Any, sandbox: Sandbox, took: float, slow: bool) -> None:  # noqa: FBT001  (a row)
    """For a callback."""
    at = datetime(2026, 3, 1, tzinfo=UTC)

    callback = Callback(
        id="cb-1",
        provider="thuesim",
        event="done",
        url="http://127.0.0.1/",
        method="POST",
        headers={},
        body='{"data":{"requestId":"1.02"}}',
        timeout=timedelta(seconds=10),
        retries=0,
        retry_after=timedelta(seconds=1),
        state="done",
        attempts=(Attempt(at, 200, None, took, ""),),
    )
    await sandbox.store.append(sandbox.registry.default.key, CALLBACKS, callback.id, callback)

    found = {each["rule"] for each in (await client.control("GET", "/lint")).json["findings"]}

    assert ("callback-slow" in found) is slow


def _entry(number: int) -> Entry:
    fields = {"Phone": PHONE, "TimeAlive": "45", f"Odd{number}": "1", "Code": str(number)}
    at = datetime(2026, 3, 1, tzinfo=UTC)
    return Entry(
        f"req-{number}", at, "esms", GENCODE, "send", "GET", "/x", fields, "accepted", "accepted", "", True, "100", 200,
        b"{}", 1.0, (), False, 100,
    )  # fmt: skip


@pytest.mark.parametrize(("scheme", "openly"), [("http", True), ("https", False)])
async def test_encryption_makes_a_host_of_the_provider_good(
    client: Any,
    sandbox: Sandbox,
    scheme: str,
    openly: bool,  # noqa: FBT001  (a row)
) -> None:
    entry = replace(_entry(1), host="rest.esms.vn", scheme=scheme)
    await sandbox.store.append(sandbox.registry.default.key, REQUESTS, entry.id, entry)

    found = {each["rule"] for each in (await client.control("GET", "/lint")).json["findings"]}

    assert ("plain-http" in found) is openly


async def _turns_of_others(looking: Coroutine[Any, Any, list[Finding]]) -> tuple[int, list[Finding]]:
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    busy = asyncio.create_task(others())
    found = await looking
    busy.cancel()
    return turns, found


async def test_what_takes_long_is_a_step_of_its_own(
    start: Callable[..., Awaitable[Sandbox]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A request may name a thousand phones."""
    monkeypatch.setattr(look, "_TURN", -1.0)
    sandbox = await start(Settings(port=0, seed=7), store=MemoryStore())
    lane = sandbox.registry.default
    for number in range(40):
        await sandbox.store.append(lane.key, REQUESTS, f"req-{number}", _entry(number))

    turns, _ = await _turns_of_others(find(sandbox.store, lane, sandbox.providers))

    assert turns >= 40


async def test_a_full_journal_is_looked_at_in_steps(start: Callable[..., Awaitable[Sandbox]]) -> None:
    """Others have their turn a hundred times and more, and what is kept of it is bounded."""
    sandbox = await start(Settings(port=0, seed=7), store=MemoryStore())
    lane = sandbox.registry.default
    for number in range(10_000):
        await sandbox.store.append(lane.key, REQUESTS, f"req-{number}", _entry(number))

    turns, findings = await _turns_of_others(find(sandbox.store, lane, sandbox.providers))

    found = {each.rule.id: each for each in findings}
    assert turns >= 200
    assert found["parameter-unknown"].count == 10_000
    assert found["parameter-unknown"].detail.endswith("; and 9995 more like these")
    assert len(found["parameter-unknown"].requests) == REQUESTS_MOST


async def test_what_comes_meanwhile_has_its_turn_next_time(start: Callable[..., Awaitable[Sandbox]]) -> None:
    sandbox = await start(Settings(port=0, seed=7), store=MemoryStore())
    lane = sandbox.registry.default
    for number in range(1000):
        await sandbox.store.append(lane.key, REQUESTS, f"req-{number}", _entry(number))

    async def others() -> None:
        for number in range(1000, 3000):
            await sandbox.store.append(lane.key, REQUESTS, f"req-{number}", _entry(number))
            await asyncio.sleep(0)

    busy = asyncio.create_task(others())
    found = {each.rule.id: each.count for each in await find(sandbox.store, lane, sandbox.providers)}
    await busy

    assert found["esms-lifetime"] == 1000


async def test_a_lane_that_goes_meanwhile_is_not_found(
    start: Callable[..., Awaitable[Sandbox]], client: Any, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = (await client.control("POST", "/lanes", {"id": "short"})).json
    lane = sandbox.registry.get(made["id"])
    assert lane is not None
    ask = sandbox.store.entries

    async def deleted(*arguments: Any, **more: Any) -> Any:
        await client.control("DELETE", "/lanes/short")
        return await ask(*arguments, **more)

    monkeypatch.setattr(sandbox.store, "entries", deleted)

    answer = await client.control("GET", "/lanes/short/lint")

    assert answer.status == 404
