"""The examples in Python pass their own tests, and fail them when the sandbox is told to fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from equipment import browser, projects, python_packages

EXAMPLES = ("django-amoot", "fastapi-esms", "thuesim-robot")
FAILING = """
import pytest


@pytest.fixture(autouse=True)
def no_money(otp_lane):
    otp_lane.fault("balance-runs-out")
"""
"""A plugin: each test has a sandbox that refuses what costs something."""
HAPPY = "logs_in_once or signs_up"


@pytest.fixture(params=EXAMPLES)
def example(request: pytest.FixtureRequest) -> str:
    """Its name."""
    name: str = request.param
    return name


@pytest.fixture
def project(example: str, tmp_path: Path) -> Path:
    """A copy of it."""
    return projects.copy(example, tmp_path)


@pytest.fixture
def python(example: str) -> str:
    """A Python with what it requires."""
    requirements = projects.EXAMPLES / example / "requirements-dev.txt"
    return str(python_packages.found(requirements, f"nobody has run the example {example}"))


def test_an_example_passes_its_tests(example: str, project: Path, python: str) -> None:
    """One of them with a browser."""
    more = {"CHROMIUM": browser.found()} if (project / "test_page.py").exists() else {}

    done = projects.run(project, python, "-m", "pytest", **more)

    assert done.returncode == 0, done.stdout
    assert " passed in " in done.stdout


def test_an_example_fails_its_tests_when_the_sandbox_fails(example: str, project: Path, python: str) -> None:
    """So it is the sandbox that it asks."""
    (project / "failing.py").write_text(FAILING, "utf-8")

    done = projects.run(project, python, "-m", "pytest", "-p", "failing", "-k", HAPPY)

    assert done.returncode == 1, done.stdout
    assert "fault balance-runs-out-1" in done.stdout
