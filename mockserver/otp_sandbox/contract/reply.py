"""What goes back to a client."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from otp_sandbox.domain.record import Record


class Reply(Record):
    """An answer as bytes of the provider's own dialect. `server` is what the header of that name says."""

    body: bytes
    content_type: str = "application/json; charset=utf-8"
    status: int = 200
    headers: Mapping[str, str] = {}
    server: str = "otp-sandbox"


def write_json(value: Any) -> bytes:
    """Write the body of an answer as compact JSON in UTF-8.

    orjson reserves a kibibyte and gives back what it did not need. Answers are kept in the journal, and beside each
    there would be a hole in the heap; a copy has just its length.
    """
    return b"%b" % orjson.dumps(value)
