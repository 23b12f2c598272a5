"""A command that is run again and again: a process that has loaded it forks for each run.

Loading is most of what a short run costs. A fork has loaded all, and has run nothing.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

TESTS = Path(__file__).parents[1]


class Forking:
    """Runs a command in processes of its own, each with its words, environment and folder.

    Args:
        module: has `main`, which takes the words and gives the exit status.
        more: further modules that runs need, loaded beforehand.
    """

    def __init__(self, module: str, *more: str) -> None:
        self._module = module
        self._more = more
        self._process: subprocess.Popen[str] | None = None

    def run(self, *words: str, env: Mapping[str, str], cwd: Path, seconds: int) -> subprocess.CompletedProcess[str]:
        """Run the command to its end.

        Where the environment says what Python finds, and where there is no fork, in a process from the beginning.
        """
        if "PYTHONPATH" in env or not hasattr(os, "fork"):
            return subprocess.run(
                [sys.executable, "-m", self._module, *words],
                env=env,
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=seconds,
                check=False,
            )
        with tempfile.TemporaryDirectory() as folder:
            out, err = Path(folder) / "out", Path(folder) / "err"
            asked = {"words": words, "env": dict(env), "cwd": str(cwd), "seconds": seconds}
            status = self._ask({**asked, "out": str(out), "err": str(err)})
            told = out.read_text("utf-8"), err.read_text("utf-8")
        if status == -signal.SIGALRM:
            raise subprocess.TimeoutExpired(words, seconds, *told)
        return subprocess.CompletedProcess(words, status, *told)

    def close(self) -> None:
        """End the process that forks."""
        if self._process is not None:
            self._process.communicate()

    def _ask(self, asked: Any) -> int:
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "equipment.forking", self._module, *self._more],
                env=os.environ | {"PYTHONPATH": str(TESTS)},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        asking, told = self._process.stdin, self._process.stdout
        assert asking is not None
        assert told is not None
        asking.write(json.dumps(asked) + "\n")
        asking.flush()
        return int(told.readline())


def main() -> int:
    """Load what the words name; then fork for each line that comes, and tell how it ended."""
    modules = [importlib.import_module(name) for name in sys.argv[1:]]
    assert threading.active_count() == 1, "a fork would have none of the other threads"
    gc.freeze()  # what is loaded stays shared
    for line in iter(sys.stdin.readline, ""):
        child = os.fork()
        if not child:
            return _begin(modules[0], **json.loads(line))
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201  (somebody reads it)
    return 0


def _begin(module: Any, *, words: list[str], env: dict[str, str], cwd: str, seconds: int, out: str, err: str) -> int:
    """Become the process that was asked for."""
    signal.alarm(seconds)  # it ends it
    for number, path, flags in ((0, os.devnull, os.O_RDONLY), (1, out, os.O_WRONLY), (2, err, os.O_WRONLY)):
        opened = os.open(path, flags | os.O_CREAT)
        os.dup2(opened, number)
        os.close(opened)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115  (the other has read ahead)
    os.environ.clear()
    os.environ.update(env)
    os.chdir(cwd)
    sys.argv, sys.path[0] = [module.__file__, *words], cwd
    status: int = module.main(words)
    return status


if __name__ == "__main__":
    sys.exit(main())
