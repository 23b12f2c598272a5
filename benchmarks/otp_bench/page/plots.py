"""Draws the plots. The same results give the same bytes: no date, ids from a fixed salt, text as text."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import matplotlib as mpl
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing

from otp_bench.tables import NAMES

mpl.use("svg")  # needs no screen

STYLE: dict[Any, Any] = {
    "svg.hashsalt": "otp-sandbox",
    "svg.fonttype": "none",
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#e4e4e4",
    "figure.facecolor": "white",
    "legend.frameon": False,
}
OURS, MEASURE, OTHERS = "#1f6fb2", "#7a7a7a", "#c9a227"
COLOURS = {"sandbox": OURS, "bare": MEASURE}
MILLION = 1_000_000


def draw(results: Mapping[str, Any], peers: Mapping[str, Any]) -> dict[str, str]:
    """Give the SVG of each plot that there are results for, by its name."""
    with mpl.rc_context(STYLE):
        return {name: _svg(drawing) for name, drawing in _drawings(results, peers)}


def _drawings(results: Mapping[str, Any], peers: Mapping[str, Any]) -> Iterator[tuple[str, Drawing]]:
    if "peers" in peers or "cpu" in results:
        yield "cpu", _cpu(peers.get("peers") or results["cpu"])
    if "latency" in results:
        yield "latency", _latency(results["latency"]["ms"])
    grown = [(name, results[part][name]) for part, name in (("growth", "codes"), ("lanes", "lanes")) if part in results]
    if grown:
        yield "growth", _growth(grown)


def _cpu(part: Mapping[str, Any]) -> Drawing:
    """Draw bars, the cheapest on top."""
    drawing, axes = _side_by_side(2)
    for each, load in zip(axes, part, strict=True):
        ordered = sorted(part[load], key=lambda name: -part[load][name]["us"]["median"])
        figures = [part[load][name]["us"] for name in ordered]
        middles = [each_figure["median"] for each_figure in figures]
        each.barh(
            [NAMES[name] for name in ordered],
            middles,
            color=[COLOURS.get(name, OTHERS) for name in ordered],
            xerr=_errors(figures),
            error_kw={"ecolor": "#444444", "elinewidth": 1},
        )
        for place, figure in enumerate(figures):
            each.text(figure["high"], place, f"  {figure['median']:.0f}", va="center")
        each.set_xlim(0, max(figure["high"] for figure in figures) * 1.2)
        each.set_title(load.upper())
        each.set_xlabel("server CPU, µs a request")
        each.grid(visible=False, axis="y")
    return drawing


def _latency(milliseconds: Mapping[str, Any]) -> Drawing:
    """Draw one line a server, the percentiles from left to right."""
    drawing, axes = _side_by_side(len(milliseconds))
    for each, (load, by_name) in zip(axes, milliseconds.items(), strict=True):
        for name, values in by_name.items():
            labels = [label for label in values if label.startswith("p")]
            figures = [values[label] for label in labels]
            labels = [label.replace("_", ".") for label in labels]
            _line(each, labels, figures, name)
        each.set_yscale("log")
        each.set_ylim(bottom=0.1)
        each.yaxis.set_major_formatter("{x:g}")
        each.set_title(load.upper())
        each.set_ylabel("milliseconds")
        each.legend(loc="upper left")
    return drawing


def _growth(grown: Sequence[tuple[str, Mapping[str, Any]]]) -> Drawing:
    """Draw the cost of a GENCODE over the number of what there is, and that with the fewest in the same turns."""
    drawing, axes = _side_by_side(len(grown))
    for each, (what, levels) in zip(axes, grown, strict=True):
        counts = [int(count) for count in levels]
        _line(each, counts, [level["us"] for level in levels.values()], "sandbox")
        fewest = [level["us"]["median"] * level["ratio"]["median"] for level in levels.values()]
        each.plot(counts, fewest, marker="o", color=MEASURE, label=f"with {counts[0]:,}")
        each.set_xscale("log")
        each.set_xticks(counts, [_short(count) for count in counts])
        each.minorticks_off()
        each.set_ylim(0, max(level["us"]["high"] for level in levels.values()) * 1.3)
        each.set_title("live codes" if what == "codes" else what)
        each.set_ylabel("GENCODE: server CPU, µs a request")
        each.legend(loc="upper left")
    return drawing


def _line(axes: Axes, places: Sequence[Any], figures: Sequence[Mapping[str, float]], name: str) -> None:
    middles = [figure["median"] for figure in figures]
    axes.errorbar(places, middles, yerr=_errors(figures), marker="o", color=COLOURS[name], label=NAMES[name], capsize=3)


def _errors(figures: Sequence[Mapping[str, float]]) -> list[list[float]]:
    below = [figure["median"] - figure["low"] for figure in figures]
    return [below, [figure["high"] - figure["median"] for figure in figures]]


def _side_by_side(count: int) -> tuple[Drawing, Sequence[Axes]]:
    drawing, axes = plt.subplots(1, count, figsize=(5 * count, 3.6), layout="constrained", squeeze=False)
    return drawing, list(axes[0])


def _short(count: int) -> str:
    return f"{count // MILLION} million" if count >= MILLION else f"{count:,}"


def _svg(drawing: Drawing) -> str:
    written = io.StringIO()
    drawing.savefig(written, format="svg", metadata={"Date": None, "Creator": None})
    plt.close(drawing)
    return re.sub(r"[ \t]+$", "", written.getvalue(), flags=re.MULTILINE)
