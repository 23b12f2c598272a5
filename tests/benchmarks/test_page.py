"""The page from given results; the plots where matplotlib is."""

from __future__ import annotations

import importlib.util
import json
from typing import Any

import pytest
from otp_bench.page import writing
from otp_bench.page.text import page
from otp_bench.results import gathered, write
from otp_bench.scale import QUICK, Scale
from otp_bench.tables import tables

NO_PLOTS = importlib.util.find_spec("matplotlib") is None
PLOTS_SKIPPED = "matplotlib is not installed, the plots are NOT checked; it comes with the extra `bench`"


def _figure(median: float) -> dict[str, float]:
    return {"median": median, "low": median - 1, "high": median + 1}


def _level(us: float) -> dict[str, Any]:
    return {"us": _figure(us), "ratio": _figure(0.5)}


def _by_load(*names: str) -> dict[str, Any]:
    return {load: {name: _level(100 + n) for n, name in enumerate(names)} for load in ("gencode", "checkcode")}


ABOUT = {
    "measured": "2026-11-28",
    "scale": "full",
    "machine": "2 cores",
    "load": "0.4",
    "python": "CPython",
    "packages": "aiohttp 3",
}
PERCENTILES = {name: _figure(7) for name in ("p50", "p99", "p99_9", "queued")}
RESULTS = ABOUT | {
    "cpu": _by_load("bare", "sandbox"),
    "latency": {
        "live": 100_000,
        "ms": {load: {"bare": PERCENTILES, "sandbox": PERCENTILES} for load in ("gencode", "checkcode")},
    },
    "growth": {
        "codes": {"1000": _level(100), "1000000": _level(110)},
        "growth by codes": 0.1,
        "bytes a live code": 960,
    },
    "lanes": {
        "lanes": {"1": _level(100), "10000": _level(130)},
        "growth by lanes": 0.3,
        "ms to make a lane": _figure(3),
    },
    "start": {name: _figure(400) for name in ("ready_ms", "first_code_ms", "cpu_ms", "idle_memory_mb")},
    "recipients": {
        "us a recipient": {"gencode": _figure(180)},
        "sendmessage to gencode": 1.1,
        "one among 100 to one among 10": 0.5,
    },
    "steering": {"nothing": _level(100), "a fault for one phone": _level(103)},
    "tls": {
        "loads": {"gencode": {"plain": _figure(150), "tls": _figure(180), "ratio": _figure(1.2)}},
        "handshake_ms": {"first of a host": _figure(4), "after it": _figure(2)},
    },
    "stores": {
        "gencode": {
            "sqlite": {"us": _figure(170), "ratio": _figure(1.5), "rate": _figure(2200)},
            "redis × 2": {
                **{name: _figure(350) for name in ("us", "ratio", "beside_us", "rate")},
                "rate to one": _figure(1.7),
            },
        },
        "left out": {"redis": "redis-server is not installed"},
    },
    "stores-growth": {
        "redis": {
            "codes": {"1000": _level(300) | {"beside_us": _figure(150)}},
            "growth by codes": 0.05,
            "bytes a live code": 960,
            "lanes": {"10000": _level(310)},
            "growth by lanes": 0.03,
        }
    },
    "replicas": {
        "share": 0.3,
        "rates": {"gencode": {"2": {"rate": _figure(1800), "rate to one": _figure(1.9)}}},
    },
}
PEERS = ABOUT | {"peers": _by_load("bare", "sandbox", "node", "scalar", "backend", "prism")}


def test_the_page_has_a_table_for_all_that_was_measured() -> None:
    written = page(RESULTS, PEERS)

    for part in (
        "| otp-sandbox | 101 (100–102) |",
        "| Prism | 105 (104–106) |",
        "| GENCODE, bare aiohttp handler | 7 (6–8) |",
        "| 1,000,000 | 110 (109–111) |",
        "| growth of the cost, first to last | 10.0% |",
        "| bytes of memory for a live code | 960 |",
        "| 10,000 | 130 (129–131) |",
        "| until `/readyz` answers, ms | 400 (399–401) |",
        "| ratio, sendmessage to gencode | 1.1 |",
        "| a fault for one phone | 103 (102–104) |",
        "| GENCODE, sqlite | 170 (169–171) | 1.5 (0.5–2.5) |  | 2,200 (2,199–2,201) |  |",
        "| 350 (349–351) | 350 (349–351) | 1.7 (0.7–2.7) |",
        "| redis: left out, redis-server is not installed |  |  |  |  |  |",
        "| redis, 1,000 codes | 300 (299–301) | 0.5 (-0.5–1.5) | 150 (149–151) |",
        "| redis, growth by lanes | 3.0% |  |  |",
        "| load and replicas, with 30% of a core |",
        "| GENCODE, 2 | 1,800 (1,799–1,801) | 1.9 (0.9–2.9) |",
        "| GENCODE, µs | 150 (149–151) | 180 (179–181) | 1.2 (0.2–2.2) |",
        "Measured on 2026-11-28; load average before the run: 0.4.\nMachine, shared with other work: 2 cores.",
    ):
        assert part in written


def test_each_plot_stands_once() -> None:
    written = page(RESULTS, PEERS)

    assert [written.count(f"(benchmarks/{name}.svg)") for name in ("cpu", "latency", "growth")] == [1, 1, 1]


def test_what_was_not_measured_has_no_section() -> None:
    written = page(ABOUT | {"start": RESULTS["start"]}, {})

    assert "## Start" in written
    assert not any(title in written for title in ("## Peers", "## Latency", "## Growth", ".svg"))


def test_without_results_there_is_the_method() -> None:
    assert "## Method" in page({}, {})


def test_a_quick_run_is_called_one() -> None:
    assert "quick run" in page(RESULTS | {"scale": "quick"}, {})
    assert "quick run" not in page(RESULTS, PEERS)


def test_tables_of_the_terminal_are_aligned() -> None:
    (_, table) = next(tables(RESULTS))
    _, head, *rows = table.plain().splitlines()

    assert {len(row) for row in rows} == {len(head)}


def test_the_stored_page_is_that_of_the_stored_results() -> None:
    """An edit by hand, or results without `make bench-page`, would be found here."""
    assert writing.PAGE.read_text("utf-8") == page(*writing.stored())


def test_the_stored_page_names_no_folder_and_no_registry() -> None:
    for path in (writing.PAGE, writing.RESULTS, writing.PEERS):
        text = path.read_text("utf-8")
        assert not any(word in text for word in ("/home", "/tmp", "/root", "/opt", "http:", "https:"))


def test_a_run_of_one_part_leaves_the_others(tmp_path: Any) -> None:
    path = tmp_path / "results.json"
    write(path, RESULTS)
    write(path, ABOUT | {"start": {"new": 1}}, only=True)

    kept = json.loads(path.read_text("utf-8"))
    assert kept["start"] == {"new": 1}
    assert kept["cpu"] == RESULTS["cpu"]


def test_quick_figures_do_not_mix_with_full_ones(tmp_path: Any) -> None:
    path = tmp_path / "results.json"
    write(path, RESULTS)
    write(path, ABOUT | {"scale": "quick", "start": {"new": 1}}, only=True)

    assert "cpu" not in json.loads(path.read_text("utf-8"))


@pytest.mark.skipif(NO_PLOTS, reason=PLOTS_SKIPPED)
def test_the_same_results_give_the_same_plots() -> None:
    from otp_bench.page.plots import draw  # noqa: PLC0415  (matplotlib is not everywhere)

    first, second = draw(RESULTS, PEERS), draw(RESULTS, PEERS)

    assert list(first) == ["cpu", "latency", "growth"]
    assert first == second
    for svg in first.values():
        assert "<svg" in svg
        assert "<dc:date>" not in svg


@pytest.mark.skipif(NO_PLOTS, reason=PLOTS_SKIPPED)
def test_the_plot_has_a_bar_for_each_peer() -> None:
    from otp_bench.page.plots import draw  # noqa: PLC0415  (matplotlib is not everywhere)

    (svg,) = draw({}, PEERS).values()

    assert all(name in svg for name in ("otp-sandbox", "openapi-backend", "Prism", "@scalar/mock-server"))


def test_a_run_that_ends_early_leaves_what_it_has_measured(tmp_path: Any) -> None:
    path = tmp_path / "results.json"

    def _breaks(_: Scale) -> dict[str, Any]:
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        gathered({"start": lambda _: {"new": 1}, "cpu": _breaks}, QUICK, path)

    assert json.loads(path.read_text("utf-8"))["start"] == {"new": 1}
