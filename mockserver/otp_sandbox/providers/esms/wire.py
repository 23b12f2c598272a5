"""How eSMS writes its answers, and what its server says where nothing is."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from otp_sandbox.contract import Call, Handler, Reply, write_json
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.esms.answers import fill_text
from otp_specs import Outcome

SERVER: Final = "Microsoft-IIS/10.0"
"""What the answers call their server (`esms.server-header`)."""
OTHER_FAMILY: Final = frozenset({"invalid_request", "invalid_request_ok", "period_invalid"})
"""Rows of the body without a code, for requests that cannot be used at all (`esms.invalid-request-body`)."""


def render(handler: Handler, call: Call, row: Outcome, verdict: Verdict) -> Reply:
    """Write the answer that a row of the table gives to a call: each operation knows its own body."""
    if row.name in OTHER_FAMILY:
        return Reply(write_json({"error": fill_text(call, row, verdict.facts)}), status=row.status, server=SERVER)
    return Reply(write_json(handler.body(call, row, verdict.facts)), status=row.status, server=SERVER)


def write_unmatched(method: str, url: str, allowed: tuple[str, ...]) -> Reply:  # noqa: ARG001  (WCF does not repeat them)
    """Answer like a WCF service that has nothing at a path, or not for a method."""
    title, status = ("Method not allowed.", 405) if allowed else ("Endpoint not found.", 404)
    page = (
        '<?xml version="1.0" encoding="utf-8"?>'
        '<html xmlns="http://www.w3.org/1999/xhtml"><head><title>Service</title></head>'
        f"<body><div><p>{title}</p></div></body></html>"
    )
    headers = {"Allow": ", ".join(allowed)} if allowed else {}
    return Reply(page.encode(), "text/html; charset=UTF-8", status, headers, SERVER)


def write_refused(status: int) -> Reply:
    """Answer like http.sys, which sees a request before the service does."""
    title = HTTPStatus(status).phrase
    page = (
        '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01//EN""http://www.w3.org/TR/html4/strict.dtd">\r\n'
        f"<HTML><HEAD><TITLE>{title}</TITLE>\r\n"
        '<META HTTP-EQUIV="Content-Type" Content="text/html; charset=us-ascii"></HEAD>\r\n'
        f"<BODY><h2>{title}</h2>\r\n<hr><p>HTTP Error {status}. {title}.</p>\r\n</BODY></HTML>\r\n"
    )
    return Reply(page.encode(), "text/html; charset=us-ascii", status, server=SERVER)
