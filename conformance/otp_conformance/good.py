"""A good call of an operation: the examples of its spec, and what a provider's folder wants otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from otp_conformance.dialects import DIALECTS
from otp_specs import Spec
from otp_specs.reader import METHODS
from otp_specs.refs import resolve


def good(spec: Spec, name: str) -> Mapping[str, Any]:
    """Give the required fields of an operation with a value each, credentials and constants left out.

    The folder's own values win: a case may need another service, another period, one recipient instead of two.
    """
    own = DIALECTS[spec.provider].good.get(name)
    return own if own is not None else _examples(spec, name)


def _examples(spec: Spec, name: str) -> dict[str, Any]:
    written = next(
        item[method]
        for item in spec.document["paths"].values()
        for method in METHODS
        if method in item and item[method]["operationId"].partition(".")[0] == name
    )
    found: dict[str, Any] = {}
    for each in written.get("parameters", []):
        parameter = resolve(spec.document, each)
        if parameter.get("required"):
            found[parameter["name"]] = _example(spec, parameter)
    for media in resolve(spec.document, written.get("requestBody", {})).get("content", {}).values():
        schema = resolve(spec.document, media.get("schema", {}))
        for field in schema.get("required", ()):
            found.setdefault(field, _example(spec, schema["properties"][field]))
    credentials = DIALECTS[spec.provider].credentials
    return {field: value for field, value in found.items() if value is not None and field not in (*credentials, "show")}


def _example(spec: Spec, node: Mapping[str, Any]) -> Any:
    node = resolve(spec.document, dict(node))
    if "example" in node:
        return node["example"]
    if node.get("examples"):
        return node["examples"][0]
    return _example(spec, node["schema"]) if "schema" in node else None
