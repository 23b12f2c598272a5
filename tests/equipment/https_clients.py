"""The smallest client of each runtime that asks for a URL, in its own way, and prints what comes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from clients.runtimes import BUILT, GO, JAVA
from equipment.packages import Need, install

_JAVA: Final = """
import java.net.URI; import java.net.http.*;
public class Trust { public static void main(String[] a) throws Exception {
  var asked = HttpRequest.newBuilder(URI.create(a[0])).build();
  System.out.println(HttpClient.newHttpClient().send(asked, HttpResponse.BodyHandlers.ofString()).body()); } }
"""
_GO: Final = """
package main
import ("fmt"; "io"; "net/http"; "os")
func main() { got, err := http.Get(os.Args[1]); if err != nil { fmt.Println(err); os.Exit(1) }
  body, _ := io.ReadAll(got.Body); fmt.Println(string(body)) }
"""
RUNTIMES: Final = {
    "python": [sys.executable, "-c", "import sys, urllib.request as u; print(u.urlopen(sys.argv[1]).read().decode())"],
    "requests": [sys.executable, "-c", "import sys, requests; print(requests.get(sys.argv[1]).text)"],
    "curl": ["curl", "-sS"],
    "node": ["node", "-e", "fetch(process.argv[1]).then(r => r.text()).then(console.log)"],
    "php file_get_contents": ["php", "-r", "echo file_get_contents($argv[1]);"],
    "php curl": ["php", "-r", "$c = curl_init($argv[1]); curl_exec($c) || exit(1);"],
    "java": ["java", "Trust.java"],
    "go": ["go", "run", "trust.go"],
}


_NEEDS: Final = {
    "curl": (Need(("curl", "--version"), ("curl",)),),
    "node": (Need(("node", "--version"), ("nodejs",)),),
    "php": (Need(("php", "-r", "exit((int) !extension_loaded('curl'));"), ("php-cli", "php-curl")),),
    "java": JAVA.needs,
    "go": GO.needs,
}


def demand(runtime: str) -> None:
    """Skip the test loudly where a runtime is missing, and fail it in CI."""
    missing = install(*_NEEDS.get(RUNTIMES[runtime][0], ()))
    if missing:
        text = f"{runtime.upper()} HAS NOT ASKED OVER TLS: install {', '.join(missing)}"
        if os.environ.get("CI"):
            pytest.fail(text)
        pytest.skip(text)


def ask(
    runtime: str, url: str, folder: Path, environment: Mapping[str, str], within: tuple[str, ...] = ()
) -> subprocess.CompletedProcess[str]:
    """Have a runtime ask for a URL.

    Args:
        runtime: which one.
        url: what for.
        folder: an empty folder for its program.
        environment: all its variables.
        within: a command before the one of the client.
    """
    programs = {"Trust.java": _JAVA, "trust.go": _GO}
    for name, program in programs.items():
        (folder / name).write_text(program)
    command = [str(folder / word) if word in programs else word for word in RUNTIMES[runtime]]
    go = {"GOCACHE": str(BUILT / "go"), "GO111MODULE": "off", "GOPROXY": "off", "CGO_ENABLED": "0"}
    return subprocess.run(
        [*within, *command, url],
        env={**environment, **go},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
