"""Many checks of one code at once: one is accepted, whoever answers it, and whoever is killed meanwhile."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass
from typing import Final

from proofs.calls import ACCEPTED, checkcode, codes_of, gencode
from proofs.replicas import Sandboxes

CONFIG: Final = "[lanes.default.accounts.esms]\nbalance = 100000000\n"


@dataclass(frozen=True, slots=True)
class Round:
    """What came of the checks of one code: the verdicts by their number, and what the code was afterwards."""

    verdicts: Counter[str]
    state: str
    seconds: float

    @property
    def accepted(self) -> int:
        """How many were told that the code is right."""
        return self.verdicts[ACCEPTED]


async def rounds(all_of_them: Sandboxes, number: int, checks: int, *, kills: int = 0) -> list[Round]:
    """Race for one code after the other.

    Args:
        all_of_them: who is asked.
        number: how many codes.
        checks: of each code at once.
        kills: how many sandboxes are killed in each round, at moments that chance names.
    """
    return [await _race(all_of_them, f"09{each:08}", checks, kills) for each in range(10_000_000, 10_000_000 + number)]


async def _race(all_of_them: Sandboxes, phone: str, checks: int, kills: int) -> Round:
    await gencode(all_of_them, phone)
    code = (await codes_of(all_of_them, phone))[-1]["code"]
    verdicts: Counter[str] = Counter()
    moments = sorted(all_of_them.dice.randrange(checks) for _ in range(kills))
    reached = [(moment, asyncio.Event()) for moment in moments]

    async def check() -> None:
        verdicts[await checkcode(all_of_them, phone, code)] += 1
        for moment, event in reached:
            if verdicts.total() > moment:
                event.set()

    async def kill() -> None:
        for _, event in reached:
            await event.wait()
            await all_of_them.kill(store=False)

    begin = time.perf_counter()
    await asyncio.gather(kill(), *(check() for _ in range(checks)))
    took = time.perf_counter() - begin
    return Round(verdicts, (await codes_of(all_of_them, phone))[-1]["state"], took)


def judge(found: list[Round], *, killed: bool) -> None:
    """Hold rounds to what must be true.

    Exactly one check of a code is accepted. Where sandboxes are killed the answer that said so may have been lost, and
    the code is used nevertheless.
    """
    for each in found:
        assert each.state == "used", each
        assert each.accepted == 1 or (killed and each.accepted == 0), each
        assert set(each.verdicts) <= {ACCEPTED, "117"}, each
