"""Medians, spreads and ratios."""

from __future__ import annotations

import pytest
from otp_bench.cost import PHONES, Cost, Phones
from otp_bench.figures import figure, ratio, spelled
from otp_bench.wrk import Report


def test_a_figure_is_the_median_with_its_spread() -> None:
    assert figure([30.0, 10.0, 20.04]) == {"median": 20.0, "low": 10.0, "high": 30.0}


def test_an_even_number_of_runs_has_its_median_in_the_middle() -> None:
    assert figure([1.0, 2.0], 2)["median"] == 1.5


def test_a_ratio_is_that_of_the_medians_and_its_spread_that_of_the_rounds() -> None:
    assert ratio([30, 40, 50], [90, 80, 200]) == {"median": 0.444, "low": 0.25, "high": 0.5}


def test_a_server_beside_itself_has_the_ratio_one() -> None:
    assert ratio([31.5, 30.2], [31.5, 30.2]) == {"median": 1.0, "low": 1.0, "high": 1.0}


def test_rounds_without_a_partner_are_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        ratio([1, 2], [1])


def test_a_figure_is_spelled_with_its_spread() -> None:
    assert spelled({"median": 1023.6, "low": 987.0, "high": 1100.25}) == "1,023.6 (987–1,100.25)"


def test_the_cost_of_a_request_is_cpu_over_the_count_of_answers() -> None:
    assert Cost(0.5, Report(2500, 1, 0, 0, 0)).microseconds == pytest.approx(200)


def test_no_phone_is_handed_out_twice() -> None:
    phones = Phones()
    first = phones.start()
    phones.used(5000)
    assert phones.start() >= first + 5000


def test_phones_start_again_when_all_were_used() -> None:
    phones = Phones(PHONES - 10)
    phones.used(10)
    assert phones.start() < PHONES
