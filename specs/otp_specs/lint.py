"""Compares what stands twice in a spec: the documented samples against the outcome table and the schemas."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from otp_specs.model import Outcome, Spec
from otp_specs.reader import METHODS
from otp_specs.refs import resolve

_JSON_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float, Decimal),
    "boolean": (bool,),
    "null": (type(None),),
    "object": (dict,),
    "array": (list,),
}


def samples(spec: Spec) -> Iterator[tuple[str, str, str, Any]]:
    """Yield (operationId, place, outcome name, body) of every documented sample."""
    for place, operation_id, media in _walk_answers(spec):
        for key, example in media.get("examples", {}).items():
            yield operation_id, f"{place}/examples/{key}", key.partition(".")[0], example["value"]


def _walk_answers(spec: Spec) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in spec.document["paths"].items():
        for method in METHODS:
            for status, response in item.get(method, {}).get("responses", {}).items():
                for kind, media in resolve(spec.document, response).get("content", {}).items():
                    yield f"paths/{path}/{method}/responses/{status}/{kind}", item[method]["operationId"], media


def list_findings(spec: Spec) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the samples of a spec: place in the document, reason."""
    code_keys = _find_code_keys(spec)
    answers = {operation.id: {answer.outcome for answer in operation.answers} for operation in spec.operations}
    for place, operation_id, media in _walk_answers(spec):
        for key, example in media.get("examples", {}).items():
            where = f"{place}/examples/{key}"
            name = key.partition(".")[0]
            if name not in answers[operation_id]:
                yield where, f"{name} is not among the answers of {operation_id}"
                continue
            if not _mentions_row(example["value"], spec.outcomes[name], code_keys):
                yield where, "does not hold the code and the text of its outcome as the table has them"
            problem = find_departure(spec.document, media.get("schema", {}), example["value"])
            if problem is not None:
                yield where, problem


def _find_code_keys(spec: Spec) -> set[str]:
    """Name the keys under which bodies of this provider carry a result code, as its samples tell.

    One code alone proves nothing: a count of 1 beside a success that is numbered 1 is no code.
    """
    found: dict[str, set[Any]] = {}
    for _, _, name, body in samples(spec):
        if name in spec.outcomes and isinstance(body, dict):
            for key, value in body.items():
                if _is_code(value, spec.outcomes[name]):
                    found.setdefault(key, set()).add(value)
    return {key for key, codes in found.items() if len(codes) > 1}


def _is_code(value: Any, outcome: Outcome) -> bool:
    return bool(value == outcome.code) and type(value) is type(outcome.code)


def _mentions_row(body: Any, outcome: Outcome, code_keys: set[str]) -> bool:
    """Tell whether a body holds its row: the code where its kind of body has one, and the text if there is one.

    A body of numbers alone has room for neither.
    """
    pattern = None
    if outcome.message is not None:
        pattern = re.compile(".*".join(map(re.escape, re.split(r"\{\w+\}", outcome.message))))
    scalars = list(_walk_scalars(body))
    if scalars and all(type(each) is int for each in scalars):
        return True
    codes = [value for key, value in body.items() if key in code_keys] if isinstance(body, dict) else []
    if codes:
        has_code = all(_is_code(value, outcome) for value in codes)
    else:
        has_code = pattern is not None or any(_is_code(value, outcome) for value in scalars)
    has_text = pattern is None or any(isinstance(value, str) and pattern.fullmatch(value) for value in scalars)
    return has_code and has_text


def _walk_scalars(body: Any) -> Iterator[Any]:
    if isinstance(body, dict):
        for value in body.values():
            yield from _walk_scalars(value)
    elif isinstance(body, list):
        for value in body:
            yield from _walk_scalars(value)
    else:
        yield body


def find_departure(document: Mapping[str, Any], schema: Any, value: Any, place: str = "body") -> str | None:
    """Say the first thing in which a body departs from its schema: type, key, order of keys."""
    schema = resolve(document, schema)
    alternatives = schema.get("anyOf") or schema.get("oneOf")
    if alternatives:
        problems = [find_departure(document, each, value, place) for each in alternatives]
        return None if None in problems else problems[0]
    types = schema.get("type", [])
    types = [types] if isinstance(types, str) else types
    if types and not any(isinstance(value, _JSON_TYPES[each]) and _allows_bool(each, value) for each in types):
        return f"{place} is no {' or '.join(types)}"
    if isinstance(value, dict):
        return _find_object_problem(document, schema, value, place)
    if isinstance(value, list):
        problems = [
            find_departure(document, schema.get("items", {}), each, f"{place}[{i}]") for i, each in enumerate(value)
        ]
        return next(filter(None, problems), None)
    if "enum" in schema and value not in schema["enum"]:
        return f"{place} {value!r} is not in the enum"
    return None


def _allows_bool(kind: str, value: Any) -> bool:
    return kind == "boolean" or not isinstance(value, bool)


def _find_object_problem(document: Mapping[str, Any], schema: Any, value: dict[str, Any], place: str) -> str | None:
    properties = list(schema.get("properties", {}))
    for key in schema.get("required", []):
        if key not in value:
            return f"{place} lacks {key}"
    for key in value:
        if key not in properties:
            return f"{place} has {key}, which the schema does not declare"
    in_order = [key for key in properties if key in value]
    if in_order != list(value):
        return f"{place} has its keys in the order {', '.join(value)} instead of {', '.join(in_order)}"
    problems = [
        find_departure(document, schema["properties"][key], each, f"{place}.{key}") for key, each in value.items()
    ]
    return next(filter(None, problems), None)
