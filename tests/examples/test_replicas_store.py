"""The store of `examples/replicas`, for real: its settings, and a user that has the rights it needs and no others."""

from __future__ import annotations

import asyncio
import re
import socket
import subprocess
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from equipment import nginx, redis_server, redis_sets
from equipment.one_sandbox import checked
from otp_sandbox.app import Sandbox, make_store
from otp_sandbox.redis_address import read
from otp_sandbox.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "examples" / "replicas"
LUA = ROOT / "mockserver" / "otp_sandbox" / "stores" / "redis" / "lua"
PASSWORD = "s3cret & more"


def moved(text: str, folder: Path) -> str:
    """Give a text of the container with one folder for all of its own."""
    places = {"/etc/valkey/": f"{folder}/", "/tmp/": f"{folder}/tmp-", "/data": f"{folder}"}
    return re.sub("|".join(places), lambda found: places[found[0]], text)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[redis_server.Redis]:
    """A server as the container begins it."""
    redis_server.found()
    for name in ("valkey.conf", "users.acl"):
        (tmp_path / name).write_text(moved((FOLDER / name).read_text("utf-8"), tmp_path))
    (script,) = yaml.safe_load((FOLDER / "compose.yaml").read_text("utf-8"))["services"]["valkey"]["command"]
    asked = redis_server.Redis(tmp_path, user="sandbox", password=PASSWORD)
    asked.port = redis_server.free_port()
    script = moved(script.replace("$$", "$"), tmp_path).replace("valkey-server", redis_server.REDIS)
    with subprocess.Popen(
        ["sh", "-c", f"{script.rstrip()} --port {asked.port} --bind {redis_server.HOST}"],
        env={"PATH": "/usr/bin:/bin", "VALKEY_PASSWORD": PASSWORD},
        stdout=subprocess.DEVNULL,
    ) as process:
        try:
            redis_server.until(lambda: asked.ask("PING") == "PONG")
            yield asked
        finally:
            process.kill()


def test_what_it_needs_is_set(server: redis_server.Redis) -> None:
    """Nothing is dropped to make room, and everything is in a file."""
    assert server.told("memory")["maxmemory_policy"] == "noeviction"
    assert server.told("memory")["maxmemory"] == str(1024**3)
    assert server.told("persistence")["aof_enabled"] == "1"


def test_nobody_else_may_do_anything(server: redis_server.Redis) -> None:
    """Without a password it can be asked whether it lives; the sandbox has its own keys and no command for others."""
    with socket.create_connection((redis_server.HOST, server.port)) as line:
        answers = line.makefile("rb")
        line.sendall(b"PING\r\nGET otp-sandbox:a\r\nAUTH sandbox wrong\r\n")
        told = [answers.readline() for _ in range(3)]

    assert told[0] == b"+PONG\r\n"
    assert told[1].startswith(b"-NOPERM")
    assert told[2].startswith(b"-WRONGPASS")
    for words in (("GET", "other:a"), ("PUBLISH", "other", "a"), ("KEYS", "*"), ("FLUSHALL",), ("CONFIG", "GET", "*")):
        with pytest.raises(redis_server.Refused, match="NOPERM"):
            server.ask(*words)


async def test_its_user_may_do_what_replicas_need_behind_the_balancer(
    server: redis_server.Redis, client: Any, start: Callable[..., Awaitable[Sandbox]], providers: Any
) -> None:
    """Two of them play, wait, stop and go on, and nothing that they ask for is refused."""
    address = read(f"redis://sandbox@127.0.0.1:{server.port}/0")
    settings = Settings(store=address, store_password=PASSWORD)
    replicas = [await start(settings, store=make_store(settings, providers)) for _ in range(2)]
    ports = [int(each.server.url.rpartition(":")[2]) for each in replicas]
    with nginx.before([*ports, ports[0]]) as url:
        done = await asyncio.to_thread(checked, url, *(each.server.url for each in replicas))

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "3 addresses, one sandbox: 27 codes were sent, read and used once\n"
    assert _refused([server.told("commandstats")]) == {}


async def test_in_a_cluster_its_user_needs_what_the_page_says(
    client: Any, start: Callable[..., Awaitable[Sandbox]], providers: Any
) -> None:
    line = (FOLDER / "users.acl").read_text("utf-8").splitlines()[1]
    page = (ROOT / "docs" / "howto" / "replicas.md").read_text("utf-8")
    (more,) = re.findall(r"In a cluster it also needs `([^`]*)`", page)
    words = line.replace("#@PASSWORD@", f">{PASSWORD.replace(' ', '_')}").split()[1:]
    with redis_sets.cluster() as nodes:
        for node in nodes:
            node.ask("ACL", "SETUSER", *words, *more.split())
        address = read(f"redis+cluster://sandbox@127.0.0.1:{nodes[0].port}")
        settings = Settings(store=address, store_password=PASSWORD.replace(" ", "_"))
        sandbox = await start(settings, store=make_store(settings, providers))
        done = await asyncio.to_thread(checked, sandbox.server.url)
        told = [node.told("commandstats") for node in nodes]
        await sandbox.stop()

    assert (done.returncode, done.stderr) == (0, "")
    assert _refused(told) == {}


def _refused(told: list[dict[str, str]]) -> dict[str, str]:
    """Give the commands of which some were refused; not a courtesy of the package, which older servers do not know."""
    return {
        name: each
        for statistics in told
        for name, each in statistics.items()
        if "rejected_calls=0" not in each and name != "cmdstat_client|setinfo"
    }


def test_the_user_may_run_what_the_scripts_do() -> None:
    """A command that a script will have one day has to be in the list, though no test may come by."""
    text = "".join(each.read_text("utf-8") for each in LUA.glob("*.lua"))
    called = {each.lower() for each in re.findall(r"redis\.p?call\(\s*'(\w+)'", text)}
    allowed = set(re.findall(r"\+(\w+)", (FOLDER / "users.acl").read_text("utf-8")))

    assert len(called) > 15
    assert called <= allowed


def test_the_page_and_kubernetes_have_the_same_user_and_the_same_start() -> None:
    line = (FOLDER / "users.acl").read_text("utf-8").splitlines()[1]
    page = (ROOT / "docs" / "howto" / "replicas.md").read_text("utf-8")
    compose = yaml.safe_load((FOLDER / "compose.yaml").read_text("utf-8"))["services"]["valkey"]
    (kubernetes,) = [
        document["spec"]["template"]["spec"]["containers"][0]
        for document in yaml.safe_load_all((ROOT / "examples" / "kubernetes" / "valkey.yaml").read_text("utf-8"))
        if document["kind"] == "StatefulSet"
    ]

    assert f"ACL SETUSER {line.removeprefix('user ').replace('#@PASSWORD@', '>PASSWORD')}\n" in page
    assert kubernetes["args"][0] == compose["command"][0].replace("$$", "$")
    assert kubernetes["image"] == compose["image"]
