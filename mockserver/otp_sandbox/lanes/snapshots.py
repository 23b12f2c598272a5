"""A lane as JSON: everything that is in it. `restoring` reads it again."""

from __future__ import annotations

import asyncio
from bisect import insort
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from operator import attrgetter
from typing import Any, Final, Protocol, TypeAlias

import msgspec
import orjson

from otp_sandbox.domain.attempts import UNDERWAY, again
from otp_sandbox.domain.callbacks import CALLBACKS
from otp_sandbox.domain.content import Content
from otp_sandbox.domain.store import Store, Table, declared
from otp_sandbox.lanes.lane import Lane, LaneRecord
from otp_sandbox.lanes.tables import OF_ALL_LANES
from otp_sandbox.version import VERSION

KIND: Final = "otp-sandbox snapshot"
FORMAT: Final = 1
BUNDLE_KIND: Final = "otp-sandbox bundle"
BUNDLE_FORMAT: Final = 1
"""Of a document that holds two snapshots, of the lane as its life began and as it is."""
BYTES_MOST: Final = 64 * 1024 * 1024
"""Of a snapshot that is written or read."""
AT_ONCE: Final = 100
"""Records that are written or read in one go; others get their turn then."""
LEFT_OUT: Final = OF_ALL_LANES | {UNDERWAY.name}
"""Tables that no snapshot has: some are of all lanes, one is of processes."""


Encode: TypeAlias = Callable[[Table[Any], Any], bytes]
"""Writes a record of a table as JSON."""


class Coding(Protocol):
    """Writes and reads the records of tables."""

    def encoded(self, table: Table[Any], record: Any) -> bytes:
        """Write a record as JSON."""
        ...

    def decoded(self, table: Table[Any], key: str, data: bytes) -> Any:
        """Read the record that stands under a key."""
        ...


class TooLarge(Exception):
    """A lane holds more than a snapshot may have; the text says how much that is."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a snapshot says."""

    record: LaneRecord
    content: Content


def lane_tables() -> list[Table[Any]]:
    """Give all tables of a lane that a snapshot may have."""
    return [each for name, each in declared().items() if name not in LEFT_OUT]


async def take(store: Store, lane: Lane) -> Snapshot:
    """Take all that is in a lane, as it is at one instant.

    A callback that is just being sent still falls due: nobody elsewhere would hear of its end.
    """
    content = await store.content(lane.key, [*lane_tables(), UNDERWAY])
    callbacks = content.logs.get(CALLBACKS, {})
    for callback_id, placed in content.logs.pop(UNDERWAY, {}).items():
        callback = callbacks[callback_id].entry if callback_id in callbacks else None
        if callback is not None and callback.state == "pending":
            insort(content.due, again(callback, placed.entry), key=attrgetter("at"))
    return Snapshot(lane.record, content)


async def write(snapshot: Snapshot, encoded: Encode, providers: Iterable[str]) -> bytes:
    """Write a snapshot.

    Raises:
        TooLarge: it has more bytes than are read again.
    """
    pieces, size = [], 0
    async for piece in _pieces(snapshot, encoded, list(providers)):
        size += len(piece)
        if size > BYTES_MOST:
            raise TooLarge(f"the lane holds more than the {BYTES_MOST // 1024 // 1024} MB that a snapshot may have")
        pieces.append(piece)
    return b"".join(pieces)


def plain_record(record: LaneRecord) -> dict[str, Any]:
    """Give what is known of a lane, without the number of its life, which is the store's."""
    plain: dict[str, Any] = msgspec.to_builtins(record)
    del plain["generation"]
    return plain


async def _pieces(snapshot: Snapshot, encoded: Encode, providers: list[str]) -> AsyncIterator[bytes]:
    content = snapshot.content
    head = {
        "kind": KIND,
        "format": FORMAT,
        "sandbox": VERSION,
        "providers": providers,
        "lane": plain_record(snapshot.record),
        "place": content.place,
        "counts": content.counts,
    }
    yield msgspec.json.encode(head)[:-1]
    yield b',"due":['
    encode = msgspec.json.encode
    async for piece in _joined(encode(event) for event in content.due):
        yield piece
    yield b'],"tables":{'
    for number, (table, records) in enumerate(content.records.items()):
        yield b"%b%b:{" % (b"," if number else b"", encode(table.name))
        async for piece in _joined(b"%b:%b" % (encode(key), encoded(table, record)) for key, record in records.items()):
            yield piece
        yield b"}"
    yield b'},"logs":{'
    for number, (table, entries) in enumerate(content.logs.items()):
        yield b"%b%b:[" % (b"," if number else b"", encode(table.name))
        async for piece in _joined(
            b'{"place":%d,"key":%b,"entry":%b}' % (each.place, encode(key), encoded(table, each.entry))
            for key, each in entries.items()
        ):
            yield piece
        yield b"]"
    yield b"}}"


async def _joined(parts: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Join parts by commas, some at a time."""
    first = True
    while True:
        some = list(islice(parts, AT_ONCE))
        if not some:
            return
        yield (b"" if first else b",") + b",".join(some)
        first = False
        await asyncio.sleep(0)


def masked(value: Any, mask: Callable[[str], str]) -> Any:
    """Give JSON values with each text as `mask` makes it."""
    match value:
        case str():
            return mask(value)
        case dict():
            return {name: masked(each, mask) for name, each in value.items()}
        case list() | tuple():
            return [masked(each, mask) for each in value]
    return value


def masking(
    encoded: Encode, mask: Callable[[str], str], is_plain: Callable[[str], bool], kept: Collection[str]
) -> Encode:
    """Write records with secrets masked; those of some tables are masked already.

    Args:
        encoded: writes them.
        mask: takes the secrets out of a text.
        is_plain: says of a record as JSON that there is nothing to take out.
        kept: names of tables whose records are written as they are.
    """

    def write_masked(table: Table[Any], record: Any) -> bytes:
        data = encoded(table, record)
        if table.name in kept or is_plain(data.decode()):
            return data
        return orjson.dumps(masked(orjson.loads(data), mask))

    return write_masked
