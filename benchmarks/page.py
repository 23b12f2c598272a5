"""Writes docs/benchmarks.md and its plots from the results in docs/benchmarks/. It measures nothing."""

from __future__ import annotations

import sys

from otp_bench.page.writing import write_page


def main() -> int:
    """Write the page."""
    try:
        write_page()
    except ModuleNotFoundError as error:
        print(f"{error}; it comes with the extra `bench`: pip install -e '.[bench]'", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
