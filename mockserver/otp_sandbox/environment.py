"""The environment variables `OTP_SANDBOX_*`: which of them are meant for us."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

PREFIX: Final = "OTP_SANDBOX_"
TOKEN: Final = PREFIX + "CONTROL_TOKEN"
_OF_SERVICE: Final = re.compile(
    PREFIX + r"(?:[A-Z0-9_]+_)?"
    r"(?:SERVICE_HOST|SERVICE_PORT(?:_[A-Z0-9_]+)?|PORT_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)"
)
_OF_LINK: Final = re.compile(PREFIX + r"(?:NAME=/\S+|ENV_.*)", re.DOTALL)
_PORT_OF_SERVICE: Final = re.compile(PREFIX + r"(?:[A-Z0-9_]+_)?PORT")
_ADDRESS: Final = re.compile(r"(?:tcp|udp|sctp)://", re.IGNORECASE)


def own(environment: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Give the variables with our prefix, but for those that Kubernetes and Docker set for a Service of such a name.

    A Service `otp-sandbox` brings `OTP_SANDBOX_PORT=tcp://10.0.0.1:6877`, `OTP_SANDBOX_PORT_6877_TCP_ADDR`,
    `OTP_SANDBOX_SERVICE_HOST` and more into each container, and a Service `otp-sandbox-web` others. A container that
    Docker links as `otp-sandbox` brings `OTP_SANDBOX_NAME=/web/otp-sandbox`, `OTP_SANDBOX_ENV_PATH` and more as well.
    """
    for name, value in environment.items():
        if not name.startswith(PREFIX) or _OF_SERVICE.fullmatch(name) or _OF_LINK.fullmatch(f"{name}={value}"):
            continue
        if _PORT_OF_SERVICE.fullmatch(name) and _ADDRESS.match(value):
            continue
        yield name, value


def control_token(text: str) -> str:
    """Read a control token. Blanks around it are none of it: headers lose them; nothing but blanks is no token.

    Raises:
        ValueError: no header can carry it.
    """
    token = text.strip()
    if not (token.isascii() and token.isprintable()):
        raise ValueError("printable ASCII characters")
    return token
