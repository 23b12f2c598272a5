"""What the hosts of those that rent answer where no operation is, like nginx in front of a service."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from otp_sandbox.contract import Reply

SERVER: Final = "nginx"
"""What the answers call their server."""
HTML: Final = "text/html; charset=UTF-8"
_NO_HEADERS: Final[Mapping[str, str]] = {}


def write_unmatched(method: str, url: str, allowed: tuple[str, ...]) -> Reply:  # noqa: ARG001  (the page does not repeat them)
    """Answer like a host that has nothing at a path, or not for a method."""
    if allowed:
        return write_page("405 Method Not Allowed", 405, {"Allow": ", ".join(allowed)})
    return write_page("404 Not Found", 404)


def write_page(title: str, status: int, headers: Mapping[str, str] = _NO_HEADERS) -> Reply:
    """Write a page of the host's own."""
    page = f"<!DOCTYPE html><html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>"
    return Reply(page.encode(), HTML, status, headers, SERVER)


def write_refused(status: int) -> Reply:
    """Answer like a web server that cannot use a request."""
    return write_page(f"{status} {HTTPStatus(status).phrase}", status)
