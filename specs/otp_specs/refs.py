"""Follows the references inside a document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def resolve(document: Mapping[str, Any], node: Mapping[str, Any]) -> dict[str, Any]:
    """Follow a local `$ref` to its end; what stands beside it wins.

    Raises:
        KeyError: it leads nowhere, or in a circle.
        TypeError: it leads to, or through, what is not a mapping.
    """
    passed: set[str] = set()
    while "$ref" in node:
        reference = node["$ref"]
        if not isinstance(reference, str) or reference in passed:
            raise KeyError(reference)
        passed.add(reference)
        target: Any = document
        for step in reference.removeprefix("#/").split("/"):
            target = target[step.replace("~1", "/").replace("~0", "~")]
        node = target | {key: value for key, value in node.items() if key != "$ref"}
    return dict(node)
