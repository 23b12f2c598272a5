"""nginx with the example's own file, in a folder of its own, without rights, before servers of this machine."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

FILE = Path(__file__).resolve().parents[2] / "examples" / "replicas" / "nginx.conf"
NOBODY = 65534
PROGRAM = shutil.which("nginx", path=f"{os.environ['PATH']}{os.pathsep}/usr/sbin")


def found() -> str:
    """Give the program; where there is none, the test is left out, but in CI."""
    if PROGRAM is None:
        if os.environ.get("CI"):
            pytest.fail("nginx is not installed")
        pytest.skip("nginx is not installed: the balancer is NOT tested")
    return PROGRAM


@contextmanager
def before(ports: Sequence[int]) -> Iterator[str]:
    """Run it before servers at these ports of 127.0.0.1, one for each of the file's; give its URL.

    Of the file only addresses and the folder of its files are replaced. It gets its listening socket from here: so its
    port is free, and what connects waits until it answers.
    """
    program = found()
    with tempfile.TemporaryDirectory(prefix="nginx-") as name, socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)  # several processes accept
        folder, port = Path(name), listening.getsockname()[1]
        (folder / "nginx.conf").write_text(_replaced(ports, port, name), "utf-8")
        for each in (folder, folder / "nginx.conf"):
            os.chmod(each, 0o777)  # noqa: PTH101  (one call for both)
        rights = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
        with subprocess.Popen(
            [program, "-p", name, "-c", f"{name}/nginx.conf", "-g", "daemon off;"],
            env={"NGINX": f"{listening.fileno()};"},
            pass_fds=[listening.fileno()],
            stderr=subprocess.PIPE,
            text=True,
            **rights,
        ) as process:
            try:
                yield f"http://127.0.0.1:{port}"
            finally:
                process.terminate()
                assert process.stderr is not None
                told = [line for line in process.stderr.read().splitlines() if "[emerg]" in line]
                assert told == []


def _replaced(ports: Sequence[int], port: int, folder: str) -> str:
    text = FILE.read_text("utf-8")
    names = re.findall(r"server (\S+):6877 ", text)
    for name, each in zip(names, ports, strict=True):
        text = text.replace(f"server {name}:6877 ", f"server 127.0.0.1:{each} ")
    assert text.count("listen 6877;") == 1
    return text.replace("listen 6877;", f"listen 127.0.0.1:{port};").replace("/tmp/", f"{folder}/")
