"""What every store keeps to: the same tests run over all of them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from otp_sandbox.domain import challenges
from otp_sandbox.domain.challenges import CODES, Challenge
from otp_sandbox.domain.store import WHOLE, Change, Event, Key, Placed, State, Store, Table
from otp_sandbox.stores.memory import MemoryStore

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
TICK = timedelta(microseconds=1)
LANE = "lane"
OTHER = "other"
RING = 5
BUDGET = 100

NOTES = Table[str]("notes")
COUNTS = Table[int]("counts", most=3)
LETTERS = Table[str]("letters", log=True)
CARDS = Table[str]("cards", log=True)
PARCELS = Table[str]("parcels", log=True, weigh=len)
SOON = 0.001
LONG = 30.0

STORES: dict[str, Callable[..., Store]] = {
    "memory": MemoryStore,
    "memory, strict": lambda **limits: MemoryStore(**limits, strict=True),
}


@pytest.fixture(params=STORES)
def new_store(request: pytest.FixtureRequest) -> Callable[..., Store]:
    return STORES[request.param]


@pytest.fixture
def store(new_store: Callable[..., Store]) -> Store:
    return new_store(ring=RING, budget=BUDGET)


@dataclass
class Failed(Exception):
    """A decision that goes wrong on purpose."""


async def write(
    store: Store, *writes: tuple[Table[Any], str, Any], lane: str = LANE, moved: Iterable[Key] = ()
) -> None:
    await store.decide(
        lane, (), lambda _: Change(None, {(table, key): value for table, key, value in writes}, moved=set(moved))
    )


async def due(store: Store, *events: Event, lane: str = LANE) -> None:
    await store.decide(lane, (), lambda _: Change(None, due=list(events)))


async def listed(store: Store, table: Table[str] = LETTERS, lane: str = LANE, **more: Any) -> list[str]:
    return [each.entry for each in await store.entries(lane, table, **more)]


async def places(store: Store, table: Table[str] = LETTERS) -> dict[str, int]:
    return {each.entry: each.place for each in await store.entries(LANE, table)}


async def fill(store: Store, letters: str, table: Table[str] = LETTERS, lane: str = LANE) -> None:
    for letter in letters:
        await store.append(lane, table, letter, letter)


async def waiting(store: Store, table: Table[Any], after: int, timeout: float = LONG) -> asyncio.Task[bool]:  # noqa: ASYNC109  (the port's)
    """Begin to wait, and go on when the store has been asked."""
    task = asyncio.ensure_future(store.wait(LANE, table, after, timeout))
    await turns()
    return task


async def turns() -> None:
    """Let everybody else have their turn a few times."""
    for _ in range(5):
        await asyncio.sleep(0)


def event(at: datetime, name: str) -> Event:
    return Event(at, "expiry", "esms", name)


async def taken(store: Store, until: datetime, lane: str = LANE) -> list[str]:
    found = []
    while (each := await store.take_due(lane, until)) is not None:
        found.append(each.id)
    return found


# Decisions


async def test_a_decision_gives_its_verdict(store: Store) -> None:
    """Whatever it is."""
    verdict = await store.decide(LANE, (), lambda _: Change("verdict"))

    assert verdict == "verdict"


async def test_a_decision_applies_all_that_it_wrote(store: Store) -> None:
    """Records, log entries and events alike."""
    await store.decide(
        LANE, (), lambda _: Change(None, {(NOTES, "n"): "note", (LETTERS, "l"): "letter"}, due=[event(NOW, "e")])
    )

    assert await store.get(LANE, NOTES, "n") == "note"
    assert await store.get(LANE, LETTERS, "l") == "letter"
    assert await store.next_due(LANE) == NOW


async def test_a_decision_that_raises_changes_nothing(store: Store) -> None:
    """What it had put into its change before is dropped with it."""
    await write(store, (NOTES, "n", "old"), (LETTERS, "l", "old"))
    place = await store.place(LANE)

    def decision(state: State) -> Change[None]:
        change = Change(None, {(NOTES, "n"): "new", (LETTERS, "l"): None}, due=[event(NOW, "e")])
        if state.get(NOTES, "n") == "old":
            raise Failed
        return change

    with pytest.raises(Failed):
        await store.decide(LANE, ((NOTES, "n"),), decision)

    assert await store.get(LANE, NOTES, "n") == "old"
    assert await listed(store) == ["old"]
    assert await store.next_due(LANE) is None
    assert await store.place(LANE) == place


async def test_a_decision_reads_the_records_that_it_named(store: Store) -> None:
    """Plain records and log entries; None where there is nothing."""
    await write(store, (NOTES, "n", "note"), (LETTERS, "l", "letter"))

    read = await store.decide(
        LANE,
        ((NOTES, "n"), (LETTERS, "l"), (NOTES, "none"), (CARDS, "none")),
        lambda state: Change(
            [state.get(NOTES, "n"), state.get(LETTERS, "l"), state.get(NOTES, "none"), state.get(CARDS, "none")]
        ),
    )

    assert read == ["note", "letter", None, None]


async def test_a_decision_lists_a_whole_log_newest_first(store: Store) -> None:
    """It names the log by the whole-key."""
    await fill(store, "abc")

    read = await store.decide(LANE, ((LETTERS, WHOLE),), lambda state: Change([*state.entries(LETTERS)]))

    assert read == ["c", "b", "a"]


async def test_a_decision_lists_nothing_in_an_empty_log(store: Store) -> None:
    """It is no error."""
    read = await store.decide(LANE, ((LETTERS, WHOLE),), lambda state: Change([*state.entries(LETTERS)]))

    assert read == []


async def test_none_deletes_a_record(store: Store) -> None:
    """Records and log entries; deleting what is not there is allowed."""
    await write(store, (NOTES, "n", "note"), (LETTERS, "l", "letter"))

    await write(store, (NOTES, "n", None), (LETTERS, "l", None), (NOTES, "none", None), (CARDS, "none", None))

    assert await store.get(LANE, NOTES, "n") is None
    assert await store.get(LANE, LETTERS, "l") is None
    assert await listed(store) == []


async def test_falsy_values_are_values(store: Store) -> None:
    """Only None deletes."""
    await write(store, (NOTES, "n", ""), (COUNTS, "c", 0), (LETTERS, "l", ""))

    assert await store.get(LANE, NOTES, "n") == ""
    assert await store.get(LANE, COUNTS, "c") == 0
    assert await listed(store) == [""]


@pytest.mark.parametrize("wrong", ["000000", "123456"], ids=["with the other wrong", "all the same"])
async def test_one_of_many_concurrent_checks_wins(store: Store, wrong: str) -> None:
    """A code is accepted once, however many try it at the same time."""
    key = challenges.recipient_key("esms", "+84900000001")
    challenge = Challenge("c1", "esms", "+84900000001", "123456", NOW, NOW + SECOND)

    def issue(state: State) -> Change[None]:
        change: Change[None] = Change(None)
        challenges.issue(change, state, challenge, keep_all=False)
        return change

    async def verify(code: str) -> str | None:
        def decision(state: State) -> Change[str | None]:
            change: Change[str | None] = Change(None)
            change.verdict = challenges.verify(change, state, key, code, NOW, ignore_case=False, wrong_tries_max=None)
            return change

        await asyncio.sleep(0)
        return await store.decide(LANE, ((challenges.RECIPIENTS, key), (CODES, "c1")), decision)

    await store.decide(LANE, challenges.keys_of_issuing("esms", "+84900000001"), issue)
    causes = await asyncio.gather(*(verify(code) for code in ["123456", wrong] * 25))

    used = await store.get(LANE, CODES, "c1")
    assert causes.count(None) == 1
    assert used is not None
    assert used.used_at == NOW


async def test_concurrent_decisions_lose_no_update(store: Store) -> None:
    """Each sees what the one before has written."""

    async def count() -> int:
        await asyncio.sleep(0)
        return await store.decide(
            LANE,
            ((COUNTS, "c"),),
            lambda state: Change((state.get(COUNTS, "c") or 0) + 1, {(COUNTS, "c"): (state.get(COUNTS, "c") or 0) + 1}),
        )

    counted = await asyncio.gather(*(count() for _ in range(50)))

    assert sorted(counted) == list(range(1, 51))


async def test_a_bounded_table_drops_its_oldest(store: Store) -> None:
    """Beyond `most` records."""
    for number in range(5):
        await write(store, (COUNTS, str(number), number))

    kept = [await store.get(LANE, COUNTS, str(number)) for number in range(5)]

    assert kept == [None, None, 2, 3, 4]


async def test_a_bounded_table_may_change_what_it_holds(store: Store) -> None:
    """A full table drops nothing for a new value of a key that it has."""
    for number in range(3):
        await write(store, (COUNTS, str(number), number))

    await write(store, (COUNTS, "0", 9))

    assert [await store.get(LANE, COUNTS, str(number)) for number in range(3)] == [9, 1, 2]


# Logs


async def test_appended_entries_stand_in_their_order(store: Store) -> None:
    """Newest last."""
    await fill(store, "abc")

    assert await listed(store) == ["a", "b", "c"]
    assert await store.get(LANE, LETTERS, "b") == "b"


async def test_appending_a_known_key_moves_it_to_the_end(store: Store) -> None:
    """There is one entry under a key."""
    await fill(store, "abc")

    await store.append(LANE, LETTERS, "a", "A")

    assert await listed(store) == ["b", "c", "A"]


async def test_a_written_entry_comes_last(store: Store) -> None:
    """Decisions append by writing a new key."""
    await fill(store, "ab")

    await write(store, (LETTERS, "c", "c"), (LETTERS, "d", "d"))

    assert await listed(store) == ["a", "b", "c", "d"]


async def test_an_update_keeps_its_place(store: Store) -> None:
    """A delivered message stands where it was sent."""
    await fill(store, "abc")
    before = await places(store)

    await write(store, (LETTERS, "b", "B"))

    assert await places(store) == {"a": before["a"], "B": before["b"], "c": before["c"]}
    assert await store.place(LANE) == before["c"]


async def test_a_moved_entry_goes_to_the_end(store: Store) -> None:
    """A cursor taken before still finds it."""
    await fill(store, "abc")
    cursor = await store.place(LANE)

    await write(store, (LETTERS, "a", "A"), moved={(LETTERS, "a")})

    assert await listed(store) == ["b", "c", "A"]
    assert await listed(store, after=cursor) == ["A"]


async def test_places_grow_over_all_logs_of_a_lane(store: Store) -> None:
    """So they can be compared between logs."""
    await fill(store, "a")
    await fill(store, "b", CARDS)
    await fill(store, "c")

    found = {**await places(store), **await places(store, CARDS)}

    assert sorted(found, key=found.__getitem__) == ["a", "b", "c"]
    assert len(set(found.values())) == 3
    assert await store.place(LANE) == found["c"]


async def test_the_place_of_an_empty_lane_is_before_all_entries(store: Store) -> None:
    """A cursor taken at the very beginning misses nothing."""
    cursor = await store.place(LANE)

    await fill(store, "a")

    assert cursor == 0
    assert await listed(store, after=cursor) == ["a"]


@pytest.mark.parametrize("tables", [None, ["letters"]], ids=["everything", "the log"])
async def test_the_place_never_goes_back(store: Store, tables: list[str] | None) -> None:
    """Also when logs are cleared: a cursor stays good."""
    await fill(store, "abc")
    cursor = await store.place(LANE)

    await store.clear(LANE, tables)
    cleared = await store.place(LANE)
    await fill(store, "d")

    assert cleared == cursor
    assert await listed(store, after=cursor) == ["d"]


async def test_the_place_does_not_go_back_when_an_entry_goes(store: Store) -> None:
    """The newest entry may be deleted."""
    await fill(store, "ab")
    cursor = await store.place(LANE)

    await write(store, (LETTERS, "b", None))

    assert await store.place(LANE) == cursor


@pytest.mark.parametrize(
    ("asked", "letters"),
    [
        pytest.param({}, "abcde", id="all"),
        pytest.param({"limit": 2}, "de", id="the last two"),
        pytest.param({"limit": 9}, "abcde", id="more than there are"),
        pytest.param({"limit": 0}, "", id="none"),
        pytest.param({"after": "b"}, "cde", id="after b"),
        pytest.param({"after": "e"}, "", id="after the last"),
        pytest.param({"after": "b", "limit": 2}, "cd", id="the first two after b"),
        pytest.param({"after": "b", "limit": 0}, "", id="none after b"),
        pytest.param({"where": "ace"}, "ace", id="of some"),
        pytest.param({"where": "ace", "limit": 2}, "ce", id="the last two of some"),
        pytest.param({"where": "ace", "after": "a", "limit": 1}, "c", id="the first of some after a"),
    ],
)
async def test_a_log_is_listed_from_either_end(store: Store, asked: dict[str, Any], letters: str) -> None:
    """The last N of all, or the first N after a place; always newest last."""
    await fill(store, "abcde")
    if "after" in asked:
        asked = {**asked, "after": (await places(store))[asked["after"]]}
    if "where" in asked:
        asked = {**asked, "where": asked["where"].__contains__}

    found = await listed(store, **asked)

    assert found == [*letters]


async def test_listed_entries_carry_their_places(store: Store) -> None:
    """They can be used as cursors."""
    await fill(store, "ab")

    found = await store.entries(LANE, LETTERS)

    assert [each.entry for each in found] == ["a", "b"]
    assert all(isinstance(each, Placed) for each in found)
    assert 0 < found[0].place < found[1].place == await store.place(LANE)


async def test_a_log_is_a_ring(store: Store) -> None:
    """It keeps the newest entries; places go on."""
    await fill(store, "abcdefg")

    assert await listed(store) == ["c", "d", "e", "f", "g"]
    assert await store.get(LANE, LETTERS, "a") is None
    assert await store.place(LANE) == 7


async def test_each_log_has_a_ring_of_its_own(store: Store) -> None:
    """A full journal does not push messages out, nor another lane's."""
    await fill(store, "abc")
    await fill(store, "abc", lane=OTHER)

    await fill(store, "123456789", CARDS)

    assert await listed(store) == ["a", "b", "c"]
    assert await listed(store, lane=OTHER) == ["a", "b", "c"]


async def test_a_deleted_entry_comes_back_at_the_end(store: Store) -> None:
    """It has a new place."""
    await fill(store, "abc")
    await write(store, (LETTERS, "a", None))

    await write(store, (LETTERS, "a", "A"))

    assert await listed(store) == ["b", "c", "A"]


async def test_plain_records_have_no_place(store: Store) -> None:
    """Only logs move the place on."""
    await fill(store, "a")

    await write(store, (NOTES, "n", "note"))

    assert await store.place(LANE) == 1


async def test_a_full_ring_drops_nothing_for_an_update(store: Store) -> None:
    """Neither in place nor moved."""
    await fill(store, "abcde")

    await write(store, (LETTERS, "b", "B"))
    await write(store, (LETTERS, "a", "A"), moved={(LETTERS, "a")})

    assert await listed(store) == ["B", "c", "d", "e", "A"]


# Waiting


async def test_waiting_for_what_is_there_returns_at_once(store: Store) -> None:
    """No entry has to come."""
    await fill(store, "a")

    assert await store.wait(LANE, LETTERS, 0, LONG) is True


@pytest.mark.parametrize("timeout", [0, SOON], ids=["at once", "soon"])
async def test_waiting_ends_when_nothing_comes(store: Store, timeout: float) -> None:  # noqa: ASYNC109  (the port's)
    """The answer is False."""
    await fill(store, "a")

    assert await store.wait(LANE, LETTERS, await store.place(LANE), timeout) is False


async def test_waiting_with_no_time_still_looks(store: Store) -> None:
    """An entry that is there is found."""
    await fill(store, "a")

    assert await store.wait(LANE, LETTERS, 0, 0) is True


async def _append(store: Store) -> None:
    await store.append(LANE, LETTERS, "b", "b")


async def _write(store: Store) -> None:
    await write(store, (LETTERS, "b", "b"))


async def _move(store: Store) -> None:
    await write(store, (LETTERS, "a", "A"), moved={(LETTERS, "a")})


@pytest.mark.parametrize("happens", [_append, _write, _move], ids=["append", "write", "move"])
async def test_an_entry_wakes_who_waits(store: Store, happens: Callable[[Store], Awaitable[None]]) -> None:
    """However it came to the end of the log, and all who wait."""
    await fill(store, "a")
    tasks = [await waiting(store, LETTERS, 1) for _ in range(3)]
    before = [task.done() for task in tasks]

    await happens(store)

    assert before == [False] * 3
    assert await asyncio.gather(*tasks) == [True] * 3


async def _other_table(store: Store) -> None:
    await fill(store, "b", CARDS)


async def _other_lane(store: Store) -> None:
    await fill(store, "b", lane=OTHER)


async def _update(store: Store) -> None:
    await write(store, (LETTERS, "a", "A"))


async def _delete(store: Store) -> None:
    await write(store, (LETTERS, "a", None))


async def _record(store: Store) -> None:
    await write(store, (NOTES, "letters", "note"))


@pytest.mark.parametrize(
    "happens",
    [_other_table, _other_lane, _update, _delete, _record],
    ids=["another log", "another lane", "an update in place", "a deletion", "a plain record"],
)
async def test_nothing_else_wakes_who_waits(store: Store, happens: Callable[[Store], Awaitable[None]]) -> None:
    """They wait for entries of their own log."""
    await fill(store, "a")
    task = await waiting(store, LETTERS, 1)

    await happens(store)
    await turns()

    assert not task.done()
    await _append(store)
    assert await task is True


async def test_clearing_does_not_lose_who_waits(store: Store) -> None:
    """The next entry wakes them."""
    await fill(store, "a")
    task = await waiting(store, LETTERS, 1)

    await store.clear(LANE)
    await turns()
    done = task.done()
    await _append(store)

    assert done is False
    assert await task is True


async def test_forgetting_a_lane_sends_away_who_waits(store: Store) -> None:
    """Nothing can come any more."""
    task = await waiting(store, LETTERS, 0)

    await store.forget(LANE)

    assert await task is False


async def test_who_stops_waiting_leaves_the_others_waiting(store: Store) -> None:
    """A client that hangs up."""
    gone = await waiting(store, LETTERS, 0)
    stays = await waiting(store, LETTERS, 0)

    gone.cancel()
    await asyncio.gather(gone, return_exceptions=True)
    await _append(store)

    assert gone.cancelled()
    assert await stays is True


# The schedule


async def test_an_empty_schedule_has_nothing_due(store: Store) -> None:
    """Neither next nor ever."""
    assert await store.next_due(LANE) is None
    assert await store.take_due(LANE, datetime.max.replace(tzinfo=UTC)) is None


async def test_the_earliest_event_is_next(store: Store) -> None:
    """Whenever it was scheduled."""
    await due(store, event(NOW + SECOND, "late"), event(NOW, "early"))

    assert await store.next_due(LANE) == NOW
    assert await taken(store, NOW + SECOND) == ["early", "late"]
    assert await store.next_due(LANE) is None


async def test_events_of_one_instant_come_as_they_were_scheduled(store: Store) -> None:
    """In one change and over several."""
    await due(store, event(NOW, "z"), event(NOW, "a"))
    await due(store, event(NOW, "m"), event(NOW - TICK, "first"))

    assert await taken(store, NOW) == ["first", "z", "a", "m"]


@pytest.mark.parametrize(
    ("until", "found"),
    [
        pytest.param(NOW - TICK, [], id="before"),
        pytest.param(NOW, ["e"], id="at"),
        pytest.param(NOW + TICK, ["e"], id="after"),
    ],
)
async def test_an_event_is_due_from_its_instant(store: Store, until: datetime, found: list[str]) -> None:
    """And stays on the schedule before."""
    await due(store, event(NOW, "e"))

    assert await taken(store, until) == found
    assert await store.next_due(LANE) == (None if found else NOW)


async def test_a_taken_event_is_what_was_scheduled(store: Store) -> None:
    """All its fields; and it is taken once."""
    scheduled = Event(NOW, "arrival", "thuesim", "1.02", "m1")
    await due(store, scheduled)

    assert await store.take_due(LANE, NOW) == scheduled
    assert await store.take_due(LANE, NOW) is None


# Clearing, forgetting, other lanes


async def test_clearing_tables_leaves_the_others(store: Store) -> None:
    """And the schedule."""
    await write(store, (NOTES, "n", "note"), (LETTERS, "l", "letter"), (CARDS, "c", "card"))
    await due(store, event(NOW, "e"))

    await store.clear(LANE, ["notes", "letters", "never heard of"])

    assert await store.get(LANE, NOTES, "n") is None
    assert await listed(store) == []
    assert await listed(store, CARDS) == ["card"]
    assert await store.next_due(LANE) == NOW


async def test_clearing_all_forgets_the_schedule_too(store: Store) -> None:
    """The lane is empty."""
    await write(store, (NOTES, "n", "note"), (LETTERS, "l", "letter"))
    await due(store, event(NOW, "e"))

    await store.clear(LANE)

    assert await store.get(LANE, NOTES, "n") is None
    assert await listed(store) == []
    assert await store.next_due(LANE) is None


async def test_clearing_nothing_clears_nothing(store: Store) -> None:
    """An empty list of names is not all names."""
    await write(store, (NOTES, "n", "note"))
    await due(store, event(NOW, "e"))

    await store.clear(LANE, [])

    assert await store.get(LANE, NOTES, "n") == "note"
    assert await store.next_due(LANE) == NOW


async def test_a_forgotten_lane_begins_again(store: Store) -> None:
    """Its places too."""
    await write(store, (NOTES, "n", "note"), (LETTERS, "l", "letter"))
    await due(store, event(NOW, "e"))

    await store.forget(LANE)

    assert await store.get(LANE, NOTES, "n") is None
    assert await listed(store) == []
    assert await store.next_due(LANE) is None
    assert await store.place(LANE) == 0


async def test_an_unknown_lane_can_be_forgotten(store: Store) -> None:
    """It is no error."""
    await store.forget("never heard of")

    assert await store.place("never heard of") == 0


async def _clear(store: Store) -> None:
    await store.clear(OTHER)


async def _forget(store: Store) -> None:
    await store.forget(OTHER)


@pytest.mark.parametrize("happens", [_clear, _forget], ids=["cleared", "forgotten"])
async def test_lanes_are_strangers(store: Store, happens: Callable[[Store], Awaitable[None]]) -> None:
    """The same keys hold other things; what becomes of one lane does not touch the other."""
    for lane, value in ((LANE, "mine"), (OTHER, "theirs")):
        await write(store, (NOTES, "k", value), (LETTERS, "k", value), lane=lane)
        await due(store, event(NOW, value), lane=lane)

    before = await store.get(OTHER, NOTES, "k"), await listed(store, lane=OTHER), await store.place(OTHER)
    await happens(store)

    assert before == ("theirs", ["theirs"], 1)
    assert await store.get(OTHER, NOTES, "k") is None
    assert (await store.get(LANE, NOTES, "k"), await listed(store), await store.place(LANE)) == ("mine", ["mine"], 1)
    assert await taken(store, NOW) == ["mine"]


# The budget of weighed logs


@pytest.fixture
def roomy(new_store: Callable[..., Store]) -> Iterator[Store]:
    """A store whose rings are long, so that only the budget cuts."""
    return new_store(ring=1_000, budget=BUDGET)


async def test_a_budget_keeps_what_fits(roomy: Store) -> None:
    """Exactly the budget is allowed."""
    for name in "abcde":
        await roomy.append(LANE, PARCELS, name, name * 20)

    assert len(await listed(roomy, PARCELS)) == 5


async def test_a_budget_cuts_the_oldest_entries(roomy: Store) -> None:
    """As many as are needed."""
    for name in "abcde":
        await roomy.append(LANE, PARCELS, name, name * 20)

    await roomy.append(LANE, PARCELS, "f", "f" * 30)

    assert await listed(roomy, PARCELS) == [name * 20 for name in "cde"] + ["f" * 30]


async def test_a_budget_does_not_touch_logs_that_are_not_weighed(roomy: Store) -> None:
    """Messages stay when the journal is cut."""
    await roomy.append(LANE, LETTERS, "l", "l" * 2 * BUDGET)

    await roomy.append(LANE, PARCELS, "a", "a" * 60)
    await roomy.append(LANE, PARCELS, "b", "b" * 60)

    assert await listed(roomy, PARCELS) == ["b" * 60]
    assert len(await listed(roomy)) == 1


async def test_decisions_weigh_too(roomy: Store) -> None:
    """Entries count however they came."""
    await write(roomy, (PARCELS, "a", "a" * 60))

    await write(roomy, (PARCELS, "b", "b" * 60))

    assert await listed(roomy, PARCELS) == ["b" * 60]


@pytest.mark.parametrize("last_used", [LANE, OTHER])
async def test_a_budget_cuts_the_lane_unused_longest(roomy: Store, last_used: str) -> None:
    """A lane is used when it gets an entry; who came first does not count."""
    for lane in (LANE, OTHER, last_used):
        await roomy.append(lane, PARCELS, "a", "a" * 20)
        await roomy.append(lane, PARCELS, "b", "b" * 20)

    await roomy.append("third", PARCELS, "c", "c" * 50)

    unused = OTHER if last_used == LANE else LANE
    assert await listed(roomy, PARCELS, lane=unused) == []
    assert await listed(roomy, PARCELS, lane=last_used) == ["a" * 20, "b" * 20]
    assert await listed(roomy, PARCELS, lane="third") == ["c" * 50]


async def _room_by_update(store: Store) -> None:
    await write(store, (PARCELS, "a", "a"))


async def _room_by_moving(store: Store) -> None:
    await store.append(LANE, PARCELS, "a", "a")


async def _room_by_deleting(store: Store) -> None:
    await write(store, (PARCELS, "a", None))


async def _room_by_clearing(store: Store) -> None:
    await store.clear(LANE, ["parcels"])


async def _room_by_clearing_all(store: Store) -> None:
    await store.clear(LANE)


async def _room_by_forgetting(store: Store) -> None:
    await store.forget(LANE)


@pytest.mark.parametrize(
    "makes_room",
    [
        _room_by_update,
        _room_by_moving,
        _room_by_deleting,
        _room_by_clearing,
        _room_by_clearing_all,
        _room_by_forgetting,
    ],
)
async def test_what_has_gone_weighs_nothing(roomy: Store, makes_room: Callable[[Store], Awaitable[None]]) -> None:
    """Afterwards the room can be used again."""
    await roomy.append(LANE, PARCELS, "a", "a" * 100)
    await makes_room(roomy)

    for name in "bcd":
        await roomy.append(OTHER, PARCELS, name, name * 33)

    assert await listed(roomy, PARCELS, lane=OTHER) == [name * 33 for name in "bcd"]


async def test_a_ring_takes_its_weight_along(new_store: Callable[..., Store]) -> None:
    """What a full ring drops weighs nothing any more."""
    store = new_store(ring=2, budget=BUDGET)
    for name in "abcdefgh":
        await store.append(LANE, PARCELS, name, name * 50)

    await store.append(OTHER, LETTERS, "l", "l")

    assert await listed(store, PARCELS) == ["g" * 50, "h" * 50]


async def test_an_entry_above_the_whole_budget_is_not_kept(roomy: Store) -> None:
    """The budget holds."""
    await roomy.append(LANE, PARCELS, "a", "a" * 101)

    assert await listed(roomy, PARCELS) == []
