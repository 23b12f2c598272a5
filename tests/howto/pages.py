"""Runs the blocks of a page against a sandbox and compares what they print with what the page says.

- ```` ```bash ```` blocks of a page run in order, in one shell, in an empty folder.
- ```` ```python ```` blocks run in between, each by a Python of its own; ```` ```php ```` blocks where there is PHP.
- A block of any language whose first line is `# file: NAME` is that file, written before the page runs.
- A ```` ```text ```` or ```` ```json ```` block right after one of them is what it prints; `…` stands for anything.
- ```` ```console ```` and all other blocks are for the reader only.

The address of the sandbox on the page, port 6877, is replaced by that of a running one, and port 6878, at which a page
starts a sandbox of its own, by a free one.
"""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
PORT = ":6877"
SECOND = "6878"
RUNNERS = {"python": sys.executable} | {name: path for name in ("php",) if (path := shutil.which(name)) is not None}
"""What runs the blocks of a language, besides the shell."""
_BLOCK = re.compile(r"^```(\w+)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE = "# file: "
_END = "--- end of block {} ---"


@dataclass(slots=True)
class Block:
    """A block that runs; `expected` None means that the page does not show what it prints."""

    line: int
    language: str
    text: str
    expected: str | None = None


def blocks(page: str) -> list[Block]:
    """Find the blocks of a page that run."""
    found: list[Block] = []
    last: Block | None = None
    end = 0
    for match in _BLOCK.finditer(page):
        language, text = match[1], match[2]
        if language == "bash" or language in RUNNERS or text.startswith(_FILE):
            last = Block(page.count("\n", 0, match.start()) + 1, language, text)
            found.append(last)
        elif language in ("text", "json") and last is not None and not page[end : match.start()].strip():
            last.expected = text
            last = None
        else:
            last = None
        end = match.end()
    return found


def run(found: list[Block], port: int, folder: Path, environment: dict[str, str]) -> list[str]:
    """Run the blocks of one page in one shell; give what each printed, the address written as on the page."""
    script = ["set -eu", "set -o pipefail"]
    second = str(_free_port())
    for number, block in enumerate(found):
        text = block.text.replace(PORT, f":{port}").replace(SECOND, second)
        if text.startswith(_FILE):
            name, _, content = text.removeprefix(_FILE).partition("\n")
            (folder / name.strip()).write_text(content, "utf-8")
        elif block.language == "bash":
            script.append(text)
        else:
            path = folder / f"block_{number}.{block.language}"
            path.write_text(text, "utf-8")
            script.append(f"{shlex.quote(RUNNERS[block.language])} {shlex.quote(str(path))}")
        script.append(f"echo {shlex.quote(_END.format(number))}")
    done = _ended(["bash", "-c", "\n".join(script)], folder, environment)
    printed, left = [], done.stdout.replace(f":{port}", PORT).replace(f":{second}", f":{SECOND}")
    for number, block in enumerate(found):
        text, ended, left = left.partition(_END.format(number) + "\n")
        if not ended:
            raise AssertionError(
                f"the block at line {block.line} failed with status {done.returncode}\n{text}\n{done.stderr}"
            )
        printed.append(text)
    return printed


def _ended(command: list[str], folder: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a command to its end. What it has started and left over when it failed ends with it."""
    with subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            out, err = process.communicate(timeout=120)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    return subprocess.CompletedProcess(command, process.returncode, out, err)


def matches(expected: str, printed: str) -> bool:
    """Compare, where `…` stands for anything and space at the end of lines does not count."""
    pattern = "".join(".*" if part == "…" else re.escape(part) for part in re.split("(…)", _trimmed(expected)))
    return re.fullmatch(pattern, _trimmed(printed), re.DOTALL) is not None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _trimmed(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())
