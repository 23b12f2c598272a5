"""Many clients have the same right code, at servers that are processes of their own: one of them gets in."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from proofs.checkcodes import CONFIG, Round, judge, rounds
from proofs.places import PLACES, Place
from proofs.replicas import sandboxes

AT_ONCE = 200
KEPT_AT_ONCE = [each for each in PLACES if each.at_once]


@pytest.mark.parametrize("place", PLACES, ids=str)
async def test_of_many_checks_at_once_one_is_accepted(tmp_path: Path, place: Place) -> None:
    async with sandboxes(place, tmp_path, CONFIG, seed=1) as served:
        judge(await rounds(served, 3, AT_ONCE), killed=False)

        assert not served.tracebacks


@pytest.mark.parametrize("place", KEPT_AT_ONCE, ids=str)
async def test_never_two_are_accepted_when_servers_are_killed(tmp_path: Path, place: Place) -> None:
    """An answer may be lost, the code is used nevertheless."""
    async with sandboxes(place, tmp_path, CONFIG, seed=2) as served:
        judge(await rounds(served, 2, AT_ONCE, kills=1), killed=True)

        assert served.kills == {"sandbox": 2}
        assert not served.tracebacks


@pytest.mark.parametrize(
    ("verdicts", "state"),
    [({"100": 2, "117": 8}, "used"), ({"117": 10}, "active"), ({"100": 1, "117": 9}, "active"), ({"99": 1}, "used")],
    ids=["two", "nobody, and the code lives", "one, and the code lives", "another verdict"],
)
def test_a_wrong_end_is_told(verdicts: dict[str, int], state: str) -> None:
    with pytest.raises(AssertionError):
        judge([Round(Counter(verdicts), state, 0)], killed=True)


def test_a_lost_answer_is_forgiven_only_to_the_killed() -> None:
    lost = [Round(Counter({"117": 10}), "used", 0)]
    judge(lost, killed=True)

    with pytest.raises(AssertionError):
        judge(lost, killed=False)
