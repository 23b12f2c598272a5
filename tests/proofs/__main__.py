"""`python -m proofs [winner|kills]` runs the proofs whole, over all places, and prints their figures."""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import sys
import tempfile
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any, Final

from proofs import checkcodes, kills
from proofs import whole as wholeness
from proofs.places import PLACES, Place
from proofs.replicas import sandboxes


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what is asked for; an assertion stops it."""
    parser = argparse.ArgumentParser(prog="proofs", description=__doc__)
    parser.add_argument("proof", choices=sorted(_PROOFS), nargs="?", help="else both")
    parser.add_argument("--over", default="", help="only places whose name has this in it")
    parser.add_argument(
        "--seed", type=int, default=random.SystemRandom().randrange(10**6), help="of who is killed when"
    )
    parser.add_argument("--codes", type=int, default=20, help="winner: how many codes")
    parser.add_argument("--checks", type=int, default=1000, help="winner: checks of each code at once")
    parser.add_argument("--number", type=int, default=10_000, help="kills: rentals and sends")
    parser.add_argument("--kills", type=int, default=20, help="kills: how often something is killed")
    asked = parser.parse_args(arguments)
    _tell("seed", str(asked.seed))
    for place in (each for each in PLACES if asked.over in str(each)):
        for name, proof in _PROOFS.items():
            if asked.proof in (None, name):
                asyncio.run(proof(place, asked))
    return 0


async def _winner(place: Place, asked: argparse.Namespace) -> None:
    for killed in (0, 1) if place.at_once or place.shared else (0,):
        with tempfile.TemporaryDirectory() as folder:
            async with sandboxes(place, Path(folder), checkcodes.CONFIG, asked.seed) as served:
                found = await checkcodes.rounds(served, asked.codes, asked.checks, kills=killed)
                checkcodes.judge(found, killed=bool(killed))
                assert not served.tracebacks, served.tracebacks
        accepted = [each.accepted for each in found]
        _tell(
            f"winner, {place}{', killed' if killed else ''}",
            f"{asked.codes} codes, {asked.checks} checks at once of each: accepted once {accepted.count(1)}, answer "
            f"lost {accepted.count(0)}, twice {sum(each > 1 for each in accepted)}; "
            f"{sum(served.kills.values())} kills, {served.lost} requests without answer, "
            f"median {statistics.median(each.seconds for each in found):.2f} s a code",
        )


async def _kills(place: Place, asked: argparse.Namespace) -> None:
    number = asked.kills if place.lasts else 0
    with tempfile.TemporaryDirectory() as folder:
        async with sandboxes(place, Path(folder), wholeness.CONFIG, asked.seed) as served:
            found = await kills.run(served, asked.number, number)
            found.judge(place)
            assert not served.tracebacks, served.tracebacks
    killed = ", ".join(f"{name} {times} times" for name, times in served.kills.items()) or "nothing"
    messages, rentals = len(found.found.messages), len(found.found.rentals)
    _tell(
        f"kills, {place}",
        f"{found.known.number:,} rentals and sends acknowledged in {found.seconds:.1f} s; killed: {killed}; "
        f"{served.lost} requests without answer, {served.refused} refused; found {messages:,} messages with their "
        f"codes, {rentals:,} rentals, money adds up; acknowledged and lost: {len(found.lost)}",
    )


_PROOFS: Final[dict[str, Callable[[Place, argparse.Namespace], Coroutine[Any, Any, None]]]] = {
    "winner": _winner,
    "kills": _kills,
}


def _tell(what: str, told: str) -> None:
    print(f"{what}: {told}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
