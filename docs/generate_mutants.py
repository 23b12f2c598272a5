# ruff: noqa: INP001  (a script beside the page that it writes)
"""`python docs/generate_mutants.py MATRIX.json` makes `build/docs/conformance-mutants.md` of a run of the proof."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

PAGE = Path(__file__).resolve().parents[1] / "build" / "docs" / "conformance-mutants.md"
MOST = 3

HEAD = """# The proof that the suite bites

A sandbox of the tests (`python -m mutants`) offers lanes with one mistake each, and `python -m mutants.prove` plays
every mistake against every case of its provider. Each is found by a case that claims it, none breaks every call, and
every must-case finds at least one. This page is made of such a run:

```console
$ PYTHONPATH=tests python -m mutants
$ PYTHONPATH=tests python -m mutants.prove --target http://127.0.0.1:PORT --json matrix.json
$ python docs/generate_mutants.py matrix.json
```

"""


def page(matrix: dict[str, Any]) -> str:
    """Write the page of a matrix."""
    subtle = set(matrix["subtle"])
    rows = [_row(each, subtle) for each in matrix["mutants"]]
    told = f"{len(rows)} mutants; {len(subtle)} of them are not revealed by a single successful call.\n\n"
    table = "| Mutant | Group | Mistake | Found by | Subtle |\n|---|---|---|---|---|\n"
    return HEAD + told + table + "\n".join(rows) + "\n"


def _row(mutant: dict[str, Any], subtle: set[str]) -> str:
    found = mutant["killed_by"]
    shown = ", ".join(f"`{name}`" for name in found[:MOST])
    more = f" and {len(found) - MOST} more" if len(found) > MOST else ""
    cells = (
        f"`{mutant['name']}`",
        mutant["group"],
        mutant["text"].replace("|", r"\|"),
        shown + more,
        "yes" if mutant["name"] in subtle else "",
    )
    return f"| {' | '.join(cells)} |"


def main() -> int:
    """Write the page."""
    if len(sys.argv) != 2:  # noqa: PLR2004  (the script and one word)
        print(__doc__, file=sys.stderr)  # noqa: T201  (a command prints)
        return 4
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page(json.loads(Path(sys.argv[1]).read_text("utf-8"))), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
