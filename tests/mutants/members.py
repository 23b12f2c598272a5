"""The members of an answer's body, as the schema of the spec names them, and what can be wrong with each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

import orjson

from otp_specs import Operation, Spec
from otp_specs.refs import resolve

Path = tuple[str, ...]
Change = Callable[[Any], Any]
_DEEP: Final = 2
_MORE: Final = "More"


def members(spec: Spec, operation: Operation) -> dict[Path, frozenset[str]]:
    """Give the members of an operation's answers, at the first level and one level in, with their types."""
    found: dict[Path, frozenset[str]] = {}
    document = spec.document
    for answer in document["paths"][operation.path][operation.method.lower()]["responses"].values():
        for media, content in resolve(document, answer).get("content", {}).items():
            if media == "application/json":
                for path, kinds in _members(document, content["schema"], ()):
                    found[path] = found.get(path, frozenset()) | kinds
    return found


def _members(
    document: Mapping[str, Any], schema: Mapping[str, Any], path: Path
) -> Iterator[tuple[Path, frozenset[str]]]:
    for each in _alternatives(document, schema):
        if "items" in each:
            yield from _members(document, each["items"], path)
        for name, member in each.get("properties", {}).items():
            yield (*path, name), frozenset(_kinds(document, member))
            if len(path) + 1 < _DEEP:
                yield from _members(document, member, (*path, name))


def _alternatives(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    held = resolve(document, schema)
    yield held
    for key in ("anyOf", "oneOf", "allOf"):
        for each in held.get(key, ()):
            yield from _alternatives(document, each)


def _kinds(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[str]:
    for each in _alternatives(document, schema):
        kind = each.get("type", [])
        yield from [kind] if isinstance(kind, str) else kind


def spoilt(found: Mapping[Path, frozenset[str]]) -> Iterator[tuple[str, str, Change]]:
    """Give what can be wrong: the end of the mutant's name, what it says, and the change of a body."""
    for path, kinds in found.items():
        name, shown = path[-1], ".".join(path)
        yield f"-{shown}", f"{shown} is left out", _at(path[:-1], _dropped(name))
        yield f"~{shown}", f"{shown} is spelt {_respelt(name)}", _at(path[:-1], _renamed(name))
        if not kinds <= {"object", "array", "null"}:
            yield f"#{shown}", f"{shown} is of another type", _at(path[:-1], _retyped(name))
    for above in dict.fromkeys(path[:-1] for path in found):
        yield f"+{'.'.join((*above, _MORE))}", f"{'.'.join(above) or 'the answer'} has one more", _at(above, _with_more)
        if sum(path[:-1] == above for path in found) > 1:
            yield ".".join((*above, "turned")), f"{'.'.join(above) or 'the answer'} is turned", _at(above, _turned)


def _at(path: Path, change: Change) -> Change:
    """Change each object that stands at a path; lists are gone into."""

    def changed(value: Any, left: Path) -> Any:
        if isinstance(value, list | tuple):
            return [changed(each, left) for each in value]
        if not isinstance(value, dict):
            return value
        if not left:
            return change(value)
        return {name: changed(each, left[1:]) if name == left[0] else each for name, each in value.items()}

    return lambda value: changed(value, path)


def _dropped(name: str) -> Change:
    return lambda held: {key: value for key, value in held.items() if key != name}


def _renamed(name: str) -> Change:
    return lambda held: {_respelt(name) if key == name else key: value for key, value in held.items()}


def _retyped(name: str) -> Change:
    return lambda held: {key: _other_type(value) if key == name else value for key, value in held.items()}


def _with_more(held: dict[str, Any]) -> dict[str, Any]:
    return {**held, _MORE: ""}


def _turned(held: dict[str, Any]) -> dict[str, Any]:
    return dict(reversed(held.items()))


def _respelt(name: str) -> str:
    return name[0].swapcase() + name[1:]


def _other_type(value: Any) -> Any:
    """Make a number of a text, and a text of what is none; objects and lists stay."""
    if isinstance(value, str):
        return int(value) if value.isdecimal() else len(value)
    if isinstance(value, Iterable):
        return value
    if value is None:
        return ""
    return orjson.dumps(value).decode()
