"""The files for clusters and CI systems: their own schemas take them, and what they name of the sandbox exists.

No cluster and no CI system runs them here.
"""

from __future__ import annotations

import json
import os
import re
import shutil
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
from otp_sandbox.settings import Settings, gathered

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
KUBERNETES = sorted((EXAMPLES / "kubernetes").glob("*.yaml"))
COMPOSE = EXAMPLES / "compose" / "compose.yaml"
REPLICAS = EXAMPLES / "replicas" / "compose.yaml"
COMPOSES = (ROOT / "compose.yaml", COMPOSE, REPLICAS)
CI_SYSTEMS = {
    EXAMPLES / "github-actions" / "otp.yml": "vendor.github-workflows",
    EXAMPLES / "gitlab-ci" / ".gitlab-ci.yml": "vendor.gitlab-ci",
}
SCHEMAS = {**dict.fromkeys(COMPOSES, "vendor.compose-spec"), **CI_SYSTEMS}
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
        pod = document.get("spec", {}).get("template", {}).get("spec", {})
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


@pytest.mark.parametrize("path", COMPOSES, ids=lambda path: str(path.relative_to(ROOT)))
def test_compose_reads_its_files(path: Path) -> None:
    """Anchors and variables, too."""
    program = shutil.which("docker-compose")
    if program is None:
        pytest.skip("docker-compose is not installed: the files are held against the schema only")
    done = subprocess.run(
        [program, "--file", str(path), "config", "--quiet"], capture_output=True, text=True, check=False, timeout=60
    )

    assert (done.returncode, done.stderr) == (0, "")


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


def test_there_is_a_sandbox_for_all_in_three_sizes_and_one_beside_an_application() -> None:
    names = ["replicas.yaml", "sandbox.yaml", "sidecar.yaml", "sqlite.yaml", "valkey.yaml"]
    assert [path.name for path in KUBERNETES] == names
    assert len(list(sandboxes())) == 4


def only(file: str, kind: str) -> Any:
    """Give the object of a kind in a file."""
    (found,) = [document for name, document in documents() if (name, document["kind"]) == (file, kind)]
    return found


def test_a_file_is_for_one_sandbox() -> None:
    """The volume is where the image's user may write, and a new Pod waits for the end of the old one."""
    deployment, claim = (only("sqlite.yaml", kind) for kind in ("Deployment", "PersistentVolumeClaim"))
    pod = deployment["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    (volume,), (mount,) = pod["volumes"], container["volumeMounts"]
    settings = gathered({}, {each["name"]: each.get("value", "s3cret") for each in container["env"]}, {})
    (user,) = re.findall(r"^USER (\d+):\1$", (ROOT / "Dockerfile").read_text("utf-8"), re.MULTILINE)

    assert (deployment["spec"]["replicas"], deployment["spec"]["strategy"]["type"]) == (1, "Recreate")
    assert claim["spec"]["accessModes"] == ["ReadWriteOncePod"]
    assert volume["persistentVolumeClaim"]["claimName"] == claim["metadata"]["name"]
    assert (volume["name"], mount["mountPath"]) == (mount["name"], STATE)
    assert str(settings.store).startswith(f"sqlite:{STATE}/")
    assert pod["securityContext"]["fsGroup"] == int(user)


def test_replicas_share_the_store_of_the_other_file() -> None:
    """With one Secret for both, and with the files of the example for compose."""
    (replica,) = only("replicas.yaml", "Deployment")["spec"]["template"]["spec"]["containers"]
    (server,) = only("valkey.yaml", "StatefulSet")["spec"]["template"]["spec"]["containers"]
    service = only("valkey.yaml", "Service")
    by_name = {each["name"]: each for each in replica["env"]}
    plain = {name: each["value"] for name, each in by_name.items() if "value" in each}
    settings = gathered({}, plain, {})
    kept = only("valkey.yaml", "ConfigMap")["data"]

    assert _takes_at_most(settings) < 1024**3
    assert "maxmemory 1gb\n" in kept["valkey.conf"]
    assert settings.redis is not None
    assert settings.redis.hosts == ((service["metadata"]["name"], service["spec"]["ports"][0]["port"]),)
    assert by_name["OTP_SANDBOX_STORE_PASSWORD"]["valueFrom"] == server["env"][0]["valueFrom"]
    assert kept == {name: (REPLICAS.parent / name).read_text("utf-8") for name in ("valkey.conf", "users.acl")}


def _takes_at_most(settings: Settings) -> int:
    """Bytes in a Redis, as docs/scaling.md has it."""
    return settings.journal_bytes + 550 * settings.phone_records + 8_000 * settings.lanes_most


def test_replicas_can_be_replaced_one_by_one() -> None:
    """A new one is ready before an old one goes, and an old one answers while somebody may still call it."""
    deployment, budget = (only("replicas.yaml", kind) for kind in ("Deployment", "PodDisruptionBudget"))
    pod = deployment["spec"]["template"]["spec"]
    (container,) = pod["containers"]

    assert deployment["spec"]["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}
    assert budget["spec"]["minAvailable"] == deployment["spec"]["replicas"] - 1
    assert budget["spec"]["selector"] == deployment["spec"]["selector"]
    assert container["lifecycle"]["preStop"]["sleep"]["seconds"] + 1 < pod["terminationGracePeriodSeconds"]


async def test_the_autoscaler_asks_for_a_figure_that_a_sandbox_gives(client: Any) -> None:
    """By the name under which the adapter offers it."""
    scaler = only("replicas.yaml", "HorizontalPodAutoscaler")["spec"]
    values = yaml.safe_load((EXAMPLES / "kubernetes" / "prometheus-adapter" / "values.yaml").read_text("utf-8"))
    (rule,), (metric,) = values["rules"]["custom"], scaler["metrics"]
    series = rule["seriesQuery"].partition("{")[0]
    figures = (await client.send("GET", "/metrics")).text

    assert f"# TYPE {series} counter" in figures or f"# TYPE {series.removesuffix('_total')} counter" in figures
    offered = re.sub(rule["name"]["matches"], rule["name"]["as"].replace("${1}", r"\1"), series)
    assert metric["pods"]["metric"]["name"] == offered
    assert scaler["scaleTargetRef"]["name"] == only("replicas.yaml", "Deployment")["metadata"]["name"]
    assert scaler["minReplicas"] == only("replicas.yaml", "Deployment")["spec"]["replicas"]


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
    assert str(settings.store).startswith(f"sqlite:{STATE}/")
    assert int(sandbox["sysctls"]["net.ipv4.ip_unprivileged_port_start"]) == settings.port
    assert [each.rpartition(":")[2] for each in sandbox["ports"]] == [str(settings.port)]
    assert all(each.startswith("127.0.0.1:") for each in sandbox["ports"])
    assert "command" not in sandbox, "its health check would not know flags"
    assert (kept[1], had[2]) == (STATE, "ro")
    assert trusted(application["environment"]) == {f"{had[1]}/{CERTIFICATE}"}


def test_the_replicas_of_compose_share_a_store_and_stand_behind_the_balancer(
    providers: Mapping[str, Provider],
) -> None:
    """The balancer knows them by name and port, and they let nobody in but this machine."""
    services = yaml.safe_load(REPLICAS.read_text("utf-8"))["services"]
    replicas = {name: each for name, each in services.items() if name.startswith("sandbox-")}
    balancer = (REPLICAS.parent / "nginx.conf").read_text("utf-8")

    assert re.findall(r"server (\S+):(\d+) ", balancer) == [(name, "6877") for name in replicas]
    assert services["balancer"]["depends_on"].keys() == replicas.keys()
    for each in replicas.values():
        settings = gathered({}, each["environment"], credential_keys(providers))
        assert _takes_at_most(settings) < 1024**3
        assert settings.redis is not None
        assert [host for host, _ in settings.redis.hosts] == ["valkey"]
        assert settings.redis.username == "sandbox"
        assert settings.store_password == services["valkey"]["environment"]["VALKEY_PASSWORD"]
        assert each["depends_on"]["valkey"]["condition"] == "service_healthy"
    published = [port for each in services.values() for port in each.get("ports", ())]
    assert all(port.startswith("127.0.0.1:") for port in published)
    assert len(published) == 4
    assert "ports" not in services["valkey"]


def test_the_variables_that_its_service_brings_are_no_settings(providers: Mapping[str, Provider]) -> None:
    """Kubernetes puts them into every container of the namespace, the sandbox's own too."""
    service = only("sandbox.yaml", "Service")
    assert only("sqlite.yaml", "Service") == only("replicas.yaml", "Service") == service
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
