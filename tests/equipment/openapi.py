"""Looks into OpenAPI documents as validators want them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from otp_specs.reader import METHODS
from otp_specs.refs import resolve


def to_floats(node: Any) -> Any:
    """The document with ordinary floats, as validators want it."""
    if isinstance(node, Mapping):
        return {key: to_floats(value) for key, value in node.items()}
    if isinstance(node, list):
        return [to_floats(value) for value in node]
    return float(node) if isinstance(node, Decimal) else node


def walk_operations(document: Any) -> Iterator[tuple[str, Any]]:
    """Every operation as written, webhooks included."""
    for paths in (document["paths"], document.get("webhooks", {})):
        for path, item in paths.items():
            for method in METHODS:
                if method in item:
                    yield f"{path} {method}", item[method]


def list_bodies(document: Any) -> Iterator[tuple[str, Any, Any]]:
    """Every example of every answer and request body: its place, a schema that stands alone, and the body."""
    document = to_floats(document)
    for place, operation in walk_operations(document):
        holders = [("request", operation.get("requestBody", {})), *operation["responses"].items()]
        for status, holder in holders:
            for kind, media in resolve(document, holder).get("content", {}).items():
                for key, example in media.get("examples", {}).items():
                    schema = {"allOf": [media["schema"]], "components": document["components"]}
                    yield f"{place} {status} {kind} {key}", schema, example["value"]
