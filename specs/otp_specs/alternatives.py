"""Says which schemas a value may fit, so that it fits one of them, and generated clients know which."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from otp_specs.refs import resolve


def say_either(document: dict[str, Any], name: str, schemas: list[dict[str, Any]]) -> dict[str, Any]:
    """Write `oneOf` between schemas that exclude each other; those that a value may fit at once are one of them."""
    groups: list[list[dict[str, Any]]] = []
    for schema in schemas:
        near = [
            each
            for each in groups
            if not all(_exclude(resolve(document, schema), resolve(document, one)) for one in each)
        ]
        for each in near[1:]:
            near[0].extend(each)
            groups.remove(each)
        if near:
            near[0].append(schema)
        else:
            groups.append([schema])
    either = [each[0] if len(each) == 1 else _join_schemas(document, name, each) for each in groups]
    return either[0] if len(either) == 1 else {"oneOf": either}


def _join_schemas(document: dict[str, Any], name: str, schemas: list[dict[str, Any]]) -> dict[str, Any]:
    """Make one schema of several that differ in what a single member holds; where they differ in more, say `anyOf`.

    Generated clients take the first schema that fits, and many look no further than the names of its members. So each
    answer would be of the first type.
    """
    envelopes = [resolve(document, each) for each in schemas]
    member = _find_difference(envelopes)
    if member is None or not all("$ref" in each for each in schemas):
        return {"anyOf": schemas}
    held = document["components"]["schemas"]
    kinds = []
    for schema, envelope in zip(schemas, envelopes, strict=True):
        part = f"{schema['$ref'].rpartition('/')[2]}{member.title()}"
        held[part] = _without_null(envelope["properties"][member])
        kinds.append({"$ref": f"#/components/schemas/{part}"})
    changed = {"description": "What was asked for; null on failure.", "anyOf": [*kinds, {"type": "null"}]}
    held[name] = envelopes[0] | {"properties": envelopes[0]["properties"] | {member: changed}}
    return {"$ref": f"#/components/schemas/{name}"}


def _find_difference(schemas: list[dict[str, Any]]) -> str | None:
    """Name the member that is null or something else in each of the schemas, if they differ in nothing more."""
    first, *others = schemas
    members: list[str] = list(first.get("properties", {}))
    for member in members:
        same = [_frame(each, member) == _frame(first, member) for each in others]
        if all(same) and all("null" in each["properties"][member].get("type", ()) for each in (first, *others)):
            return member
    return None


def _frame(schema: dict[str, Any], member: str) -> dict[str, Any]:
    """Give what a schema says of values, but of one member."""
    properties = {name: _bare(each) for name, each in schema.get("properties", {}).items()}
    return _bare(schema) | {"properties": properties | {member: None}}


def _bare(schema: dict[str, Any]) -> dict[str, Any]:
    return {key: each for key, each in schema.items() if key != "description"}


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    kinds = [each for each in schema["type"] if each != "null"]
    return _bare(schema) | {"type": kinds[0] if len(kinds) == 1 else kinds}


def _exclude(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Tell whether no object fits both, as one of them forbids what the other requires."""
    return one.get("type") == other.get("type") == "object" and (_forbids(one, other) or _forbids(other, one))


def _forbids(closed: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    required = set(other.get("required", []))
    return closed.get("additionalProperties") is False and not required <= closed["properties"].keys()
