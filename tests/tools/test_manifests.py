"""The files for clusters and CI systems: their own schemas take them, and what they name of the sandbox exists.

No cluster and no CI system runs them here.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from otp_sandbox import cli
from otp_sandbox.app import credential_keys
from otp_sandbox.contract import Provider
from otp_sandbox.settings import gathered

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
KUBERNETES = sorted((EXAMPLES / "kubernetes").glob("*.yaml"))
SCHEMAS = {
    "vendor.compose-spec": ROOT / "compose.yaml",
    "vendor.github-workflows": EXAMPLES / "github-actions" / "otp.yml",
    "vendor.gitlab-ci": EXAMPLES / "gitlab-ci" / ".gitlab-ci.yml",
}
VALIDATOR = ("kubernetes-validate==1.37.0", "importlib-resources==7.1.0")
SCRIPTS = {"run", "script", "before_script", "after_script"}


def documents() -> Iterator[tuple[str, Any]]:
    """Give the objects of Kubernetes, with the name of the file that has them."""
    for path in KUBERNETES:
        for each in yaml.safe_load_all(path.read_text("utf-8")):
            yield path.name, each


def members(value: Any) -> Iterator[tuple[str, Any]]:
    """Give all members of all objects in a value."""
    if isinstance(value, dict):
        yield from value.items()
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from members(each)


def sandboxes() -> Iterator[dict[str, Any]]:
    """Give the containers that run a sandbox."""
    for _, document in documents():
        pod = document["spec"].get("template", {}).get("spec", {})
        yield from (
            each for each in (*pod.get("initContainers", ()), *pod.get("containers", ())) if each["name"] == "sandbox"
        )


def scripts() -> Iterator[str]:
    """Give the lines that the CI systems run in a shell."""
    for path in (SCHEMAS["vendor.github-workflows"], SCHEMAS["vendor.gitlab-ci"]):
        for name, value in members(yaml.safe_load(path.read_text("utf-8"))):
            if name in SCRIPTS:
                yield value if isinstance(value, str) else "\n".join(value)


@pytest.fixture(scope="module")
def validator(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the schemas of Kubernetes; it is large, and no part of what developing needs."""
    folder = tmp_path_factory.mktemp("kubernetes")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    words = [*pip, "--only-binary", ":all:", "--target", str(folder), *VALIDATOR]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=120)
    if done.returncode and not os.environ.get("CI"):
        pytest.skip(f"{VALIDATOR[0]} cannot be fetched here: the manifests are NOT checked")
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.parametrize("schema", SCHEMAS)
def test_a_file_fits_the_schema_of_its_system(schema: str) -> None:
    words = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(SCHEMAS[schema])]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)

    assert done.returncode == 0, done.stdout + done.stderr


def test_kubernetes_knows_every_field(validator: Path) -> None:
    program = "import sys; from kubernetes_validate.__main__ import main; sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-c", program, "--strict", *map(str, KUBERNETES)],
        env={**os.environ, "PYTHONPATH": str(validator)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert (done.stdout + done.stderr).count("passed for resource") == len(list(documents()))


def test_there_is_a_sandbox_for_all_and_one_beside_an_application() -> None:
    assert [path.name for path in KUBERNETES] == ["sandbox.yaml", "sidecar.yaml"]
    assert len(list(sandboxes())) == 2


async def test_probes_ask_what_a_sandbox_answers_to_any_host(client: Any) -> None:
    """A probe names the address of the Pod."""
    probes = [value for each in sandboxes() for name, value in each.items() if name.endswith("Probe")]

    assert {each["httpGet"]["path"] for each in probes} == {"/readyz", "/healthz"}
    for each in probes:
        answer = await client.send("GET", each["httpGet"]["path"], headers={"Host": "10.244.0.7:6877"})
        assert answer.status == 200


def test_what_is_set_is_a_setting_and_the_ports_agree(providers: Mapping[str, Provider]) -> None:
    for each in sandboxes():
        environment = {one["name"]: one.get("value", "s3cret") for one in each["env"]}
        settings = gathered({}, environment, credential_keys(providers))
        (port,) = each["ports"]
        assert port["containerPort"] == settings.port
        assert {value["httpGet"]["port"] for name, value in each.items() if name.endswith("Probe")} == {port["name"]}


def test_no_request_to_a_provider_leaves_the_pod(providers: Mapping[str, Provider]) -> None:
    """All hosts that are played lead to the Pod itself."""
    (aliases,) = [
        document["spec"]["template"]["spec"]["hostAliases"] for name, document in documents() if name == "sidecar.yaml"
    ]
    played = {host for provider in providers.values() for host in provider.hosts}

    assert [each["ip"] for each in aliases] == ["127.0.0.1"]
    assert played <= set(aliases[0]["hostnames"])


def test_the_variables_that_its_service_brings_are_no_settings(providers: Mapping[str, Provider]) -> None:
    """Kubernetes puts them into every container of the namespace, the sandbox's own too."""
    (service,) = [document for _, document in documents() if document["kind"] == "Service"]
    (port,) = service["spec"]["ports"]
    name, number = service["metadata"]["name"].upper().replace("-", "_"), port["port"]
    tcp = f"{name}_PORT_{number}_TCP"
    brought = {
        f"{name}_SERVICE_HOST": "10.96.0.77",
        f"{name}_SERVICE_PORT": str(number),
        f"{name}_SERVICE_PORT_{port['name'].upper()}": str(number),
        f"{name}_PORT": f"tcp://10.96.0.77:{number}",
        tcp: f"tcp://10.96.0.77:{number}",
        f"{tcp}_PROTO": "tcp",
        f"{tcp}_PORT": str(number),
        f"{tcp}_ADDR": "10.96.0.77",
    }

    assert name == "OTP_SANDBOX"
    assert gathered({}, brought, credential_keys(providers)) == gathered({}, {}, credential_keys(providers))


def test_scripts_are_scripts_and_their_commands_exist() -> None:
    found = list(scripts())
    told = [
        line
        for script in found
        for line in re.findall(r"\botp-sandbox ((?:ready|lint|code|env|run)\b[^|&;\n]*)", script)
    ]

    for script in found:
        done = subprocess.run(["bash", "-n"], input=script, capture_output=True, text=True, check=False, timeout=60)
        assert (done.returncode, done.stderr) == (0, "")
    assert told
    for words in told:
        cli._parser().parse_args(words.split())
