"""What the file of a store can be, and what is said of it when it cannot be used: then it is as it was."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from equipment.stores import LANE, LETTERS, NOTES, NOW, RING, SEVEN, due, event, file_coding, fill, listed, write
from otp_sandbox.domain.store import Change
from otp_sandbox.domain.store_errors import StoreTrouble, StoreUnusable
from otp_sandbox.stores import sqlite_file
from otp_sandbox.stores.sqlite import SqliteStore
from otp_sandbox.stores.sqlite_file import SqliteFile
from otp_sandbox.stores.sqlite_schema import APPLICATION, MIGRATIONS


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lanes.sqlite"


def made(path: Path, **more: Any) -> SqliteStore:
    return SqliteStore(path, file_coding(), sync=timedelta(0), **more)


async def filled(path: Path, letters: str = "abc") -> None:
    """Make a file that has something in it."""
    store = made(path)
    await store.open()
    await store.begin(LANE)
    await fill(store, letters)
    await store.close()


async def refusal(path: Path) -> str:
    """Try to open a file; give what is said."""
    with pytest.raises(StoreUnusable) as told:
        await made(path).open()
    text = str(told.value)
    assert "\n" not in text
    assert text.startswith(f"store sqlite:{path}: ")
    return text


async def _raw(path: Path, statement: str) -> None:
    await filled(path)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.execute(statement)
    connection.commit()
    connection.close()


async def _newer(path: Path) -> None:
    await _raw(path, f"PRAGMA user_version = {len(MIGRATIONS) + 1}")


async def _of_others(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE customers (name TEXT)")
    connection.commit()
    connection.close()


async def _no_sqlite(path: Path) -> None:
    path.write_text("A letter to a friend, which must not be lost.\n" * 9)


async def _short(path: Path) -> None:
    path.write_bytes(b"SQLite")


async def _cut(path: Path) -> None:
    await filled(path, "".join(map(chr, range(0x4E00, 0x4E00 + 3000))))
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


async def _a_table_too_many(path: Path) -> None:
    await _raw(path, "INSERT INTO kept VALUES (99, 1, 'of_later', 'x', NULL, NULL, '1')")


async def _no_json(path: Path) -> None:
    await _raw(path, "UPDATE kept SET data = '{' WHERE key = 'b'")


BAD: dict[str, tuple[Callable[[Path], Any], str]] = {
    "of a newer version": (_newer, f"it is of version {len(MIGRATIONS) + 1}, and this otp-sandbox knows"),
    "of another program": (_of_others, "it is a SQLite file of another program"),
    "no SQLite file": (_no_sqlite, "it is no SQLite file"),
    "shorter than a head": (_short, "it is no SQLite file"),
    "cut in the middle": (_cut, "it is damaged"),
    "with a table that is not known": (_a_table_too_many, "knows no table of_later"),
    "with a record that is none": (_no_json, "letters in row 2 cannot be read"),
}


@pytest.mark.parametrize(("make", "told"), BAD.values(), ids=BAD)
async def test_a_file_that_cannot_be_used_is_left_as_it_was(path: Path, make: Callable[[Path], Any], told: str) -> None:
    """One line says what is wrong with it."""
    await make(path)
    before = path.read_bytes() if path.is_file() else b""

    said = await refusal(path)

    assert told in said
    assert (path.read_bytes() if path.is_file() else b"") == before


async def test_an_empty_file_is_a_new_one(path: Path) -> None:
    path.touch()

    await filled(path)

    assert path.stat().st_size > 0


@pytest.mark.skipif(os.name != "posix", reason="rights of another kind")
async def test_a_file_is_its_owner_s_alone(path: Path) -> None:
    """Credentials of lanes are in it, and in what SQLite keeps beside it. One that was there keeps its rights."""
    before = os.umask(0)
    try:
        store = made(path)
        await store.open()
        await store.begin(LANE)
        await fill(store, "abc")
        modes = {each.name: each.stat().st_mode & 0o777 for each in path.parent.iterdir()}
        await store.close()
    finally:
        os.umask(before)
    path.chmod(0o640)
    await filled(path)

    assert modes
    assert set(modes.values()) == {0o600}, modes
    assert path.stat().st_mode & 0o777 == 0o640


async def test_a_folder_that_is_not_there_is_named(path: Path) -> None:
    said = await refusal(path.parent / "none" / "lanes.sqlite")

    assert said.endswith(f"there is no folder {path.parent / 'none'}")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
async def test_a_file_that_cannot_be_written_is_refused_at_the_start(path: Path) -> None:
    await filled(path)
    path.chmod(0o400)

    assert (await refusal(path)).endswith("there is no permission to read and write it")
    path.chmod(0o200)
    assert (await refusal(path)).endswith("there is no permission to read and write it")


async def test_a_second_store_is_refused_and_the_first_goes_on(path: Path) -> None:
    """Until it is closed."""
    first = made(path)
    await first.open()
    await first.begin(LANE)

    said = await refusal(path)
    await fill(first, "ab")
    await first.close()
    second = made(path)
    await second.open()

    assert said.endswith("another process has it open; a file is for one sandbox")
    assert await listed(second) == ["a", "b"]
    await second.close()


async def test_a_file_is_known_by_its_head(path: Path) -> None:
    """So it need not be opened, which may change it, to see that it is another one."""
    await filled(path)

    head = path.read_bytes()[:100]

    assert int.from_bytes(head[60:64], "big") == len(MIGRATIONS)
    assert int.from_bytes(head[68:72], "big") == APPLICATION


def _version_1(path: Path) -> None:
    """Make a file as the first otp-sandbox with a store in a file made it."""
    connection = sqlite3.connect(path)
    connection.executescript(
        MIGRATIONS[0] + f"PRAGMA application_id = {APPLICATION}; PRAGMA user_version = 1;"
        "INSERT INTO lanes VALUES (3, 'lane', 5, 8, 9, 0, '{\"writes\":4}');"
        # In the order of their keys, as such a table has them; what is written there was written in another one.
        "INSERT INTO records VALUES (3, 'seven', 'a', 2, '\"second\"'), (3, 'seven', 'b', 1, '\"first\"');"
        "INSERT INTO entries VALUES (3, 'letters', 'x', 8, 9, '\"new\"'), (3, 'letters', 'y', 4, 4, '\"old\"');"
        "INSERT INTO logs VALUES (3, 'letters', 2);"
    )
    for number, name in enumerate(("one", "two"), 11):
        data = msgspec.json.encode(event(NOW, name))
        connection.execute("INSERT INTO events VALUES (3, ?, ?)", (number, data))
    connection.commit()
    connection.close()


async def test_an_older_file_is_migrated_after_a_copy(path: Path) -> None:
    """What was in it is there, in its order; the copy is a file of the older version, and no copy is overwritten."""
    _version_1(path)
    path.chmod(0o600)
    kept = path.with_name("lanes.sqlite.version-1")
    kept.write_text("an older copy")

    store = made(path)
    await store.open()
    content = await store.content(LANE, [SEVEN, LETTERS])
    news = await store.news(LANE, [LETTERS], 0, 9)
    await store.close()

    copy = path.with_name("lanes.sqlite.version-1-2")
    assert [*content.records[SEVEN].items()] == [("b", "first"), ("a", "second")]
    assert [(each.place, each.entry) for each in content.logs[LETTERS].values()] == [(4, "old"), (8, "new")]
    assert [each.id for each in content.due] == ["one", "two"]
    assert (content.place, content.counts, news.gone) == (8, {"writes": 4}, {"letters": 2})
    assert kept.read_text() == "an older copy"
    assert copy.stat().st_mode & 0o077 == 0
    assert int.from_bytes(copy.read_bytes()[60:64], "big") == 1
    assert sorted(path.parent.iterdir()) == sorted([path, kept, copy])


async def test_a_file_that_was_migrated_is_opened_as_it_is(path: Path) -> None:
    """No second copy is made, and it is known as one of the new version before it is opened."""
    _version_1(path)
    for _ in range(2):
        store = made(path)
        await store.open()
        await store.close()

    assert int.from_bytes(path.read_bytes()[60:64], "big") == len(MIGRATIONS)
    assert sorted(each.name for each in path.parent.iterdir()) == ["lanes.sqlite", "lanes.sqlite.version-1"]


async def test_a_migration_that_fails_changes_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even by what it had done before."""
    await filled(path)
    bad = "CREATE TABLE more (name TEXT);\nDELETE FROM kept;\nCREATE nonsense;\n"
    monkeypatch.setattr(sqlite_file, "MIGRATIONS", (*MIGRATIONS, bad))

    said = await refusal(path)
    monkeypatch.undo()

    assert "syntax error" in said
    assert int.from_bytes(path.read_bytes()[60:64], "big") == len(MIGRATIONS)
    store = made(path)
    await store.open()
    assert await listed(store) == ["a", "b", "c"]
    await store.close()


async def _pages_at_most(store: SqliteStore, more: int) -> None:
    connection = store._file.connection
    pages: int = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages + more}")


async def test_a_full_disk_is_trouble_until_there_is_room(path: Path) -> None:
    """What was not acknowledged is refused, with the reason; what was is kept; nothing is done by halves."""
    store = made(path, ring=RING)
    await store.open()
    await store.begin(LANE)
    await write(store, (NOTES, "first", "kept"))
    await _pages_at_most(store, 0)

    with pytest.raises(StoreTrouble, match="full"):
        await write(store, (NOTES, "long", "x" * 100_000), (LETTERS, "long", "x"))
    trouble = store.trouble
    with pytest.raises(StoreTrouble, match="full"):
        await store.count(LANE, "requests")
    await _pages_at_most(store, 100_000)
    await store._write()
    await write(store, (NOTES, "last", "kept"))
    await store.close()

    assert trouble is not None
    assert "full" in trouble
    assert store.trouble is None
    again = made(path)
    await again.open()
    assert [await again.get(LANE, NOTES, each) for each in ("first", "last")] == ["kept", "kept"]
    assert (await again.get(LANE, NOTES, "long") is None) is (await again.get(LANE, LETTERS, "long") is None)
    await again.close()


def _watched(store: SqliteStore, watch: Callable[[], Any]) -> None:
    """Have something done in the writing thread after each batch."""
    write_batch = store._file.write

    def then_watch(batch: Any) -> None:
        write_batch(batch)
        watch()

    store._file.write = then_watch  # type: ignore[method-assign]  (the real one is called)


async def test_nobody_waits_for_those_who_came_later(path: Path) -> None:
    """However much there always is to write."""
    store = made(path)
    await store.open()
    await store.begin(LANE)
    loop = asyncio.get_running_loop()
    _watched(store, lambda: asyncio.run_coroutine_threadsafe(store.count(LANE, "requests"), loop).result())

    await write(store, (NOTES, "a", "b"))
    del store._file.write
    await store.close()

    again = made(path)
    await again.open()
    assert await again.get(LANE, NOTES, "a") == "b"
    await again.close()


async def test_events_that_fire_together_are_written_together(path: Path) -> None:
    """Whoever waits for them waits once."""
    store, batches = made(path), []
    await store.open()
    await store.begin(LANE)
    await due(store, *(event(NOW, f"{number}") for number in range(50)))
    _watched(store, lambda: batches.append(1))

    happened = await store.fire_all(LANE, NOW, lambda *_: Change(verdict=True), lambda _: (), most=40)

    assert (len(happened), len(batches)) == (40, 1)
    del store._file.write
    await store.close()


async def test_what_is_to_be_kept_is_written_at_once(path: Path) -> None:
    """Whatever else may wait for how long."""
    store = SqliteStore(path, file_coding(), sync=timedelta(minutes=1))
    await store.open()
    await store.begin(LANE)
    await fill(store, "abc")

    await store.keep()

    rows = list(store._file.rows("SELECT key FROM kept"))
    await store.close()
    assert rows == [("a",), ("b",), ("c",)]


async def test_what_is_not_written_yet_is_written_when_the_store_closes(path: Path) -> None:
    store = SqliteStore(path, file_coding(), sync=timedelta(minutes=1))
    await store.open()
    await store.begin(LANE)
    await fill(store, "abc")
    await store.close()
    await store.close()

    await store.open()

    assert await listed(store) == ["a", "b", "c"]
    await store.close()


async def test_a_lane_that_is_forgotten_leaves_nothing(path: Path) -> None:
    """Also of what was taken from it just before: rows of no lane could not be read any more."""
    store = SqliteStore(path, file_coding(), sync=timedelta(minutes=1))
    await store.open()
    await store.begin(LANE)
    await write(store, *((table, key, "x") for table in (NOTES, SEVEN, LETTERS) for key in "abc"))
    await due(store, *(event(NOW, name) for name in "abc"))
    await store.keep()
    await write(store, *((table, "a", None) for table in (NOTES, SEVEN, LETTERS)))
    await store.fire(LANE, NOW, lambda *_: Change(verdict=True), lambda _: ())
    await store.clear(LANE, [SEVEN.name])
    await store.forget(LANE)

    await store.keep()

    left = [[*store._file.rows(f"SELECT * FROM {table}")] for table in ("lanes", "logs", "kept", "due")]
    await store.close()
    assert left == [[], [], [], []]


def test_nothing_is_done_before_a_file_is_opened(path: Path) -> None:
    with pytest.raises(RuntimeError, match="not open"):
        _ = SqliteFile(path, file_coding()).connection
    assert not path.exists()
