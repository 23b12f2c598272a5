"""What runtimes want: files, and the variables that name them."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from equipment.packages import Need, install
from otp_sandbox.interception.trust import keep, variables


def kept(folder: Path) -> Path:
    return keep(folder, "A1B2", lambda name: f"content of {name}".encode())


def test_the_files_are_there_and_their_owner_s(tmp_path: Path) -> None:
    place = kept(tmp_path)

    named = variables(place)

    assert {Path(named[each]).read_text() for each in named if each.endswith(("FILE", "BUNDLE", "CERTS"))} == {
        "content of ca.crt"
    }
    assert set(named) >= {"SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"}
    assert (place / "ca.p12").read_text() == "content of ca.p12"
    assert named["JAVA_TOOL_OPTIONS"].startswith(f"-Djavax.net.ssl.trustStore={place / 'ca.p12'} ")
    assert named["PHP_INI_SCAN_DIR"] == f"{os.pathsep}{place / 'php'}"
    if os.name != "nt":
        assert (place / "ca.crt").stat().st_mode & 0o077 == 0


def test_a_ca_that_is_made_anew_is_written_over_nothing_else(tmp_path: Path) -> None:
    """Two sandboxes with a CA each do not meet."""
    first = kept(tmp_path)

    second = keep(tmp_path, "C3D4", lambda _: b"another")

    assert first != second
    assert (first / "ca.crt").read_text() == "content of ca.crt"


def test_a_folder_with_a_blank_is_quoted_for_java(tmp_path: Path) -> None:
    place = kept(tmp_path / "Application Support")

    assert f'trustStore="{place / "ca.p12"}"' in variables(place)["JAVA_TOOL_OPTIONS"]


def test_php_reads_its_ini_beside_its_own(tmp_path: Path) -> None:
    missing = install(Need(("php", "--version"), ("php-cli",)))
    if missing:
        text = f"NOBODY READ THE INI OF PHP: install {', '.join(missing)}"
        if os.environ.get("CI"):
            pytest.fail(text)
        pytest.skip(text)
    place = kept(tmp_path / "a b")

    ended = subprocess.run(
        ["php", "-r", 'echo ini_get("curl.cainfo"), "\\n", ini_get("openssl.cafile"), "\\n", php_ini_scanned_files();'],
        env={**os.environ, **variables(place)},
        capture_output=True,
        text=True,
        check=True,
    )

    cainfo, cafile, scanned = ended.stdout.split("\n", 2)
    assert cafile == str(place / "ca.crt")
    assert cainfo in {cafile, ""}, "empty where the extension is missing"
    assert "otp-sandbox.ini" in scanned
