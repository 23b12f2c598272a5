"""Tools of the Node world take the plain documents as they are."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import otp_specs
from equipment import node_tools

Run = Callable[..., Awaitable[str]]

PROVIDERS = otp_specs.available()
SPECS = "/_sandbox/specs/"
HERE = node_tools.SOURCE
STRICTLY = ["--strict", "--skipLibCheck", "--target", "es2022", "--module", "es2022", "--moduleResolution", "bundler"]


async def test_redocly_finds_nothing(plain: Path, run: Run) -> None:
    """Its recommended rules, warnings included."""
    files = [str(plain / f"{provider}.yaml") for provider in PROVIDERS]

    told = await run("redocly", "lint", *files, "--config", str(HERE / "redocly.yaml"), "--format", "json")

    assert told.count('"problems": []') == len(files)


async def test_spectral_finds_nothing(plain: Path, run: Run) -> None:
    """Its rules for OpenAPI, down to hints."""
    files = [str(plain / f"{provider}.json") for provider in PROVIDERS]

    told = await run("spectral", "lint", *files, "--ruleset", str(HERE / "spectral.yaml"), "--fail-severity", "hint")

    assert "No results with a severity of 'hint' or higher found" in told


async def test_a_typescript_client_logs_in(sandbox: Any, node_folder: Path, run: Run, tmp_path: Path) -> None:
    """Types are made of the documents that are served; the compiler finds no fault, and the calls do what they say."""
    shutil.copy(HERE / "login.ts", tmp_path)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    (tmp_path / "node_modules").symlink_to(node_folder / "node_modules")
    url = sandbox.server.url

    await asyncio.gather(
        *(run("openapi-typescript", f"{url}{SPECS}{each}.yaml", "-o", f"{each}.d.ts") for each in PROVIDERS)
    )
    await run("tsc", *STRICTLY, "login.ts")
    told = json.loads(await run("node", "login.js", url))

    assert told == {
        "sent": "100",
        "checked": "100",
        "balance": {"balance": 122_006},
        "post": "100",
        "amoot": ["Success", 5, "Success"],
    }


async def test_prism_lets_the_queries_of_thuesim_through(
    sandbox: Any, node_folder: Path, free_port: int, tmp_path: Path, client: Any
) -> None:
    """It holds each request and each answer against the document, and refuses what does not fit."""
    url = sandbox.server.url
    words = ("proxy", f"{url}{SPECS}thuesim.json", url, "--errors", "--port", str(free_port))
    through = type(client)(f"http://127.0.0.1:{free_port}", client.session)

    async with node_tools.running(node_folder, "prism", *words, cwd=tmp_path, ready="listening"):
        rented = await through.get("/api/register-service/", serviceId="02.97", token="SANDBOX-TOKEN")
        key = rented.json["RequestLog"]["ID"]
        right = [
            await through.get("/api/", show=show, token=token, ID=key)
            for show in ("balance", "networks", "service", "code", "history")
            for token in ("SANDBOX-TOKEN", "wrong")
        ]
        wrong = await through.get("/api/", show="nothing", token="SANDBOX-TOKEN")

    assert [answer.text for answer in (rented, *right) if answer.status != 200] == []
    assert right[0].json["success"] is True
    assert wrong.status == 422
