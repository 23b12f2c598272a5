"""The setting `store`, from the command line to what a client sees when the file cannot be written."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from equipment.stores import file_coding
from otp_sandbox.app import Sandbox, build
from otp_sandbox.lanes.tables import ALL_LANES, LANES
from otp_sandbox.settings import Settings
from otp_sandbox.stores.memory import MemoryStore
from otp_sandbox.stores.sqlite import SqliteStore

GENCODE = "/MainService.svc/json/SendMessageAutoGenCode_V4_get"
SEND = {
    "ApiKey": "SANDBOX-API-KEY",
    "SecretKey": "SANDBOX-SECRET-KEY",
    "Phone": "0901888484",
    "Brandname": "Sandbox",
    "Type": "2",
    "message": "{OTP}",
}


@pytest.mark.parametrize("by", ["flag", "environment"])
def test_a_store_that_cannot_be_opened_is_one_line_and_status_2(tmp_path: Path, by: str) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("no database")
    store = f"sqlite:{path}"
    plain = {name: value for name, value in os.environ.items() if not name.startswith("OTP_SANDBOX_")}
    ended = subprocess.run(
        [
            sys.executable,
            "-m",
            "otp_sandbox.cli",
            "serve",
            "--port",
            "0",
            *(("--store", store) if by == "flag" else ()),
        ],
        env=plain | ({"OTP_SANDBOX_STORE": store} if by == "environment" else {}),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == f"otp-sandbox: store sqlite:{path}: it is no SQLite file\n"
    assert path.read_text() == "no database"


def test_the_settings_say_which_store_it_is(tmp_path: Path, providers: Any) -> None:
    """Nothing is opened, and no file made, before the server starts."""
    path = tmp_path / "lanes.sqlite"

    in_file = build(Settings(store=f"sqlite:{path}"), providers=providers)
    in_memory = build(Settings(), providers=providers)

    assert (type(in_file.store), type(in_memory.store)) == (SqliteStore, MemoryStore)
    assert not path.exists()


async def _more_pages(store: SqliteStore, more: int) -> None:
    connection = store._file.connection
    pages: int = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages + more}")


async def test_a_full_disk_is_seen_and_is_over_without_a_restart(
    start: Callable[..., Awaitable[Sandbox]], client: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The provider's server error, 503 of the control API, `/readyz` with the reason; no traceback."""
    store = SqliteStore(tmp_path / "lanes.sqlite", file_coding(), sync=timedelta(0))
    sandbox = await start(store=store)
    client.url = sandbox.server.url
    good = await client.get(GENCODE, **SEND)
    await _more_pages(store, 0)

    refused = [await client.get(GENCODE, **SEND | {"RequestId": f"{n}" * 50}) for n in range(100)][-1]
    ready, lane = await client.get("/readyz"), await client.control("POST", "/lanes")
    await _more_pages(store, 100_000)
    await store._write()
    after, ready_again = await client.get(GENCODE, **SEND), await client.get("/readyz")

    assert good.json["CodeResult"] == after.json["CodeResult"] == "100"
    assert (refused.status, ready.status, lane.status, ready_again.status) == (500, 503, 503, 200)
    assert [each for each in caplog.records if each.exc_info] == []
    assert "full" in ready.json["detail"]
    assert "full" in lane.json["detail"]


@pytest.mark.parametrize("after", range(6))
@pytest.mark.parametrize("what", ["reset", "delete", "create", "change"])
async def test_a_file_that_fails_leaves_no_lane_that_nobody_can_use(
    start: Callable[..., Awaitable[Sandbox]], client: Any, tmp_path: Path, what: str, after: int
) -> None:
    """At whichever write. What was refused may have been done, but whole: the server knows it, without a restart."""
    store = SqliteStore(tmp_path / "lanes.sqlite", file_coding(), sync=timedelta(0))
    sandbox = await start(store=store)
    client.url = sandbox.server.url
    made = (await client.control("POST", "/lanes", {"id": "mine"})).json
    plain, written = store._file.write, 0

    def write(batch: Any) -> None:
        nonlocal written
        written += 1
        if written > after:
            raise sqlite3.OperationalError("database or disk is full")
        plain(batch)

    store._file.write = write  # type: ignore[method-assign]
    calls = {
        "reset": ("POST", "/lanes/mine/reset"),
        "delete": ("DELETE", "/lanes/mine"),
        "create": ("POST", "/lanes", {"id": "other"}),
        "change": ("PATCH", "/lanes/mine/choices", {"esms.code-case": "ignore"}),
    }
    answer = await client.control(*calls[what])
    store._file.write = plain  # type: ignore[method-assign]
    await store._write()

    known, held = [each.record for each in sandbox.registry], await store.entries(ALL_LANES, LANES)
    lanes = [each["id"] for each in (await client.control("GET", "/lanes")).json["lanes"]]
    used = [(await client.control("POST", f"/lanes/{each}/clock/advance", {"by": "1s"})).status for each in lanes]
    again = [(await client.control("POST", f"/lanes/{each}/reset")).status for each in lanes]
    gone = [(await client.control("DELETE", f"/lanes/{each}")).status for each in lanes if each != "default"]
    free = await client.control("POST", "/lanes", {"id": "mine", "credentials": made["credentials"]})

    assert answer.status in ((503,) if after == 0 else (200, 201, 204, 503))
    assert known == [each.entry for each in held]
    assert used == again == [200] * len(lanes)
    assert gone == [204] * (len(lanes) - 1)
    assert free.status == 201
