"""Every block of README and documents that a reader would copy is run here, against a sandbox on a free port."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

HERE = Path(__file__).parent


def _load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"howto_{name}", HERE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


pages = _load("pages")
RUN = [page for page in pages.PAGES if pages.blocks(page.read_text("utf-8"))]
PROGRAMS = ("redis-server",)
"""What a page may start besides what everybody has."""

pytestmark = [
    pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed"),
    pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed"),
]


@pytest.fixture
def environment() -> dict[str, str]:
    """This environment without settings of a sandbox, and with the programs of this Python first in the path."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("OTP_SANDBOX_")}
    return clean | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(pages.ROOT),
        "NO_PROXY": "*",
        "PYTEST_ADDOPTS": "-p no:schemathesis -p no:cov",  # what this Python has and a reader may not; slow to load
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",  # those that this Python has, as above
        "PYTEST_PLUGINS": "otp_sandbox.pytest_plugin",
        "EXAMPLES": str(pages.ROOT / "examples"),
    }


@pytest.fixture
def port(environment: dict[str, str]) -> Iterator[int]:
    """A sandbox as `make run` starts it, but on a free port."""
    command = [sys.executable, "-m", "otp_sandbox.cli", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment) as it:
        try:
            assert it.stdout is not None
            banner = it.stdout.readline()
            found = re.search(r"listens on http://127\.0\.0\.1:(\d+)", banner)
            assert found is not None, banner
            yield int(found[1])
        finally:
            it.terminate()


@pytest.mark.parametrize("page", RUN, ids=lambda page: str(page.relative_to(pages.ROOT)))
def test_a_page_does_what_it_says(page: Path, port: int, tmp_path: Path, environment: dict[str, str]) -> None:
    """Each block succeeds and prints what the page shows after it."""
    found = pages.blocks(page.read_text("utf-8"))
    missing = [each for each in PROGRAMS if any(each in block.text for block in found) and shutil.which(each) is None]
    if missing:
        pytest.skip(f"{', '.join(missing)} is not installed: the page is NOT run")

    printed = pages.run(found, port, tmp_path, environment | {"OTP_SANDBOX_URL": f"http://127.0.0.1:{port}"})

    for block, text in zip(found, printed, strict=True):
        if block.expected is not None:
            assert pages.matches(block.expected, text), f"line {block.line} of {page.name} printed:\n{text}"


def test_the_readme_has_blocks_that_run() -> None:
    """A change of the block syntax must not silently leave everything out."""
    assert pages.ROOT / "README.md" in RUN
    assert len(pages.blocks((pages.ROOT / "README.md").read_text("utf-8"))) > 10


@pytest.mark.skipif(shutil.which("php") is None, reason="PHP IS NOT INSTALLED: the examples in PHP are not run")
def test_examples_in_php_run_where_php_is() -> None:
    """The page on local backends has one."""
    page = pages.ROOT / "docs/howto/local-backend.md"

    assert [each.language for each in pages.blocks(page.read_text("utf-8"))].count("php") == 1


def test_expected_output_is_compared() -> None:
    """`…` stands for anything; everything else counts."""
    assert pages.matches("a … c\n", "a b c")
    assert not pages.matches("a … c\n", "a b d")


def test_the_examples_are_what_the_how_to_shows() -> None:
    """The files of the page on CI stand in examples/ci as well."""
    page = (pages.ROOT / "docs/howto/contract-tests-in-ci.md").read_text("utf-8")
    shown = dict(re.findall(r"^```python\n# file: (\S+)\n(.*?)^```$", page, re.MULTILINE | re.DOTALL))

    assert shown == {path.name: path.read_text("utf-8") for path in (pages.ROOT / "examples/ci").glob("*.py")}


def test_links_between_pages_lead_somewhere() -> None:
    """Every relative link of README and documents names a file that exists, and a heading of it where it says so."""
    texts = [*pages.PAGES, pages.ROOT / "CONTRIBUTING.md", pages.ROOT / "CHANGELOG.md"]
    wrong = []
    for page in texts:
        for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8")):
            if "://" in target:
                continue
            name, _, heading = target.partition("#")
            path = (page.parent / name).resolve() if name else page
            if not path.exists() or (heading and heading not in _headings(path)):
                wrong.append(f"{page.relative_to(pages.ROOT)}: {target}")

    assert wrong == []


def _headings(page: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
