"""Each life of a lane is a lane of its own to the store: nothing of one reaches the next, or comes back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from equipment.pausing import PausingStore
from equipment.stores import LETTERS, NOTES
from equipment.strict import StrictStore
from otp_sandbox.domain.accounts import ACCOUNTS
from otp_sandbox.domain.clock import Clock
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store import Change, Event
from otp_sandbox.domain.store_errors import LaneGone
from otp_sandbox.lanes.lane import DEFAULT, Lane
from otp_sandbox.lanes.registry import LaneConflict, NewLane, Registry

FROZEN = Clock("frozen", frozen_at=datetime(2030, 1, 1, tzinfo=UTC))
CHOICES = {"esms.code-case": "ignore"}


async def use(store: StrictStore, lane: Lane) -> None:
    """Leave something of every kind in a lane."""
    event = Event(lane.now(), "expiry", "esms", "e")
    writes: dict[Any, Any] = {(NOTES, "a"): "a", (LETTERS, "a"): "a", (ACCOUNTS, "esms"): None}
    await store.decide(lane.key, lambda _: Change(None, writes, due=[event]))
    await store.count(lane.key, "requests")


async def left(store: StrictStore, lane: Lane) -> list[Any]:
    """Tell what is left of that."""
    return [
        await store.get(lane.key, NOTES, "a"),
        await store.entries(lane.key, LETTERS),
        await store.next_due(lane.key),
    ]


async def test_a_reset_lane_is_as_it_was_made(registry: Registry, store: StrictStore) -> None:
    """Its accounts, clock and choices too; it keeps its name, seed and credentials."""
    account = replace(registry.providers["amoot"].accounts.new(), credit=1)
    lane = await registry.create(NewLane("mine", 42, FROZEN, CHOICES, accounts={"amoot": account}))
    beginning = lane.record
    await use(store, lane)
    await registry.change(lane, clock=Clock(), choices={})

    await registry.reset(lane)

    assert replace(lane.record, generation=beginning.generation) == beginning
    assert registry.get("mine") is lane
    assert registry.locate("esms", (lane.credentials["esms"]["ApiKey"],)) is lane
    assert await store.get(lane.key, ACCOUNTS, "amoot") == account
    assert await store.get(lane.key, ACCOUNTS, "esms") == registry.providers["esms"].accounts.new()
    assert await left(store, lane) == [None, [], None]
    assert lane.dialect("esms").option("code-case") == "ignore"


async def test_ids_and_cursors_go_on_after_a_reset(registry: Registry, store: StrictStore) -> None:
    """Twice as well: no number is given again."""
    lane = await registry.create(NewLane())
    await use(store, lane)
    place = await store.place(lane.key)

    for _ in range(2):
        await registry.reset(lane)

    assert await store.place(lane.key) == place == 1
    assert await store.count(lane.key, "requests") == 2


async def test_a_reset_brings_back_what_the_lane_was_made_with_each_time(
    registry: Registry, store: StrictStore
) -> None:
    """Not what it was reset to last."""
    account = replace(registry.providers["amoot"].accounts.new(), credit=1)
    lane = await registry.create(NewLane(accounts={"amoot": account}))

    for credit in (2, 3):
        spent = replace(account, credit=credit)
        await store.decide(lane.key, lambda _, spent=spent: Change(None, {(ACCOUNTS, "amoot"): spent}))  # type: ignore[misc]
        await registry.reset(lane)

    assert await store.get(lane.key, ACCOUNTS, "amoot") == account


@pytest.mark.parametrize("ends", [Registry.reset, Registry.delete])
async def test_the_old_life_is_gone(
    registry: Registry, store: StrictStore, ends: Callable[[Registry, Lane], Awaitable[None]]
) -> None:
    """Whoever still knows its name in the store is told so."""
    lane = await registry.create(NewLane())
    old = lane.key

    await ends(registry, lane)

    with pytest.raises(LaneGone):
        await store.get(old, NOTES, "a")


async def test_a_lane_that_is_made_again_is_another_one(registry: Registry, store: StrictStore) -> None:
    """Its name in the store is new, and so are its numbers: nobody has a cursor of it."""
    first = await registry.create(NewLane("mine"))
    await use(store, first)

    await registry.delete(first)
    second = await registry.create(NewLane("mine"))

    assert second.key != first.key
    assert await left(store, second) == [None, [], None]
    assert await store.place(second.key) == 0
    assert await store.count(second.key, "requests") == 1


async def test_no_two_lives_have_one_name(registry: Registry) -> None:
    """Of any lane, at any time."""
    keys = []
    for _ in range(3):
        one, other = await registry.create(NewLane("one")), await registry.create(NewLane("one#1"))
        keys += [one.key, other.key]
        await registry.reset(one)
        keys.append(one.key)
        await registry.delete(one)
        await registry.delete(other)

    assert len(set(keys)) == len(keys)


async def test_deleting_a_lane_again_leaves_its_successor_alone(registry: Registry) -> None:
    """Somebody still has the old one in hand."""
    first = await registry.create(NewLane("mine"))
    await registry.delete(first)
    second = await registry.create(NewLane("mine"))

    await registry.delete(first)

    assert registry.get("mine") is second
    assert registry.locate("esms", (second.credentials["esms"]["ApiKey"],)) is second


@pytest.mark.parametrize("again", [False, True], ids=["gone", "made again"])
async def test_a_deleted_lane_cannot_be_changed(
    registry: Registry, make_registry: Callable[..., Awaitable[Registry]], *, again: bool
) -> None:
    """It would come back with the next start, or its successor would get its clock."""
    lane = await registry.create(NewLane("mine"))
    await registry.delete(lane)
    if again:
        await registry.create(NewLane("mine"))

    with pytest.raises(LaneGone):
        await registry.change(lane, clock=FROZEN)

    assert [each.clock for each in await make_registry()] == ([Clock()] if again else [])


async def test_a_refused_lane_leaves_no_life(registry: Registry, store: StrictStore) -> None:
    """Neither for its id nor for a credential."""
    await registry.create(NewLane(DEFAULT))
    before = list(store._lanes)

    for wanted in (NewLane(DEFAULT), NewLane("mine", credentials={"thuesim": {"token": "SANDBOX-TOKEN"}})):
        with pytest.raises(LaneConflict):
            await registry.create(wanted)

    assert list(store._lanes) == before


async def test_a_lane_is_whole_whenever_it_is_found(
    make_registry: Callable[..., Awaitable[Registry]],
) -> None:
    """Also while it is made or reset over a store that takes its time: it has accounts, and time goes on."""
    store = PausingStore()
    registry = await make_registry(over=store)
    seen = []

    async def look() -> None:
        lane = registry.get("mine")
        if lane is not None:
            seen.append(await StrictStore.get(store, lane.key, ACCOUNTS, "esms"))

    async def look_at_each(call: str) -> None:
        await type(store).pause(store, call)
        await look()

    store.pause = look_at_each  # type: ignore[method-assign]
    lane = await registry.create(NewLane("mine"))
    made = len(seen)
    await registry.reset(lane)
    await registry.delete(lane)

    assert len(seen) > made
    assert None not in seen


# A store that has lanes from before


async def test_lanes_are_found_again_by_a_new_registry(
    registry: Registry, make_registry: Callable[..., Awaitable[Registry]], real: Any
) -> None:
    """With all that is known of them, in their order; under the same credentials and marks."""
    made = [
        await registry.create(NewLane(DEFAULT)),
        await registry.create(NewLane("mine", 42, FROZEN, CHOICES, timedelta(hours=1))),
        await registry.create(NewLane()),
    ]
    real.passes(timedelta(minutes=1))

    again = await make_registry()

    assert [each.record for each in again] == [each.record for each in made]
    assert again.default.id == DEFAULT
    mine = again.get("mine")
    assert mine is not None
    assert mine.now() == FROZEN.frozen_at
    assert mine.dialect("esms").option("code-case") == "ignore"
    assert mine.created_at == made[1].created_at
    assert mine.used_at == real.now
    for name, held in made[1].credentials.items():
        for locator in registry.providers[name].identity.locators:
            assert again.locate(name, (held[locator],)) is mine
        assert all(value in again.secrets for value in held.values())
    mark = registry.providers["thuesim"].identity.mark_of
    assert mark is not None
    assert again.marked("thuesim", mark(42)) == [mine]


async def test_what_was_changed_is_found_changed(
    registry: Registry, make_registry: Callable[..., Awaitable[Registry]]
) -> None:
    """Clock and choices, one after the other; and what was reset, as it was made."""
    changed, reset = await registry.create(NewLane()), await registry.create(NewLane())
    for lane in (changed, reset):
        await registry.change(lane, clock=FROZEN)
        await registry.change(lane, choices=CHOICES)
    await registry.reset(reset)

    again = [(each.clock, each.choices) for each in await make_registry()]

    assert again == [(FROZEN, CHOICES), (Clock(), {})]


async def test_what_happened_in_a_lane_is_found_again(
    registry: Registry, store: StrictStore, make_registry: Callable[..., Awaitable[Registry]]
) -> None:
    """Its records, its schedule and its numbers: an id that was given is not given again."""
    lane = await registry.create(NewLane("mine"))
    await use(store, lane)

    found = (await make_registry()).get("mine")

    assert found is not None
    assert await left(store, found) == ["a", await store.entries(lane.key, LETTERS), lane.now()]
    assert await store.count(found.key, "requests") == 2


async def test_a_deleted_lane_is_not_found_again(
    registry: Registry, make_registry: Callable[..., Awaitable[Registry]]
) -> None:
    """And its credentials are free."""
    lane = await registry.create(NewLane("mine", credentials={"esms": {"ApiKey": "KEY"}}))
    await registry.delete(lane)

    again = await make_registry()
    await again.create(NewLane("other", credentials={"esms": {"ApiKey": "KEY"}}))

    assert [each.id for each in again] == ["other"]


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (NewLane("mine"), "id"),
        (NewLane(credentials={"esms": {"ApiKey": "KEY"}}), "credentials.esms.ApiKey"),
    ],
    ids=["id", "credential"],
)
async def test_what_a_lane_from_before_has_is_taken(
    registry: Registry, make_registry: Callable[..., Awaitable[Registry]], wanted: NewLane, field: str
) -> None:
    """By whomever it was made."""
    await registry.create(NewLane("mine", credentials={"esms": {"ApiKey": "KEY"}}))
    again = await make_registry()

    with pytest.raises(LaneConflict) as refusal:
        await again.create(wanted)

    assert refusal.value.field == field


async def test_two_registries_at_once_make_different_lanes(
    registry: Registry, make_registry: Callable[..., Awaitable[Registry]]
) -> None:
    """Neither a name nor a life is given twice, also when the lane that had it is gone."""
    other = await make_registry()
    made = [await each.create(NewLane()) for each in (registry, other, registry)]
    await registry.delete(made[2])

    made.append(await (await make_registry()).create(NewLane()))

    assert [each.id for each in made] == ["lane-1", "lane-2", "lane-3", "lane-4"]
    assert len({each.record.generation for each in made}) == 4
