"""The example with Express passes its own tests, and fails them when the sandbox refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from equipment import browser, node_tools, projects

NAME = "express-esms"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of it, with its packages."""
    packages = node_tools.found(projects.EXAMPLES / NAME, NAME, f"nobody has run the example {NAME}")
    folder = projects.copy(NAME, tmp_path)
    (folder / "node_modules").symlink_to(packages / "node_modules")
    return folder


def test_it_passes_its_tests(project: Path) -> None:
    done = projects.run(project, "npm", "test")

    assert done.returncode == 0, done.stdout
    assert "# pass 7" in done.stdout


def test_it_fails_its_tests_when_the_sandbox_refuses(project: Path) -> None:
    """So it is the sandbox that it asks."""
    done = projects.run(project, "npm", "test", "--", "--test-name-pattern=five minutes", ESMS_BRANDNAME="Nobody")

    assert done.returncode == 1, done.stdout
    assert 'Brandname "Nobody" is not registered' in done.stdout


def test_a_person_logs_in(project: Path) -> None:
    """Through the page, in a browser that Playwright for JavaScript drives."""
    done = projects.run(project, "npm", "run", "test:page", CHROMIUM=browser.found())

    assert done.returncode == 0, done.stdout
    assert "1 passed" in done.stdout
