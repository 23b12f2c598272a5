"""What all lanes hold together in a Redis is bounded, whatever one of them does."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

from otp_sandbox.stores.redis.link import Link
from otp_sandbox.stores.redis.sizes import Sizes
from otp_sandbox.stores.redis.tasks import Tasks


class Cutter:
    """A link to lives none of which can be made smaller, but for some."""

    def __init__(self, *smaller: str) -> None:
        self.scripts = SimpleNamespace(cut="cut")
        self.smaller = smaller
        self.asked: list[str] = []

    async def run(self, _: str, base: str, __: str, weight: int, bounded: int) -> list[int]:
        life = base.rpartition("{")[2].partition("}")[0]
        self.asked.append(life)
        return [0, weight, bounded] if life in self.smaller else [0, 60, 0]


async def test_a_life_that_does_not_get_smaller_is_not_asked_without_end() -> None:
    """Others may write to it as fast. The next one has its turn, and it has its own when something is written to it."""
    link, tasks = Cutter("b"), Tasks()
    sizes = Sizes(cast("Link", link), "p", key="k", channel="c", tasks=tasks, budget=100, records=9)
    for life in "ab":
        sizes.note(life, 60, 0)

    await sizes.within()

    assert link.asked == ["a", "b"]
    sizes.note("a", 110, 0)
    await sizes.within()
    assert link.asked == ["a", "b", "b", "a"]
