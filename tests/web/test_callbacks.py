"""Which targets may be called."""

from __future__ import annotations

import pytest

from otp_sandbox.lanes.attempts import Attempts
from otp_sandbox.stores.memory import MemoryStore
from otp_sandbox.web.callbacks import Forbidden, Sender

DEFAULT = ("loopback", "private")


@pytest.mark.parametrize(
    ("targets", "host", "address"),
    [
        (DEFAULT, "localhost", "127.0.0.1"),
        (DEFAULT, "x", "127.9.9.9"),
        (DEFAULT, "x", "::1"),
        (DEFAULT, "x", "::ffff:127.0.0.1"),
        (DEFAULT, "x", "10.1.2.3"),
        (DEFAULT, "x", "172.16.0.1"),
        (DEFAULT, "x", "192.168.0.1"),
        (DEFAULT, "x", "fd00::1"),
        (("loopback",), "x", "127.0.0.1"),
        (("any",), "x", "8.8.8.8"),
        (("8.8.0.0/16",), "x", "8.8.8.8"),
        (("8.8.8.8",), "8.8.8.8", "8.8.8.8"),
        (("2001:db8::/32",), "x", "2001:db8::5"),
        (DEFAULT, "x", "fd00:ec3::254"),
        (("fd00:ec2::/32",), "x", "fd00:ec2::254"),
        (("any",), "x", "fd20:ce::254"),
        (("Hooks.Example.com",), "hooks.example.com.", "8.8.8.8"),
        (("Hooks.Example.com",), "hooks.example.COM", "8.8.8.8"),
    ],
)
def test_a_target_that_is_named_may_be_called(targets: tuple[str, ...], host: str, address: str) -> None:
    Sender(Attempts(MemoryStore()), targets).check(host, address)


@pytest.mark.parametrize(
    ("targets", "host", "address"),
    [
        (DEFAULT, "x", "8.8.8.8"),
        (DEFAULT, "x", "2001:4860:4860::8888"),
        (DEFAULT, "x", "::ffff:8.8.8.8"),
        (DEFAULT, "metadata", "169.254.169.254"),
        (DEFAULT, "metadata", "fd00:ec2::254"),
        (DEFAULT, "metadata", "fd00:ec2:0:0:0:0:0:254"),
        (DEFAULT, "resolver", "fd00:ec2::253"),
        (DEFAULT, "metadata", "fd20:ce::254"),
        (DEFAULT, "metadata", "100.100.100.200"),
        (DEFAULT, "x", "fe80::1"),
        (DEFAULT, "x", "0.0.0.0"),
        (DEFAULT, "x", "::"),
        (("loopback",), "x", "10.1.2.3"),
        (("10.0.0.0/8",), "x", "127.0.0.1"),
        (("10.0.0.0/8",), "x", "::1"),
        (("example.com",), "hooks.example.com", "8.8.8.8"),
        ((), "localhost", "127.0.0.1"),
    ],
)
def test_a_target_that_is_not_named_may_not(targets: tuple[str, ...], host: str, address: str) -> None:
    with pytest.raises(Forbidden, match="callback_targets"):
        Sender(Attempts(MemoryStore()), targets).check(host, address)
