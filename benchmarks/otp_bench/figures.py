"""Medians, spreads and ratios. A figure without its spread says nothing on a shared machine."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import TypedDict


class Figure(TypedDict):
    """The median of several runs, the lowest and the highest of them."""

    median: float
    low: float
    high: float


def figure(values: Sequence[float], digits: int = 1) -> Figure:
    """Sum up what several runs gave."""
    return {
        "median": round(statistics.median(values), digits),
        "low": round(min(values), digits),
        "high": round(max(values), digits),
    }


def ratio(bare: Sequence[float], ours: Sequence[float]) -> Figure:
    """Divide the cost of the bare handler by ours: 1 is as cheap, 0.5 costs twice as much.

    The median is that of the medians. The spread is that of the rounds, in each of which the two ran one after the
    other.
    """
    rounds = [one / other for one, other in zip(bare, ours, strict=True)]
    return {
        "median": round(statistics.median(bare) / statistics.median(ours), 3),
        "low": round(min(rounds), 3),
        "high": round(max(rounds), 3),
    }


def spelled(value: Figure) -> str:
    """Write a figure for people: the median, and the spread in brackets."""
    return f"{value['median']:,g} ({value['low']:,g}–{value['high']:,g})"
