"""The example for testcontainers, with an engine that only seems to be one: it starts a sandbox as a process."""

from __future__ import annotations

import importlib.util
import json
import os
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, build_opener

import pytest
from testcontainers.core.config import ConnectionMode, testcontainers_config

import otp_sandbox

EXAMPLE = Path(__file__).parents[2] / "examples" / "testcontainers" / "sandbox_container.py"


class Engine:
    """What the example asks of an engine: the ports in the container are as asked for, those outside are free."""

    asked: dict[str, Any]

    def __init__(self, state: Path) -> None:
        self.client = self
        self.id = "0123456789abcdef"
        self.short_id = self.id[:10]
        self.status = "created"
        self.outside: dict[int, int] = {}
        self.name = "localhost"
        self._state = state
        self._process: subprocess.Popen[str] | None = None

    def create(self, image: str, **asked: Any) -> Engine:
        self.asked = {"image": image, **asked}
        return self

    def start(self, _: Engine) -> None:
        told = self.asked["environment"]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("OTP_SANDBOX_")}
        environment |= told | {"OTP_SANDBOX_PORT": "0", "OTP_SANDBOX_STATE": str(self._state)}
        environment |= {"OTP_SANDBOX_TLS_PORT": "0"} if "OTP_SANDBOX_TLS_PORT" in told else {}
        command = [sys.executable, "-m", "otp_sandbox.cli", "serve", "--log-format", "json"]
        self._process = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self._process.stdout is not None
        banner = json.loads(self._process.stdout.readline())
        for name, url in (("OTP_SANDBOX_PORT", "url"), ("OTP_SANDBOX_TLS_PORT", "tls_url")):
            if name in told:
                self.outside[int(told[name])] = urlsplit(banner[url]).port or 0
        self.status = "running"

    def port(self, _: str, port: int) -> int:
        return self.outside[port]

    def get_connection_mode(self) -> Any:
        return ConnectionMode.docker_host

    def host(self) -> str:
        return self.name

    def reload(self) -> None:
        """It is up to date."""

    def remove(self, *, force: bool, v: bool) -> None:
        assert force
        assert v, "the volume of the image goes too"
        self.status = "removed"
        self.close()

    def close(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.communicate(timeout=30)
            self._process = None


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Engine]:
    made = Engine(tmp_path)
    monkeypatch.setattr("testcontainers.core.container.DockerClient", lambda **_: made)
    monkeypatch.setattr(testcontainers_config, "ryuk_disabled", True)
    yield made
    made.close()


@pytest.fixture
def example(engine: Engine) -> Any:
    """Give the module; nothing of it may reach a real engine."""
    spec = importlib.util.spec_from_file_location("sandbox_container", EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_test_gets_a_code_from_a_container(example: Any, engine: Engine) -> None:
    with example.SandboxContainer(settings={"seed": 7, "any_sender": True}) as sandbox:
        lane = sandbox.client().create_lane()
        send = f"{sandbox.url}/MainService.svc/json/SendMessageAutoGenCode_V4_get"
        fields = "Phone=0901888484&Type=2&Brandname=Mine&message=%7BOTP%7D"
        keys = f"ApiKey={lane.esms.api_key}&SecretKey={lane.esms.secret_key}"
        with build_opener(ProxyHandler({})).open(f"{send}?{fields}&{keys}") as answer:
            assert json.load(answer)["CodeResult"] == "100"
        code = lane.wait_for_code("0901888484")

        assert sandbox.url == f"http://localhost:{engine.outside[6877]}"
        assert sandbox.client().info()["seed"] == 7

    assert len(code) >= 4
    assert engine.status == "removed"


def test_what_an_engine_is_asked_for(example: Any, engine: Engine) -> None:
    """As little rights as compose.yaml gives."""
    with example.SandboxContainer("registry.example.com/otp-sandbox:1"):
        asked = engine.asked

    assert asked["image"] == "registry.example.com/otp-sandbox:1"
    assert asked["ports"] == {"6877": None}
    assert asked["environment"] == {"OTP_SANDBOX_PORT": "6877", "OTP_SANDBOX_ALLOWED_HOSTS": "localhost"}
    assert (asked["read_only"], asked["cap_drop"]) == (True, ["ALL"])
    assert asked["command"] is None


def test_a_client_that_trusts_its_certificate_speaks_tls_with_it(example: Any, engine: Engine) -> None:
    with example.SandboxContainer(port=80, tls_port=443) as sandbox:
        context = ssl.create_default_context(cadata=sandbox.ca_certificate)
        client = otp_sandbox.Client(f"https://localhost:{sandbox.tls_port}", context=context)

        assert client.is_ready()
        assert sandbox.tls_port == engine.outside[443]
        assert sandbox.url == f"http://localhost:{engine.outside[80]}"


def test_without_tls_there_is_no_certificate(example: Any) -> None:
    sandbox = example.SandboxContainer()

    with pytest.raises(ValueError, match="tls_port=443"):
        _ = sandbox.ca_certificate
    with pytest.raises(ValueError, match="tls_port=443"):
        _ = sandbox.tls_port


def test_a_token_is_given_to_the_client(example: Any) -> None:
    with example.SandboxContainer(settings={"control_token": "s3cret"}) as sandbox:
        assert sandbox.client().lanes()["lanes"]


def test_the_name_of_a_machine_with_the_engine_is_answered_to(example: Any, engine: Engine) -> None:
    engine.name = "docker.example.com"
    sandbox = example.SandboxContainer(settings={"allowed_hosts": "mine.example.com"})
    other = example.SandboxContainer()
    for each in (sandbox, other):
        each.waiting_for(None)
        each.start()
        each.stop()

    assert sandbox.env["OTP_SANDBOX_ALLOWED_HOSTS"] == "mine.example.com"
    assert other.env["OTP_SANDBOX_ALLOWED_HOSTS"] == "docker.example.com"
