"""The peers are pinned, and nothing tells where they were fetched."""

from __future__ import annotations

import json
import re

from otp_bench.page.text import page
from otp_bench.parts import peers
from otp_bench.tables import NAMES


def test_versions_are_exact() -> None:
    wanted = json.loads((peers.SOURCE / "package.json").read_text("utf-8"))["dependencies"]

    assert wanted
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())


def test_there_is_no_lock_file() -> None:
    """It would hold the addresses of a registry."""
    assert not list(peers.SOURCE.glob("*lock*"))
    assert not (peers.SOURCE / "node_modules").exists()
    assert "--no-package-lock" in peers.INSTALL


def test_every_peer_has_a_name_and_a_program() -> None:
    assert set(peers.COMMANDS) <= set(NAMES)
    for script, *_ in peers.COMMANDS.values():
        assert script == peers.PRISM or (peers.SOURCE / script).is_file()


def test_the_document_has_the_two_operations_of_the_loads() -> None:
    paths = json.loads((peers.SOURCE / "esms.json").read_text("utf-8"))["paths"]

    assert {path.rpartition("/")[2] for path in paths} == {"SendMessageAutoGenCode_V4_get", "CheckCodeGen_V4_get"}


def test_a_page_without_peers_is_possible() -> None:
    assert "## Peers" not in page({}, {})
