"""Whether memory stays flat: samples, and the slope of their second half."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

MEGABYTE = 2**20
FEW = 4
"""Samples from which a slope can be told."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A look at the server: seconds since the beginning, its resident memory, and what its collector has done."""

    at: float
    resident: int
    requests: int
    collections: tuple[int, ...]
    collected: int

    def line(self) -> str:
        """Write it for people."""
        return (
            f"{self.at:6.0f} s  {self.resident / MEGABYTE:7.1f} MB  {self.requests:9,} requests  "
            f"collections {'/'.join(map(str, self.collections))}, {self.collected:,} objects"
        )


def second_half(samples: Sequence[Sample]) -> Sequence[Sample]:
    """Give the samples after the warm-up: those of the second half of the time."""
    middle = (samples[0].at + samples[-1].at) / 2
    return [sample for sample in samples if sample.at >= middle]


def slope(samples: Sequence[Sample]) -> float:
    """Tell by how many megabytes memory grows in a minute.

    It is the median of the slopes between all pairs, which a single leap does not move.

    Raises:
        ValueError: there are too few samples.
    """
    if len(samples) < FEW:
        raise ValueError(f"{len(samples)} samples tell no slope")
    slopes = [
        (later.resident - earlier.resident) / (later.at - earlier.at)
        for earlier, later in combinations(samples, 2)
        if later.at > earlier.at
    ]
    return statistics.median(slopes) * 60 / MEGABYTE
