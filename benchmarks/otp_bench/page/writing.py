"""Writes the page and its plots from the results that are stored beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from otp_bench.page.text import page
from otp_bench.results import read

DOCS = Path(__file__).parents[3] / "docs"
PAGE = DOCS / "benchmarks.md"
FOLDER = DOCS / "benchmarks"
RESULTS = FOLDER / "results.json"
PEERS = FOLDER / "peers.json"


def write_page() -> None:
    """Write the page anew, and the plots.

    Raises:
        ModuleNotFoundError: matplotlib is not installed; it comes with the extra `bench`.
    """
    from otp_bench.page.plots import draw  # noqa: PLC0415  (everything else works without matplotlib)

    results, peers = stored()
    for name, svg in draw(results, peers).items():
        (FOLDER / f"{name}.svg").write_text(svg, "utf-8")
    PAGE.write_text(page(results, peers), "utf-8")


def stored() -> tuple[dict[str, Any], dict[str, Any]]:
    """Read what is stored: the results of the sandbox, and those of the peers; what is missing is empty."""
    return read(RESULTS) if RESULTS.exists() else {}, read(PEERS) if PEERS.exists() else {}
