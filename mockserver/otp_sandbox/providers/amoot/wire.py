"""How Amoot writes its answers, and what its server says where nothing is."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Final
from urllib.parse import unquote

from otp_sandbox.contract import Call, Handler, Reply, write_json
from otp_sandbox.domain.verdict import Verdict
from otp_specs import Outcome

SERVER: Final = "Microsoft-IIS/10.0"
"""What the answers call their server (`amoot.server-header`)."""
_TEXT: Final = "text/plain; charset=utf-8"
_method_of_older: Final = re.compile(r"[a-z]+://[^/]*/+webservice2\.asmx(?:/+(.*?))?/*", re.IGNORECASE).fullmatch


def render(handler: Handler, call: Call, row: Outcome, verdict: Verdict) -> Reply:
    """Write the answer that a row of the table gives to a call: each operation knows its own body."""
    return Reply(write_json(handler.body(call, row, verdict.facts)), status=row.status, server=SERVER)


def write_unmatched(method: str, url: str, allowed: tuple[str, ...]) -> Reply:
    """Answer like an ASP.NET service that has nothing at a path, or not for a method."""
    older = _method_of_older(unquote(url))
    if older is not None:
        return _write_unmatched_of_older(older[1] or "", allowed)
    if allowed:
        message = f"The requested resource does not support http method '{method}'."
        return Reply(write_json({"Message": message}), status=405, headers={"Allow": ", ".join(allowed)}, server=SERVER)
    message = f"No HTTP resource was found that matches the request URI '{url}'."
    return Reply(write_json({"Message": message}), status=404, server=SERVER)


def _write_unmatched_of_older(method: str, allowed: tuple[str, ...]) -> Reply:
    """Answer like the older service, which takes no other verb, knows no such method, or is told none by its path."""
    if allowed:
        return Reply(b"Method not allowed.\r\n", _TEXT, 405, {"Allow": ", ".join(allowed)}, SERVER)
    line = f"{method} Web Service method name is not valid." if method else "Request format is unrecognized."
    return Reply(f"{line}\r\n".encode(errors="replace"), _TEXT, HTTPStatus.INTERNAL_SERVER_ERROR, server=SERVER)


def write_refused(status: int) -> Reply:
    """Answer like an ASP.NET service that cannot use a request at all."""
    message = "An error has occurred." if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "The request is invalid."
    return Reply(write_json({"Message": message}), status=status, server=SERVER)
