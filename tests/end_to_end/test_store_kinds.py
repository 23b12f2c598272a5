"""Each kind of URL of a store leads to a sandbox that plays over what it names, and a code sent there is read there."""

from __future__ import annotations

import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from equipment.redis_server import running
from equipment.redis_sets import MASTER, cluster, watched
from otp_sandbox.app import Sandbox, make_store
from otp_sandbox.redis_address import read
from otp_sandbox.settings import Settings

PASSWORD = "s3:c@r/e?t#%é"
ENCODED = "s3%3Ac%40r%2Fe%3Ft%23%25%C3%A9"
SEND = {
    "ApiKey": "SANDBOX-API-KEY",
    "SecretKey": "SANDBOX-SECRET-KEY",
    "Phone": "0901888484",
    "Brandname": "Sandbox",
    "Type": "2",
    "message": "{OTP}",
}


@contextmanager
def of_a_server() -> Iterator[str]:
    with running() as server:
        yield f"{server.url}/3"


@contextmanager
def with_a_user() -> Iterator[str]:
    with running(user="sandbox", password=PASSWORD) as server:
        yield f"valkey://sandbox:{ENCODED}@127.0.0.1:{server.port}"


@contextmanager
def over_tls() -> Iterator[str]:
    with running(tls=True, password="s3cret") as server:
        assert server.tls is not None
        yield f"rediss://:s3cret@localhost:{server.tls_port}?ssl_ca_certs={server.tls.ca}"


@contextmanager
def by_a_socket() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder, running(more=["--unixsocket", f"{folder}/s"]):
        yield f"unix://{folder}/s?db=1"


@contextmanager
def by_sentinels() -> Iterator[str]:
    with watched() as found:
        yield f"redis+sentinel://{found.hosts}/{MASTER}/1"


@contextmanager
def in_a_cluster() -> Iterator[str]:
    with cluster() as nodes:
        yield f"redis+cluster://127.0.0.1:1,127.0.0.1:{nodes[1].port}"


@pytest.mark.parametrize("kind", [of_a_server, with_a_user, over_tls, by_a_socket, by_sentinels, in_a_cluster])
async def test_a_sandbox_plays_over_it(
    kind: Any, client: Any, start: Callable[..., Awaitable[Sandbox]], providers: Any
) -> None:
    """A lane of its own too, which is in another slot than the default one."""
    with kind() as url:
        settings = Settings(store=read(url))
        sandbox = await start(settings, store=make_store(settings, providers))
        asked = type(client)(sandbox.server.url, client.session)
        made = await asked.control("POST", "/lanes", {"id": "other"})
        for fields, lane in ((SEND, ""), (SEND | made.json["credentials"]["esms"], "/lanes/other")):
            sent = await asked.get("/MainService.svc/json/SendMessageAutoGenCode_V4_get", **fields)
            waited = await asked.control("GET", f"{lane}/messages/wait?to=0901888484&timeout=5s")

            assert sent.json["CodeResult"] == "100"
            assert waited.json["matched"]
        told = await asked.control("GET", "/info")
        await sandbox.stop()

    assert "s3" not in told.text
