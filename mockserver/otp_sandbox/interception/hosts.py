"""Which host names are played, and where a machine is told of names."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from otp_sandbox.contract import Provider

WWW: Final = "www."
HOSTS_FILE: Final = Path(
    os.environ.get("SYSTEMROOT", r"C:\Windows") + r"\System32\drivers\etc\hosts" if os.name == "nt" else "/etc/hosts"
)


def played(providers: Iterable[Provider]) -> frozenset[str]:
    """Give the names of the providers' servers, in small letters, each with its `www.` form."""
    plain = {host.lower() for provider in providers for host in provider.hosts}
    return frozenset(plain | {WWW + host for host in plain if not host.startswith(WWW)})
