"""Whatever is done to a store, a file that is opened again has what a store in memory has."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from equipment.stores import (
    BOXES,
    COUNTS,
    LETTERS,
    NOTES,
    NOW,
    PARCELS,
    SECOND,
    SEVEN,
    due,
    event,
    file_coding,
    fired,
    write,
)
from otp_sandbox.domain.content import Content
from otp_sandbox.domain.store import Placed, Store, Table
from otp_sandbox.domain.store_errors import LaneGone
from otp_sandbox.stores.memory import MemoryStore
from otp_sandbox.stores.sqlite import SqliteStore

LANES = ["one", "two", "three"]
TABLES: dict[str, Table[Any]] = {each.name: each for each in (NOTES, SEVEN, LETTERS, PARCELS, BOXES, COUNTS)}
LOGS = [each for each in TABLES.values() if each.log]
BOUNDS = {"ring": 4, "budget": 60, "records": 9, "schedule": 5}

_lanes, _keys = st.sampled_from(LANES), st.sampled_from("abcdefghij")
_values = st.integers(0, 20) | st.none()
_texts = st.sampled_from([name for name in TABLES if name != "counts"])
_ACTIONS = st.one_of(
    st.tuples(st.just("write"), _lanes, st.lists(st.tuples(_texts, _keys, _values, st.booleans()), max_size=4)),
    st.tuples(st.just("append"), _lanes, st.sampled_from([each.name for each in LOGS]), _keys, st.integers(0, 20)),
    st.tuples(st.just("due"), _lanes, st.lists(st.integers(0, 9), min_size=1, max_size=3)),
    st.tuples(st.just("fire"), _lanes, st.integers(0, 9)),
    st.tuples(st.just("count"), _lanes, st.sampled_from(["requests", "writes"])),
    st.tuples(st.just("clear"), _lanes, st.sampled_from([*TABLES])),
    st.tuples(st.just("forget"), _lanes),
    st.tuples(st.just("begin"), _lanes, _lanes),
    st.tuples(st.just("load"), _lanes, _keys),
    st.tuples(st.just("reopen")),
    st.tuples(st.just("write what changed")),
)


async def act(store: Store, action: Sequence[Any]) -> Any:
    """Do something to a store. What is done to a lane that is not there comes to nothing."""
    what, *rest = action
    try:
        match what:
            case "write":
                writes = [(TABLES[name], key, key * n if n is not None else None) for name, key, n, _ in rest[1]]
                moved = [(TABLES[name], key) for name, key, _, move in rest[1] if move]
                await write(store, *writes, lane=rest[0], moved=moved)
            case "append":
                await store.append(rest[0], TABLES[rest[1]], rest[2], rest[2] * rest[3])
            case "due":
                same = [event(NOW + seconds * SECOND, str(seconds)) for seconds in rest[1]]
                await due(store, *same, same[0], lane=rest[0])
            case "fire":
                return await fired(store, NOW + rest[1] * SECOND, rest[0])
            case "count":
                return await store.count(*rest)
            case "clear":
                await store.clear(rest[0], [rest[1]])
            case "forget" | "begin":
                await getattr(store, what)(*rest)
            case "load":
                key, place = rest[1], await store.place(rest[0]) + 7
                logs = {LETTERS: {f"{key}{n}": Placed(place + n, key) for n in range(3)}}
                events = [event(NOW, key)]
                await store.load(rest[0], Content({SEVEN: {key: key}}, logs, events, place + 9, {"writes": 3}))
    except LaneGone:
        return "gone"
    return None


async def seen(store: Store) -> Any:
    """Tell all that can be seen of a store."""
    told: dict[str, Any] = {}
    for lane in LANES:
        try:
            content = await store.content(lane, [*TABLES.values()])
        except LaneGone:
            continue
        logs = {table.name: [*entries.items()] for table, entries in content.logs.items()}
        news = [await store.news(lane, LOGS, after, 100) for after in (0, content.place // 2)]
        records = {
            table.name: [*each.items()] if table.most else sorted(each.items())
            for table, each in content.records.items()
        }
        due_then = [(each.at, each.id) for each in content.due]
        gone = [each._replace(written=[entry[::2] for entry in each.written]) for each in news]
        told[lane] = (records, logs, due_then, content.place, content.counts, gone)
    return msgspec.json.encode(told)


@settings(deadline=None, derandomize=True, max_examples=150)
@given(st.lists(_ACTIONS, max_size=40))
def test_a_file_has_what_memory_has(actions: list[Any]) -> None:
    """Tables in the order in which they forget, logs with their numbers, what is gone, events, counts."""

    async def run(folder: str) -> None:
        coding = file_coding()

        def new() -> SqliteStore:
            return SqliteStore(Path(folder) / "lanes.sqlite", coding, sync=timedelta(minutes=1), **BOUNDS)

        memory, in_file = MemoryStore(**BOUNDS), new()
        await in_file.open()
        for action in [*(("begin", lane) for lane in LANES[:2]), *actions, ("reopen",)]:
            if action[0] == "reopen":
                await in_file.close()
                in_file = new()
                await in_file.open()
            elif action[0] == "write what changed":
                await in_file._write()
            else:
                assert await act(memory, action) == await act(in_file, action)
            assert await seen(in_file) == await seen(memory)
            assert (in_file.weight, in_file.bounded) == (memory.weight, memory.bounded)
        await in_file.close()

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run(folder))
