"""What Windows lacks is taken away here: the sandbox starts, plays and stops without it.

It proves that nothing of ours asks for it. How sockets, consoles and paths of Windows behave is not proved.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import ProxyHandler, build_opener

import pytest

PREAMBLE = """
import asyncio, concurrent.futures, ctypes, logging, multiprocessing.shared_memory, os, pkgutil, runpy, select, signal
import socket, subprocess, sys, tempfile, threading, tomllib, urllib.request, uuid  # the library needs it all itself

for name in ("uvloop", "fcntl", "grp", "pwd", "resource", "termios", "tty", "pty", "syslog"):
    sys.modules[name] = None
for name in ("fork", "forkpty", "getuid", "geteuid", "getgid", "getegid", "setsid", "killpg", "chown",
             "uname", "sysconf", "getloadavg", "mkfifo", "nice", "wait3", "wait4", "initgroups", "getpgid", "fchown"):
    if hasattr(os, name):
        delattr(os, name)
for name in ("SIGHUP", "SIGKILL", "SIGUSR1", "SIGUSR2", "SIGALRM", "SIGCHLD", "SIGPIPE", "SIGQUIT", "pthread_sigmask",
             "pthread_kill", "sigwait", "setitimer", "alarm", "pause"):
    if hasattr(signal, name):
        delattr(signal, name)
def refused(*_):
    raise NotImplementedError

asyncio.SelectorEventLoop.add_signal_handler = refused
"""
SERVE = "from otp_sandbox.cli import main; sys.exit(main(['serve', '--port', '0']))"
EVERYTHING = """
import importlib, otp_sandbox, otp_specs
for package in (otp_sandbox, otp_specs):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
print(len([name for name in sys.modules if name.startswith("otp_")]))
"""


def command(program: str, before: str = "") -> list[str]:
    """Give a Python without these parts; it also complains where a file is opened in the encoding of the system."""
    strict = [
        "-X",
        "warn_default_encoding",
        "-W",
        "error::EncodingWarning:otp_sandbox",
        "-W",
        "error::EncodingWarning:otp_specs",
    ]
    return [sys.executable, *strict, "-c", before + PREAMBLE + program]


@pytest.fixture
def server() -> Iterator[subprocess.Popen[str]]:
    """A sandbox without these parts."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OTP_SANDBOX_")}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command(SERVE), text=True, env=environment, **pipes) as process:
        yield process
        process.kill()


def test_every_module_is_imported_without_them() -> None:
    done = subprocess.run(
        command(EVERYTHING, before="import mcp.server"), capture_output=True, text=True, check=False, timeout=60
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert int(done.stdout) > 150


def test_a_sandbox_serves_and_stops_without_them(server: subprocess.Popen[str]) -> None:
    """Without uvloop and without handlers of signals. Ctrl-C ends it with status 130, and without a traceback."""
    assert server.stdout is not None
    found = re.search(r"listens on (http://\S+)", server.stdout.readline())
    assert found is not None
    query = (
        "Token=SANDBOX-TOKEN&SMSMessageText=%25code%25&LineNumber=Public&Mobile=9121234567&CodeLength=4&SendDateTime="
    )
    opener = build_opener(ProxyHandler({}))
    with opener.open(f"{found[1]}/rest/SendOTP?{query}", timeout=20) as answer:
        assert b'"Status":"Success"' in answer.read()
    with opener.open(f"{found[1]}/_sandbox/v1/messages/latest", timeout=20) as answer:
        assert b'"provider":"amoot"' in answer.read()

    server.send_signal(signal.SIGINT)
    _, err = server.communicate(timeout=30)

    assert server.returncode == 130
    assert "Traceback" not in err


@pytest.mark.parametrize("name", ["sandbox.toml", "của tôi.toml", "a b.toml"])
def test_a_file_of_windows_is_read(tmp_path: Path, name: str) -> None:
    """With a mark, with lines that end in CR LF, in a folder whose name has blanks and letters of its own."""
    folder = tmp_path / "Ứng dụng"
    folder.mkdir()
    path = folder / name
    path.write_bytes(b'\xef\xbb\xbfport = "x"\r\nseed = 1\r\n')

    program = f"from otp_sandbox.cli import main; sys.exit(main(['serve', '--config', {str(path)!r}]))"
    done = subprocess.run(command(program), capture_output=True, text=True, check=False, timeout=60)

    assert done.returncode == 2
    assert "port: 'x' is not right" in done.stderr
