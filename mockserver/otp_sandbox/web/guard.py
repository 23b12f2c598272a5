"""Who may use the control API: a known Host, no foreign page, the token where one is set, JSON for writes."""

from __future__ import annotations

import hmac
import ipaddress
import re
from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import web

from otp_sandbox.web.problems import Problem
from otp_sandbox.web.received import is_packed

_ALWAYS = frozenset({"localhost", "host.docker.internal"})
_HOST = re.compile(r"(?:\[([0-9A-Fa-f:.%\w]+)\]|([^\s:/?#@\[\]]+))(?::[0-9]*)?", re.ASCII)
_WRITES = frozenset({"POST", "PUT", "PATCH"})


@dataclass(frozen=True, slots=True)
class Guard:
    """The rules in force. An empty token asks for none."""

    token: str
    allowed_hosts: frozenset[str]

    def check(self, request: web.BaseRequest) -> None:
        """Let a request pass.

        Raises:
            Problem: 421 for an unknown Host, 403 for a foreign page, 401 without the token, 415 for a write that is
                not JSON.
        """
        host = request.headers.get("Host", "")
        if not self._host_allowed(host_name(host)):
            raise Problem(
                HTTPStatus.MISDIRECTED_REQUEST, f"Host {host!r} is not served here; allow it with allowed_hosts"
            )
        origin = request.headers.get("Origin")
        foreign = origin is not None and origin != f"{request.scheme}://{host}"
        if request.headers.get("Sec-Fetch-Site", "").lower() == "cross-site" or foreign:
            raise Problem(HTTPStatus.FORBIDDEN, "requests from other sites are refused")
        if self.token and not self._authorized(request.headers.get("Authorization", "")):
            raise Problem(
                HTTPStatus.UNAUTHORIZED,
                "send the control token as Authorization: Bearer …",
                headers={"WWW-Authenticate": "Bearer"},
            )
        if request.method in _WRITES:
            kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
            if kind != "application/json":
                raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "send application/json")
            if is_packed(request.headers):
                raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "send it without a Content-Encoding")

    def _authorized(self, header: str) -> bool:
        scheme, _, token = header.partition(" ")
        return scheme.lower() == "bearer" and hmac.compare_digest(
            token.strip().encode("utf-8", "surrogateescape"), self.token.encode()
        )

    def _host_allowed(self, name: str) -> bool:
        if name in _ALWAYS or name.endswith(".localhost") or name in self.allowed_hosts:
            return True
        if name and "." not in name and ":" not in name:
            return True
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return True


def host_name(host: str) -> str:
    """Give a Host header's name without port and brackets, in lower case; empty when it is no Host at all."""
    parts = _HOST.fullmatch(host)
    return (parts[1] or parts[2].rstrip(".")).lower() if parts is not None else ""
