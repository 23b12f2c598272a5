"""Which names are looked up: those that stay at home, and those that somebody allowed."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from otp_sandbox.web.names import Found, Names, NotAsked

ANY = socket.AF_UNSPEC
V4, V6 = socket.AF_INET, socket.AF_INET6
HOSTS = """
127.0.0.1  localhost
10.1.2.3   shop.example.com  Shop   # the shop
fd00::7    shop.example.com
# 10.9.9.9 old.example.com
broken
"""


class System:
    """Answers as a resolver does, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def __call__(self, host: str, family: socket.AddressFamily) -> Found:
        self.asked.append(host)
        return [(V4, "10.0.0.9")]


@pytest.fixture
def system() -> System:
    return System()


@pytest.fixture
def hosts(tmp_path: Path) -> Path:
    path = tmp_path / "hosts"
    path.write_text(HOSTS, "utf-8")
    return path


@pytest.mark.parametrize(
    "name", ["hooks.example.com", "hooks.example.com.", "example.com", "old.example.com", "0x8.0x8", "a.internal.com"]
)
async def test_a_public_name_is_not_looked_up(system: System, hosts: Path, name: str) -> None:
    """The refusal names the setting that would allow it."""
    with pytest.raises(NotAsked, match="callback_targets"):
        await Names(["loopback", "private"], system, hosts).addresses(name, ANY)

    assert system.asked == []


@pytest.mark.parametrize("name", ["shop.example.com", "SHOP.Example.com", "shop.example.com."])
async def test_a_public_name_in_the_hosts_file_is_found(system: System, hosts: Path, name: str) -> None:
    """Every address that stands there; nobody is asked."""
    names = Names([], system, hosts)

    assert await names.addresses(name, ANY) == [(V4, "10.1.2.3"), (V6, "fd00::7")]
    assert await names.addresses(name, V6) == [(V6, "fd00::7")]
    assert system.asked == []


@pytest.mark.parametrize("name", ["localhost", "LOCALHOST", "app.localhost", "localhost."])
async def test_localhost_is_this_machine(system: System, hosts: Path, name: str) -> None:
    """As RFC 6761 has it, without asking."""
    names = Names([], system, hosts)

    assert await names.addresses(name, ANY) == [(V4, "127.0.0.1"), (V6, "::1")]
    assert await names.addresses(name, V4) == [(V4, "127.0.0.1")]
    assert system.asked == []


@pytest.mark.parametrize("name", ["app", "host.docker.internal", "app.default.svc.cluster.local", "nas.home.arpa"])
async def test_a_name_of_containers_and_home_networks_is_looked_up(system: System, hosts: Path, name: str) -> None:
    """No public server knows it."""
    assert await Names([], system, hosts).addresses(name, ANY) == [(V4, "10.0.0.9")]
    assert system.asked == [name]


@pytest.mark.parametrize("allowed", ["any", "Hooks.Example.com"])
async def test_a_public_name_that_is_allowed_is_looked_up(system: System, hosts: Path, allowed: str) -> None:
    """By the setting `callback_targets`."""
    assert await Names([allowed], system, hosts).addresses("hooks.example.com", ANY) == [(V4, "10.0.0.9")]


async def test_without_a_hosts_file_nothing_is_known(system: System, tmp_path: Path) -> None:
    """It is no failure."""
    with pytest.raises(NotAsked):
        await Names([], system, tmp_path / "none").addresses("shop.example.com", ANY)


async def test_the_system_itself_is_asked_by_default() -> None:
    """An address stands for itself, so this asks nobody."""
    assert await Names(["any"]).addresses("127.0.0.1", ANY) == [(V4, "127.0.0.1")]
