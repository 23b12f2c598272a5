"""Facts of the Dockerfile that no build is needed for."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def last_stage() -> list[tuple[str, str]]:
    """Instructions of the stage that becomes the image."""
    lines = [line for line in (ROOT / "Dockerfile").read_text("utf-8").splitlines() if not line.startswith("#")]
    joined = re.sub(r"\\\n", " ", "\n".join(lines))
    found = [(line.partition(" ")[0], line.partition(" ")[2].strip()) for line in joined.splitlines() if line.strip()]
    start = max(place for place, (name, _) in enumerate(found) if name == "FROM")
    return found[start:]


def _all(stage: list[tuple[str, str]], name: str) -> list[str]:
    return [value for each, value in stage if each == name]


@pytest.mark.parametrize("name", ["ENTRYPOINT", "CMD", "HEALTHCHECK"])
def test_what_runs_is_in_exec_form(last_stage: list[tuple[str, str]], name: str) -> None:
    """A shell would swallow SIGTERM, and the image need not have one."""
    (value,) = _all(last_stage, name)

    assert all(isinstance(each, str) for each in json.loads(value[value.index("[") :]))


def test_the_health_check_asks_the_command(last_stage: list[tuple[str, str]]) -> None:
    (value,) = _all(last_stage, "HEALTHCHECK")

    assert json.loads(value[value.index("[") :]) == ["otp-sandbox", "ready", "--wait", "2s"]
    assert "--timeout=5s" in value, "it is not broken off while it waits"


def test_a_sandbox_that_starts_is_asked_often(last_stage: list[tuple[str, str]]) -> None:
    """Whoever waits for a healthy one does not wait for the first interval. Builders know the flag since Docker 25."""
    (value,) = _all(last_stage, "HEALTHCHECK")
    flags = dict(each.split("=") for each in value.split(" CMD ")[0].split())

    assert flags["--start-interval"] == "0.5s"  # linters do not read "500ms"
    assert flags["--start-period"] == "10s"


def test_it_does_not_run_as_root(last_stage: list[tuple[str, str]]) -> None:
    """By number, so that an orchestrator can tell."""
    user = int(_all(last_stage, "USER")[-1].partition(":")[0])

    assert user > 0


def test_nothing_is_run_in_the_last_stage(last_stage: list[tuple[str, str]]) -> None:
    """So nothing depends on the machine that builds it."""
    assert _all(last_stage, "RUN") == []


def test_it_listens_for_others_and_says_so(last_stage: list[tuple[str, str]]) -> None:
    environment = " ".join(_all(last_stage, "ENV"))

    assert "OTP_SANDBOX_HOST=0.0.0.0" in environment
    assert "OTP_SANDBOX_CONTROL_OPEN=true" in environment
    assert _all(last_stage, "EXPOSE") == ["6877"]  # runners of CI look whether it listens
    assert _all(last_stage, "STOPSIGNAL") == ["SIGTERM"]


def test_the_state_folder_is_a_volume_of_the_user(last_stage: list[tuple[str, str]]) -> None:
    """So that a CA can be made though the disk is read-only."""
    user = _all(last_stage, "USER")[-1]
    names = [name for name, _ in last_stage]

    assert "OTP_SANDBOX_STATE=/state" in " ".join(_all(last_stage, "ENV"))
    assert _all(last_stage, "VOLUME") == ["/state"]
    assert f"--from=build --chown={user} /state /state" in _all(last_stage, "COPY")
    assert names.index("VOLUME") > max(place for place, name in enumerate(names) if name == "COPY")


def test_the_image_can_use_a_redis() -> None:
    """Nobody has to build another one for several replicas."""
    assert '/wheels/*.whl)[redis]"' in (ROOT / "Dockerfile").read_text("utf-8")


def test_it_needs_no_new_builder() -> None:
    """No here-documents and no `COPY --link`: older builders know neither."""
    text = (ROOT / "Dockerfile").read_text("utf-8")

    assert "<<" not in text
    assert "--link" not in text


def test_what_is_copied_is_not_ignored() -> None:
    """The list of what goes to the builder names all that the Dockerfile copies."""
    text = (ROOT / "Dockerfile").read_text("utf-8")
    copied = {name for line in re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE) for name in line.split()}
    sent = {line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")}

    assert copied == sent
    assert all((ROOT / name).exists() for name in copied)
