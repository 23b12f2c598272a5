"""How thuesim writes its answers, and what its host says where nothing is.

There are four envelopes, each with its own names and number of success; they stand with their operations.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from otp_sandbox.contract import Call, Handler, Reply, write_json
from otp_sandbox.domain.verdict import Verdict
from otp_specs import Outcome

SERVER: Final = "nginx"
"""What the answers call their server (`thuesim.server-header`)."""
_PAGE: Final = "text/html; charset=UTF-8"
_NO_HEADERS: Final[Mapping[str, str]] = {}


def render(handler: Handler, call: Call, row: Outcome, verdict: Verdict) -> Reply:
    """Write the answer that a row of the table gives to a call: each operation knows its own body."""
    body = handler.body(call, row, verdict.facts)
    if isinstance(body, Reply):  # a sound, or the page of a host that has none
        return body
    if call.dialect.option("content-type") == "html":
        return Reply(write_json(body), _PAGE, row.status, server=SERVER)
    return Reply(write_json(body), status=row.status, server=SERVER)


def write_unmatched(method: str, url: str, allowed: tuple[str, ...]) -> Reply:  # noqa: ARG001  (the page does not repeat them)
    """Answer like a PHP host that has nothing at a path, or not for a method."""
    if allowed:
        return write_page("405 Method Not Allowed", 405, {"Allow": ", ".join(allowed)})
    return write_page("404 Not Found", 404)


def write_page(title: str, status: int, headers: Mapping[str, str] = _NO_HEADERS) -> Reply:
    """Write a page of the host's own."""
    page = f"<!DOCTYPE html><html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>"
    return Reply(page.encode(), _PAGE, status, headers, SERVER)


def write_refused(status: int) -> Reply:
    """Answer like a web server that cannot use a request."""
    return write_page(f"{status} {HTTPStatus(status).phrase}", status)
