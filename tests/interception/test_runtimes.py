"""Unmodified clients with the host of a provider in them are answered: by its names, and by the proxy."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest

from clients.runtimes import CSHARP, CURL, GO, JAVA, NODE, PHP, PYTHON, Language, built
from equipment import node_tools
from equipment.alone import Alone, alone
from equipment.packages import held, require
from otp_sandbox.app import find_providers
from otp_sandbox.interception.hosts import played

PROGRAMS: Final = Path(__file__).with_name("programs")
URL: Final = "https://rest.esms.vn/MainService.svc/json/GetBalance"
UNPROVEN: Final = "no unmodified client of it has called the sandbox"


@dataclass(frozen=True, slots=True)
class Runtime:
    """A client.

    What `otp-sandbox env` prints is its environment; `more` does what no variable can, with the certificate and a home.
    `proxy` is what makes it ask a proxy if that is no variable, None if nothing does without a change to its code.
    """

    language: Language
    client: str
    command: Callable[[str], tuple[str, ...]]
    more: Callable[[Path, Path], None] = lambda *_: None
    proxy: Mapping[str, str] | None = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The language and the client."""
        return f"{self.language.name} {self.client}"


def by_curl(_: str) -> tuple[str, ...]:
    return ("curl", "-sS", f"{URL}/SANDBOX-API-KEY/SANDBOX-SECRET-KEY")


def by_python(client: str) -> tuple[str, ...]:
    return (sys.executable, str(PROGRAMS / "client.py"), client)


def by_node(client: str) -> tuple[str, ...]:
    folder = node_tools.found(PROGRAMS / "node", "node-unmodified", UNPROVEN)
    return ("env", f"NODE_PATH={folder / 'node_modules'}", "node", str(PROGRAMS / "node" / "client.js"), client)


def by_php(client: str) -> tuple[str, ...]:
    return ("php", str(PROGRAMS / "client.php"), client)


def by_java(client: str) -> tuple[str, ...]:
    return ("java", "-XX:TieredStopAtLevel=1", str(PROGRAMS / "Client.java"), client)


JAVA_PROXY: Final = {"JDK_JAVA_OPTIONS": "-Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=3128"}


def by_go(_: str) -> tuple[str, ...]:
    more = {"GO111MODULE": "off", "GOPROXY": "off", "CGO_ENABLED": "0", "GOCACHE": str(BUILDS / "go")}
    return (built(PROGRAMS / "client.go", "go", "build", "-o", "{}", environment=more),)


def by_mono(_: str) -> tuple[str, ...]:
    return ("mono", built(PROGRAMS / "Client.cs", "mcs", "-r:System.Net.Http.dll", "-out:{}"))


def mono_store(certificate: Path, home: Path) -> None:
    """Where its `cert-sync --user` puts a certificate: under the hash of its name, as OpenSSL has it."""
    ask_hash = ["openssl", "x509", "-hash", "-noout", "-in", str(certificate)]
    hashed = subprocess.run(ask_hash, capture_output=True, text=True, check=True).stdout.strip()
    folder = home / ".config" / ".mono" / "new-certs" / "Trust"
    folder.mkdir(parents=True)
    (folder / f"{hashed}.0").write_bytes(certificate.read_bytes())


BUILDS: Final = Path(__file__).parents[2] / "build" / "clients"
RUNTIMES: Final = (
    Runtime(CURL, "curl", by_curl),
    Runtime(PYTHON, "urllib", by_python),
    Runtime(PYTHON, "requests", by_python),
    Runtime(PYTHON, "httpx", by_python),
    Runtime(PYTHON, "aiohttp", by_python),
    Runtime(NODE, "fetch", by_node, proxy=None),
    Runtime(NODE, "axios", by_node),
    Runtime(NODE, "axios 1.6", by_node),
    Runtime(PHP, "curl", by_php),
    Runtime(PHP, "file_get_contents", by_php, proxy=None),
    Runtime(JAVA, "HttpURLConnection", by_java, proxy=JAVA_PROXY),
    Runtime(JAVA, "java.net.http", by_java, proxy=JAVA_PROXY),
    Runtime(GO, "net/http", by_go),
    Runtime(CSHARP, "HttpClient", by_mono, mono_store),
)
PROXIED: Final = [each for each in RUNTIMES if each.proxy is not None]


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Alone]:
    folder = tmp_path_factory.mktemp("alone")
    with alone(folder) as running:
        yield running


def ask(runtime: Runtime, sandbox: Alone, home: Path, *, by_proxy: bool, trusting: bool = True) -> str:
    """Run a client, and give what it printed: its answer, or why it has none."""
    require(runtime.language.needs, f"{runtime.id}: {UNPROVEN}")
    with held(home.parent / f"{runtime.language.name}.lock"):
        command = runtime.command(runtime.client)
    told = sandbox.told if trusting else {}
    if trusting:
        runtime.more(Path(told["SSL_CERT_FILE"]), home)
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8"}
    environment |= {name: value for name, value in told.items() if by_proxy or "PROXY" not in name.upper()}
    environment |= (runtime.proxy or {}) if by_proxy else {}
    done = sandbox.run(command, environment, names=not by_proxy)
    return done.stdout or done.stderr


@pytest.mark.parametrize("runtime", RUNTIMES, ids=[each.id for each in RUNTIMES])
def test_a_client_finds_the_sandbox_by_the_name_of_the_provider(
    runtime: Runtime, sandbox: Alone, tmp_path: Path
) -> None:
    """The journal has the call, at the host and with the scheme that stand in the program."""
    sandbox.ask("DELETE", "/requests")

    got = ask(runtime, sandbox, tmp_path, by_proxy=False)

    assert '"Balance":' in got, got
    assert [each["request"]["url"] for each in sandbox.ask("GET", "/requests.har")["log"]["entries"]] == [
        f"{URL}/***/***"
    ]


def test_every_host_leads_to_it_with_and_without_tls(sandbox: Alone) -> None:
    """Also those with `www.` before them: by the lines that `otp-sandbox hosts` writes."""
    require(CURL.needs, f"curl: {UNPROVEN}")
    hosts = sorted(played(find_providers().values()))
    urls = [f"{scheme}://{host}/healthz" for scheme in ("http", "https") for host in hosts]

    done = sandbox.run(["curl", "-sS", "--fail", *urls], {"PATH": os.environ["PATH"], **sandbox.told}, names=True)

    assert {"www.thuesim.com.vn", "status-sms.esms.vn"} <= set(hosts)
    assert (done.stdout, done.stderr) == ('{"status":"alive"}' * len(urls), "")


@pytest.mark.parametrize("runtime", RUNTIMES, ids=[each.id for each in RUNTIMES])
def test_a_client_that_does_not_trust_the_ca_is_told_of(runtime: Runtime, sandbox: Alone, tmp_path: Path) -> None:
    sandbox.ask("DELETE", "/requests")

    got = ask(runtime, sandbox, tmp_path, by_proxy=False, trusting=False)

    assert '"Balance":' not in got
    (entry,) = sandbox.ask("GET", "/requests/unmatched")["requests"]
    assert "the CA of this sandbox" in entry["warnings"][0]


@pytest.mark.parametrize("runtime", PROXIED, ids=[each.id for each in PROXIED])
def test_a_client_finds_the_sandbox_by_its_proxy(runtime: Runtime, sandbox: Alone, tmp_path: Path) -> None:
    """No name leads anywhere for it."""
    sandbox.ask("DELETE", "/requests")

    got = ask(runtime, sandbox, tmp_path, by_proxy=True)

    assert '"Balance":' in got, got
    (entry,) = sandbox.ask("GET", "/requests.har")["log"]["entries"]
    assert entry["request"]["url"].replace(":443/", "/") == f"{URL}/***/***"
