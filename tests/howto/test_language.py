"""Documents and texts are plain: many readers have English as a third language. And every label has its legend."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from otp_sandbox.app import find_providers
from otp_sandbox.contract import Provider
from otp_specs.model import EVIDENCE, SOURCE_KINDS

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    path for pattern in ("*.md", "docs/**/*.md", "specs/*.md", "benchmarks/*.md") for path in ROOT.glob(pattern)
)
FIRST = [
    ROOT / "README.md",
    *sorted((ROOT / "docs" / "howto").glob("*.md")),
    *(ROOT / "docs" / name for name in ("settings.md", "provenance.md")),
]
"""What a new user reads."""
IDIOMS = re.compile(
    r"\b(?:bites?|line is closed|closed line|your word|takes? your word|rolled with dice|goes without saying|"
    r"in a nutshell|hands? (?:it|them) back|end of the line|out of the box|under the hood|know the ropes)\b",
    re.IGNORECASE,
)
PROVENANCE = (ROOT / "docs" / "provenance.md").read_text("utf-8")
WORDS = 30
"""In a sentence at most."""


def find_sentences(page: str) -> Iterator[str]:
    """Yield the sentences of a page: of its text and lists, not of its tables and blocks."""
    text = re.sub(r"^```.*?^```$", "\n", page, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
    for paragraph in re.split(r"\n\s*\n|\n(?=\s*[-*] |\s*\d+\. |\|)", text):
        if not paragraph.lstrip().startswith(("|", "#")):
            plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", paragraph)
            plain = re.sub(r"`[^`]*`", "code", plain)
            yield from re.split(r"(?<=[.:?!)])\s+(?=[A-Z*])|(?<=\*\*)\s", " ".join(plain.split()))


def find_texts() -> Iterator[tuple[str, str]]:
    """Yield what the programs may show: texts in the sources that are no docstrings."""
    for folder in ("mockserver", "conformance", "specs"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            tree = ast.parse(path.read_text("utf-8"))
            documents = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
            for node in ast.walk(tree):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documents:
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", node.value


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_page_has_no_idioms(path: Path) -> None:
    """They cannot be looked up."""
    assert IDIOMS.findall(path.read_text("utf-8")) == []


def test_no_text_that_is_shown_has_idioms() -> None:
    """Messages of the commands, statements of the specs."""
    texts = [*find_texts(), *((path.name, path.read_text("utf-8")) for path in (ROOT / "specs").rglob("*.yaml"))]

    assert len(texts) > 1000
    assert [place for place, text in texts if IDIOMS.search(text)] == []


@pytest.mark.parametrize("path", FIRST, ids=lambda path: str(path.relative_to(ROOT)))
def test_sentences_are_short_where_a_reader_begins(path: Path) -> None:
    """Split a long one in two."""
    long = [each for each in find_sentences(path.read_text("utf-8")) if len(each.split()) > WORDS]

    assert long == []


def test_long_sentences_and_idioms_would_be_found() -> None:
    page = f"# Title\n\nShort. {'word ' * (WORDS + 1)}end. Short.\n\n| {'cell ' * 50} |\n\n```\n{'x ' * 50}\n```\n"

    assert [len(each.split()) > WORDS for each in find_sentences(page)].count(True) == 1
    assert IDIOMS.search("Does the suite bite?")
    assert not IDIOMS.search("two bytes of a habit")


@pytest.mark.parametrize("name", list(find_providers()))
def test_the_page_of_a_provider_explains_its_labels(name: str) -> None:
    """Each label that a source may begin with, with kind, title and date, and the way there."""
    provider = find_providers()[name]
    title = f"Sources of {provider.title}"
    legend = PROVENANCE.partition(f"\n### {title}\n")[2].partition("\n#")[0]
    page = (ROOT / "docs" / "providers" / f"{name}.md").read_text("utf-8")

    for source in provider.spec.sources.values():
        assert f"| {source.label} | {source.kind} | {source.title} | {source.date} |" in legend
    for section in ("Choices", "Contradicted, and decided"):
        told = page.partition(f"\n## {section}\n")[2].partition("\n## ")[0]
        assert f"(../provenance.md#{title.lower().replace(' ', '-')})" in told


@pytest.mark.parametrize("word", [*EVIDENCE, *SOURCE_KINDS, "O1", "O1-", "O2", "O3"])
def test_each_word_of_provenance_is_explained(word: str) -> None:
    """In a table: evidence, kinds of source, marks."""
    assert re.search(rf"^\| [`\w, ]*\b{re.escape(word)}[` ]", PROVENANCE, re.MULTILINE)


def test_it_is_said_plainly_that_nobody_called_a_real_service() -> None:
    """First of all, and where a reader begins."""
    said = "Nobody of this project has called a real service."

    assert said in PROVENANCE.partition("\n## ")[0]
    assert said in (ROOT / "README.md").read_text("utf-8")


@pytest.mark.parametrize("provider", list(find_providers().values()), ids=lambda each: each.name)
def test_all_that_was_observed_is_listed_with_its_label(provider: Provider) -> None:
    """Behaviours, and rows whose code or text was seen."""
    listed = PROVENANCE.partition("\n## All that was observed\n")[2].partition("\n## ")[0]
    found = dict(re.findall(rf"^\| `({provider.name}[.:][\w-]+)` \|.*\| (.*) \|$", listed, re.MULTILINE))
    spec = provider.spec

    seen = {each.id: each.source for each in spec.behaviours if each.evidence == "observed"}
    rows = [row for row in spec.outcomes.values() if "observed" in (row.evidence.code, row.evidence.text)]
    assert found == seen | {f"{spec.provider}:{row.name}": row.source for row in rows}


@pytest.mark.parametrize(
    "command", ["pip install", "pipx install", "pipx run", "uv tool install", "uvx", "docker pull"]
)
def test_no_page_names_an_index_that_does_not_have_the_package(command: str) -> None:
    """It is installed from a folder, and the image is built."""
    found = [
        f"{path.relative_to(ROOT)}: {hit}"
        for path in PAGES
        for hit in re.findall(rf"{command}\b[^\n`]*?\botp-(?:sandbox|conformance)\b[^\n`]*", path.read_text("utf-8"))
    ]

    assert found == []
