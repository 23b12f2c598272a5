# ruff: noqa: INP001  (a script beside the pages that it fills)
"""`python docs/generate.py` makes the tables of the pages on the providers and on provenance.

A test says when they are stale.
"""

from __future__ import annotations

import importlib
import re
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / each) for each in ("conformance", "mockserver", "specs", "tests")]

import otp_specs  # noqa: E402  (of this tree, whatever is installed)
from otp_sandbox.contract.lint import SEVERITIES, Rule  # noqa: E402  (as above)
from otp_sandbox.play.lint.look import COMMON, all_rules  # noqa: E402  (as above)
from otp_sandbox.play.lint.page import help_of, write_page  # noqa: E402  (as above)
from otp_specs import Behaviour, Operation, Outcome, Spec  # noqa: E402  (as above)
from otp_specs.model import EVIDENCE, OBSERVED  # noqa: E402  (as above)
from otp_specs.sources import HEARSAY, labels_in  # noqa: E402  (as above)

AGENTS = ROOT / "docs" / "agents.md"
LLMS = ROOT / "mockserver" / "otp_sandbox" / "web" / "page" / "llms.txt"
PAGES = [
    AGENTS,
    ROOT / "docs" / "lint.md",
    ROOT / "docs" / "provenance.md",
    *sorted((ROOT / "docs" / "providers").glob("*.md")),
]
SPECS = {name: otp_specs.load(name) for name in otp_specs.available()}
_PART = re.compile(r"(<!-- generated: (\w+)(?: (\w+))?((?: \w+)*) -->\n).*?(<!-- end -->)", re.DOTALL)


def filled(page: str) -> str:
    """Give the page with all its tables made anew."""
    return _PART.sub(lambda part: f"{part[1]}{_make(part[2], part[3], part[4].split())}{part[5]}", page)


def _make(table: str, provider: str | None, operations: list[str]) -> str:
    if operations:
        return _answers(SPECS[provider or ""], operations)
    return _OF_ALL[table]() if provider is None else _OF_ONE[table](SPECS[provider])


def llms() -> str:
    """Give the text that a sandbox serves: the page for agents, without what only makes sense beside other pages."""
    page = re.sub(r"<!-- .*? -->\n", "", AGENTS.read_text("utf-8"))
    return re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", page)


def _answers(spec: Spec, operations: list[str]) -> str:
    """Say on a few lines what operations may answer: codes, and what they are called."""
    lines = []
    for name in operations:
        operation = next(each for each in spec.operations if each.name == name)
        rows = [spec.outcomes[row.outcome] for row in operation.answers]
        told = ", ".join(f"{row.code}\0{_called(row)}" for row in rows)  # a code stays with its name
        lines += textwrap.wrap(f"- `{name}` may answer: {told}.", 119, subsequent_indent="  ", break_on_hyphens=False)
    return "\n".join(lines).replace("\0", " ") + "\n"


def _called(row: Outcome) -> str:
    """Give the word that stands in the answer, else the name of the row."""
    return f"`{row.message}`" if row.message and re.fullmatch(r"\w+", row.message) else row.name.replace("_", "\0")


def _operations(spec: Spec) -> str:
    rows = [f"| `{each.method} {each.path}` | {_fields(each)} | {_cell(each.summary)} |" for each in spec.operations]
    return _table("| Operation | Fields | Meaning |", rows)


def _fields(operation: Operation) -> str:
    fields = operation.fields.values()
    return ", ".join(f"`{each.name}`" if each.const is None else f"`{each.name}={each.const}`" for each in fields)


def _evidence(spec: Spec) -> str:
    counts = spec.count_evidence()["behaviours"]
    told = ", ".join(f"{count} {kind}" for kind, count in counts.items() if count)
    return f"{len(spec.outcomes)} rows in the table of outcomes; {len(spec.behaviours)} behaviours: {told}.\n"


def _choices(spec: Spec) -> str:
    return _table("| Choice | Statement | Options, the default in bold | Evidence | Source |", _choice_rows(spec))


def _choice_rows(spec: Spec) -> Iterator[str]:
    for choice in spec.choices.values():
        cells = (f"`{choice.id}`", _cell(choice.text), _options(choice), choice.evidence, _cell(choice.source))
        yield f"| {' | '.join(cells)} |"


def _options(choice: Behaviour) -> str:
    shown = []
    for option in (choice.options or {}).values():
        name = f"`{option.id}`"
        shown.append(f"{f'**{name}**' if option.id == choice.default else name} {_cell(option.text)}")
    return "<br>".join(shown)


def _outcomes(spec: Spec) -> str:
    rows = [
        f"| {each.code} | `{each.name}` | {_cell(each.message or '—')} | {_cell(each.condition)} | "
        f"{_answering(spec, each.name)} | {each.evidence.code} | {each.evidence.text or '—'} |"
        for each in spec.outcomes.values()
    ]
    return _table("| Code | Outcome | Text | When | Operations | Evidence of the code | Evidence of the text |", rows)


def _answering(spec: Spec, outcome: str) -> str:
    names = {each.name: None for each in spec.operations if any(row.outcome == outcome for row in each.answers)}
    played = {each.name for each in spec.operations}
    if not names:
        return "none: magic value only"
    return "all" if set(names) == played else ", ".join(f"`{name}`" for name in names)


def _contradicted(spec: Spec) -> str:
    rows = [
        f"| `{each.id}` | {_cell(each.text)} | {_cell(each.source)} |"
        for each in spec.behaviours
        if each.evidence == "contradicted" and each.options is None
    ]
    return _table("| Behaviour | How it is played | Source |", rows) if rows else "None.\n"


def _unplayed(spec: Spec) -> str:
    module = importlib.import_module(f"otp_sandbox.providers.{spec.provider}.unplayed")
    return _table("| Path | What it is |", [f"| `{path}` | {what} |" for path, what in module.UNPLAYED.items()])


def _title(spec: Spec) -> str:
    """Give the name of a provider, whether its operations have handlers yet or not."""
    return str(_provider(spec).title)


def _provider(spec: Spec) -> Any:
    return importlib.import_module(f"otp_sandbox.providers.{spec.provider}").provider(spec)


def _sources() -> str:
    parts = []
    for spec in SPECS.values():
        rows = [
            f"| {each.label} | {each.kind} | {_cell(each.title)} | {each.date} | {each.where or '—'} |"
            for each in spec.sources.values()
        ]
        table = _table("| Label | Kind | Title | Date | Where |", rows)
        parts.append(f"### Sources of {_title(spec)}\n\n{table}")
    return "\n" + "\n".join(parts) + "\n"


def _counts() -> str:
    rows, sums = [], {}
    for spec in SPECS.values():
        for what, counts in spec.count_evidence().items():
            rows.append(_count_row(_title(spec), what, counts))
            sums[what] = {kind: sums.get(what, {}).get(kind, 0) + count for kind, count in counts.items()}
    rows += [_count_row("**all**", what, counts) for what, counts in sums.items()]
    return _table(f"| Provider | What | {' | '.join(EVIDENCE)} |", rows)


def _count_row(title: str, what: str, counts: dict[str, int]) -> str:
    return f"| {title} | {what} | {' | '.join(map(str, counts.values()))} |"


def _observed() -> str:
    rows = []
    for spec in SPECS.values():
        rows += [
            f"| `{each.id}` | {_cell(each.text)}{_default(each)} | {_cell(each.source)} |"
            for each in spec.behaviours
            if each.evidence == OBSERVED
        ]
        rows += [
            f"| `{spec.provider}:{row.name}` | {seen} | {_cell(row.source)} |"
            for row in spec.outcomes.values()
            if (seen := _seen(row))
        ]
    return _table("| Point | What was seen | Source |", rows)


def _default(choice: Behaviour) -> str:
    if choice.options is None:
        return ""
    return f" Played: `{choice.default}`, {_cell(choice.options[choice.default or ''].text)}"


def _seen(row: Outcome) -> str:
    code = f"the code `{row.code}`" if row.evidence.code == OBSERVED else ""
    text = f"the text `{row.message}`" if row.evidence.text == OBSERVED else ""
    return " and ".join(filter(None, (code, text)))


def _hearsay() -> str:
    rows = [
        f"| `{each.id}` | {_options(each)} | {_cell(each.source)} |"
        for spec in SPECS.values()
        for each in spec.choices.values()
        if any(mark == HEARSAY for _, mark in labels_in(each.source))
    ]
    return _table("| Choice | Options, the default in bold | Source |", rows) if rows else "None.\n"


def _rules() -> str:
    common = {rule.id for rule in COMMON}
    rows = [
        f"| [`{rule.id}`](lint/{rule.id}.md) | {rule.severity} | {'all' if rule.id in common else _whose(rule.id)} | "
        f"{_cell(rule.title)} | {_cell(rule.source) or 'assumed'} |"
        for rule in sorted(_all_rules().values(), key=lambda rule: (SEVERITIES.index(rule.severity), rule.id))
    ]
    return _table("| Rule | Severity | Providers | Finds | Source |", rows)


def _whose(rule: str) -> str:
    return next(_title(spec) for name, spec in SPECS.items() if rule.startswith(f"{name}-"))


def _all_rules() -> dict[str, Rule]:
    return all_rules(_provider(spec) for spec in SPECS.values())


def rule_pages() -> dict[Path, str]:
    """Give the page of each rule for clients."""
    return {ROOT / help_of(rule): write_page(rule) for rule in _all_rules().values()}


def _table(head: str, rows: list[str] | Iterator[str]) -> str:
    line = "|" + "---|" * (head.count("|") - 1)
    return "\n".join((head, line, *rows)) + "\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


_OF_ONE = {
    "operations": _operations,
    "evidence": _evidence,
    "choices": _choices,
    "contradicted": _contradicted,
    "outcomes": _outcomes,
    "unplayed": _unplayed,
}
_OF_ALL = {"counts": _counts, "observed": _observed, "hearsay": _hearsay, "sources": _sources, "rules": _rules}

if __name__ == "__main__":
    for each in PAGES:
        each.write_text(filled(each.read_text("utf-8")), "utf-8")
    LLMS.write_text(llms(), "utf-8")
    pages = rule_pages()
    for stale in {*(ROOT / "docs" / "lint").glob("*.md")} - pages.keys():
        stale.unlink()
    for path, text in pages.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
