"""A good call of an operation: the examples of its spec, and what a provider's room wants otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from otp_conformance.rooms import ROOMS
from otp_specs import Spec
from otp_specs.reader import METHODS
from otp_specs.refs import resolve


def good_fields(spec: Spec, name: str) -> Mapping[str, Any]:
    """Give the required fields of an operation with a value each, credentials and constants left out.

    The room's own values win: a case may need another service, another period, one recipient instead of two.
    """
    own = ROOMS[spec.provider].calls.good.get(name)
    return own if own is not None else _example_fields(spec, name)


def _example_fields(spec: Spec, name: str) -> dict[str, Any]:
    written = next(
        item[method]
        for item in spec.document["paths"].values()
        for method in METHODS
        if method in item and item[method]["operationId"].partition(".")[0] == name
    )
    examples: dict[str, Any] = {}
    for each in written.get("parameters", []):
        parameter = resolve(spec.document, each)
        if parameter.get("required"):
            examples[parameter["name"]] = _example(spec, parameter)
    for media in resolve(spec.document, written.get("requestBody", {})).get("content", {}).values():
        schema = resolve(spec.document, media.get("schema", {}))
        for field in schema.get("required", ()):
            examples.setdefault(field, _example(spec, schema["properties"][field]))
    constants = {field for each in spec.operations if each.name == name for field in each.constants}
    left_out = constants | set(ROOMS[spec.provider].credentials.sent)
    return {field: value for field, value in examples.items() if value is not None and field not in left_out}


def _example(spec: Spec, node: Mapping[str, Any]) -> Any:
    node = resolve(spec.document, dict(node))
    if "example" in node:
        return node["example"]
    if node.get("examples"):
        return node["examples"][0]
    return _example(spec, node["schema"]) if "schema" in node else None
