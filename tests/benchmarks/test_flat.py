"""Whether a figure stays flat is told from samples."""

from __future__ import annotations

import pytest
from otp_bench.soak.flat import FIGURES, MEGABYTE, Sample, second_half, slope

MEMORY = FIGURES["memory, MB"]


def _samples(*megabytes: float, every: float = 5) -> list[Sample]:
    return [Sample(n * every, int(each * MEGABYTE), 0, 0, 0, 0, (), 0) for n, each in enumerate(megabytes)]


def test_flat_memory_has_no_slope() -> None:
    assert slope(_samples(70, 70, 70, 70), MEMORY) == 0


def test_steady_growth_is_told_in_megabytes_a_minute() -> None:
    assert slope(_samples(70, 71, 72, 73, 74), MEMORY) == pytest.approx(12)


def test_a_single_leap_is_no_slope() -> None:
    assert slope(_samples(70, 70, 90, 70, 70, 70, 70), MEMORY) == 0


def test_memory_that_falls_has_a_slope_below_zero() -> None:
    assert slope(_samples(74, 73, 72, 71), MEMORY) < 0


def test_the_warm_up_does_not_count() -> None:
    samples = _samples(40, 60, 70, 75, 75, 75, 75, 75, 75)

    assert [sample.at for sample in second_half(samples)] == [20, 25, 30, 35, 40]
    assert slope(second_half(samples), MEMORY) == 0


def test_too_few_samples_are_refused() -> None:
    with pytest.raises(ValueError, match="3 samples"):
        slope(_samples(1, 2, 3), MEMORY)


def test_each_figure_has_a_slope_of_its_own() -> None:
    samples = [Sample(n * 60, MEGABYTE, 0, n * MEGABYTE, 0, 0, (), 0) for n in range(4)]

    assert {name: slope(samples, each) for name, each in FIGURES.items()} == {
        "memory, MB": 0,
        "store, MB": 1,
    }
