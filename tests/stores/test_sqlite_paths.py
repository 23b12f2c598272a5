"""What may stand at the path of a store's file, and how the path may be spelled."""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from equipment.stores import LANE, LETTERS, file_coding, fill, listed, write
from otp_sandbox.domain.store_errors import StoreTrouble, StoreUnusable
from otp_sandbox.stores.sqlite import SqliteStore
from otp_sandbox.stores.sqlite_schema import MIGRATIONS

ROOT = not hasattr(os, "geteuid") or os.geteuid() == 0
posix = pytest.mark.skipif(os.name != "posix", reason="files of another kind")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lanes.sqlite"


def made(path: Path) -> SqliteStore:
    return SqliteStore(path, file_coding(), sync=timedelta(0))


async def filled(path: Path, letters: str = "abc") -> None:
    store = made(path)
    await store.open()
    await store.begin(LANE)
    await fill(store, letters)
    await store.close()


async def found(path: Path) -> list[str]:
    store = made(path)
    await store.open()
    try:
        return await listed(store)
    finally:
        await store.close()


async def refusal(path: Path) -> str:
    """Try to open a file; give what is said after its name."""
    with pytest.raises(StoreUnusable) as told:
        await made(path).open()
    start, text = f"store sqlite:{path}: ", str(told.value)
    assert text.startswith(start)
    assert "\n" not in text
    return text.removeprefix(start)


def everything(folder: Path) -> dict[str, bytes]:
    """Give all files of a folder, with their bytes."""
    return {each.name: each.read_bytes() for each in folder.iterdir() if each.is_file()}


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made_socket:
        made_socket.bind(os.path.relpath(path))  # an address is short


@posix
@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (Path.mkdir, "directory"),
        (os.mkfifo, "FIFO"),
        (lambda path: path.symlink_to("/dev/null"), "device"),
        (lambda path: path.symlink_to("/dev/full"), "device"),
        (_socket, "socket"),
    ],
    ids=["directory", "FIFO", "/dev/null", "/dev/full", "socket"],
)
async def test_what_is_no_file_is_refused(
    path: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[[Path], None], kind: str
) -> None:
    """At once: nobody may ever write into a FIFO, and what a device is given is gone."""
    monkeypatch.chdir(path.parent)
    make(path)

    assert await refusal(path) == f"it is a {kind}, no file"


@pytest.mark.parametrize(
    "name",
    ["a?mode=memory", "100%41.db", "a#b", "a b", "mã số.sqlite", ":memory:", "file:a?mode=memory", "'; DROP", "-x"],
)
@posix
async def test_a_name_is_taken_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Relative to the folder where the process is, or whole; SQLite reads some of them as an address or a command."""
    monkeypatch.chdir(tmp_path)
    await filled(Path(name), "ab")

    assert [each.name for each in tmp_path.iterdir()] == [name]
    assert await found(tmp_path / name) == ["a", "b"]


async def test_a_relative_path_stays_where_the_process_began(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when it goes to another folder."""
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path)
    store = made(Path("lanes.sqlite"))
    await store.open()
    await store.begin(LANE)
    monkeypatch.chdir(tmp_path / "other")
    await fill(store, "ab")
    await store.close()

    assert await found(tmp_path / "lanes.sqlite") == ["a", "b"]
    assert [*(tmp_path / "other").iterdir()] == []


@posix
async def test_a_link_to_a_file_that_is_not_there_makes_it_its_owner_s_alone(tmp_path: Path) -> None:
    link, file = tmp_path / "link", tmp_path / "file"
    link.symlink_to(file)
    before = os.umask(0)
    try:
        await filled(link)
    finally:
        os.umask(before)

    assert link.is_symlink()
    assert file.stat().st_mode & 0o777 == 0o600


@posix
async def test_links_in_a_circle_are_refused(path: Path) -> None:
    path.symlink_to(path.with_name("other"))
    path.with_name("other").symlink_to(path)

    assert "symbolic links" in await refusal(path)


@posix
@pytest.mark.parametrize("spelled", ["symlink", "folder/../lanes.sqlite", "lanes.sqlite", "hard link"])
async def test_one_file_is_for_one_sandbox_however_it_is_spelled(
    path: Path, monkeypatch: pytest.MonkeyPatch, spelled: str
) -> None:
    """And the first goes on."""
    monkeypatch.chdir(path.parent)
    Path("folder").mkdir()
    Path("symlink").symlink_to(path)
    first = made(path)
    await first.open()
    await first.begin(LANE)
    if spelled == "hard link":
        os.link(path, spelled)

    said = await refusal(Path(spelled))
    await fill(first, "ab")
    await first.close()
    Path("hard link").unlink(missing_ok=True)

    assert said in {"another process has it open; a file is for one sandbox", _TWO_NAMES}
    assert await found(path) == ["a", "b"]


_TWO_NAMES = "it has 2 names (hard links): what was written last may stand beside another one; leave it one name"


@posix
async def test_a_file_with_two_names_is_refused(path: Path) -> None:
    """What a killed sandbox wrote last stands beside the name that it had."""
    await filled(path)
    os.link(path, path.with_name("other"))

    assert await refusal(path) == _TWO_NAMES


@contextmanager
def _another_process(path: Path, statements: str) -> Iterator[None]:
    """Let another process have the file open, after some statements."""
    script = (
        "import sqlite3, sys\n"
        "connection = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "for each in sys.argv[2].split(';'): connection.execute(each).fetchall()\n"
        "print('ready', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(path), statements], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        yield
        process.communicate()


@pytest.mark.parametrize(
    "statements",
    ["BEGIN EXCLUSIVE", "BEGIN IMMEDIATE", "BEGIN; SELECT * FROM lanes", "PRAGMA journal_mode=DELETE; BEGIN EXCLUSIVE"],
)
async def test_a_file_that_another_program_has_open_is_refused(path: Path, statements: str) -> None:
    """Whatever it does with it; afterwards it is free."""
    await filled(path)
    with _another_process(path, statements):
        said = await refusal(path)

    assert said == "another process has it open; a file is for one sandbox"
    assert await found(path) == ["a", "b", "c"]


async def test_an_empty_file_beside_what_was_written_last_is_refused(path: Path) -> None:
    """SQLite would throw away the log beside it, from which the file can be mended."""
    await filled(path)
    wal = path.with_name(f"{path.name}-wal")
    for lost in (lambda: path.write_bytes(b""), path.unlink):
        lost()
        wal.write_bytes(b"x" * 5000)

        said = await refusal(path)

        assert said == f"it is empty or missing, but {wal.name} is beside it; put the file back, or move that away"
        assert wal.read_bytes() == b"x" * 5000


@pytest.mark.parametrize("beside", [b"", b"no log of SQLite" * 99], ids=["empty", "foreign"])
async def test_what_is_beside_a_whole_file_and_says_nothing_is_no_harm(path: Path, beside: bytes) -> None:
    await filled(path)
    for end in ("-wal", "-shm"):
        path.with_name(path.name + end).write_bytes(beside)

    assert await found(path) == ["a", "b", "c"]


def _killed(path: Path) -> None:
    """Write in a process that is killed."""
    script = (
        "import asyncio, os, signal, sys\nfrom pathlib import Path\nfrom datetime import timedelta\n"
        "from equipment.stores import *\nfrom otp_sandbox.stores.sqlite import SqliteStore\n"
        "async def main():\n"
        "    store = SqliteStore(Path(sys.argv[1]), file_coding(), sync=timedelta(0))\n"
        "    await store.open(); await store.begin(LANE); await fill(store, 'def')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "asyncio.run(main())"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    subprocess.run([sys.executable, "-c", script, str(path)], env=environment, check=False, timeout=60)


@posix
async def test_a_killed_process_leaves_its_log_and_nothing_is_lost(path: Path) -> None:
    await filled(path)
    _killed(path)

    assert path.with_name(f"{path.name}-wal").stat().st_size > 0
    assert await found(path) == ["a", "b", "c", "d", "e", "f"]


@posix
async def test_a_cut_file_beside_a_log_is_refused(path: Path) -> None:
    """As without one."""
    await filled(path, "".join(map(chr, range(0x4E00, 0x4E00 + 3000))))
    _killed(path)
    os.truncate(path, path.stat().st_size // 2)

    assert "damaged" in await refusal(path)


@posix
async def test_a_log_that_was_cut_has_what_was_whole_in_it(path: Path) -> None:
    """A crash of the machine may leave it so: transactions count as far as they are whole."""
    await filled(path)
    _killed(path)
    wal = path.with_name(f"{path.name}-wal")
    os.truncate(wal, wal.stat().st_size - 10)

    assert await found(path) == ["a", "b", "c", "d", "e"]


@posix
@pytest.mark.skipif(ROOT, reason="root may write everywhere")
async def test_a_folder_that_cannot_be_written_is_refused(path: Path) -> None:
    """Where there is a file already, and where there is none."""
    path.parent.chmod(0o500)
    new = await refusal(path)
    path.parent.chmod(0o700)
    await filled(path)
    path.parent.chmod(0o500)
    old = await refusal(path)
    path.parent.chmod(0o700)

    assert new == old
    assert new.startswith(f"there is no permission to write into {path.parent}, ")
    assert await found(path) == ["a", "b", "c"]


@posix
async def test_a_file_that_is_moved_away_is_trouble_until_it_is_back(path: Path) -> None:
    """Else it would be written to no end: the next start would not find it."""
    store = made(path)
    await store.open()
    await store.begin(LANE)
    await fill(store, "a")
    path.rename(path.with_name("away"))
    with pytest.raises(StoreTrouble, match="moved or deleted"):
        await fill(store, "b")
    path.with_name("away").rename(path)
    await store._write()
    await fill(store, "c")
    await store.close()

    assert await found(path) == ["a", "b", "c"]


_DAMAGE = {
    "a record of a lane that is not there": "INSERT INTO kept VALUES (99, 77, 'letters', 'x', 1, 1, '\"x\"')",
    "an event of a lane that is not there": "INSERT INTO due VALUES (99, 77, '{}')",
    "an event that is none": "INSERT INTO due VALUES (99, 1, '{}')",
    "a log of a lane that is not there": "INSERT INTO logs VALUES (77, 'letters', 3)",
    "counts that are none": "UPDATE lanes SET counts = '{'",
    "a place that is none": "UPDATE kept SET place = NULL",
    "a number that is none": "UPDATE kept SET number = 'x'",
    "a data type of another program": "UPDATE kept SET data = 7",
    "a lane whose number is none": "UPDATE lanes SET used = 'x'",
    "a table that is gone": "DROP TABLE kept",
    "a column too many": "ALTER TABLE kept ADD COLUMN more",
}


@pytest.mark.parametrize("statement", _DAMAGE.values(), ids=_DAMAGE)
async def test_a_file_with_something_that_cannot_be_read_is_left_as_it_was(path: Path, statement: str) -> None:
    """Whatever somebody did to it with a tool of his own."""
    await filled(path)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.execute(statement)
    connection.commit()
    connection.close()
    before = everything(path.parent)

    assert await refusal(path)
    assert everything(path.parent) == before


@pytest.mark.parametrize("place", [0, 100, 4096, -4096])
async def test_a_file_in_which_a_page_is_overwritten_is_told_or_whole(path: Path, place: int) -> None:
    """There is no traceback, whichever page it is."""
    await filled(path, "".join(map(chr, range(0x4E00, 0x4E00 + 3000))))
    data = bytearray(path.read_bytes())
    start = place % len(data)
    data[start : start + 2000] = b"\xa5" * 2000
    path.write_bytes(data)

    assert await refusal(path)
    assert path.read_bytes() == data


async def test_a_file_of_a_newer_version_is_not_even_locked(path: Path) -> None:
    """Nor is anything made beside it."""
    await filled(path)
    data = bytearray(path.read_bytes())
    data[60:64] = (len(MIGRATIONS) + 1).to_bytes(4, "big")
    path.write_bytes(data)
    with _another_process(path, "SELECT 1"):
        assert f"of version {len(MIGRATIONS) + 1}" in await refusal(path)

    assert everything(path.parent) == {path.name: bytes(data)}


async def test_a_record_that_cannot_be_written_is_left_out_and_named(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """That is a mistake of ours: it holds up nobody else."""
    store = made(path)
    await store.open()
    await store.begin(LANE)
    await write(store, (LETTERS, "a", "a"), (LETTERS, "b", object()), (LETTERS, "c", "\ud800"), (LETTERS, "d", "d"))
    await store.close()

    assert store.trouble is None
    assert await found(path) == ["a", "d"]
    assert [each.levelname for each in caplog.records] == ["ERROR", "ERROR"]
    assert f"store sqlite:{path}: a record is not kept, of letters: " in caplog.text
