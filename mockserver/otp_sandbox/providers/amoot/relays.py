"""Relays: addresses of the customer that are told of deliveries, or of incoming messages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar, Final
from urllib.parse import urlsplit

from otp_sandbox.domain.accounts import Checked, Within
from otp_sandbox.domain.callbacks import http_address
from otp_sandbox.providers.amoot.checked import Aware

RELAY_MOST: Final = 10**9
"""The highest number of a relay."""
RELAYS_MOST: Final = 20
"""Relays of a kind that an account has."""


def relay_address(text: str) -> str:
    """Let an address pass that can be called: http or https with a host, without user name and password.

    Raises:
        ValueError: it is none.
    """
    http_address(text)
    if "@" in urlsplit(text).netloc:
        raise ValueError("has a user name or a password, which no relay may have")
    return text


@dataclass(frozen=True, slots=True)
class Relay:
    """An address that is told, while it is active."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    identity: ClassVar[tuple[str, ...]] = ("id",)

    id: Annotated[int, Within(1, RELAY_MOST)]
    url: Annotated[str, Checked(relay_address)]
    active: bool = True
    registered_at: Annotated[datetime, Aware] | None = None
