"""Makes the plain document of a spec: OpenAPI that any tool can use.

It has none of our keys, and no fragment in a path: operations that share one become one operation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from otp_specs.bundle import join
from otp_specs.joined import join_items
from otp_specs.reader import METHODS
from otp_specs.refs import holds_sample, resolve
from otp_specs.whole import PRIVATE_KEYS


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
                _tell_bodies_apart(plain, item[method])
    renamed: dict[str, str] = {}
    plain["paths"] = {
        path: items[0] if len(items) == 1 else join_items(plain, path, items, renamed) for path, items in shared.items()
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


def _tell_bodies_apart(document: dict[str, Any], operation: dict[str, Any]) -> None:
    """Give each way to write a body a schema of its own: a generated client tells by its type how to write it."""
    content = resolve(document, operation.get("requestBody", {})).get("content", {})
    for kind, media in content.items():
        if kind != "application/json" and "application/json" in content:
            media["schema"] = resolve(document, media["schema"])


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
    held = document.get("components", {}).get("securitySchemes", {})
    for requirement in document.get("security", []):
        schemes = [held.get(name, {}) for name in requirement]
        if all(each.get("in") != "query" or ("query", each["name"]) in there for each in schemes):
            kept.append(requirement)
        free = free or all(each.get("name") in inside for each in schemes)
    if kept and free:
        kept.append({})
    if kept != document.get("security", []):
        operation["security"] = kept


def _list_body_fields(document: dict[str, Any], operation: dict[str, Any]) -> Iterator[str]:
    for media in resolve(document, operation.get("requestBody", {})).get("content", {}).values():
        yield from resolve(document, media.get("schema", {})).get("properties", {})
