"""openapi-python-client takes the plain documents as a running sandbox serves them."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
from itertools import cycle
from pathlib import Path
from typing import Any

import otp_specs

HERE = Path(__file__).parent / "python"
GENERATOR = Path(sys.executable).parent / "openapi-python-client"
LEFT_OUT = {
    "esms": ["Unsupported content type application/xml", "Unsupported content type text/plain"],
    "amoot": [],
    "thuesim": ["Unsupported content_type audio/wav"],
    "viotp": ["Unsupported content_type audio/wav"],
}
"""What the generator does not know, so that a client cannot do it."""


async def run(folder: Path, *words: str | Path) -> str:
    """Run a command in a folder; it must end well. Gives what it printed."""
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    environment |= {"PYTHONPATH": str(folder), "NO_PROXY": "*", "NO_COLOR": "1", "COLUMNS": "200"}

    def begin() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            words, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
        )

    done = await asyncio.to_thread(begin)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


async def test_a_python_client_logs_in(sandbox: Any, tmp_path: Path) -> None:
    """It is made of the documents that are served, and reads each answer as what it is."""
    url = sandbox.server.url
    providers = otp_specs.available()
    ways = [
        ("--url", f"{url}/_sandbox/specs/{each}.{ending}", "--meta", "none", "--output-path", each)
        for each, ending in zip(providers, cycle(("json", "yaml")), strict=False)
    ]

    made = await asyncio.gather(*(run(tmp_path, GENERATOR, "generate", *words) for words in ways))
    told = json.loads(await run(tmp_path, sys.executable, HERE / "login.py", url))

    for provider, text in zip(providers, made, strict=True):
        assert sorted(set(re.findall(r"Unsupported content.?type [\w/]+", text))) == LEFT_OUT[provider]
    assert told == {
        "esms": ["100", "100"],
        "esms by body": "100",
        "balance": ["ApiAnswer", "BalanceAnswerData"],
        "networks": ["ApiAnswer", "NetworksAnswerDataItem"],
        "service": ["ServiceAnswer", "ServiceAnswerDataType0Item"],
        "code": ["CodeAnswer", "CodeAnswerResultType0"],
        "history": ["ApiAnswer", "HistoryAnswerDataItem"],
        "refused": 401,
        "amoot": ["Success", 5, *["Success"] * 3],
    }
