"""How eSMS writes its answers, and what its server says where nothing is."""

from __future__ import annotations

import re
from collections.abc import Mapping
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
    facts = verdict.facts
    other = row.name in OTHER_FAMILY
    body = {"error": fill_text(call, row, facts)} if other else handler.body(call, row, facts)
    if call.operation.path.startswith(_XML):
        return Reply(write_xml(body), "application/xml; charset=utf-8", row.status, server=SERVER)
    return Reply(write_json(body), status=row.status, server=SERVER)


_XML: Final = "/MainService.svc/xml/"
_no_xml: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Finds characters that XML cannot have (XML 1.0, 2.2)."""


def write_xml(members: Mapping[str, object]) -> bytes:
    """Write the members of an answer as elements, as WCF's serializer does it (`esms.xml-form`)."""
    from xml.sax.saxutils import escape  # noqa: PLC0415  (rarely needed)

    texts = ((name, escape(_no_xml.sub("\ufffd", str(value)), {"\r": "&#xD;"})) for name, value in members.items())
    elements = "".join(f"<{name}>{text}</{name}>" for name, text in texts)
    namespace = "http://www.w3.org/2001/XMLSchema-instance"
    return f'<SmsResultModel xmlns:i="{namespace}">{elements}</SmsResultModel>'.encode()


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
