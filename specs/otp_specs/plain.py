"""Makes the plain document of a spec: OpenAPI that any tool can use.

It has none of our keys, and no fragment in a path: operations that share one become one operation.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from typing import Any, Final

from otp_specs.bundle import join
from otp_specs.reader import METHODS
from otp_specs.refs import holds_sample, resolve
from otp_specs.whole import PRIVATE_KEYS

_ANSWER: Final = "What was asked for, or the reason why it is not given."


def make_plain(document: Mapping[str, Any]) -> dict[str, Any]:
    """Make the plain document. What is written is not changed; samples are shared with it."""
    plain: dict[str, Any] = _copy("", document)
    shared: dict[str, list[dict[str, Any]]] = {}
    for path, item in plain["paths"].items():
        shared.setdefault(path.partition("#")[0], []).append(item)
    for item in plain["paths"].values():
        for method in METHODS:
            if method in item:
                _say_security(plain, item[method])
    renamed: dict[str, str] = {}
    plain["paths"] = {
        path: items[0] if len(items) == 1 else _join_items(plain, path, items, renamed)
        for path, items in shared.items()
    }
    for link in _walk_links(plain):
        link["operationId"] = renamed.get(link["operationId"], link["operationId"])
    _drop_unused(plain)
    return plain


def _copy(place: str, node: Any) -> Any:
    """Copy without our keys; what a provider's own words are called is not looked at."""
    if holds_sample(place):
        return node
    if isinstance(node, Mapping):
        dropped = frozenset() if place.endswith(("/properties", "/headers")) else PRIVATE_KEYS
        return {key: _copy(join(place, key), each) for key, each in node.items() if key not in dropped}
    if isinstance(node, list):
        return [_copy(f"{place}/{index}", each) for index, each in enumerate(node)]
    return node


def _walk_links(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        for key, each in node.items():
            if key == "links" and isinstance(each, dict):
                yield from (link for link in each.values() if "operationId" in link)
            else:
                yield from _walk_links(each)
    elif isinstance(node, list):
        for each in node:
            yield from _walk_links(each)


def _drop_unused(document: dict[str, Any]) -> None:
    """Drop the schemas that nothing refers to any more, and then those that only they referred to."""
    schemas = document.get("components", {}).get("schemas", {})
    unused = set(schemas) - {each.rpartition("/")[2] for each in _walk_references(document)}
    for name in unused:
        del schemas[name]
    if unused:
        _drop_unused(document)


def _walk_references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        node = list(node.values())
    if isinstance(node, list):
        for each in node:
            yield from _walk_references(each)


# Credentials


def _say_security(document: dict[str, Any], operation: dict[str, Any]) -> None:
    """Say where this operation has its credentials, when it is not where the others have them.

    OpenAPI has no word for credentials in a body or a path. There they are fields like any other, and nothing else is
    asked for.
    """
    if "security" in operation:
        return
    parameters = [resolve(document, each) for each in operation.get("parameters", [])]
    there = {(each["in"], each["name"]) for each in parameters}
    inside = {name for place, name in there if place == "path"} | set(_list_body_fields(document, operation))
    kept: list[dict[str, Any]] = []
    free = False
    for requirement in document.get("security", []):
        schemes = [document["components"]["securitySchemes"][name] for name in requirement]
        if all(each["in"] == "header" or (each["in"], each["name"]) in there for each in schemes):
            kept.append(requirement)
        free = free or all(each["name"] in inside for each in schemes)
    if kept and free:
        kept.append({})
    if kept != document.get("security", []):
        operation["security"] = kept


def _list_body_fields(document: dict[str, Any], operation: dict[str, Any]) -> Iterator[str]:
    for media in resolve(document, operation.get("requestBody", {})).get("content", {}).values():
        yield from resolve(document, media.get("schema", {})).get("properties", {})


# Operations that share a path


def _join_items(
    document: dict[str, Any], path: str, items: list[dict[str, Any]], renamed: dict[str, str]
) -> dict[str, Any]:
    """Make one item of a path's; `renamed` gets the operations that are not there any more."""
    joined = {}
    for method in METHODS:
        operations = [item[method] for item in items if method in item]
        if operations:
            joined[method] = _join_operations(document, path, operations)
            renamed.update({each["operationId"]: joined[method]["operationId"] for each in operations})
    return joined


def _join_operations(document: dict[str, Any], path: str, operations: list[dict[str, Any]]) -> dict[str, Any]:
    """Make one operation of several that a constant parameter tells apart.

    One without a constant answers whoever names none of them, which a client of this document never does: its samples
    alone are kept.
    """
    field = next(_list_constants(document, operations[0]))[0]
    named = [(dict(_list_constants(document, each)).get(field), each) for each in operations]
    asked = {value: each for value, each in named if value is not None}
    first = next(iter(asked.values()))
    summaries = [f"- `{value}`: {each['summary']}. {each['description']}" for value, each in asked.items()]
    joined = {
        "operationId": re.sub(r"\W+", "_", path.strip("/")),
        "tags": list(dict.fromkeys(tag for each in asked.values() for tag in each.get("tags", []))),
        "summary": f"One of the queries that {field} names",
        "description": "\n".join(summaries),
        "parameters": _join_parameters(document, field, asked),
        "responses": _join_responses(document, {each["operationId"] for each in asked.values()}, operations),
    }
    return joined | {key: first[key] for key in ("security",) if key in first}


def _list_constants(document: dict[str, Any], operation: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for parameter in (resolve(document, each) for each in operation.get("parameters", [])):
        schema = resolve(document, parameter.get("schema", {}))
        if "const" in schema:
            yield parameter["name"], schema["const"]


def _join_parameters(document: dict[str, Any], field: str, asked: Mapping[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Give the parameters of all; only what each of them requires is required."""
    found: dict[tuple[str, str], tuple[dict[str, Any], dict[str, bool]]] = {}
    for value, operation in asked.items():
        for parameter in (resolve(document, each) for each in operation["parameters"]):
            _, needed = found.setdefault((parameter["in"], parameter["name"]), (parameter, {}))
            needed[value] = parameter.get("required", False)
    joined = []
    for parameter, needed in found.values():
        everywhere = len(needed) == len(asked)
        described = parameter["description"] if everywhere else f"{parameter['description']} {_say_where(needed)}"
        changed = {"required": everywhere and all(needed.values()), "description": described}
        if parameter["name"] == field:
            changed["schema"] = {"type": "string", "enum": list(asked)}
        joined.append(parameter | changed)
    return joined


def _say_where(needed: Mapping[str, bool]) -> str:
    named = " and ".join(f"`{value}`" for value in needed)
    return f"Only for {named}, which requires it." if all(needed.values()) else f"Only for {named}."


def _join_responses(
    document: dict[str, Any], asked: Container[str], operations: list[dict[str, Any]]
) -> dict[str, Any]:
    """Give the answers of all; whoever is not among `asked` adds samples alone."""
    media: dict[str, dict[str, list[tuple[dict[str, Any], dict[str, Any]]]]] = {}
    for operation in operations:
        for status, response in operation["responses"].items():
            kinds = media.setdefault(status, {})
            for kind, each in resolve(document, response)["content"].items():
                kinds.setdefault(kind, []).append((operation, each))
    return {
        status: {
            "description": _ANSWER,
            "content": {kind: _join_media(document, asked, each) for kind, each in kinds.items()},
        }
        for status, kinds in media.items()
    }


def _join_media(
    document: dict[str, Any], asked: Container[str], media: list[tuple[dict[str, Any], dict[str, Any]]]
) -> dict[str, Any]:
    schemas: list[dict[str, Any]] = []
    for operation, each in media:
        if operation["operationId"] in asked:
            schemas += [one for one in each["schema"].get("anyOf", [each["schema"]]) if one not in schemas]
    examples = {
        f"{operation['operationId']}.{key}": {**example, "summary": f"{operation['summary']}. {example['summary']}"}
        for operation, each in media
        for key, example in each.get("examples", {}).items()
    }
    return {"schema": _say_either(document, schemas), "examples": examples}


def _say_either(document: dict[str, Any], schemas: list[dict[str, Any]]) -> dict[str, Any]:
    """Write `oneOf` between schemas that exclude each other, and `anyOf` between those that a value may fit at once."""
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
    either = [each[0] if len(each) == 1 else {"anyOf": each} for each in groups]
    return either[0] if len(either) == 1 else {"oneOf": either}


def _exclude(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Tell whether no object fits both, as one of them forbids what the other requires."""
    return one.get("type") == other.get("type") == "object" and (_forbids(one, other) or _forbids(other, one))


def _forbids(closed: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    required = set(other.get("required", []))
    return closed.get("additionalProperties") is False and not required <= closed["properties"].keys()
