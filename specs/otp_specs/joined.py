"""Makes one operation of those that share a path and are told apart by a constant parameter."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from typing import Any, Final

from otp_specs.alternatives import say_either
from otp_specs.reader import METHODS
from otp_specs.refs import resolve

_ANSWER: Final = "What was asked for, or the reason why it is not given."


def join_items(
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
    constants = [dict(_list_constants(document, each)) for each in operations]
    field = next((name for each in constants for name in each), None)
    if len(operations) == 1 or field is None:
        return operations[0]
    asked = {each[field]: operation for each, operation in zip(constants, operations, strict=True) if field in each}
    first = next(iter(asked.values()))
    summaries = [f"- `{value}`: {_say_what(each)}" for value, each in asked.items()]
    name = re.sub(r"\W+", "_", path.strip("/"))
    ids = {each["operationId"] for each in asked.values()}
    joined = {
        "operationId": name,
        "tags": list(dict.fromkeys(tag for each in asked.values() for tag in each.get("tags", []))),
        "summary": f"One of the queries that `{field}` names",
        "description": "\n".join(summaries),
        "parameters": _join_parameters(document, field, asked),
        "responses": _join_responses(document, f"{name.title().replace('_', '')}Answer", ids, operations),
    }
    return joined | {key: first[key] for key in ("security",) if key in first}


def _say_what(operation: dict[str, Any]) -> str:
    return ". ".join(operation[key].strip().rstrip(".") for key in ("summary", "description") if key in operation) + "."


def _list_constants(document: dict[str, Any], operation: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for parameter in (resolve(document, each) for each in operation.get("parameters", [])):
        schema = resolve(document, parameter.get("schema", {}))
        if "const" in schema:
            yield parameter["name"], schema["const"]


def _join_parameters(document: dict[str, Any], field: str, asked: Mapping[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Give the parameters of all; only what each of them requires is required."""
    found: dict[tuple[str, str], tuple[dict[str, Any], dict[str, bool]]] = {}
    for value, operation in asked.items():
        for parameter in (resolve(document, each) for each in operation.get("parameters", [])):
            _, needed = found.setdefault((parameter["in"], parameter["name"]), (parameter, {}))
            needed[value] = parameter.get("required", False)
    joined = []
    for parameter, needed in found.values():
        everywhere = len(needed) == len(asked)
        described = [parameter.get("description", "").strip(), "" if everywhere else _say_where(needed)]
        changed = {"required": everywhere and all(needed.values()), "description": " ".join(filter(None, described))}
        if parameter["name"] == field:
            changed["schema"] = {"type": "string", "enum": list(asked)}
        joined.append(parameter | changed)
    return joined


def _say_where(needed: Mapping[str, bool]) -> str:
    named = " and ".join(f"`{value}`" for value in needed)
    return f"Only for {named}, which requires it." if all(needed.values()) else f"Only for {named}."


def _join_responses(
    document: dict[str, Any], name: str, asked: Container[str], operations: list[dict[str, Any]]
) -> dict[str, Any]:
    """Give the answers of all; whoever is not among `asked` adds samples alone. `name` is for a schema of several."""
    media: dict[str, dict[str, list[tuple[dict[str, Any], dict[str, Any]]]]] = {}
    for operation in operations:
        for status, response in operation["responses"].items():
            kinds = media.setdefault(status, {})
            for kind, each in resolve(document, response).get("content", {}).items():
                kinds.setdefault(kind, []).append((operation, each))
    return {
        status: {
            "description": _ANSWER,
            "content": {kind: _join_media(document, name, asked, each) for kind, each in kinds.items()},
        }
        for status, kinds in media.items()
    }


def _join_media(
    document: dict[str, Any], name: str, asked: Container[str], media: list[tuple[dict[str, Any], dict[str, Any]]]
) -> dict[str, Any]:
    schemas: list[dict[str, Any]] = []
    for operation, each in media:
        schema = each.get("schema", {})
        if operation["operationId"] in asked:
            schemas += [one for one in schema.get("anyOf", [schema]) if one not in schemas]
    examples = {
        f"{operation['operationId']}.{key}": _introduce(operation, resolve(document, example))
        for operation, each in media
        for key, example in each.get("examples", {}).items()
    }
    joined: dict[str, Any] = {"schema": say_either(document, name, schemas)}
    return joined | ({"examples": examples} if examples else {})


def _introduce(operation: dict[str, Any], example: dict[str, Any]) -> dict[str, Any]:
    said = (operation.get("summary"), example.get("summary"))
    return example | {"summary": ". ".join(filter(None, said))}
