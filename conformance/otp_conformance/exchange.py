"""What was sent and what came back, shown without secrets."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, quote_plus

import orjson

MASK = "***"


@dataclass(slots=True)
class Exchange:
    """One request and its answer."""

    operation: str
    method: str
    url: str
    headers: Mapping[str, str]
    body: str
    status: int
    answer_headers: Mapping[str, str]
    answer: str
    secrets: frozenset[str] = field(default_factory=frozenset)

    @property
    def json(self) -> Any:
        """The answer as values, or None if it is neither JSON nor XML; elements of XML are texts by their names."""
        if "/xml" in self.answer_headers.get("Content-Type", ""):
            return read_xml(self.answer)
        try:
            return orjson.loads(self.answer)
        except orjson.JSONDecodeError:
            return None

    def mask(self, text: str) -> str:
        """Take the secrets out of a text, in the spellings in which they travel."""
        return mask_secrets(text, self.secrets)

    def curl(self) -> str:
        """Give a command that sends the request again."""
        parts = ["curl", "-i", "--globoff", "-X", self.method, self.url]
        for name, value in self.headers.items():
            parts += ["-H", f"{name}: {value}"]
        if self.body:
            parts += ["--data-raw", self.body]
        return self.mask(shlex.join(parts))

    def as_json(self) -> dict[str, Any]:
        """Give it as JSON values."""
        return {
            "operation": self.operation,
            "curl": self.curl(),
            "status": self.status,
            "content_type": self.answer_headers.get("Content-Type", ""),
            "answer": self.mask(self.answer),
        }


def read_xml(text: str) -> dict[str, str] | None:
    """Read the elements of XML as texts by their names; None if it is no XML."""
    from xml.etree.ElementTree import ParseError  # noqa: PLC0415  (few answers are XML)

    from defusedxml.ElementTree import fromstring  # noqa: PLC0415  (as above)

    try:
        return {each.tag: each.text or "" for each in fromstring(text)}
    except (ParseError, ValueError):
        return None


def mask_secrets(text: str, secrets: Iterable[str]) -> str:
    """Replace secrets, longest first, plain and percent-encoded."""
    for secret in sorted(secrets, key=len, reverse=True):
        if secret:
            for spelling in (secret, quote(secret, safe=""), quote_plus(secret), quote(secret)):
                text = text.replace(spelling, MASK)
    return text
