"""TLS and its CA from a command line: what is told, printed and kept."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest


def run(*arguments: str, state: Path) -> subprocess.CompletedProcess[str]:
    """Run a command of ours to its end."""
    return subprocess.run(
        [sys.executable, "-m", "otp_sandbox.cli", *arguments],
        env=environment(state),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def environment(state: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OTP_SANDBOX_")}
    return {**kept, "OTP_SANDBOX_STATE": str(state), "NO_PROXY": "*", "no_proxy": "*"}


class Tls:
    """A sandbox that speaks TLS, in a process of its own."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self.process = subprocess.Popen(
            [sys.executable, "-m", "otp_sandbox.cli", "serve", "--port", "0", "--tls-port", "0"],
            env=environment(state),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self.process.stdout is not None
        self.banner = [self.process.stdout.readline() for _ in range(2)]
        self.url = "http://" + self.banner[0].partition("http://")[2].partition(" ")[0]
        self.tls_url = "https://" + self.banner[1].partition("https://")[2].partition(" ")[0]


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tls]:
    made = Tls(tmp_path_factory.mktemp("state"))
    yield made
    made.process.terminate()
    made.process.communicate(timeout=30)


def test_the_banner_tells_where_tls_is_and_what_to_trust(sandbox: Tls) -> None:
    assert sandbox.tls_url.startswith("https://127.0.0.1:")
    assert f"(CA: {sandbox.state / 'ca.crt'}, {sandbox.url}/ca.crt)" in sandbox.banner[1]


def test_env_says_nothing_of_trust_where_there_is_no_tls(sandbox: Tls, tmp_path: Path) -> None:
    """Held against the one that has it."""
    plain = subprocess.Popen(
        [sys.executable, "-m", "otp_sandbox.cli", "serve", "--port", "0"],
        env=environment(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert plain.stdout is not None
    url = "http://" + plain.stdout.readline().partition("http://")[2].partition(" ")[0]
    try:
        ours = run("env", "--url", url, state=tmp_path).stdout
    finally:
        plain.terminate()
        plain.communicate(timeout=30)
    theirs = run("env", "--url", sandbox.url, state=sandbox.state).stdout

    names = [{line.partition("=")[0] for line in said.splitlines()} for said in (ours, theirs)]
    assert names[1] - names[0] == {
        "SSL_CERT_FILE",
        "REQUESTS_CA_BUNDLE",
        "CURL_CA_BUNDLE",
        "NODE_EXTRA_CA_CERTS",
        "JAVA_TOOL_OPTIONS",
        "PHP_INI_SCAN_DIR",
    }
    assert not list(tmp_path.iterdir()), "and keeps nothing"


def test_the_certificate_is_printed_in_the_form_that_is_wanted(tmp_path: Path) -> None:
    pem = run("ca", state=tmp_path)
    path = run("ca", "--path", "--format", "pkcs12", state=tmp_path)
    der = subprocess.run(
        [sys.executable, "-m", "otp_sandbox.cli", "ca", "--format", "der"],
        env=environment(tmp_path),
        capture_output=True,
        check=True,
    ).stdout

    assert pem.stdout.startswith("-----BEGIN CERTIFICATE-----\n")
    assert pem.stdout.endswith("-----END CERTIFICATE-----\n")
    assert pem.stdout == (tmp_path / "ca.crt").read_text()
    assert der[:1] == b"\x30"
    assert path.stdout == f"{tmp_path / 'ca.p12'}\n"
    assert Path(path.stdout.strip()).is_file()


def test_a_ca_that_cannot_be_used_is_one_line_and_is_made_anew(tmp_path: Path) -> None:
    before = run("ca", state=tmp_path).stdout
    secret = tmp_path / "ca" / "authority.pem"
    secret.write_text(secret.read_text()[:100])

    served = run("serve", "--port", "0", "--tls-port", "0", state=tmp_path)
    asked = run("ca", state=tmp_path)
    remade = run("ca", "--remake", state=tmp_path)

    for ended in (served, asked):
        assert (ended.returncode, ended.stdout) == (2, "")
        assert (
            ended.stderr == f"otp-sandbox: {secret}: holds no CA with its key; otp-sandbox ca --remake makes it anew\n"
        )
    assert remade.returncode == 0
    assert remade.stdout not in {"", before}
    assert "the CA was made anew" in remade.stderr


def test_a_state_folder_may_be_named_on_the_command_line(tmp_path: Path) -> None:
    ended = run("ca", "--path", "--state", str(tmp_path / "named"), state=tmp_path / "else")

    assert ended.stdout == f"{tmp_path / 'named' / 'ca.crt'}\n"
    assert not (tmp_path / "else").exists()


def test_hosts_are_printed_put_in_and_taken_out(tmp_path: Path) -> None:
    path = tmp_path / "hosts"
    path.write_text("127.0.0.1 localhost\n")
    path.chmod(0o644)

    printed = run("hosts", "--address", "10.1.2.3", state=tmp_path).stdout
    written = run("hosts", "--write", "--file", str(path), state=tmp_path)
    content = path.read_text()
    again = run("hosts", "--write", "--file", str(path), state=tmp_path)
    removed = run("hosts", "--remove", "--file", str(path), state=tmp_path)

    assert "10.1.2.3 status-sms.esms.vn\n" in printed
    assert "10.1.2.3 www.thuesim.com.vn\n" in printed
    assert "\n127.0.0.1 rest.esms.vn\n" in content
    assert "\n::1 rest.esms.vn\n" in content
    assert content.endswith("\n127.0.0.1 localhost\n")
    assert (written.stdout, written.stderr) == ("", f"otp-sandbox: {path} was changed\n")
    assert again.stderr == f"otp-sandbox: {path} is so already\n"
    assert removed.returncode == 0
    assert path.read_text() == "127.0.0.1 localhost\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


def test_a_wrong_address_or_file_is_one_line(tmp_path: Path) -> None:
    address = run("hosts", "--address", "rest.esms.vn", state=tmp_path)
    file = run("hosts", "--write", "--file", str(tmp_path / "missing"), state=tmp_path)

    assert (address.returncode, address.stderr.count("\n")) == (2, 1)
    assert "'rest.esms.vn' is no address" in address.stderr
    assert (file.returncode, file.stderr.count("\n")) == (1, 1)
    assert "cannot be read" in file.stderr


def test_the_banner_as_json_tells_the_tls_url(tmp_path: Path) -> None:
    served = subprocess.Popen(
        [sys.executable, "-m", "otp_sandbox.cli", "serve", "--port", "0", "--tls-port", "0", "--log-format", "json"],
        env=environment(tmp_path),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert served.stdout is not None
    line = json.loads(served.stdout.readline())
    served.terminate()
    served.communicate(timeout=30)

    assert line["tls_url"].startswith("https://127.0.0.1:")
