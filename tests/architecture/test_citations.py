"""Comments and cases cite what stands in this house: behaviours, and the sources that the specs' legends name."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import otp_specs

ROOT = Path(__file__).resolve().parents[2]
SPECS = {name: otp_specs.load(name) for name in otp_specs.available()}
BEHAVIOURS = {behaviour.id for spec in SPECS.values() for behaviour in spec.behaviours}
CITED = re.compile(rf"`((?:{'|'.join(SPECS)})\.[a-z0-9]+(?:-[a-z0-9]+)*)`")
NUMBER = r"[A-Z]?\d+(?:\.[\dA-Z]+)*"
FOREIGN = re.compile(
    rf"\b[Rr]eference,? (?:section )?{NUMBER}\b|\bQ\d+\b|\bsections? \d|\b\d\.[A-D]\.\d|\b\d\.\d-\d+\b|\bB\d{{1,2}}\b"
)


def find_comments(source: str) -> Iterator[tuple[int, str]]:
    """Yield comments and docstrings, those under attributes among them, each with its line."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], re.sub(r"noqa: [A-Z0-9, ]+", "", token.string)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.lineno, node.value.value


@cache
def find_all() -> list[tuple[str, str]]:
    """Give the comments of all our sources, each with its place."""
    return [
        (f"{path.relative_to(ROOT)}:{line}", comment)
        for folder in ("specs", "mockserver", "conformance", "tests")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if path != Path(__file__)
        for line, comment in find_comments(path.read_text("utf-8"))
    ]


def test_every_cited_behaviour_exists() -> None:
    """Whoever follows a citation finds the rule, with its evidence and source, in the spec."""
    cited = [(place, name) for place, comment in find_all() for name in CITED.findall(comment)]

    assert cited
    assert [f"{place}: {name}" for place, name in cited if name not in BEHAVIOURS] == []


def test_no_comment_cites_a_book_that_is_not_here() -> None:
    """A number of a chapter or of a question tells nobody anything."""
    assert [f"{place}: {found[0]}" for place, comment in find_all() if (found := FOREIGN.search(comment))] == []


@pytest.mark.parametrize(
    "comment",
    [
        "the money (reference 4.3)",
        "Q7: refused alike",
        "as section 2.2 lists",
        "(4.B.13)",
        "(5.2-7)",
        "B10, byte for byte",
    ],
)
def test_a_citation_of_that_book_would_be_found(comment: str) -> None:
    assert FOREIGN.search(comment)


def find_sources() -> Iterator[tuple[str, str, str]]:
    """Yield the sources of cases that stand in files of a provider: place, provider, source."""
    for path in sorted((ROOT / "conformance").rglob("*.py")):
        where = path.relative_to(ROOT).as_posix()
        for provider in (name for name in SPECS if re.search(rf"(?<![a-z]){name}(?![a-z])", where)):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.keyword) and node.arg == "sources" and isinstance(node.value, ast.List):
                    for each in ast.literal_eval(node.value):
                        yield f"{where}:{node.value.lineno}", provider, each


def test_every_source_of_a_case_begins_with_a_label() -> None:
    """Of the legend of its provider's spec."""
    found = list(find_sources())

    assert found
    assert [
        f"{place}: {source}"
        for place, provider, source in found
        if re.split("[ ,;]", source)[0] not in SPECS[provider].sources
    ] == []
