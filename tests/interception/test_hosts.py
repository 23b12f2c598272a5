"""Which host names are played."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from otp_sandbox.interception.hosts import played


def test_each_host_has_its_www_form() -> None:
    providers: Any = [SimpleNamespace(hosts=("A.test", "b.test")), SimpleNamespace(hosts=("www.c.test",))]

    assert played(providers) == {"a.test", "www.a.test", "b.test", "www.b.test", "www.c.test"}
