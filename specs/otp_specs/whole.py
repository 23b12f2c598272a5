"""What is held of a document as a whole, once, before it is compiled: keys and references."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from otp_specs.bundle import Bundle, join
from otp_specs.refs import holds_sample, resolve

ROOT_KEYS: Final = frozenset({"x-sources", "x-outcomes", "x-policy", "x-behaviours"})
PRIVATE_KEYS: Final = ROOT_KEYS | {"x-answers", "x-invalid", "x-role"}


def check_document(bundle: Bundle) -> None:
    """Look at every mapping that says something in OpenAPI.

    Raises:
        SpecError: a private key is not known or not in its place, or a reference leads nowhere.
    """
    for place, node in _walk_mappings("", bundle.document):
        if not place.endswith(("/properties", "/headers")):
            for key in node:
                _require_known(bundle, place, key)
        if "$ref" in node:
            try:
                resolve(bundle.document, node)
            except (KeyError, TypeError) as error:
                raise bundle.make_error(place, f"$ref {node['$ref']} leads nowhere") from error


def _require_known(bundle: Bundle, place: str, key: str) -> None:
    if not key.startswith("x-"):
        return
    if key not in PRIVATE_KEYS:
        known = ", ".join(sorted(PRIVATE_KEYS))
        raise bundle.make_error(join(place, key), f"unknown extension key; known are {known}")
    if key in ROOT_KEYS and place:
        raise bundle.make_error(join(place, key), "belongs at the root of the file")


def _walk_mappings(place: str, node: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    if holds_sample(place):
        return
    if isinstance(node, dict):
        yield place, node
        for key, value in node.items():
            yield from _walk_mappings(join(place, key), value)
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _walk_mappings(f"{place}/{index}", value)
