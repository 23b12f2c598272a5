"""The example with Laravel passes its own tests, and fails them when the sandbox refuses."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Final

import pytest

from equipment import projects
from equipment.packages import Need, require

LOADED: Final = "require 'GuzzleHttp/autoload.php'; require 'Illuminate/autoload.php'; "
NEEDS: Final = (
    Need(
        ("php", "-r", f"{LOADED} exit((int) !extension_loaded('curl'));"),
        ("php-cli", "php-curl", "php-guzzlehttp-guzzle", "php-laravel-framework"),
    ),
    Need(("phpunit", "--version"), ("phpunit",)),
)
VERSION: Final = "8."
"""The Laravel that the example is written for, which Debian 12 has."""
POOR: Final = "[lanes.default.accounts.amoot]\ncredit = 0\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of it."""
    require(NEEDS, "nobody has run the example in PHP")
    asked = ["php", "-r", f"{LOADED} echo Illuminate\\Foundation\\Application::VERSION;"]
    version = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    if not version.startswith(VERSION):
        pytest.skip(f"LARAVEL IS {version} HERE, NOT {VERSION}x: nobody has run the example in PHP")
    return projects.copy("laravel-amoot", tmp_path)


def test_it_passes_its_tests(project: Path, tmp_path: Path) -> None:
    done = projects.run(
        project, "otp-sandbox", "run", "--", "phpunit", "--colors=never", OTP_SANDBOX_STATE=str(tmp_path / "state")
    )

    assert done.returncode == 0, done.stdout
    assert "OK (7 tests, " in done.stdout


def test_it_fails_its_tests_when_the_sandbox_refuses(project: Path, tmp_path: Path) -> None:
    """So it is the sandbox that it asks."""
    config = tmp_path / "poor.toml"
    config.write_text(POOR, "utf-8")

    done = projects.run(project, "otp-sandbox", "run", "--direct", "--config", str(config), "--", "phpunit")

    assert done.returncode, done.stdout
    assert "Tests\\LoginTest::testTheCodeLogsInOnce" in done.stdout
    assert "credit_not_enough (4)" in done.stdout
