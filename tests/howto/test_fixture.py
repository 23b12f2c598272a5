"""The fixture of the page on CI: a lane for each test, whatever the tests are called and however often they run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"

LOGIN = """
import pytest
from app import Login


@pytest.mark.parametrize("phone", ["0901888484", "+84 901 888 485", "84901888486"], ids=["plain", "[plus]/blank", "mã"])
def test_login(lane, phone):
    login = Login(lane.base_url, *(lane.credentials["esms"][name] for name in ("ApiKey", "SecretKey")))
    login.send(phone.replace(" ", "").removeprefix("+"))
    assert login.check(phone.replace(" ", "").removeprefix("+"), lane.control("GET", "/messages/latest")["code"])
    print("code", lane.control("GET", "/messages/latest")["code"])


def test_{long}(lane):
    assert lane.control("GET", "/messages")["messages"] == []


class TestLogin:
    def test_login(self, lane):
        assert lane.control("GET", "/messages")["messages"] == []
""".replace("{long}", "long" * 60)


@pytest.fixture(scope="module")
def environment() -> dict[str, str]:
    """This environment without settings of a sandbox and plugins of ours."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("OTP_SANDBOX_", "PYTEST_"))}
    return clean | {"NO_PROXY": "*", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}


@pytest.fixture(scope="module")
def shared(environment: dict[str, str]) -> Iterator[str]:
    """The address of a sandbox that several runs share."""
    command = [sys.executable, "-m", "otp_sandbox.cli", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment) as it:
        assert it.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:\d+", it.stdout.readline())
        assert found is not None
        yield found[0]
        it.terminate()


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two folders with tests of the same names, some of them parametrised."""
    folder = tmp_path_factory.mktemp("project")
    shutil.copy(EXAMPLES / "ci" / "conftest.py", folder)
    shutil.copy(EXAMPLES / "backend" / "app.py", folder)
    for name in ("web", "api"):
        (folder / name).mkdir()
        (folder / name / f"test_{name}.py").write_text(LOGIN, "utf-8")
    return folder


def test_tests_of_any_name_run_again_and_again_with_the_same_codes(
    project: Path, shared: str, environment: dict[str, str]
) -> None:
    """The same test gets the same code in each run; two tests of the same name do not."""
    runs = [_run(project, environment | {"OTP_SANDBOX_URL": shared}) for _ in range(2)]

    codes = [re.findall(r"code (\w+)", text) for text in runs]
    assert ["10 passed" in text for text in runs] == [True, True], runs
    assert codes[0] == codes[1]
    assert len(set(codes[0])) == len(codes[0]) == 6


def _run(project: Path, environment: dict[str, str]) -> str:
    command = [sys.executable, "-m", "pytest", "-q", "-s", "-p", "no:cacheprovider", "--rootdir", str(project)]
    done = subprocess.run(
        command, cwd=project, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    return done.stdout + done.stderr
