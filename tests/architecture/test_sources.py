"""What the sources of this project keep to, whoever writes in them."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from otp_sandbox.contract import Provider

ROOT = Path(__file__).parents[2]
PROVIDERS = ROOT / "mockserver" / "otp_sandbox" / "providers"
NAMES = sorted(path.parent.name for path in PROVIDERS.glob("*/__init__.py"))
SKIPPED = {"build", "dist", "__pycache__"}
MOST_LINES = 300
LEAST_CODE = 99
"""Smaller integers are counts and indices as often as codes."""
VAGUE = {"utils", "util", "helpers", "helper", "manager", "managers", "misc", "common_utils"}
NOT_OF_A_TABLE: dict[str, set[object]] = {
    "mockserver/otp_sandbox/providers/thuesim/states.py": {"Đợi tin nhắn"},  # the word for a waiting rental
    # A delivery type, which has numbers of its own.
    "mockserver/otp_sandbox/providers/amoot/operations/reports/delivery_types.py": {100},
    # What Zalo says and counts, which has a table of its own.
    "mockserver/otp_sandbox/providers/esms/zalo_callbacks.py": {"Success"},
    "mockserver/otp_sandbox/providers/esms/zns_templates.py": {100},
}
"""What reads like a row of a table, and is something else that would stay when the row changes."""
FILE_SET = (
    "__init__.py",
    "account.py",
    "answers.py",
    "identity.py",
    "lint.py",
    "phones.py",
    "wire.py",
    "operations/__init__.py",
)

# In pieces, so that this file does not hold what it looks for.
MACHINE_PATHS = ("/" + "work/", "/" + "home/", "/" + "Users/", "/" + "root/", "C:" + "\\Users")
REGISTRY_HOSTS = ("pypi." + "org", "python" + "hosted", "npm" + "js.org", "artifact" + "ory", "nex" + "us.")
FORBIDDEN = re.compile(f"{'|'.join(map(re.escape, MACHINE_PATHS))}|(?i:{'|'.join(map(re.escape, REGISTRY_HOSTS))})")
"""Paths are told apart by case: a provider may well have `users` in one of its own."""


def sources(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def texts() -> Iterator[tuple[Path, str]]:
    """Give every text file of the tree; folders with a dot, caches and builds are not ours."""
    for path in sorted(ROOT.rglob("*")):
        parts = path.relative_to(ROOT).parts
        if any(part in SKIPPED or part.endswith(".egg-info") for part in parts):
            continue
        if any(part.startswith(".") and part != ".ci" for part in parts[:-1]):
            continue
        if path.is_file() and not path.name.startswith(".coverage") and path.name != ".git":
            content = path.read_bytes()
            if b"\0" not in content:
                yield path, content.decode("utf-8", "replace")


def docstrings(tree: ast.AST) -> set[int]:
    """Tell which constants are documentation: texts that stand alone as a statement."""
    return {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}


def literals(tree: ast.AST) -> Iterator[tuple[int, object]]:
    """Give line and value of each constant that is no documentation; a minus belongs to its number."""
    documentation = docstrings(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in documentation:
            yield node.lineno, node.value
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
            value = node.operand.value
            if isinstance(value, int):
                yield node.lineno, -value


def outcome_literals(tree: ast.AST, provider: Provider) -> list[tuple[int, object]]:
    """Find codes and messages of a provider's own table among the constants."""
    codes = {outcome.code for outcome in provider.spec.outcomes.values()}
    numbers = {int(code) for code in codes if abs(int(code)) >= LEAST_CODE}
    words = {code for code in codes if isinstance(code, str)} | set(map(str, numbers))
    words |= {each.message for each in provider.spec.outcomes.values() if any(map(str.isalpha, each.message or ""))}
    return [
        (line, value)
        for line, value in literals(tree)
        if (isinstance(value, str) and value in words)
        or (isinstance(value, int) and not isinstance(value, bool) and value in numbers)
    ]


def test_imports_follow_the_arrows() -> None:
    """Every import contract of pyproject.toml is kept."""
    command = Path(sys.executable).parent / "lint-imports"

    done = subprocess.run(
        [command, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False, env={"NO_COLOR": "1"}
    )

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", NAMES)
def test_no_outcome_of_a_table_stands_in_a_provider(providers: dict[str, Provider], name: str) -> None:
    """Changing one code is changing one row of one spec."""
    provider = providers[name]

    found = [
        f"{named(path)}:{line}: {value!r}"
        for path in sources(f"mockserver/otp_sandbox/providers/{name}")
        for line, value in outcome_literals(ast.parse(path.read_text("utf-8")), provider)
        if value not in NOT_OF_A_TABLE.get(named(path), ())
    ]

    assert found == []


@pytest.mark.parametrize(
    ("name", "source", "found"),
    [
        ("esms", "x = '101'", 1),
        ("esms", "x = 101", 1),
        ("esms", "x = 'Authorize Failed'", 1),
        ("esms", "'''101'''", 0),
        ("esms", "x = 'a text with 101 in it'", 0),
        ("esms", "x = 9", 0),
        ("amoot", "x = -202", 1),
        ("amoot", "x = 'Token_Invalid'", 1),
        ("thuesim", "x = 429", 1),
        ("thuesim", "x = '429'", 1),
        ("thuesim", "x = '0'", 0),
    ],
)
def test_an_outcome_in_a_source_would_be_found(
    providers: dict[str, Provider], name: str, source: str, found: int
) -> None:
    """The search sees texts, numbers and negative numbers, and passes over documentation."""
    hits = outcome_literals(ast.parse(source), providers[name])

    assert len(hits) == found


@pytest.mark.parametrize("name", NAMES)
def test_every_provider_has_the_same_files(name: str) -> None:
    """Knowing one folder is knowing all."""
    missing = [file for file in FILE_SET if not (PROVIDERS / name / file).is_file()]

    assert missing == []


def test_every_file_has_one_subject() -> None:
    """Nothing is longer than 300 lines without being known to be."""
    long = {
        named(path) for path in sources("mockserver", "specs") if len(path.read_text("utf-8").splitlines()) > MOST_LINES
    }

    assert long == set()


def test_every_file_has_a_name_that_says_something() -> None:
    """No drawer for everything else."""
    vague = [
        named(path)
        for path in sources("mockserver", "specs", "tests")
        if {part.lower() for part in path.relative_to(ROOT).with_suffix("").parts} & VAGUE
    ]

    assert vague == []


def impurities(tree: ast.AST) -> list[tuple[int, str]]:
    """Find where a clock is read or dice are rolled."""
    found = []
    for node in ast.walk(tree):
        modules: list[str] = []
        if isinstance(node, ast.Import):
            modules = [each.name for each in node.names]
        elif isinstance(node, ast.ImportFrom):
            modules = [node.module or ""]
        found += [
            (node.lineno, module)
            for module in modules
            if module.partition(".")[0] in {"time", "random", "secrets", "uuid", "os", "asyncio"}
        ]
        if isinstance(node, ast.Attribute) and node.attr in {"now", "utcnow", "today"} and _is_datetime(node.value):
            found.append((node.lineno, node.attr))
    return found


def _is_datetime(node: ast.expr) -> bool:
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    return name in {"datetime", "date"}


def test_the_domain_reads_no_clock_and_rolls_no_dice() -> None:
    """Decisions are pure: they may run again, and give the same."""
    found = [
        f"{named(path)}:{line}: {what}"
        for path in sources("mockserver/otp_sandbox/domain")
        for line, what in impurities(ast.parse(path.read_text("utf-8")))
    ]

    assert found == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("from datetime import datetime\nx = datetime.now()", 1),
        ("import datetime\nx = datetime.datetime.utcnow()", 1),
        ("x = date.today", 1),
        ("import time", 1),
        ("from random import choice", 1),
        ("import secrets as s", 1),
        ("x = clock.now(real)", 0),
        ("from datetime import datetime, timedelta", 0),
    ],
)
def test_a_clock_in_the_domain_would_be_found(source: str, found: int) -> None:
    """Also under its full name."""
    hits = impurities(ast.parse(source))

    assert len(hits) == found


def test_no_file_tells_of_the_machine_it_was_made_on() -> None:
    """Paths and package registries of one machine mean nothing on another."""
    found = [
        f"{named(path)}:{number}: {line.strip()[:100]}"
        for path, text in texts()
        if FORBIDDEN.search(text)
        for number, line in enumerate(text.splitlines(), 1)
        if FORBIDDEN.search(line)
    ]

    assert found == []


def test_the_tree_is_looked_through() -> None:
    """Sources, specs and this test are among the files."""
    looked_at = {named(path) for path, _ in texts()}

    assert {"pyproject.toml", "mockserver/otp_sandbox/app.py", "specs/esms.yaml", named(Path(__file__))} <= looked_at
    assert not any(path.startswith((".venv/", ".git/")) for path in looked_at)
