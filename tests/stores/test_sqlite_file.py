"""What the file of a store can be, and what is said of it when it cannot be used: then it is as it was."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from equipment.stores import LANE, LETTERS, NOTES, RING, file_coding, fill, listed, write
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
    await _raw(path, "INSERT INTO records VALUES (1, 'of_later', 'x', 1, '1')")


async def _no_json(path: Path) -> None:
    await _raw(path, "UPDATE entries SET data = '{' WHERE key = 'b'")


async def _folder(path: Path) -> None:
    path.mkdir()


BAD: dict[str, tuple[Callable[[Path], Any], str]] = {
    "of a newer version": (_newer, f"it is of version {len(MIGRATIONS) + 1}, and this otp-sandbox knows"),
    "of another program": (_of_others, "it is a SQLite file of another program"),
    "no SQLite file": (_no_sqlite, "it is no SQLite file"),
    "shorter than a head": (_short, "it is no SQLite file"),
    "cut in the middle": (_cut, "it is damaged"),
    "with a table that is not known": (_a_table_too_many, "knows no table of_later"),
    "with a record that is none": (_no_json, "letters/b cannot be read"),
    "a folder": (_folder, "Is a directory"),
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

    assert "readonly" in await refusal(path)


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


async def test_an_older_file_is_migrated_after_a_copy(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was in it is there; the copy is a file of the older version, and no copy is overwritten."""
    await filled(path)
    kept = path.with_name("lanes.sqlite.version-1")
    kept.write_text("an older copy")
    later = "CREATE TABLE more (name TEXT);\nCREATE TABLE still_more (name TEXT);\n"
    monkeypatch.setattr(sqlite_file, "MIGRATIONS", (*MIGRATIONS, later))

    store = made(path)
    await store.open()
    found = await listed(store)
    await store.close()
    monkeypatch.undo()

    assert found == ["a", "b", "c"]
    assert "of version 2" in await refusal(path)
    assert kept.read_text() == "an older copy"
    assert path.with_name("lanes.sqlite.version-1-2").stat().st_mode & 0o077 == 0
    copy = made(path.with_name("lanes.sqlite.version-1-2"))
    await copy.open()
    assert await listed(copy) == ["a", "b", "c"]
    await copy.close()


async def test_a_migration_that_fails_changes_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even by what it had done before."""
    await filled(path)
    bad = "CREATE TABLE more (name TEXT);\nDELETE FROM entries;\nCREATE nonsense;\n"
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


async def test_what_is_to_be_kept_is_written_at_once(path: Path) -> None:
    """Whatever else may wait for how long."""
    store = SqliteStore(path, file_coding(), sync=timedelta(minutes=1))
    await store.open()
    await store.begin(LANE)
    await fill(store, "abc")

    await store.keep()

    rows = list(store._file.rows("SELECT key FROM entries"))
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


def test_nothing_is_done_before_a_file_is_opened(path: Path) -> None:
    with pytest.raises(RuntimeError, match="not open"):
        _ = SqliteFile(path, file_coding()).connection
    assert not path.exists()
