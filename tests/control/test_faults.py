"""Faults: made, listed, replaced and taken back; which calls they meet; what they do to calls and deliveries."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from otp_sandbox.domain.faults import FAULTS_MOST, PRESETS

Lane = Callable[..., Awaitable[Any]]
NOTHING: dict[str, Any] = {"outcome": None, "code": None}


async def _make(world: Any, body: dict[str, Any]) -> Any:
    answer = await world.control("POST", "/faults", body)
    assert answer.status == 201, answer.text
    return answer.json


async def _refused(world: Any, **match: Any) -> Any:
    """Let eSMS refuse by a row that no other thing here brings about."""
    return await _make(world, {"action": {"outcome": "rate_exceeded"}, "match": {"provider": "esms", **match}})


async def _codes(world: Any, times: int, **fields: str) -> list[str]:
    return [(await world.gencode(**fields)).json["CodeResult"] for _ in range(times)]


async def _fired(world: Any, name: str) -> int:
    return int((await world.get(f"/faults/{name}"))["fired"])


# ---- made, listed, replaced, taken back


async def test_a_fault_is_shown_with_what_has_come_of_it(still: Any) -> None:
    made = await _make(
        still,
        {
            "name": "poor",
            "action": {"outcome": "not_enough_balance"},
            "match": {"provider": "esms", "phone": "0912 345 678", "calls": "2..3", "every": 1, "p": 1},
            "uses": 5,
            "ttl": "5m",
        },
    )
    await _codes(still, 2)

    assert made == {
        "name": "poor",
        "match": {"provider": "esms", "phone": "+84912345678", "calls": "2..3", "every": 1, "p": 1.0},
        "when": "before",
        "action": {"outcome": "not_enough_balance"},
        "uses_left": 5,
        "expires_at": "2026-03-01T12:05:00+00:00",
        "fired": 0,
    }
    assert await still.get("/faults/poor") == made | {"uses_left": 4, "fired": 1}
    assert (await still.get("/faults"))["faults"] == [made | {"uses_left": 4, "fired": 1}]


async def test_what_is_not_said_leaves_all_in(world: Any) -> None:
    made = await _make(world, {"action": {"reset": True}})

    assert made == {
        "name": "fault-1",
        "match": {},
        "when": "before",
        "action": {"reset": True},
        "uses_left": None,
        "expires_at": None,
        "fired": 0,
    }


@pytest.mark.parametrize("preset", PRESETS)
async def test_each_preset_can_be_made_by_its_name_alone(world: Any, preset: str) -> None:
    """And what is shown of it makes the same fault again."""
    made = await _make(world, {"preset": preset})
    again = await _make(world, {each: made[each] for each in ("match", "when", "action")})

    assert made["name"] == f"{preset}-1"
    assert {**again, "name": made["name"]} == made


@pytest.mark.parametrize(
    "action",
    [
        {"outcome": "phone_invalid"},
        {"outcome": ["not_enough_balance", "credit_not_enough"]},
        {"http": {"status": 599, "body": "<b>", "content_type": "text/html"}},
        {"delay": "2s"},
        {"delay": "3650d", "clock": "lane"},
        {"reset": True},
        {"truncate": 0},
        {"drip": "100B/s"},
        {"malformed": True},
        *({"delivery": each} for each in ("ghost", "duplicate", "other-code", "failed")),
        *({"delivery": each, "by": "10m"} for each in ("late", "reordered")),
        *({"callback": each} for each in ("lost", "twice")),
        {"callback": "late", "by": "1s"},
    ],
    ids=str,
)
async def test_an_action_is_shown_as_it_was_asked_for(world: Any, action: dict[str, Any]) -> None:
    made = await _make(world, {"action": action})

    assert made["action"] == action
    assert (await world.get("/faults"))["faults"] == [made]


async def test_a_replaced_fault_keeps_its_age_and_counts_anew(world: Any) -> None:
    await _make(world, {"name": "a", "action": {"outcome": "rate_exceeded"}, "uses": 1})
    await _make(world, {"name": "b", "action": {"outcome": "account_locked"}})
    before = await _codes(world, 2)

    answer = await world.control("PUT", "/faults/a", {"action": {"outcome": "no_price_list"}, "uses": 1})
    after = await _codes(world, 2)

    assert (answer.status, answer.json["name"], answer.json["fired"]) == (200, "a", 0)
    assert before + after == ["160", "143", "102", "143"]


async def test_a_replaced_fault_stands_where_it_stood_and_is_new_all_the_same(world: Any) -> None:
    for name in "ab":
        await _make(world, {"name": name, "action": {"reset": True}})
    cursor = (await world.get("/faults"))["cursor"]

    await world.control("PUT", "/faults/a", {"preset": "slow"})
    whole, newer = await world.get("/faults"), await world.get(f"/faults?after={cursor}")

    assert [each["name"] for each in whole["faults"]] == ["a", "b"]
    assert [each["name"] for each in newer["faults"]] == ["a"]
    assert newer["cursor"] == whole["cursor"]


async def test_what_was_counted_goes_with_its_fault(world: Any, sandbox: Any) -> None:
    """However many are made and taken back."""
    for _ in range(3):
        await _make(world, {"name": "a", "action": {"outcome": "rate_exceeded"}})
        await _codes(world, 1)
        await world.control("PUT", "/faults/a", {"action": {"outcome": "rate_exceeded"}})
        await _codes(world, 1)
        await world.control("DELETE", "/faults/a")

    held = sandbox.store._lane(sandbox.registry.default.key)
    assert held.records["fault_counts"] == {}


async def test_a_fault_that_is_taken_back_is_over(world: Any) -> None:
    await _make(world, {"name": "a", "action": {"outcome": "rate_exceeded"}})
    await _make(world, {"name": "b", "action": {"outcome": "account_locked"}})

    one = await world.control("DELETE", "/faults/a")
    first = await _codes(world, 1)
    both = await world.control("DELETE", "/faults")

    assert (one.status, both.status) == (204, 204)
    assert first + await _codes(world, 1) == ["143", "100"]
    assert (await world.get("/faults"))["faults"] == []


async def test_a_list_has_pages_and_a_cursor(world: Any) -> None:
    for name in "abc":
        await _make(world, {"name": name, "action": {"reset": True}})

    first = await world.get("/faults?after=0&limit=2")
    rest = await world.get(f"/faults?after={first['cursor']}")
    none = await world.get(f"/faults?after={rest['cursor']}")

    assert [[each["name"] for each in page["faults"]] for page in (first, rest, none)] == [["a", "b"], ["c"], []]
    assert [page["more"] for page in (first, rest, none)] == [True, False, False]
    assert none["cursor"] == rest["cursor"]


@pytest.mark.parametrize("what", [{"what": ["faults"]}, {}])
async def test_a_reset_takes_them_back(lane: Lane, what: dict[str, Any]) -> None:
    world = await lane()
    await _make(world, {"name": "a", "action": {"outcome": "rate_exceeded"}, "uses": 1})
    await _codes(world, 1)

    await world.control("POST", "/reset", what)
    listed = (await world.get("/faults"))["faults"]
    await _make(world, {"name": "a", "action": {"outcome": "rate_exceeded"}, "uses": 1})

    assert listed == []
    assert await _codes(world, 2) == ["160", "100"]


async def test_faults_of_one_lane_leave_others_alone(lane: Lane, world: Any) -> None:
    own = await lane()
    await _make(own, {"action": {"outcome": "rate_exceeded"}})

    assert await _codes(world, 1) == ["100"]
    assert await _codes(own, 1) == ["160"]
    assert (await world.get("/faults"))["faults"] == []


# ---- bad input


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["action"]),
        ({"preset": "slow", "action": {"reset": True}}, ["preset"]),
        ({"preset": "nonsense"}, ["preset"]),
        ({"action": {}}, ["action"]),
        ({"action": {"reset": True, "malformed": True}}, ["action"]),
        ({"action": {"reset": False}}, ["action.reset"]),
        ({"action": {"malformed": 1}}, ["action.malformed"]),
        ({"action": {"nonsense": True}}, ["action.nonsense"]),
        ({"action": {"outcome": "nonsense"}}, ["action.outcome"]),
        ({"action": {"outcome": ["rate_exceeded", "nonsense"]}}, ["action.outcome"]),
        ({"action": {"outcome": "rate_exceeded"}, "match": {"provider": "amoot"}}, ["action.outcome"]),
        ({"action": {"outcome": "rate_exceeded"}, "match": {"operation": "SendOTP"}}, ["action.outcome"]),
        ({"action": {"outcome": "accepted"}}, ["action.outcome"]),
        ({"action": {"outcome": 5}}, ["action.outcome"]),
        ({"action": {"outcome": []}}, ["action.outcome"]),
        ({"action": {"http": {}}}, ["action.http.status"]),
        ({"action": {"http": {"status": 199}}}, ["action.http.status"]),
        ({"action": {"http": {"status": 600}}}, ["action.http.status"]),
        ({"action": {"http": {"status": 204, "body": "x"}}}, ["action.http.body"]),
        ({"action": {"http": {"status": 500, "body": "x" * 16_385}}}, ["action.http.body"]),
        ({"action": {"http": {"status": 500, "body": "ọ" * 6_000}}}, ["action.http.body"]),
        ({"action": {"http": {"status": 500, "content_type": "a\r\nX: b"}}}, ["action.http.content_type"]),
        ({"action": {"http": {"status": 500, "content_type": ""}}}, ["action.http.content_type"]),
        ({"action": {"delay": "0s"}}, ["action.delay"]),
        ({"action": {"delay": "-1s"}}, ["action.delay"]),
        ({"action": {"delay": "601s"}}, ["action.delay"]),
        ({"action": {"delay": "1s", "clock": "wall"}}, ["action.clock"]),
        ({"action": {"reset": True, "clock": "lane"}}, ["action.clock"]),
        ({"action": {"truncate": -1}}, ["action.truncate"]),
        ({"action": {"drip": "0B/s"}}, ["action.drip"]),
        ({"action": {"drip": "fast"}}, ["action.drip"]),
        ({"action": {"drip": "1000001kB/s"}}, ["action.drip"]),
        ({"action": {"delivery": "nonsense"}}, ["action.delivery"]),
        ({"action": {"delivery": "ghost", "by": "1m"}}, ["action.by"]),
        ({"action": {"delivery": "late", "by": "0s"}}, ["action.by"]),
        ({"action": {"callback": "ghost"}}, ["action.callback"]),
        ({"action": {"delivery": "ghost"}, "when": "before"}, ["when"]),
        ({"preset": "ghost-delivery", "when": "before"}, ["when"]),
        ({"preset": "slow", "when": "during"}, ["when"]),
        ({"preset": "slow", "match": {"provider": "nobody"}}, ["match.provider"]),
        ({"preset": "slow", "match": {"operation": "Nothing"}}, ["match.operation"]),
        ({"preset": "slow", "match": {"provider": "esms", "operation": "SendOTP"}}, ["match.operation"]),
        ({"preset": "slow", "match": {"phone": "nobody"}}, ["match.phone"]),
        ({"preset": "slow", "match": {"calls": "2..1"}}, ["match.calls"]),
        ({"preset": "slow", "match": {"calls": "0..1"}}, ["match.calls"]),
        ({"preset": "slow", "match": {"calls": "x"}}, ["match.calls"]),
        ({"preset": "slow", "match": {"every": 0}}, ["match.every"]),
        ({"preset": "slow", "match": {"p": 1.01}}, ["match.p"]),
        ({"preset": "slow", "match": {"p": -0.01}}, ["match.p"]),
        ({"preset": "slow", "match": {"p": "0.5"}}, ["match.p"]),
        ({"preset": "slow", "uses": 0}, ["uses"]),
        ({"preset": "slow", "ttl": "0s"}, ["ttl"]),
        ({"preset": "slow", "ttl": "3654d"}, ["ttl"]),
        ({"preset": "slow", "name": ""}, ["name"]),
        ({"preset": "slow", "name": "a/b"}, ["name"]),
        ({"preset": "slow", "name": "x" * 101}, ["name"]),
    ],
    ids=str,
)
@pytest.mark.parametrize("method", ["POST", "PUT"])
async def test_an_impossible_fault_is_a_problem_that_names_the_field(
    world: Any, fields_of: Callable[..., list[str]], method: str, body: dict[str, Any], fields: list[str]
) -> None:
    """And nothing is made, nothing replaced."""
    before = await _make(world, {"name": "old", "action": {"delay": "1ms"}})

    answer = await world.control(method, "/faults" if method == "POST" else "/faults/old", body)

    assert answer.status == 422, answer.text
    assert fields_of(answer) == fields
    assert (await world.get("/faults"))["faults"] == [before]


async def test_a_name_is_taken_once(world: Any, fields_of: Callable[..., list[str]]) -> None:
    await _make(world, {"name": "a", "action": {"reset": True}})

    answer = await world.control("POST", "/faults", {"name": "a", "preset": "slow"})

    assert answer.status == 409
    assert fields_of(answer) == ["name"]


async def test_a_name_in_the_body_is_that_of_the_path(world: Any, fields_of: Callable[..., list[str]]) -> None:
    await _make(world, {"name": "a", "preset": "slow"})

    same = await world.control("PUT", "/faults/a", {"name": "a", "preset": "down"})
    other = await world.control("PUT", "/faults/a", {"name": "b", "preset": "slow"})

    assert (same.status, other.status, fields_of(other)) == (200, 422, ["name"])


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_a_fault_that_is_not_there_is_not_found(world: Any, method: str) -> None:
    answer = await world.control(method, "/faults/nobody", {"preset": "slow"} if method == "PUT" else None)

    assert answer.status == 404


async def test_a_lane_has_so_many_and_no_more(world: Any) -> None:
    for _ in range(FAULTS_MOST):
        await _make(world, {"action": {"delay": "1ms"}, "uses": 1})

    answer = await world.control("POST", "/faults", {"preset": "slow"})

    assert answer.status == 409
    assert len((await world.get("/faults"))["faults"]) == FAULTS_MOST


# ---- which calls


async def test_calls_are_meant_by_their_number(world: Any) -> None:
    await _refused(world, calls="2..3")

    assert await _codes(world, 4) == ["100", "160", "160", "100"]


async def test_a_single_call_and_all_from_one_on(lane: Lane) -> None:
    one, later = await lane(), await lane()
    await _refused(one, calls="2")
    await _refused(later, calls="2..")

    assert await _codes(one, 3) == ["100", "160", "100"]
    assert await _codes(later, 3) == ["100", "160", "160"]


async def test_every_so_many_calls(world: Any) -> None:
    await _refused(world, every=3)

    assert await _codes(world, 7) == ["100", "100", "160", "100", "100", "160", "100"]


@pytest.mark.parametrize(("p", "codes"), [(0, {"100"}), (1, {"160"}), (0.5, {"100", "160"})])
async def test_a_probability_draws_from_the_seed(lane: Lane, p: float, codes: set[str]) -> None:
    """The same calls again with the same seed; others with another one."""
    first, again, other = await lane(seed=1), await lane(seed=1), await lane(seed=2)
    for world in (first, again, other):
        await _refused(world, p=p)

    drawn = [await _codes(world, 24) for world in (first, again, other)]

    assert set(drawn[0]) == codes
    assert drawn[0] == drawn[1]
    assert (drawn[0] == drawn[2]) is (len(codes) == 1)


async def test_only_one_provider_is_meant(world: Any) -> None:
    await _make(world, {"action": {"http": {"status": 500}}, "match": {"provider": "amoot"}})

    assert await _codes(world, 1) == ["100"]
    assert (await world.send_otp()).status == 500


async def test_only_one_operation_is_meant(world: Any) -> None:
    await _make(world, {"action": {"http": {"status": 500}}, "match": {"operation": "CheckCodeGen_V4_get"}})

    assert await _codes(world, 1) == ["100"]
    assert (await world.checkcode("1")).status == 500


async def test_only_one_phone_is_meant_however_it_is_spelled(world: Any) -> None:
    await _refused(world, phone="+84 912 345 678")

    assert await _codes(world, 1, phone="0912345678") == ["160"]
    assert await _codes(world, 1, phone="84912345678") == ["160"]
    assert await _codes(world, 1, phone="0912345679") == ["100"]


async def test_a_row_meets_the_operations_that_answer_it(world: Any) -> None:
    """A check of a code costs nothing, so no balance is too small for it, unless it is named."""
    await _make(world, {"preset": "balance-runs-out"})

    checked = (await world.checkcode("1")).json
    await _make(world, {"action": {"outcome": "not_enough_balance"}, "match": {"operation": "CheckCodeGen_V4_get"}})

    assert checked["CodeResult"] != "103"
    assert await _codes(world, 1) == ["103"]
    assert (await world.send_otp()).json["Status"] == "CreditNotEnough"
    assert (await world.client.get("/api/register-service/", serviceId="02.97", token="SANDBOX-TOKEN")).json[
        "ResponseCode"
    ] == -2
    assert (await world.checkcode("1")).json["CodeResult"] == "103"


async def test_it_fires_as_often_as_it_may(world: Any) -> None:
    made = await _make(world, {"action": {"outcome": "rate_exceeded"}, "uses": 2})

    assert await _codes(world, 3) == ["160", "160", "100"]
    assert await _fired(world, made["name"]) == 2
    assert (await world.get(f"/faults/{made['name']}"))["uses_left"] == 0


async def test_it_lives_until_its_time_is_over(still: Any) -> None:
    """On the lane's clock: the last good moment is just before."""
    await _make(still, {"action": {"outcome": "rate_exceeded"}, "ttl": "1m"})
    await still.advance("59999ms")
    before = await _codes(still, 1)
    await still.advance("1ms")

    assert before + await _codes(still, 1) == ["160", "100"]


async def test_the_oldest_one_wins_and_each_counts_its_own_calls(world: Any) -> None:
    await _make(world, {"name": "old", "action": {"outcome": "rate_exceeded"}, "match": {"calls": "2"}})
    await _make(world, {"name": "young", "action": {"outcome": "account_locked"}, "match": {"calls": "2..3"}})

    assert await _codes(world, 4) == ["100", "160", "143", "100"]
    assert [await _fired(world, name) for name in ("old", "young")] == [1, 1]


async def test_one_use_is_one_use_for_fifty_at_once(world: Any) -> None:
    made = await _make(world, {"action": {"outcome": "rate_exceeded"}, "uses": 1})

    answers = await asyncio.gather(*(world.gencode() for _ in range(50)))

    assert [each.json["CodeResult"] for each in answers].count("160") == 1
    assert await _fired(world, made["name"]) == 1


# ---- before and after


async def test_before_a_call_nothing_happens(world: Any) -> None:
    """Nothing is sent, and nothing is charged."""
    await _make(world, {"action": {"outcome": "not_enough_balance"}, "when": "before"})
    balance = (await world.get("/accounts/esms"))["balance"]

    assert await _codes(world, 1) == ["103"]
    assert (await world.get("/messages"))["messages"] == []
    assert (await world.get("/codes"))["codes"] == []
    assert (await world.get("/accounts/esms"))["balance"] == balance
    assert (await world.get("/clock"))["next_due"] is None


async def test_after_a_call_the_answer_lies(world: Any) -> None:
    await _make(world, {"action": {"outcome": "not_enough_balance"}, "when": "after"})

    assert await _codes(world, 1) == ["103"]
    assert len((await world.get("/messages"))["messages"]) == 1
    assert (await world.get("/accounts/esms"))["balance"] == 1_000_000 - 850


async def test_a_row_is_in_the_dialect_of_its_operation(world: Any) -> None:
    """The members that an answer of this operation has, and no others."""
    await _make(world, {"action": {"outcome": "authorize_failed"}, "match": {"provider": "esms"}})
    faulty = (await world.gencode()).text
    await world.control("DELETE", "/faults")

    assert faulty == (await world.gencode(SecretKey="wrong")).text


@pytest.mark.parametrize("when", ["before", "after"])
async def test_an_answer_of_http_alone(world: Any, when: str) -> None:
    action = {"http": {"status": 520, "body": "không", "content_type": "text/html; charset=utf-8"}}
    await _make(world, {"action": action, "when": when})

    answer = await world.gencode()

    assert (answer.status, answer.text, answer.headers["Content-Type"]) == (520, "không", "text/html; charset=utf-8")
    assert answer.headers["Server"] == "Microsoft-IIS/10.0"
    assert len((await world.get("/messages"))["messages"]) == (when == "after")


async def test_no_answer_tells_of_a_fault(world: Any) -> None:
    """Nor of a sandbox."""
    await _make(world, {"name": "secret-name", "preset": "html-502"})

    answer = await world.gencode()

    shown = f"{answer.text} {dict(answer.headers)}".lower()
    assert not any(word in shown for word in ("fault", "sandbox", "secret-name"))


async def test_a_fault_meets_strangers_in_the_lane_default(world: Any) -> None:
    await _make(world, {"action": {"outcome": "rate_exceeded"}})

    assert await _codes(world, 1, ApiKey="nobody") == ["160"]


async def test_the_control_api_has_no_faults(world: Any) -> None:
    await _make(world, {"preset": "down"})

    assert (await world.get("/messages"))["messages"] == []


# ---- the journal


async def test_a_fired_fault_is_in_the_journal(world: Any) -> None:
    await _make(world, {"name": "poor", "action": {"outcome": "not_enough_balance"}, "uses": 1})
    await _codes(world, 2)

    first, second = (await world.get("/requests"))["requests"]
    told = await world.get(f"/requests/{first['id']}")

    assert (first["fault"], first["outcome"], first["code"], first["magic"]) == (
        "poor",
        "not_enough_balance",
        "103",
        False,
    )
    assert second["fault"] is None
    assert any(
        'fault poor fired before the call: {"outcome":"not_enough_balance"}' in each for each in told["explanation"]
    )


async def test_where_nothing_happened_there_is_no_outcome(world: Any) -> None:
    await _make(world, {"name": "gate", "preset": "html-502"})
    await world.gencode()

    (entry,) = (await world.get("/requests"))["requests"]
    told = (await world.get(f"/requests/{entry['id']}"))["explanation"]

    assert entry | NOTHING | {"status": 502, "fault": "gate"} == entry
    assert "502 Bad Gateway" in entry["response"]
    assert told[-1] == "nothing happened; HTTP 502 went out"


async def test_a_lie_is_told_with_the_truth(world: Any) -> None:
    await _make(world, {"name": "liar", "action": {"outcome": "not_enough_balance"}, "when": "after"})
    await world.gencode()

    (entry,) = (await world.get("/requests"))["requests"]
    told = (await world.get(f"/requests/{entry['id']}"))["explanation"]

    assert any("fault liar asks for not_enough_balance; in truth accepted" in each for each in told)


async def test_who_waits_for_a_message_is_told_of_the_fault(world: Any) -> None:
    await _make(world, {"name": "gate", "preset": "html-502"})
    await world.gencode()

    waited = await world.get("/messages/wait?timeout=0s")

    (miss,) = waited["near_misses"]
    assert (miss["outcome"], "gate" in miss["reason"]) == ("fault", True)


async def test_a_secret_that_a_fault_repeats_is_masked(world: Any) -> None:
    """In the journal: what its maker wrote may hold one. The client gets it as it was wanted."""
    await _make(world, {"action": {"http": {"status": 500, "body": "SANDBOX-SECRET-KEY is wrong"}}})
    answer = await world.gencode()

    (entry,) = (await world.get("/requests"))["requests"]
    told = await world.get(f"/requests/{entry['id']}")

    assert "SANDBOX-SECRET-KEY" in answer.text
    assert "SANDBOX-SECRET-KEY" not in f"{entry} {told}"


# ---- deliveries


async def _timeline(world: Any) -> list[list[str]]:
    return [[each["state"] for each in message["timeline"]] for message in (await world.get("/messages"))["messages"]]


async def test_a_ghost_never_arrives(still: Any) -> None:
    await _make(still, {"preset": "ghost-delivery", "uses": 1})
    answers = await _codes(still, 2)
    await still.advance("10d")

    assert answers == ["100", "100"]
    assert await _timeline(still) == [["sent"], ["sent", "delivered"]]


async def test_a_late_message_is_late(still: Any) -> None:
    await _make(still, {"action": {"delivery": "late", "by": "30s"}})
    await still.gencode()

    await still.advance("30999ms")
    before = await _timeline(still)
    await still.advance("1ms")

    assert [before, await _timeline(still)] == [[["sent"]], [["sent", "delivered"]]]


async def test_a_message_fails(still: Any) -> None:
    """And its price is paid back, as for any other that fails."""
    await _make(still, {"action": {"delivery": "failed"}})
    await still.gencode()
    await still.advance("1s")

    assert await _timeline(still) == [["sent", "failed"]]
    assert (await still.get("/accounts/esms"))["balance"] == 1_000_000


async def test_a_delivery_is_reported_twice(still: Any) -> None:
    await _make(still, {"preset": "duplicate-receipt"})
    await still.gencode()
    await still.send_otp()
    await still.advance("1s")

    assert await _timeline(still) == [["sent", "delivered", "delivered"]] * 2


async def test_a_message_is_overtaken_by_the_next_one(still: Any) -> None:
    await _make(still, {"action": {"delivery": "reordered"}, "uses": 1})
    await still.gencode()
    await still.advance("10s")
    await still.gencode("0987654321")
    await still.advance("10s")
    await still.gencode()
    fired = (await still.advance("1s"))["fired"]

    messages = (await still.get("/messages"))["messages"]
    assert [each["id"] for each in fired if each["kind"] == "delivery"] == [messages[2]["id"], messages[0]["id"]]
    assert (await still.advance("10m"))["fired"][0]["kind"] == "expiry"
    assert await _timeline(still) == [["sent", "delivered"]] * 3


async def test_a_message_that_nobody_overtakes_arrives_in_the_end(still: Any) -> None:
    await _make(still, {"action": {"delivery": "reordered", "by": "30s"}})
    await still.gencode()

    await still.advance("30999ms")
    before = await _timeline(still)
    await still.advance("1ms")

    assert [before, await _timeline(still)] == [[["sent"]], [["sent", "delivered"]]]


async def test_another_code_arrives(still: Any) -> None:
    """It looks like the right one, and is not taken."""
    await _make(still, {"action": {"delivery": "other-code"}, "uses": 1})
    await still.gencode()

    message = await still.get("/messages/latest")
    right = (await still.get("/codes"))["codes"][0]["code"]
    answer = await still.checkcode(message["code"])

    assert message["code"] != right
    assert (len(message["code"]), message["text"]) == (len(right), f"{message['code']} is it")
    assert answer.json["CodeResult"] == "117"
    assert (await still.checkcode(right)).json["CodeResult"] == "100"


async def test_what_sends_nothing_is_not_met(still: Any) -> None:
    """Neither a check nor a refused send uses a ghost up."""
    made = await _make(still, {"preset": "ghost-delivery", "uses": 1})
    await still.checkcode("1")
    await still.gencode(Brandname="nobody")

    assert await _fired(still, made["name"]) == 0
    await still.gencode()
    assert await _fired(still, made["name"]) == 1


async def test_a_message_that_waits_keeps_its_fate(lane: Lane) -> None:
    """It goes wrong when it is sent, also when the fault is gone by then."""
    world = await lane(choices={"esms.send-status-life": "one-two-five"})
    await world.freeze()
    await _make(world, {"preset": "ghost-delivery"})
    await world.gencode()
    await world.control("DELETE", "/faults")
    await world.advance("1h")

    assert await _timeline(world) == [["queued", "sent"]]


async def test_a_ghost_does_not_reach_a_rented_number(still: Any) -> None:
    await still.control("PATCH", "/accounts/thuesim", {"arrival": "manual"})
    rental = await still.rent()
    await _make(still, {"preset": "ghost-delivery"})
    await still.gencode(rental["phone"].replace("+84", "0"))

    assert (await still.get("/rentals"))["rentals"][0]["state"] == "waiting"


@pytest.mark.parametrize(
    ("action", "after_a_minute", "after_three"),
    [
        ({"delivery": "ghost"}, "waiting", "waiting"),
        ({"delivery": "failed"}, "waiting", "waiting"),
        ({"delivery": "late"}, "waiting", "done"),
        ({"delivery": "other-code"}, "done", "done"),
    ],
    ids=str,
)
async def test_a_rental_gets_its_message_otherwise(
    still: Any, action: dict[str, Any], after_a_minute: str, after_three: str
) -> None:
    await _make(still, {"action": action})
    await still.rent()
    states = []
    for by in ("1m", "2m"):
        await still.advance(by)
        states.append((await still.get("/rentals"))["rentals"][0]["state"])

    assert states == [after_a_minute, after_three]


async def test_a_rental_gets_another_code(lane: Lane) -> None:
    """Than the one that is drawn, or pinned, for it."""
    plain, faulty = await lane(seed=5), await lane(seed=5)
    await _make(faulty, {"action": {"delivery": "other-code"}})
    rentals = []
    for world in (plain, faulty):
        await world.freeze()
        await world.rent()
        await world.advance("10s")
        rentals.append((await world.get("/rentals"))["rentals"][0])

    right, wrong = (each["code"] for each in rentals)
    assert right != wrong
    assert rentals[1]["sms"] == rentals[0]["sms"].replace(right, wrong)


async def test_an_sms_by_hand_arrives_whatever_was_to_go_wrong(still: Any) -> None:
    await _make(still, {"preset": "ghost-delivery"})
    rental = await still.rent()

    answer = await still.control("POST", f"/rentals/{rental['id']}/sms", {"text": "code 1234"})

    assert (answer.status, answer.json["state"], answer.json["code"]) == (200, "done", "1234")


# ---- callbacks

NOWHERE = "http://127.0.0.1:9/hook"


async def _send(world: Any) -> Any:
    """Let eSMS send a text, and tell of its delivery."""
    path = "/MainService.svc/json/SendMultipleMessage_V4_post_json/"
    body = {
        **world.credentials["esms"],
        "Phone": "0912345678",
        "SmsType": "2",
        "Brandname": "Sandbox",
        "Content": "code 123456",
        "CallbackUrl": NOWHERE,
    }
    answer = await world.client.send("POST", path, json=body)
    assert answer.json["CodeResult"] == "100", answer.text


async def _callbacks(world: Any) -> list[Any]:
    found: list[Any] = (await world.get("/callbacks"))["callbacks"]
    return found


async def test_a_callback_is_lost(still: Any) -> None:
    """It is listed as what it is, and can be sent again by hand."""
    await _make(still, {"action": {"callback": "lost"}, "uses": 1})
    await _send(still)
    fired = (await still.advance("1h"))["fired"]

    (callback,) = await _callbacks(still)
    assert [each["kind"] for each in fired] == ["delivery"]
    assert (callback["state"], len(callback["attempts"])) == ("failed", 1)
    assert "lost" in callback["attempts"][0]["error"]
    assert (await still.control("POST", f"/callbacks/{callback['id']}/replay")).status == 200


async def test_a_callback_comes_twice(still: Any) -> None:
    await _make(still, {"action": {"callback": "twice"}})
    await _send(still)
    await still.advance("1s")

    first, second = await _callbacks(still)
    assert first["url"] == second["url"]
    assert [len(each["attempts"]) for each in (first, second)] == [1, 1]


async def test_a_callback_is_late(still: Any) -> None:
    await _make(still, {"action": {"callback": "late", "by": "30s"}})
    await _send(still)
    await still.advance("30999ms")
    before = [len(each["attempts"]) for each in await _callbacks(still)]
    await still.advance("1ms")

    assert [before, [len(each["attempts"]) for each in await _callbacks(still)]] == [[0], [1]]
    assert await _timeline(still) == [["sent", "delivered"]]


async def test_a_callback_of_a_rental_is_lost_whoever_ends_it(still: Any) -> None:
    await still.control("PATCH", "/accounts/thuesim", {"callback_url": NOWHERE, "min_interval": 0})
    await _make(still, {"action": {"callback": "lost"}})
    by_hand, _ = await still.rent(), await still.rent()
    await still.control("POST", f"/rentals/{by_hand['id']}/sms", {"text": "code 1234"})
    await still.advance("1m")

    callbacks = await _callbacks(still)
    assert len(callbacks) == 2
    assert all("lost" in each["attempts"][0]["error"] for each in callbacks)
