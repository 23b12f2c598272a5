"""Whether a server stays as big as it is: samples, and the slope of their second half."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

MEGABYTE = 2**20
FEW = 4
"""Samples from which a slope can be told."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A look at the server.

    Args:
        at: seconds since the beginning.
        resident: bytes of its memory.
        files: how many it has open, sockets and pipes included.
        stored: bytes of what keeps its lanes, if something does.
        keys: records in there, if they can be counted.
        requests: answered so far.
        collections: how often garbage was collected, by generation.
        collected: objects that were collected.
    """

    at: float
    resident: int
    files: int
    stored: int
    keys: int
    requests: int
    collections: tuple[int, ...]
    collected: int

    def line(self) -> str:
        """Write it for people."""
        kept = f"{self.stored / MEGABYTE:7.1f} MB kept  " if self.stored else ""
        keys = f"{self.keys:7,} keys  " if self.keys else ""
        return (
            f"{self.at:6.0f} s  {self.resident / MEGABYTE:7.1f} MB  {self.files:4} files  {kept}{keys}"
            f"{self.requests:9,} requests  collections {'/'.join(map(str, self.collections))}, "
            f"{self.collected:,} objects"
        )


Figure = Callable[[Sample], float]
FIGURES: Final[Mapping[str, Figure]] = {
    "memory, MB": lambda sample: sample.resident / MEGABYTE,
    "store, MB": lambda sample: sample.stored / MEGABYTE,
}
"""What must be flat. Open files are as many as clients just left half a body behind: they count when all have gone."""


def second_half(samples: Sequence[Sample]) -> Sequence[Sample]:
    """Give the samples after the warm-up: those of the second half of the time."""
    middle = (samples[0].at + samples[-1].at) / 2
    return [sample for sample in samples if sample.at >= middle]


def slope(samples: Sequence[Sample], figure: Figure) -> float:
    """Tell by how much a figure grows in a minute.

    It is the median of the slopes between all pairs, which a single leap does not move.

    Raises:
        ValueError: there are too few samples.
    """
    if len(samples) < FEW:
        raise ValueError(f"{len(samples)} samples tell no slope")
    slopes = [
        (figure(later) - figure(earlier)) / (later.at - earlier.at)
        for earlier, later in combinations(samples, 2)
        if later.at > earlier.at
    ]
    return statistics.median(slopes) * 60
