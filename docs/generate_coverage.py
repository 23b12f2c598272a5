# ruff: noqa: INP001  (a script beside the page that it makes)
"""`python docs/generate_coverage.py REPORT.json` makes `coverage.md` of specs, server and a whole run of the suite.

It fails when a cell would be empty.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / each) for each in ("conformance", "mockserver", "specs", "tests")]

from otp_conformance.rooms import ROOMS  # noqa: E402  (of this tree, whatever is installed)
from otp_sandbox.app import find_providers  # noqa: E402  (as above)
from otp_sandbox.contract import Provider  # noqa: E402  (as above)
from otp_specs import Operation  # noqa: E402  (as above)

PAGE = ROOT / "docs" / "coverage.md"
WITHOUT_SAMPLE = {
    f"{provider}/{name}": reason
    for provider, room in ROOMS.items()
    for name, reason in room.coverage.without_sample.items()
}
"""Operations without a documented sample, and why."""

_HEAD = """# Coverage: every operation, from the spec to the sample

Made from the specs, the server's handlers and a whole run of the [conformance suite](conformance.md). It cannot be made
when a cell would be empty, and a test says when it is stale:

```console
$ otp-sandbox serve
$ otp-conformance run --target http://127.0.0.1:6877 --change-default --report-json report.json
$ python docs/generate_coverage.py report.json
```

*Spec*: the methods, and how many rows of the table the operation can answer. *Server*: the handler. *Contract*: items
in which generated requests are sent. *Behaviour*: cases that call the operation. *Samples*: published bodies that are
produced again.
"""


def page(results: Sequence[Mapping[str, Any]]) -> str:
    """Make the page from the results of a whole run.

    Raises:
        ValueError: a cell is empty; all of them are named.
    """
    counts = {layer: _counts(results, layer) for layer in ("contract", "behaviour", "sample")}
    parts, problems = [_HEAD], list(_stale())
    for provider in find_providers().values():
        parts.append(f"\n## {provider.title}\n\n")
        parts.append("| Operation | Spec | Server | Contract | Behaviour | Samples |\n|---|---|---|---|---|---|\n")
        for name, variants in _operations(provider).items():
            cells = _cells(provider, name, variants, counts)
            problems += [f"{provider.name}/{name}: no {column}" for column, cell in cells.items() if not cell]
            parts.append(f"| `{name}` | {' | '.join(cells.values())} |\n")
    if problems:
        raise ValueError("\n".join(problems))
    return "".join(parts)


def _operations(provider: Provider) -> dict[str, list[Operation]]:
    found: dict[str, list[Operation]] = {}
    for operation in provider.spec.operations:
        found.setdefault(operation.name, []).append(operation)
    return found


def _counts(results: Sequence[Mapping[str, Any]], layer: str) -> Counter[tuple[str, str]]:
    counts: Counter[tuple[str, str]] = Counter()
    for each in results:
        if each["layer"] != layer or each["kind"] != "passed":
            continue
        if layer == "sample":  # a sample belongs to the operation that answers it, whatever else was called before
            operation = str(each["id"]).split(".", 2)[2].partition("/")[0]
            counts[each["provider"], operation] += 1
        else:
            counts.update((each["provider"], operation) for operation in each["operations"])
    return counts


def _cells(
    provider: Provider,
    name: str,
    variants: Sequence[Operation],
    counts: Mapping[str, Counter[tuple[str, str]]],
) -> dict[str, str]:
    key = (provider.name, name)
    samples = counts["sample"][key]
    return {
        "spec": f"{', '.join(sorted({each.method for each in variants}))}; {len(variants[0].answers)} rows",
        "handler": f"`{_module_of(provider, name)}`",
        "contract item": str(counts["contract"][key] or ""),
        "behaviour case": str(counts["behaviour"][key] or ""),
        "sample": str(samples) if samples else WITHOUT_SAMPLE.get("/".join(key), ""),
    }


def _module_of(provider: Provider, name: str) -> str:
    """Name the module that an operation stands in; a query is a value there, not a class."""
    package, handler = f"otp_sandbox.providers.{provider.name}.operations.", provider.handlers[name]
    found = (
        path.removeprefix(package).replace(".", "/")
        for path, module in sys.modules.items()
        if path.startswith(package)
        and (path == type(handler).__module__ or any(value is handler for value in vars(module).values()))
    )
    return next(found, "")


def _stale() -> Iterator[str]:
    known = {f"{provider.name}/{name}" for provider in find_providers().values() for name in _operations(provider)}
    yield from (f"{name} does not exist" for name in WITHOUT_SAMPLE if name not in known)


def main() -> int:
    """Write the page."""
    if len(sys.argv) != 2:  # noqa: PLR2004  (the script and one word)
        print(__doc__, file=sys.stderr)  # noqa: T201  (a command prints)
        return 4
    try:
        PAGE.write_text(page(orjson.loads(Path(sys.argv[1]).read_bytes())["results"]), "utf-8")
    except ValueError as empty:
        print(empty, file=sys.stderr)  # noqa: T201  (as above)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
