"""The clients, how their programs are started, and which manners they have no way for."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from equipment import node_tools
from equipment.packages import Need

PROGRAMS: Final = Path(__file__).with_name("programs")
BUILT: Final = Path(__file__).parents[2] / "build" / "clients"
GSON: Final = "/usr/share/java/gson.jar"
MONO: Final = ("System.Net.Http.dll", "System.Web.Extensions.dll")


@dataclass(frozen=True, slots=True)
class Language:
    """A language: what must be installed, and the command that runs a client of it."""

    name: str
    needs: tuple[Need, ...]
    command: Callable[[str], tuple[str, ...]]
    environment: Callable[[], Mapping[str, str]] = dict


def _python(client: str) -> tuple[str, ...]:
    return (sys.executable, str(PROGRAMS / "python_clients.py"), client)


def _curl(_: str) -> tuple[str, ...]:
    return (sys.executable, str(PROGRAMS / "curl_client.py"))


def _node(client: str) -> tuple[str, ...]:
    return ("node", str(PROGRAMS / "node" / "clients.js"), client)


def _node_environment() -> dict[str, str]:
    folder = node_tools.found(PROGRAMS / "node", "node-clients", "no client of Node has called the sandbox")
    return {"NODE_PATH": str(folder / "node_modules")}


def _php(client: str) -> tuple[str, ...]:
    return ("php", str(PROGRAMS / "clients.php"), client)


def _java(client: str) -> tuple[str, ...]:
    return ("java", "-cp", GSON, "-Dfile.encoding=UTF-8", str(PROGRAMS / "Clients.java"), client)


def _go(_: str) -> tuple[str, ...]:
    more = {"GOCACHE": str(BUILT / "go"), "GO111MODULE": "off", "GOPROXY": "off", "CGO_ENABLED": "0"}
    return (built(PROGRAMS / "clients.go", "go", "build", "-o", "{}", environment=more),)


def _csharp(_: str) -> tuple[str, ...]:
    return ("mono", built(PROGRAMS / "Clients.cs", "mcs", *(f"-r:{each}" for each in MONO), "-out:{}"))


def built(source: Path, *words: str, environment: Mapping[str, str] | None = None) -> str:
    """Compile a program, unless it was; `{}` in the words stands for what is made."""
    made = BUILT / f"{source.name}-{hashlib.sha256(source.read_bytes()).hexdigest()[:12]}"
    if not made.exists():
        BUILT.mkdir(parents=True, exist_ok=True)
        under_way = f"{made}.new"
        command = [each.replace("{}", under_way) for each in words] + [str(source)]
        subprocess.run(command, env={**os.environ, **(environment or {})}, check=True, timeout=300)
        shutil.move(under_way, made)
    return str(made)


PYTHON: Final = Language("Python", (), _python)
CURL: Final = Language("Shell", (Need(("curl", "--version"), ("curl",)),), _curl)
NODE: Final = Language(
    "Node",
    (Need(("node", "--version"), ("nodejs",)), Need(("npm", "--version"), ("npm",))),
    _node,
    _node_environment,
)
PHP: Final = Language(
    "PHP",
    (
        Need(("php", "-r", "exit((int) !extension_loaded('curl'));"), ("php-cli", "php-curl")),
        Need(("test", "-e", "/usr/share/php/GuzzleHttp/autoload.php"), ("php-guzzlehttp-guzzle",)),
    ),
    _php,
)
JAVA: Final = Language(
    "Java",
    (Need(("javac", "--version"), ("default-jdk-headless",)), Need(("test", "-e", GSON), ("libgoogle-gson-java",))),
    _java,
)
GO: Final = Language("Go", (Need(("go", "version"), ("golang-go",)),), _go)
CSHARP: Final = Language(
    "C#",
    (
        Need(("mcs", "--version"), ("mono-mcs",)),
        Need(
            ("test", "-e", f"/usr/lib/mono/4.5/{MONO[0]}", "-a", "-e", f"/usr/lib/mono/4.5/{MONO[1]}"),
            ("libmono-system-net-http4.0-cil", "libmono-system-web-extensions4.0-cil"),
        ),
    ),
    _csharp,
)
LANGUAGES: Final = (CURL, PYTHON, NODE, PHP, JAVA, GO, CSHARP)


@dataclass(frozen=True, slots=True)
class Runtime:
    """A client. `client` is what its program calls it, `name` what people do.

    `cannot` are manners that it has no way for, with the reason; `instead` are those in which it sends something else,
    with what that is.
    """

    name: str
    language: Language
    client: str
    cannot: Mapping[str, str] = field(default_factory=dict)
    instead: Mapping[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The language and the name."""
        return f"{self.language.name} {self.name}"


OLD: Final = "always HTTP/1.1"
WITH_HOST: Final = "HTTP/1.0 with a Host"
ENCODED: Final = "percent-encoded by the client"
RUNTIMES: Final = (
    Runtime("curl", CURL, "curl"),
    Runtime("requests", PYTHON, "requests", {"http-1.0": OLD}, {"raw-utf-8": ENCODED}),
    Runtime("httpx", PYTHON, "httpx", {"http-1.0": OLD}, {"raw-utf-8": ENCODED}),
    Runtime("aiohttp", PYTHON, "aiohttp", instead={"http-1.0": WITH_HOST}),
    Runtime(
        "urllib",
        PYTHON,
        "urllib",
        {"http-1.0": OLD, "raw-utf-8": "it refuses letters beyond ASCII in an address"},
    ),
    Runtime(
        "fetch",
        NODE,
        "fetch",
        {
            "get-body": "it refuses a body on a GET",
            "http-1.0": OLD,
            "expect": "it refuses the header",
            "h2c": "it refuses the headers",
            "absolute-form": "it knows no proxy",
        },
        {"raw-utf-8": ENCODED},
    ),
    Runtime("axios", NODE, "axios", {"http-1.0": OLD}, {"raw-utf-8": ENCODED}),
    Runtime("https", NODE, "https", {"http-1.0": OLD}, {"raw-utf-8": ENCODED}),
    Runtime("curl", PHP, "curl"),
    Runtime(
        "file_get_contents",
        PHP,
        "file_get_contents",
        {"chunked": "it knows the length of every body"},
        {"http-1.0": WITH_HOST},
    ),
    Runtime("Guzzle", PHP, "guzzle", instead={"http-1.0": WITH_HOST, "raw-utf-8": ENCODED}),
    Runtime(
        "HttpURLConnection",
        JAVA,
        "HttpURLConnection",
        {
            "get-body": "it makes a POST of it",
            "http-1.0": OLD,
            "h2c": "it drops the headers",
        },
    ),
    Runtime("java.net.http", JAVA, "java.net.http", {"http-1.0": OLD}, {"raw-utf-8": ENCODED}),
    Runtime("net/http", GO, "net/http", {"http-1.0": OLD}),
    Runtime("HttpClient", CSHARP, "HttpClient", instead={"http-1.0": WITH_HOST, "raw-utf-8": ENCODED}),
)
