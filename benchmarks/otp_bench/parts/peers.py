"""Other mock servers that play the same two calls, beside ours and the bare handler in one run.

They are installed from npm into a folder that is not committed. None of them keeps a journal, a log or deliveries.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from otp_bench.control import Control, proves_itself
from otp_bench.parts.cpu import compared
from otp_bench.scale import Scale
from otp_bench.servers import CHECKCODE, CREDENTIALS, GENCODE, bare, free_port, running, sandbox

SOURCE = Path(__file__).parents[2] / "peers"
FOLDER = Path(__file__).parents[3] / "build" / "bench-peers"
INSTALL = ("npm", "install", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
PRISM = "node_modules/@stoplight/prism-cli/dist/index.js"
WRONG_CODE = f"{CHECKCODE}?{CREDENTIALS}&Phone=0901888484&Code=000000"

COMMANDS: Mapping[str, tuple[str, ...]] = {
    "node": ("node.mjs", "{port}"),
    "scalar": ("scalar.mjs", "{port}"),
    "backend": ("backend.mjs", "{port}"),
    "prism": (PRISM, "mock", "esms.json", "--port", "{port}", "--verboseLevel", "silent"),
}


def are_possible() -> bool:
    """Tell whether there is what runs and installs them."""
    return shutil.which("node") is not None and shutil.which("npm") is not None


def install() -> None:
    """Copy our part of them and fetch the rest; what is there already is kept."""
    shutil.copytree(SOURCE, FOLDER, dirs_exist_ok=True)
    subprocess.run(INSTALL, cwd=FOLDER, check=True, stdout=subprocess.DEVNULL)


def measure(scale: Scale) -> dict[str, Any]:
    """Run all at once on one core and measure them in turns: one that waits for its turn costs nothing."""
    with ExitStack() as stack:
        servers = {"bare": stack.enter_context(bare()), "sandbox": stack.enter_context(sandbox())}
        Control(servers["sandbox"]).make_rich()
        for name, words in COMMANDS.items():
            port = free_port()
            script, *arguments = (word.format(port=port) for word in words)
            command = ["node", str(FOLDER / script), *(_placed(word) for word in arguments)]
            servers[name] = stack.enter_context(running(command, port, WRONG_CODE))
        for name, server in servers.items():
            if name != "bare":
                proves_itself(server, GENCODE)
        return compared(servers, scale)


def _placed(word: str) -> str:
    return str(FOLDER / word) if word.endswith(".json") else word
