"""What stands at the root: the way to the inbox page."""

from __future__ import annotations

from typing import Final

from otp_sandbox.contract import Reply
from otp_sandbox.web.received import Received

INBOX: Final = "/_sandbox/"
TO_THE_INBOX: Final = Reply(b"", status=302, headers={"Location": INBOX, "Cache-Control": "no-store"})


def is_root(http: Received) -> bool:
    """Whether somebody looks what is here. With a query it is a call of a client whose path is wrong."""
    return http.path == "/" and not http.query and http.method in ("GET", "HEAD")


def answer_root(http: Received) -> Reply:
    """Send a browser to the page; tell everybody else the way."""
    if "text/html" in http.headers.get("Accept", ""):
        return TO_THE_INBOX
    here = f"{http.scheme}://{http.host}{INBOX}"
    text = (
        "otp-sandbox plays SMS one-time-code providers here.\n\n"
        f"Inbox, for a browser  {here}\n"
        f"API reference         {here}docs\n"
        f"Control API           {here}v1/info\n"
        f"What is played        {here}v1/providers\n"
    )
    body = text.encode("utf-8", "backslashreplace")
    return Reply(body, "text/plain; charset=utf-8", headers={"X-Content-Type-Options": "nosniff"})
