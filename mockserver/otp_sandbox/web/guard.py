"""Who may use the control API: a known Host, no page of another site unless its origin is allowed, the token, JSON."""

from __future__ import annotations

import hmac
import ipaddress
import re
from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import web

from otp_sandbox.contract import Reply
from otp_sandbox.web.problems import Problem
from otp_sandbox.web.received import is_packed

_ALWAYS = frozenset({"localhost", "host.docker.internal"})
_HOST = re.compile(r"(?:\[([0-9A-Fa-f:.%\w]+)\]|([^\s:/?#@\[\]]+))(?::[0-9]*)?", re.ASCII)
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, POST, PUT, PATCH, DELETE",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Last-Event-ID",
    "Access-Control-Max-Age": "600",
}
_WRITES = frozenset({"POST", "PUT", "PATCH"})


@dataclass(frozen=True, slots=True)
class Guard:
    """The rules in force. An empty token asks for none."""

    token: str
    allowed_hosts: frozenset[str]
    allowed_origins: frozenset[str] = frozenset()

    def check(self, request: web.BaseRequest, *, public: bool = False) -> None:
        """Let a request pass.

        A page of an allowed origin is as good as one of the sandbox itself. What is `public` needs no token.

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
        if origin is None or origin not in self.allowed_origins:
            foreign = origin is not None and origin != f"{request.scheme}://{host}"
            if request.headers.get("Sec-Fetch-Site", "").lower() == "cross-site" or foreign:
                raise Problem(
                    HTTPStatus.FORBIDDEN, "requests from other sites are refused; allow one with allowed_origins"
                )
        if self.token and not public and not self._authorized(request.headers.get("Authorization", "")):
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

    def preflight(self, request: web.BaseRequest) -> Reply | None:
        """Answer a browser that asks whether a page of an allowed origin may send a request; None for all else.

        It carries no token yet.
        """
        headers = request.headers
        asked = request.method == "OPTIONS" and "Access-Control-Request-Method" in headers
        if not asked or headers.get("Origin") not in self.allowed_origins:
            return None
        if not self._host_allowed(host_name(headers.get("Host", ""))):
            return None
        allowed = dict(_PREFLIGHT)
        if headers.get("Access-Control-Request-Private-Network") == "true":
            allowed["Access-Control-Allow-Private-Network"] = "true"
        return Reply(b"", status=HTTPStatus.NO_CONTENT, headers=allowed)

    def shared(self, request: web.BaseRequest) -> dict[str, str]:
        """Give the headers that let a page of an allowed origin read an answer."""
        if not self.allowed_origins:
            return {}
        origin = request.headers.get("Origin", "")
        return {"Vary": "Origin"} | ({"Access-Control-Allow-Origin": origin} if origin in self.allowed_origins else {})

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
