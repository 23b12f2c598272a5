"""A lane that was used in every way, its bundle in a file, and the command that plays it again."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from otp_sandbox import cli

ESMS = {"ApiKey": "SANDBOX-API-KEY", "SecretKey": "SANDBOX-SECRET-KEY"}
GENCODE = "/MainService.svc/json/SendMessageAutoGenCode_V4_get"
CHECKCODE = "/MainService.svc/json/CheckCodeGen_V4_get"
NOON = "2026-03-01T12:00:00+00:00"


@pytest.fixture
def bundle(client: Any, tmp_path: Path) -> Callable[..., Awaitable[Path]]:
    """Fetch the bundle of a lane into a file."""

    async def fetch(lane: str = "default") -> Path:
        answer = await client.control("GET", f"/lanes/{lane}/bundle")
        assert answer.status == 200, answer.text
        path = tmp_path / f"{lane}.bundle.json"
        path.write_text(answer.text, "utf-8")
        return path

    return fetch


@pytest.fixture
def played(capsys: pytest.CaptureFixture[str]) -> Callable[..., Awaitable[tuple[int, str, str]]]:
    """Run the command in a thread; gives its status and what it wrote."""
    import asyncio  # noqa: PLC0415

    async def run(path: Path, *more: str) -> tuple[int, str, str]:
        capsys.readouterr()
        status = await asyncio.to_thread(cli.main, ["replay", str(path), *more])
        out, err = capsys.readouterr()
        return status, out, err

    return run


@pytest.fixture
def changed() -> Callable[..., None]:
    """Change the document of a bundle."""

    def change(path: Path, by: Callable[[Any], Any]) -> None:
        document = json.loads(path.read_text("utf-8"))
        by(document)
        path.write_text(json.dumps(document), "utf-8")

    return change
