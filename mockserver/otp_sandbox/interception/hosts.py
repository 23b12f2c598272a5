"""Which host names are played, and which of them a name belongs to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from otp_sandbox.contract import Provider

WWW: Final = "www."


def played(providers: Iterable[Provider]) -> frozenset[str]:
    """Give the names of the providers' servers, in small letters, each with its `www.` form."""
    plain = {host.lower() for provider in providers for host in provider.hosts}
    return frozenset(plain | {WWW + host for host in plain if not host.startswith(WWW)})
