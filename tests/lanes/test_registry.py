"""Which lanes there are, and which one a credential belongs to."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from equipment.stores import NOTES
from equipment.strict import StrictStore
from otp_sandbox.domain.accounts import ACCOUNTS
from otp_sandbox.domain.clock import Clock
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store import Change
from otp_sandbox.lanes.lane import DEFAULT
from otp_sandbox.lanes.registry import LaneConflict, NewLane, Registry

HOUR = timedelta(hours=1)
TICK = timedelta(microseconds=1)


async def test_a_lane_is_made_with_everything_it_needs(registry: Registry, store: StrictStore, real: Any) -> None:
    """Accounts, credentials, seed and a real clock, without asking for any."""
    lane = await registry.create(NewLane())

    assert lane.id == "lane-1"
    assert registry.get("lane-1") is lane
    assert list(registry) == [lane]
    assert lane.clock == Clock()
    assert lane.created_at == lane.used_at == real.now
    assert set(lane.origin.credentials) == set(registry.providers)
    for name, provider in registry.providers.items():
        assert await store.get(lane.key, ACCOUNTS, name) == provider.accounts.new()


async def test_a_lane_is_made_as_it_is_wanted(registry: Registry, store: StrictStore) -> None:
    """What is given is taken; the rest of the credentials is made."""
    account = replace(registry.providers["amoot"].accounts.new(), credit=1)
    frozen = Clock("frozen", frozen_at=datetime(2030, 1, 1, tzinfo=UTC))
    choices = {"esms.code-case": "ignore"}

    lane = await registry.create(
        NewLane("mine", 42, frozen, choices, HOUR, {"amoot": account}, {"esms": {"ApiKey": "KEY"}})
    )

    assert (lane.id, lane.seed, lane.clock, lane.choices) == ("mine", 42, frozen, choices)
    assert lane.now() == frozen.frozen_at
    assert lane.origin.ttl == HOUR
    assert await store.get(lane.key, ACCOUNTS, "amoot") == account
    assert lane.origin.credentials["esms"]["ApiKey"] == "KEY"
    assert lane.origin.credentials["esms"]["SecretKey"]


async def test_a_seed_of_zero_is_a_seed(registry: Registry) -> None:
    """Only a missing one is made."""
    lane = await registry.create(NewLane(seed=0))

    assert lane.seed == 0


async def test_unnamed_lanes_are_numbered_past_the_names_that_are_taken(registry: Registry) -> None:
    """A lane that somebody called lane-2 is stepped over."""
    await registry.create(NewLane("lane-2"))

    made = [(await registry.create(NewLane())).id for _ in range(3)]

    assert made == ["lane-1", "lane-3", "lane-4"]


async def test_the_number_of_a_deleted_lane_is_not_given_again(registry: Registry) -> None:
    """Its credentials in some old test must not find a stranger's lane."""
    await registry.delete(await registry.create(NewLane()))

    lane = await registry.create(NewLane())

    assert lane.id == "lane-2"


async def test_a_taken_id_is_refused(registry: Registry) -> None:
    """The field is named, and the lane that has it stays."""
    lane = await registry.create(NewLane("mine"))

    with pytest.raises(LaneConflict, match="lane mine exists") as refusal:
        await registry.create(NewLane("mine"))

    assert refusal.value.field == "id"
    assert registry.get("mine") is lane


@pytest.mark.parametrize(
    ("provider", "credentials", "field"),
    [
        ("esms", {"ApiKey": "SANDBOX-API-KEY"}, "credentials.esms.ApiKey"),
        ("amoot", {"Token": "SANDBOX-TOKEN"}, "credentials.amoot.Token"),
        ("amoot", {"UserName": "sandbox"}, "credentials.amoot.UserName"),
        ("amoot", {"Token": "FREE", "UserName": "sandbox"}, "credentials.amoot.UserName"),
        ("thuesim", {"token": "SANDBOX-TOKEN"}, "credentials.thuesim.token"),
    ],
)
async def test_a_taken_credential_is_refused(
    registry: Registry, provider: str, credentials: dict[str, str], field: str
) -> None:
    """The field is named, and no half a lane is left."""
    await registry.create(NewLane(DEFAULT))

    with pytest.raises(LaneConflict, match="belongs to another lane") as refusal:
        await registry.create(NewLane("mine", credentials={provider: credentials}))

    assert refusal.value.field == field
    assert registry.get("mine") is None


@pytest.mark.parametrize(
    ("provider", "credentials"),
    [("esms", {"SecretKey": "SANDBOX-SECRET-KEY"}), ("amoot", {"Password": "sandbox"})],
)
async def test_what_finds_no_lane_alone_may_be_shared(
    registry: Registry, provider: str, credentials: dict[str, str]
) -> None:
    """Secrets and passwords are no addresses."""
    await registry.create(NewLane(DEFAULT))

    lane = await registry.create(NewLane("mine", credentials={provider: credentials}))

    assert lane.origin.credentials[provider].items() >= credentials.items()


async def test_any_locator_finds_the_lane(registry: Registry) -> None:
    """Amoot's token and user name both do; a secret does not, nor another provider's credential."""
    lane = await registry.create(NewLane())
    held = lane.origin.credentials

    found = {
        "token": registry.locate("amoot", (held["amoot"]["Token"],)),
        "user": registry.locate("amoot", ("", "unknown", held["amoot"]["UserName"])),
        "password": registry.locate("amoot", (held["amoot"]["Password"],)),
        "other": registry.locate("thuesim", (held["amoot"]["Token"],)),
        "none": registry.locate("esms", ()),
        "empty": registry.locate("esms", ("",)),
    }

    assert found == {"token": lane, "user": lane, "password": None, "other": None, "none": None, "empty": None}


async def test_the_default_lane_has_the_known_credentials(registry: Registry) -> None:
    """Other lanes have their own."""
    default = await registry.create(NewLane(DEFAULT))
    other = await registry.create(NewLane())

    assert registry.default is default
    for name, provider in registry.providers.items():
        assert default.origin.credentials[name] == provider.identity.default
        assert all(other.origin.credentials[name][key] != value for key, value in provider.identity.default.items())


async def test_the_default_lane_s_credentials_can_be_replaced(registry: Registry) -> None:
    """The old ones find nothing then."""
    lane = await registry.create(NewLane(DEFAULT, credentials={"esms": {"ApiKey": "MINE"}}))

    assert registry.locate("esms", ("MINE",)) is lane
    assert registry.locate("esms", ("SANDBOX-API-KEY",)) is None


async def test_the_server_s_seed_decides_credentials_and_seeds(
    make_registry: Callable[..., Awaitable[Registry]],
) -> None:
    """The same seed and id give the same again, in another order of creation too; anything else differs."""
    one, same, other = [await make_registry(seed, over=StrictStore()) for seed in (1, 1, 2)]
    await same.create(NewLane("before"))

    made = [await each.create(NewLane("mine")) for each in (one, same, other)]

    assert made[0].seed == made[1].seed != made[2].seed
    assert made[0].origin.credentials == made[1].origin.credentials
    assert made[0].origin.credentials["esms"]["ApiKey"] != made[2].origin.credentials["esms"]["ApiKey"]
    assert 0 <= made[0].seed < 2**53


async def test_there_are_not_more_lanes_than_there_may_be(make_registry: Callable[..., Awaitable[Registry]]) -> None:
    """One more is refused until another one goes."""
    registry = await make_registry(most=2)
    first = await registry.create(NewLane())
    await registry.create(NewLane())

    with pytest.raises(LaneConflict, match="there are 2 lanes already") as refusal:
        await registry.create(NewLane())
    await registry.delete(first)

    assert refusal.value.field == "id"
    assert (await registry.create(NewLane())).id != first.id


async def test_idle_lanes_make_room_for_new_ones(make_registry: Callable[..., Awaitable[Registry]], real: Any) -> None:
    """When all places are taken, those that nobody uses go first."""
    registry = await make_registry(most=1)
    await registry.create(NewLane("idle"))
    real.passes(24 * HOUR)

    await registry.create(NewLane("new"))

    assert [lane.id for lane in registry] == ["new"]


@pytest.mark.parametrize(
    ("idle", "left"),
    [(HOUR - TICK, ["mine"]), (HOUR, []), (HOUR + TICK, [])],
    ids=["just before", "at", "after"],
)
async def test_a_lane_goes_when_its_time_to_live_has_passed(
    registry: Registry, real: Any, idle: timedelta, left: list[str]
) -> None:
    """Counted from its last use."""
    lane = await registry.create(NewLane("mine", ttl=HOUR))
    real.passes(10 * HOUR)
    lane.used_at = real.now
    real.passes(idle)

    await registry.sweep()

    assert [each.id for each in registry] == left


async def test_the_default_lane_is_never_swept(registry: Registry, real: Any) -> None:
    """However long nobody uses it."""
    await registry.create(NewLane(DEFAULT, ttl=HOUR))
    await registry.create(NewLane("mine"))
    real.passes(1000 * HOUR)

    await registry.sweep()

    assert [each.id for each in registry] == [DEFAULT]


async def test_a_lane_s_own_clock_does_not_age_it(registry: Registry, real: Any) -> None:
    """Time to live is real time."""
    lane = await registry.create(NewLane())
    await registry.change(lane, clock=lane.clock.moved_to(real.now + 1000 * HOUR, real.now))

    await registry.sweep()

    assert list(registry) == [lane]


async def test_a_deleted_lane_leaves_nothing(registry: Registry, store: StrictStore) -> None:
    """Its id and its credentials can be taken again, and what happened in it is forgotten."""
    lane = await registry.create(NewLane("mine", credentials={"esms": {"ApiKey": "KEY"}}))
    await store.decide(lane.key, lambda _: Change(None, {(NOTES, "a"): "a"}))

    await registry.delete(lane)
    found = registry.get("mine"), registry.locate("esms", ("KEY",))
    again = await registry.create(NewLane("mine", credentials={"esms": {"ApiKey": "KEY"}}))

    assert found == (None, None)
    assert registry.get("mine") is registry.locate("esms", ("KEY",)) is again
    assert await store.get(again.key, NOTES, "a") is None


async def test_accounts_can_be_put_back(registry: Registry, store: StrictStore) -> None:
    """To what the lane was made with."""
    lane = await registry.create(NewLane())
    await store.decide(lane.key, lambda _: Change(None, {(ACCOUNTS, "esms"): None}))

    await registry.reset_accounts(lane)

    assert await store.get(lane.key, ACCOUNTS, "esms") == registry.providers["esms"].accounts.new()


async def test_other_choices_give_another_dialect(registry: Registry) -> None:
    """The choice is in force from then on, and the dialect is made once for each."""
    lane = await registry.create(NewLane())
    before = lane.dialect("esms")

    await registry.change(lane, choices={"esms.code-case": "ignore"})
    after = lane.dialect("esms")

    assert before.option("code-case") != after.option("code-case") == "ignore"
    assert lane.dialect("esms") is after
    assert lane.context("esms").seed == lane.seed


async def test_deleting_a_lane_stops_its_timer(registry: Registry) -> None:
    """Nothing falls due in a lane that is gone."""
    lane = await registry.create(NewLane())
    timer = lane.timer = asyncio.get_running_loop().call_later(3600, lambda: None)

    await registry.delete(lane)

    assert timer.cancelled()
