"""Where the sandbox keeps what outlives it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from otp_sandbox.interception.state import state_folder

posix = pytest.mark.skipif(os.name == "nt", reason="folders are named otherwise there")


def test_the_named_folder_counts_before_all_others() -> None:
    assert state_folder("kept/here", {"XDG_STATE_HOME": "/else"}) == Path("kept/here")


@posix
def test_a_tilde_is_this_user_s_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))

    assert state_folder("~/kept", {}) == tmp_path / "kept"


@posix
@pytest.mark.parametrize(("wanted", "found"), [("/state", "/state/otp-sandbox"), ("not/absolute", None), ("", None)])
def test_the_platform_s_folder_is_taken(
    wanted: str, found: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    usual = tmp_path / ("Library/Application Support" if sys.platform == "darwin" else ".local/state") / "otp-sandbox"

    assert state_folder("", {"XDG_STATE_HOME": wanted}) == (Path(found) if found else usual)


@posix
def test_a_user_without_a_home_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the user of a container."""
    monkeypatch.setenv("HOME", "/nonexistent")

    assert state_folder("", {}) is None
