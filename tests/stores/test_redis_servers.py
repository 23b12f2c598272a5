"""The servers that tests of shared stores run against do what those tests rely on."""

from __future__ import annotations

import os
import signal
import socket
import ssl
import subprocess
import sys
from pathlib import Path

import pytest

from equipment.ending import ends
from equipment.redis_server import HOST, PROGRAMS, Redis, Refused, found, replica, running, until
from equipment.redis_sets import cluster, watched

TESTS = Path(__file__).parents[1]
STARTS = """
import sys
from equipment.redis_server import plain
print(plain().pid, flush=True)
sys.stdin.read()
"""


@pytest.fixture(scope="module", params=PROGRAMS)
def program(request: pytest.FixtureRequest) -> str:
    return found(request.param)


def test_what_is_kept_outlives_a_kill(program: str) -> None:
    """Folder and port stay the same."""
    with running(program, "always") as server:
        url = server.url
        server.ask("SET", "a", "b")
        server.kill()
        server.start()

        assert (server.ask("GET", "a"), server.url) == ("b", url)


def test_a_loss_of_power_takes_the_end_of_the_file(program: str) -> None:
    """In the middle of a record, too."""
    with running(program, "everysec") as server:
        server.ask("SET", "a", "b")
        size = server.kept.stat().st_size
        server.ask("SET", "a", "c")
        server.cut(size + 5)
        server.start()

        assert server.ask("GET", "a") == "b"


def test_without_a_file_nothing_outlives_it(program: str) -> None:
    with running(program) as server:
        server.ask("SET", "a", "b")
        server.kill()
        server.start()

        assert server.ask("GET", "a") is None


def test_a_replica_has_what_the_other_has_and_takes_nothing(program: str) -> None:
    with running(program, user="u", password="p") as server:
        server.ask("SET", "a", "b")

        with replica(server) as follows:
            assert follows.ask("GET", "a") == "b"
            with pytest.raises(Refused, match="READONLY"):
                follows.ask("SET", "a", "c")


def test_only_the_user_may_call(program: str) -> None:
    with running(program, user="u", password="p") as server:
        anybody = Redis(server.folder)
        anybody.port = server.port

        with pytest.raises(Refused, match="NOAUTH"):
            anybody.ask("GET", "a")


def test_tls_has_a_port_of_its_own(program: str) -> None:
    with running(program, tls=True) as server:
        assert server.tls is not None
        context = ssl.create_default_context(cafile=str(server.tls.ca))
        plain = socket.create_connection((HOST, server.tls_port), 20)
        with context.wrap_socket(plain, server_hostname=HOST) as line:
            line.sendall(b"PING\r\n")

            assert line.recv(64) == b"+PONG\r\n"


def test_sentinels_make_a_master_of_the_replica(program: str) -> None:
    with watched(program=program) as three:
        assert three.port_of_master() == three.master.port
        three.master.kill()

        until(lambda: three.port_of_master() == three.replica.port)


def test_a_cluster_has_keys_in_all_its_nodes(program: str) -> None:
    with cluster(program=program) as nodes:
        taken = {key: [node for node in nodes if _takes(node, key)] for key in "abcd"}

    assert {len(each) for each in taken.values()} == {1}
    assert len({each[0].port for each in taken.values()}) == len(nodes)


def _takes(node: Redis, key: str) -> bool:
    try:
        node.ask("SET", key, "1")
    except Refused as error:
        assert str(error).startswith("MOVED")  # noqa: PT017  (any other refusal is none of this kind)
        return False
    return True


@pytest.mark.skipif(sys.platform != "linux", reason="a process of another system is not told that its parent ended")
def test_a_server_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", STARTS],
        env=os.environ | {"PYTHONPATH": str(TESTS), "TMPDIR": str(tmp_path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        pid = int(process.stdout.readline())
        process.send_signal(signal.SIGKILL)

    assert ends(pid)
