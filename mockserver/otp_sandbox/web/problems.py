"""Problem documents (RFC 9457) that name the field."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Any

import orjson

from otp_sandbox.contract import Provider, Reply

CONTENT_TYPE = "application/problem+json"


ERRORS_MOST = 100
DETAIL_MOST = 2_000
"""What a problem tells at most: fields, and characters of a text. A request may hold more that is wrong."""


class Problem(Exception):
    """What went wrong with a request to the control API.

    Args:
        status: the HTTP status.
        detail: one sentence.
        errors: (field as a dotted path, what is wrong with it).
        headers: what the answer carries besides.
    """

    def __init__(
        self,
        status: int,
        detail: str,
        errors: Sequence[tuple[str, str]] = (),
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = _printable(detail)
        self.errors = [(_printable(field), _printable(text)) for field, text in errors[:ERRORS_MOST]]
        self.headers = headers or {}

    def reply(self) -> Reply:
        """Give it as an answer."""
        document: dict[str, Any] = {
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
        }
        if self.errors:
            document["errors"] = [{"field": field, "detail": detail} for field, detail in self.errors]
        return Reply(orjson.dumps(document), CONTENT_TYPE, self.status, self.headers)


def _printable(text: str) -> str:
    """Replace what no JSON can hold: bytes of a request that are no UTF-8 come as lone surrogates."""
    text = text if len(text) <= DETAIL_MOST else text[:DETAIL_MOST] + "…"
    return text if text.isascii() else text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def wrong(field: str, detail: str) -> Problem:
    """Give the problem of a single wrong field."""
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, f"{field}: {detail}", [(field, detail)])


def nothing_here(providers: Iterable[Provider]) -> Reply:
    """Answer a path that belongs to nobody: say what is played here."""
    played = [
        {"provider": provider.name, "method": operation.method, "path": operation.path, "operation": operation.name}
        for provider in providers
        for operation in provider.spec.operations
    ]
    document = {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "Nothing is played at this path. The control API is under /_sandbox/v1.",
        "played": played,
    }
    return Reply(orjson.dumps(document), CONTENT_TYPE, 404)
