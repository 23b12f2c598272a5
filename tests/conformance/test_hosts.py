"""What a target's host asks for: certificates of its own, and pauses between rents of one account."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import orjson
import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]
Serve = Callable[..., Any]
SANDBOX = ("-m", "otp_sandbox.cli", "serve", "--port", "0")
# Speaks TLS, and hands everything on to a sandbox.
IN_FRONT = """
import asyncio, ssl, sys

async def copy(reader, writer):
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()

async def take(reader, writer):
    there, back = await asyncio.open_connection("127.0.0.1", int(sys.argv[1]))
    await asyncio.gather(copy(reader, back), copy(there, writer), return_exceptions=True)

async def main():
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(sys.argv[2], sys.argv[3])
    server = await asyncio.start_server(take, "127.0.0.1", 0, ssl=context)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]} ", flush=True)
    await server.serve_forever()

asyncio.run(main())
"""


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate that nobody trusts unless told to, and its key."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("there is no openssl that makes a certificate")
    paths = tmp_path / "certificate.pem", tmp_path / "key.pem"
    words = ("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2")
    names = ("-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1")
    files = ("-out", str(paths[0]), "-keyout", str(paths[1]))
    subprocess.run([openssl, *words, *names, *files], check=True, capture_output=True)
    return paths


def test_a_certificate_is_trusted_by_both_layers_when_it_is_told(
    certificate: tuple[Path, Path], serve: Serve, run: Run, target: str, tmp_path: Path
) -> None:
    """Requests of cases, of the contract layer, and of the control API. Untold it is one line, and no verdict."""
    report = tmp_path / "report.json"
    url = serve("-c", IN_FRONT, target.rpartition(":")[2], *map(str, certificate)).url.replace("http:", "https:")
    words = ("run", "esms", "--target", url, "-k", "GetBalance_json and (contract or sample)")

    untold = run(*words)
    told = run(*words, "--ca", str(certificate[0]), "--report-json", str(report))

    assert (untold.returncode, (untold.stdout + untold.stderr).strip().count("\n")) == (3, 0)
    assert "certificate" in untold.stderr
    assert told.returncode == 0, told.stdout + told.stderr
    layers = {each["layer"]: each["kind"] for each in orjson.loads(report.read_bytes())["results"]}
    assert layers == {"contract": "passed", "sample": "passed"}


@pytest.mark.parametrize("text", [None, "no certificate"])
def test_a_file_without_certificates_is_one_line(text: str | None, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "ca.pem"
    if text is not None:
        path.write_text(text, "utf-8")

    ended = run("run", "--target", "https://127.0.0.1:9", "--ca", str(path))

    told = (ended.stdout + ended.stderr).strip()
    assert (ended.returncode, told.count("\n")) == (4, 0)
    assert f"--ca {path}: no certificates can be read there" in told


PAUSE_MS = 150
# Pauses of seconds would prove no more than pauses of milliseconds.
SHORT = f"""
from otp_conformance.rooms import ROOMS

object.__setattr__(ROOMS["thuesim"].calls, "seconds_between_rents", {PAUSE_MS * 1.2 / 1000})
"""


def test_without_lanes_all_layers_pause_between_rents(serve: Serve, run: Run, tmp_path: Path) -> None:
    """Our own sandbox is conformant then, and never had to say that somebody was too soon."""
    (tmp_path / "sitecustomize.py").write_text(SHORT, "utf-8")
    config, report = tmp_path / "host.toml", tmp_path / "report.json"
    config.write_text(
        f'[lanes.default.accounts.thuesim]\nmin_interval = "{PAUSE_MS}ms"\nwaiting_limit = 1000\n', "utf-8"
    )
    url = serve(*SANDBOX, "--config", str(config), OTP_SANDBOX_CONTROL_TOKEN="secret").url

    some = "register_service or rephone or rented or links"
    words = ("run", "thuesim", "--target", url, "-k", some, "--max-examples", "2", "--report-json", str(report))
    ended = run(*words, PYTHONPATH=str(tmp_path))

    assert ended.returncode == 0, ended.stdout[-3000:]
    asked = Request(f"{url}/_sandbox/v1/requests?limit=1000", headers={"Authorization": "Bearer secret"})
    with urlopen(asked, timeout=10) as answer:
        outcomes = [each["outcome"] for each in orjson.loads(answer.read())["requests"]]
    assert outcomes.count("rented") > 2
    assert "too_soon" not in outcomes


def test_without_lanes_a_run_is_in_one_process(serve: Serve, run: Run) -> None:
    """Several would not know of each other's rents."""
    url = serve(*SANDBOX, OTP_SANDBOX_CONTROL_TOKEN="secret").url

    ended = run("run", "--target", url, "-n", "2")

    told = (ended.stdout + ended.stderr).strip()
    assert (ended.returncode, told) == (4, "ERROR: the target lends no world of its own to a case: leave -n out")
