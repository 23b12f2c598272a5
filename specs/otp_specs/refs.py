"""Follows the references inside a document."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

# A response, property or schema may itself be called "default" or "example"; that one is no sample.
_SAMPLE: Final = re.compile(r"(/examples/[^/]+/value|(?<!/properties)(?<!/responses)(?<!/schemas)/(example|default))$")


def holds_sample(place: str) -> bool:
    """Tell whether a provider's own words stand at this place of a document, which say nothing in OpenAPI."""
    return _SAMPLE.search(place) is not None


def follow(document: Mapping[str, Any], pointer: str) -> Any:
    """Give what stands where a JSON pointer leads.

    Raises:
        KeyError: it leads nowhere.
        TypeError: it leads through what is not a mapping.
    """
    target: Any = document
    for step in pointer.removeprefix("/").split("/"):
        target = target[step.replace("~1", "/").replace("~0", "~")]
    return target


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
        target = follow(document, reference.removeprefix("#"))
        node = target | {key: value for key, value in node.items() if key != "$ref"}
    return dict(node)
