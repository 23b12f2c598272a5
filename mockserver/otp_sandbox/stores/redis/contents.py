"""All that a lane holds, as the scripts give it and take it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from otp_sandbox.domain.content import Content
from otp_sandbox.domain.store import Table
from otp_sandbox.stores.lane_log import Kept
from otp_sandbox.stores.redis.coding import ENTRY, VERSION, Values, event_of

_AT_ONCE: Final = 500
"""Records, entries, and events, that are put into a lane in one step."""


def part_of(table: Table[Any]) -> str:
    """Name a table as `content.lua` takes it."""
    return f"{'l' if table.log else 'r' if table.most is None else 'o'}:{table.name}"


def read_content(values: Values, lane: str, tables: Sequence[Table[Any]], answer: Sequence[Any]) -> Content:
    """Read the answer of `content.lua` about some tables."""
    _, place, counts, due, found = answer
    content = Content({}, {}, [event_of(each) for each in due], place, {})
    for name, number in zip(counts[::2], counts[1::2], strict=True):
        content.counts[name.decode()] = int(number)
    for table, pairs in zip(tables, found, strict=True):
        keys, data = [key.decode() for key in pairs[::2]], pairs[1::2]
        read = [values.read(lane, (table, key), each) for key, each in zip(keys, data, strict=True)]
        if table.log and keys:
            content.logs[table] = dict(zip(keys, map(_kept, data, read), strict=True))
        elif keys:
            content.records[table] = dict(zip(keys, read, strict=True))
    return content


def _kept(data: bytes, entry: Any) -> Kept:
    number, place, weight = (int(data[at : at + VERSION]) for at in range(0, ENTRY, VERSION))
    return Kept(place, entry, weight, number)


def parts(values: Values, content: Content) -> Iterator[dict[str, Any]]:
    """Give content in parts, as `load.lua` takes them: the first one at least."""
    records = [values.record(table, *each) for table, all_ in content.records.items() for each in all_.items()]
    entries = [
        (*values.entry(table, name, each.entry, move=False)[:-1], each.place)
        for table, all_ in content.logs.items()
        for name, each in all_.items()
    ]
    due = [values.event(each) for each in content.due]
    counts = [each for pair in content.counts.items() for each in pair]
    for at in range(0, max(len(records), len(entries), len(due), 1), _AT_ONCE):
        until = at + _AT_ONCE
        yield {
            "records": records[at:until],
            "entries": entries[at:until],
            "due": due[at:until],
            "place": content.place,
            "counts": counts,
        }
