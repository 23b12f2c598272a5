"""Clients with a provider's host in their code, unchanged: `https://` on 443, in a network that has no way out.

The network and the hosts file are of namespaces of their own: nothing of this machine is changed.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from equipment.https_clients import RUNTIMES, ask, demand

URLS = [
    "https://rest.esms.vn/healthz",
    "https://www.thuesim.com.vn/healthz",
    "http://portal.amootsms.com/healthz",
]
BEGIN = """
set -e
ip link set lo up
mount --bind "$1" /etc/hosts
"$2" -m otp_sandbox.cli hosts --write
exec "$2" -m otp_sandbox.cli serve --port 80 --tls-port 443
"""


@dataclass(frozen=True, slots=True)
class Network:
    """A network of its own with a sandbox in it; `within` runs a command there."""

    within: tuple[str, ...]
    environment: dict[str, str]


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    folder = tmp_path_factory.mktemp("network")
    hosts = folder / "hosts"
    hosts.write_text("127.0.0.1 localhost\n")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OTP_SANDBOX_")}
    environment = {**kept, "OTP_SANDBOX_STATE": str(folder / "state"), "NO_PROXY": "*", "no_proxy": "*"}
    unshare = ["unshare", "--user", "--map-root-user", "--mount", "--net"]
    if not _ends_well(*unshare, "ip", "link", "set", "lo", "up"):
        text = "THERE ARE NO NAMESPACES HERE: nobody has called a provider's host on port 443; util-linux and iproute2"
        if os.environ.get("CI"):
            pytest.fail(text)
        pytest.skip(text)
    command = [*unshare, "bash", "-c", BEGIN, "bash", str(hosts), sys.executable]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            assert process.stdout is not None
            assert "listens on http://127.0.0.1:80" in process.stdout.readline()
            within = ("nsenter", f"--target={process.pid}", "--user", "--mount", "--net", "--preserve-credentials")
            yield Network(within, environment)
        finally:
            process.terminate()
    assert "rest.esms.vn" in hosts.read_text()


def _ends_well(*command: str) -> bool:
    try:
        return subprocess.run(command, capture_output=True, timeout=60, check=False).returncode == 0
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_a_client_finds_the_sandbox_by_the_names_in_its_code(network: Network, runtime: str, tmp_path: Path) -> None:
    demand(runtime)
    said = subprocess.run(
        [
            *network.within,
            sys.executable,
            "-m",
            "otp_sandbox.cli",
            "env",
            "--format",
            "shell",
            "--url",
            "http://127.0.0.1",
        ],
        env=network.environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    trusting = dict(shlex.split(line)[1].split("=", 1) for line in said.splitlines())

    for url in URLS:
        asked = ask(runtime, url, tmp_path, {**network.environment, **trusting}, network.within)

        assert '{"status":"alive"}' in asked.stdout, (url, asked.stderr)
