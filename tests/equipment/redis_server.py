"""Real servers of Redis or Valkey: processes with a folder and a port of their own, to be killed and begun again.

They end with the process that started them, also when that is killed.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any, BinaryIO, Final, Literal

import pytest

from equipment.packages import Need, offered, require

Sync = Literal["always", "everysec"]
Reply = str | int | list["Reply"] | None

REDIS: Final = "redis-server"
VALKEY: Final = "valkey-server"
PROGRAMS: Final = (REDIS, VALKEY)
HOST: Final = "127.0.0.1"
PORTS: Final = range(12_000, 32_000)
"""Below the ports that systems draw for those who call: a server that is down finds its port free again."""
GIVE_UP: Final = 30.0
_PAUSE: Final = 0.003
"""Seconds between two looks at a process of its own, which no clock of ours hurries."""
_TRIES: Final = 5
_FOLDER: Final = "otp-redis-"
_numbers = count()


class Refused(Exception):
    """The server answered with an error."""


def found(program: str = REDIS) -> str:
    """Give a program that runs here; what is missing is installed, if that is ours to do.

    What is missing still skips the test. Under CI it fails it, but for a program that the distribution does not have.
    """
    if shutil.which(program) is None and not offered(program):  # asked first: many a release has no Valkey
        pytest.skip(f"{program.upper()} IS NOT INSTALLED HERE, AND THE DISTRIBUTION DOES NOT HAVE IT")
    require([Need((program, "--version"), (program,))], f"no store was shared through {program}")
    return program


@dataclass(frozen=True, slots=True)
class Certificates:
    """Files for TLS: of the CA, of the server and of its key. The server is 127.0.0.1, ::1 and localhost."""

    ca: Path
    server: Path
    key: Path

    @property
    def words(self) -> list[str]:
        """What a server is told of them."""
        return [
            *("--tls-cert-file", str(self.server), "--tls-key-file", str(self.key)),
            *("--tls-ca-cert-file", str(self.ca), "--tls-auth-clients", "no"),
        ]


def certificates(folder: Path) -> Certificates:
    """Make a CA to throw away, and a certificate of this machine."""
    from otp_sandbox.interception import certificates as making  # noqa: PLC0415  (loads cryptography)

    now = datetime.now(UTC)
    authority = making.new_authority([], now)
    issuer, key = making.read_authority(authority), making.new_key()
    made = Certificates(folder / "ca.pem", folder / "server.pem", folder / "key.pem")
    made.ca.write_bytes(authority[authority.index(b"-----BEGIN CERTIFICATE") :])
    made.server.write_bytes(making.new_server("", key, issuer, now, now + timedelta(days=1)))
    made.key.write_bytes(making.private_pem(key))
    return made


@dataclass(slots=True)
class Redis:
    """A server. It keeps its folder and its port over `kill` and `start`.

    Args:
        folder: where its files are.
        program: which one it is.
        sync: how soon its append-only file is on the disk; without one nothing outlives the process.
        user: who may call; nobody else, then.
        password: that of the user, or else of everybody.
        tls: by which it listens on a second port.
        policy: what becomes of keys when memory is full.
        memory: how much that is, as Redis writes it; 0 is without end.
        more: further words of its command line.
        conf: what a file says that it may change itself; without one it has no file.
    """

    folder: Path
    program: str = REDIS
    sync: Sync | None = None
    user: str = ""
    password: str = ""
    tls: Certificates | None = None
    policy: str = "noeviction"
    memory: str = "0"
    more: Sequence[str] = ()
    conf: str = ""
    port: int = field(default=0, init=False)
    tls_port: int = field(default=0, init=False)
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def url(self) -> str:
        """Its URL, with user and password, without a database."""
        return self.url_of()

    def url_of(self, database: int | None = None, *, tls: bool = False) -> str:
        """Spell its URL.

        Args:
            database: the number of the database, if it is to be named.
            tls: whether it is that of the second port.
        """
        who = f"{self.user}:{self.password}@" if self.password else ""
        path = "" if database is None else f"/{database}"
        return f"{'rediss' if tls else 'redis'}://{who}{HOST}:{self.tls_port if tls else self.port}{path}"

    @property
    def pid(self) -> int:
        """The id of the process."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start it, on a free port if it has none yet, and wait until it has loaded what it keeps."""
        for _ in range(_TRIES):
            fresh = not self.port
            if fresh:
                self.port, self.tls_port = free_port(), free_port() if self.tls else 0
            with (self.folder / "log").open("ab") as log:
                self._process = subprocess.Popen(
                    [*_guarded(), self.program, *self._words()],
                    cwd=self.folder,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,  # Ctrl-C in a terminal stops the tests first
                )
            if self._ready():
                return
            if fresh:
                self.port = 0  # somebody else was faster, maybe
        raise RuntimeError(f"{self.program} does not start: {(self.folder / 'log').read_text('utf-8')[-2000:]}")

    def kill(self) -> None:
        """Kill it; what it has written to its file is there."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    @property
    def kept(self) -> Path:
        """The file that it appends to."""
        return self.folder / "appendonlydir" / "appendonly.aof.1.incr.aof"

    def cut(self, size: int) -> None:
        """Kill it, and take off from its file what is behind a size, as a loss of power would what was not synced."""
        self.kill()
        if size < self.kept.stat().st_size:
            os.truncate(self.kept, size)

    def stop(self) -> None:
        """End it kindly: what it keeps is on the disk."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait()

    def ask(self, *words: str | int) -> Reply:
        """Send one command over a connection of its own.

        Raises:
            Refused: the answer is an error.
            OSError: there is nobody.
        """
        with socket.create_connection((HOST, self.port), GIVE_UP) as line, line.makefile("rb") as answers:
            if self.password:
                line.sendall(_spelled("AUTH", *filter(None, [self.user]), self.password))
                _read(answers)
            line.sendall(_spelled(*words))
            return _read(answers)

    def told(self, section: str) -> dict[str, str]:
        """Give a section of what it tells about itself."""
        lines = str(self.ask("INFO", section)).splitlines()
        return dict(line.split(":", 1) for line in lines if ":" in line)

    def _words(self) -> list[str]:
        words = []
        if self.conf:
            path = self.folder / "server.conf"
            if not path.exists():
                path.write_text(self.conf, "utf-8")
            words.append(str(path))
        words += ["--bind", HOST, "--port", str(self.port), "--dir", str(self.folder), "--save", ""]
        words += ["--repl-diskless-sync-delay", "0"]  # a replica need not wait for another one
        words += ["--appendonly", "yes" if self.sync else "no", "--appendfsync", self.sync or "no"]
        words += ["--auto-aof-rewrite-percentage", "0"]  # that file stays the one
        words += ["--maxmemory-policy", self.policy, "--maxmemory", self.memory]
        if self.tls is not None:
            words += ["--tls-port", str(self.tls_port), *self.tls.words]
        if self.user:
            words += ["--user", "default", "off"]
            words += ["--user", self.user, "on", f">{self.password}", "~*", "&*", "+@all"]
        elif self.password:
            words += ["--requirepass", self.password]
        return words + list(self.more)

    def _ready(self) -> bool:
        """Wait until it answers; False if it ended instead."""
        assert self._process is not None
        end = time.monotonic() + GIVE_UP
        while self._process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection((HOST, self.port), 1) as line:
                line.sendall(b"PING\r\n")
                # Who must say who he is has been told so when all is loaded.
                if line.recv(64).startswith((b"+PONG", b"-NOAUTH")):
                    return self._process.poll() is None
            if time.monotonic() > end:
                self.kill()
                raise RuntimeError(f"{self.program} starts, but answers nothing")
            time.sleep(_PAUSE)
        return False


@contextmanager
def running(program: str = REDIS, sync: Sync | None = None, *, tls: bool = False, **more: Any) -> Iterator[Redis]:
    """Run a server in a folder of its own until the block ends.

    Args:
        program: which one.
        sync: how soon its append-only file is on the disk.
        tls: whether it has a second port with TLS.
        more: what else `Redis` takes.
    """
    found(program)
    _sweep()
    with tempfile.TemporaryDirectory(prefix=f"{_FOLDER}{os.getpid()}-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        made = certificates(folder) if tls else None
        server = Redis(folder, program, sync, tls=made, **more)
        try:
            server.start()
            yield server
        finally:
            server.kill()


@contextmanager
def replica(of: Redis) -> Iterator[Redis]:
    """Run a replica of a server, which is read only, until the block ends; it has what the other has."""
    auth = ["--masteruser", of.user or "default", "--masterauth", of.password] if of.password else []
    follows = ["--replicaof", HOST, str(of.port), *auth]
    with running(of.program, user=of.user, password=of.password, more=follows) as server:
        until(lambda: server.told("replication")["master_link_status"] == "up")
        yield server


_kept = ExitStack()


@cache
def plain() -> Redis:
    """Give the server that all tests of a process share. Each takes a prefix of its own: see `prefix`."""
    return _kept.enter_context(running())


def end_plain() -> None:
    """End the server that tests share."""
    _kept.close()
    plain.cache_clear()


def prefix() -> str:
    """Make a prefix for keys that nobody else in this process has."""
    return f"test-{next(_numbers)}:"


def until(holds: Callable[[], bool], seconds: float = GIVE_UP) -> None:
    """Wait until a question has yes for an answer; whoever cannot be asked has not said yes.

    Raises:
        TimeoutError: it has not in time.
    """
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(OSError, Refused):
            if holds():
                return
        time.sleep(_PAUSE)
    raise TimeoutError("what was waited for did not come")


@cache
def _sweep() -> None:
    """Remove what processes left behind that were killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_FOLDER}*-*"):
        owner = folder.name.removeprefix(_FOLDER).partition("-")[0]
        if owner.isdecimal() and not Path("/proc", owner).exists() and Path("/proc/self").exists():
            shutil.rmtree(folder, ignore_errors=True)


def _guarded() -> list[str]:
    """Give the words that go before a command so that it is killed when this thread ends, however it does."""
    if sys.platform == "linux" and shutil.which("setpriv"):
        return ["setpriv", "--pdeathsig", "KILL"]
    return []


def free_port() -> int:
    """Draw a port that nobody listens on."""
    while True:
        port = random.SystemRandom().choice(PORTS)
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind((HOST, port))
            return port


def _spelled(*words: str | int) -> bytes:
    """Spell a command as Redis reads it."""
    parts = [str(word).encode() for word in words]
    return b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts)


def _read(answers: BinaryIO) -> Reply:
    """Read an answer of Redis."""
    told = answers.readline().rstrip(b"\r\n").decode()
    if not told:
        raise ConnectionError("the server is gone")
    kind, rest = told[0], told[1:]
    if kind == "-":
        raise Refused(rest)
    if kind == ":":
        return int(rest)
    if kind == "$":
        return None if rest == "-1" else answers.read(int(rest) + 2)[:-2].decode("utf-8", "replace")
    if kind == "*":
        return [_read(answers) for _ in range(int(rest))]
    return rest
