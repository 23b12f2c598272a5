"""The client in JavaScript: its types are sound, and Node's own test runner passes with it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from equipment import node_tools
from equipment.ending import ends
from equipment.packages import leave

ROOT = Path(__file__).resolve().parents[2]
CLIENT = ROOT / "examples" / "js" / "otp-sandbox.mjs"
HERE = Path(__file__).parent
STRICT = ("--noEmit", "--allowJs", "--checkJs", "--strict", "--target", "es2023", "--module", "nodenext")


@pytest.fixture
def environment() -> dict[str, str]:
    """With the command of this Python first in the path, and without settings of a sandbox."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("OTP_SANDBOX_")}
    return clean | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", "NO_PROXY": "*"}


@pytest.fixture
def node() -> str:
    """Node; under CI it is an error to have none."""
    found = shutil.which("node")
    if found is None:
        leave("there is no node", "nobody has run the client in JavaScript")
    return found


def test_tests_in_javascript_pass(node: str, environment: dict[str, str], tmp_path: Path) -> None:
    shutil.copy(CLIENT, tmp_path)
    shutil.copy(HERE / "client.test.mjs", tmp_path)

    done = subprocess.run(
        [node, "--test", "--test-reporter=tap", "client.test.mjs"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "# fail 0" in done.stdout


def test_a_sandbox_ends_with_the_program_that_launched_it(
    node: str, environment: dict[str, str], tmp_path: Path
) -> None:
    """Also when it is killed, or forgets to close it."""
    shutil.copy(CLIENT, tmp_path)
    (tmp_path / "launch.mjs").write_text(
        """
import { launch } from "./otp-sandbox.mjs";
import { readFileSync } from "node:fs";
await launch();
console.log(readFileSync(`/proc/self/task/${process.pid}/children`, "utf8").trim());
if (process.argv[2] === "wait") setInterval(() => {}, 1000);
""",
        "utf-8",
    )
    if not Path("/proc/self/task").exists():
        pytest.skip("THE SYSTEM DOES NOT TELL CHILDREN: nobody sees whether a sandbox is left behind")

    for words in ((), ("wait",)):
        with subprocess.Popen(
            [node, "launch.mjs", *words], cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True
        ) as program:
            assert program.stdout is not None
            pid = int(program.stdout.readline())
            if words:
                program.kill()
        assert ends(pid)


def test_its_types_are_sound(tmp_path: Path) -> None:
    """As a strict compiler reads JSDoc."""
    folder = node_tools.found(what="nobody has checked the types of the client in JavaScript")
    shutil.copy(CLIENT, tmp_path)

    done = node_tools.run(folder, "tsc", *STRICT, "otp-sandbox.mjs", cwd=tmp_path)

    assert done.returncode == 0, done.stdout
