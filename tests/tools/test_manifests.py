"""The files for clusters and CI systems: their own schemas take them, and what they name of the sandbox exists.

No cluster and no CI system runs them here.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from otp_sandbox import Client
from otp_sandbox.app import credential_keys
from otp_sandbox.command_line import make_parser
from otp_sandbox.contract import Provider
from otp_sandbox.interception.hosts import played
from otp_sandbox.interception.trust import variables
from otp_sandbox.settings import gathered

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
KUBERNETES = sorted((EXAMPLES / "kubernetes").glob("*.yaml"))
COMPOSE = EXAMPLES / "compose" / "compose.yaml"
CI_SYSTEMS = {
    EXAMPLES / "github-actions" / "otp.yml": "vendor.github-workflows",
    EXAMPLES / "gitlab-ci" / ".gitlab-ci.yml": "vendor.gitlab-ci",
}
SCHEMAS = {ROOT / "compose.yaml": "vendor.compose-spec", COMPOSE: "vendor.compose-spec", **CI_SYSTEMS}
CERTIFICATE = "ca.crt"
(STATE,) = re.findall(r"OTP_SANDBOX_STATE=(\S+)", (ROOT / "Dockerfile").read_text("utf-8"))
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
    for path in CI_SYSTEMS:
        for name, value in members(yaml.safe_load(path.read_text("utf-8"))):
            if name in SCRIPTS:
                yield value if isinstance(value, str) else "\n".join(value)


def trusted(environment: Mapping[str, str]) -> set[str]:
    """Give the files that variables of an application name for its trust, of those that need no other form."""
    files = {name: value for name, value in variables(Path("/any")).items() if value == f"/any/{CERTIFICATE}"}
    assert files.keys() <= environment.keys()
    return {environment[name] for name in files}


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


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_fits_the_schema_of_its_system(path: Path) -> None:
    words = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", SCHEMAS[path], str(path)]
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
        plain, *tls = each["ports"]
        assert plain["containerPort"] == settings.port
        assert [port["containerPort"] for port in tls] == ([settings.tls_port] if settings.tls_port else [])
        assert {value["httpGet"]["port"] for name, value in each.items() if name.endswith("Probe")} == {plain["name"]}


def test_the_sandboxes_of_ci_jobs_are_set_right_and_asked_where_they_listen(providers: Mapping[str, Provider]) -> None:
    """Without TLS: a job asks by the base URL."""
    github, gitlab = (yaml.safe_load(path.read_text("utf-8")) for path in CI_SYSTEMS)
    (service,) = gitlab["test"]["services"]
    of_service = {name: value for name, value in service["variables"].items() if name.startswith("OTP_SANDBOX_")}
    (started,) = [script for script in scripts() if "docker run" in script]
    of_run = dict(re.findall(r"--env (OTP_SANDBOX_\w+)=(\S+)", started))

    for told in (of_service, of_run):
        settings = gathered({}, told, credential_keys(providers))
        assert told
        assert (settings.port, settings.tls_port, settings.proxy_port) == (6877, None, None)
    assert service["variables"]["HEALTHCHECK_TCP_PORT"] == "6877"
    assert "--publish 127.0.0.1:6877:6877" in started
    for job, url in ((gitlab["test"]["variables"], "sandbox"), (github["jobs"]["test"]["env"], "127.0.0.1")):
        assert {job["OTP_SANDBOX_URL"], job["ESMS_BASE_URL"]} == {f"http://{url}:6877"}


def test_what_a_job_keeps_is_the_bundle() -> None:
    (kept,) = yaml.safe_load((EXAMPLES / "gitlab-ci" / ".gitlab-ci.yml").read_text("utf-8"))["test"]["after_script"]
    command, _, file = kept.rpartition(" > ")
    with Client.launch() as client:
        done = subprocess.run(
            ["bash", "-c", command],
            env={"PATH": os.environ["PATH"], "OTP_SANDBOX_URL": client.url},
            capture_output=True,
            check=True,
            timeout=60,
        )

    assert file == "bundle.json"
    assert json.loads(done.stdout)["kind"] == "otp-sandbox bundle"


def test_no_request_to_a_provider_leaves_the_pod(providers: Mapping[str, Provider]) -> None:
    """All hosts that are played lead to the Pod itself."""
    (aliases,) = [
        document["spec"]["template"]["spec"]["hostAliases"] for name, document in documents() if name == "sidecar.yaml"
    ]

    assert [each["ip"] for each in aliases] == ["127.0.0.1"]
    assert sorted(aliases[0]["hostnames"]) == sorted(played(providers.values()))


def test_an_application_in_the_pod_has_the_certificate_and_not_its_place_to_write() -> None:
    (pod,) = [document["spec"]["template"]["spec"] for name, document in documents() if name == "sidecar.yaml"]
    (sandbox,), (shop,) = pod["initContainers"], pod["containers"]
    (kept,), (had) = sandbox["volumeMounts"], shop["volumeMounts"][0]

    assert [each["name"] for each in pod["volumes"]] == [kept["name"]] == [had["name"]]
    assert kept["mountPath"] == STATE
    assert had["readOnly"]
    assert trusted({each["name"]: each["value"] for each in shop["env"]}) == {f"{had['mountPath']}/{CERTIFICATE}"}


def test_an_application_beside_the_sandbox_of_compose_reaches_it_alone(providers: Mapping[str, Provider]) -> None:
    """By all names of the providers, and there is no way out while it is down."""
    document = yaml.safe_load(COMPOSE.read_text("utf-8"))
    sandbox, application = (document["services"][name] for name in ("sandbox", "app"))
    (inside,) = application["networks"]

    assert sorted(sandbox["networks"][inside]["aliases"]) == sorted(played(providers.values()))
    assert document["networks"][inside]["internal"]
    assert application["depends_on"]["sandbox"]["condition"] == "service_healthy"


def test_the_sandbox_of_compose_is_published_by_its_port_and_its_certificate_by_a_volume(
    providers: Mapping[str, Provider],
) -> None:
    document = yaml.safe_load(COMPOSE.read_text("utf-8"))
    sandbox, application = (document["services"][name] for name in ("sandbox", "app"))
    settings = gathered({}, sandbox["environment"], credential_keys(providers))
    (kept,) = (each.split(":") for each in sandbox["volumes"])
    (had,) = (each.split(":") for each in application["volumes"] if each.startswith(kept[0]))

    assert (settings.port, settings.tls_port) == (80, 443)
    assert int(sandbox["sysctls"]["net.ipv4.ip_unprivileged_port_start"]) == settings.port
    assert [each.rpartition(":")[2] for each in sandbox["ports"]] == [str(settings.port)]
    assert all(each.startswith("127.0.0.1:") for each in sandbox["ports"])
    assert "command" not in sandbox, "its health check would not know flags"
    assert (kept[1], had[2]) == (STATE, "ro")
    assert trusted(application["environment"]) == {f"{had[1]}/{CERTIFICATE}"}


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
        make_parser().parse_args(words.split())
