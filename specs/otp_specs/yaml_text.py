"""Turns the YAML of a spec into a document that keeps the spelling of its numbers."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Final

import yaml

from otp_specs.errors import SpecError

# The C parser is ten times faster; some builds of PyYAML come without it.
_Base: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


# YAML reads 010 as eight and 1:30 as ninety.
_JSON_NUMBER: Final = re.compile(r"-?(0|[1-9]\d*)(\.\d+([eE][+-]?\d+)?)?", re.ASCII)


class _Loader(_Base):  # type: ignore[misc]  # the base is chosen at run time
    """Safe loader that keeps numbers with a point as Decimal, and dates as the text they are."""

    def flatten_mapping(self, node: Any) -> None:
        """Check the keys as they are written, before merge keys bring in others that may be overridden."""
        if not hasattr(node, "checked"):
            _check_keys(node)
            node.checked = True
        super().flatten_mapping(node)
        # PyYAML would hand on the overridden value to a mapping that merges this one.
        node.value = list({key.value: (key, value) for key, value in node.value}.values())


def _check_keys(node: Any) -> None:
    seen = set()
    for key, _ in node.value:
        if key.tag == "tag:yaml.org,2002:merge":
            continue
        if key.tag != "tag:yaml.org,2002:str":
            reason = f"key {key.value} is not quoted" if isinstance(key.value, str) else "a key is not text"
            raise yaml.constructor.ConstructorError(None, None, reason, key.start_mark)
        if key.value in seen:
            raise yaml.constructor.ConstructorError(None, None, f"key {key.value} stands twice", key.start_mark)
        seen.add(key.value)


def _number(_: Any, node: Any) -> int | Decimal:
    if not _JSON_NUMBER.fullmatch(node.value):
        reason = f"{node.value} is no number of JSON; quote it if it is text"
        raise yaml.constructor.ConstructorError(None, None, reason, node.start_mark)
    return int(node.value) if node.tag == "tag:yaml.org,2002:int" else Decimal(node.value)


_Loader.add_constructor("tag:yaml.org,2002:int", _number)
_Loader.add_constructor("tag:yaml.org,2002:float", _number)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", lambda _, node: node.value)


def parse(file: str, text: bytes) -> dict[str, Any]:
    """Parse YAML text.

    Raises:
        SpecError: it is not YAML, or not a mapping.
    """
    try:
        document = yaml.load(text, Loader=_Loader)  # noqa: S506  (a subclass of the safe loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}" if mark else "file"
        raise SpecError(file, place, f"is not YAML ({getattr(error, 'problem', None) or error})") from error
    if not isinstance(document, dict):
        raise SpecError(file, "file", "is not a mapping")
    return document
