"""Servers and stores that are killed in the middle of their work: what was kept is whole, and goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from proofs.kills import run
from proofs.places import PLACES, Place
from proofs.replicas import sandboxes
from proofs.whole import CONFIG

NUMBER = 300
KILLS = 3


@pytest.mark.parametrize("place", [each for each in PLACES if each.lasts], ids=str)
async def test_what_is_left_after_kills_is_whole(tmp_path: Path, place: Place) -> None:
    """At random moments, under load: money adds up, nothing is half done, and what fell due happened once.

    Where it is kept at once, nothing that was acknowledged is lost; else only what was so just before.
    """
    async with sandboxes(place, tmp_path, CONFIG, seed=13) as served:
        outcome = await run(served, NUMBER, KILLS)

        outcome.judge(place)
        assert outcome.known.number >= NUMBER
        assert sum(served.kills.values()) == KILLS
        assert not served.tracebacks
