"""What goes back to a client."""

from __future__ import annotations

from collections.abc import Mapping

from otp_sandbox.domain.record import Record


class Reply(Record):
    """An answer as bytes of the provider's own dialect. `server` is what the header of that name says."""

    body: bytes
    content_type: str = "application/json; charset=utf-8"
    status: int = 200
    headers: Mapping[str, str] = {}
    server: str = "otp-sandbox"
