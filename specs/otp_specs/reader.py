"""Reads a spec strictly: whatever is not understood stops with file, place and reason."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from otp_specs.documents import FOLDER, read_document
from otp_specs.errors import SpecError
from otp_specs.model import EVIDENCE, ROLES, Answer, Behaviour, Field, Operation, Option, Outcome, Spec
from otp_specs.refs import resolve

METHODS: Final = ("get", "put", "post", "delete", "patch", "head", "options", "trace")
PRIVATE_KEYS: Final = frozenset({"x-outcomes", "x-answers", "x-invalid", "x-policy", "x-role", "x-behaviours"})

_KIND_NAMES: Final = {str: "a text", bool: "a boolean", int: "an integer"}
# A response, property or schema may itself be called "default" or "example"; that one is no sample.
_SAMPLE: Final = re.compile(r"(/examples/[^/]+/value|(?<!/properties)(?<!/responses)(?<!/schemas)/(example|default))$")


def load(provider: str, folder: Path = FOLDER) -> Spec:
    """Read the spec of a provider.

    Raises:
        SpecError: the file is missing, is not what it says, or holds something the reader does not know.
    """
    return _Reader(f"{provider}.yaml", read_document(provider, folder)).spec(provider)


class _Reader:
    def __init__(self, file: str, document: dict[str, Any]) -> None:
        self.file = file
        self.document = document

    def fail(self, place: str, reason: str) -> SpecError:
        return SpecError(self.file, place, reason)

    def spec(self, provider: str) -> Spec:
        self._only_known_private_keys()
        self._all_references_lead_somewhere()
        outcomes = self._outcomes()
        policy = self._policy()
        operations = tuple(self._operations(outcomes))
        return Spec(
            provider=provider,
            title=str(self._part("info").get("title", provider)),
            operations=operations,
            outcomes=outcomes,
            policy=policy,
            behaviours=tuple(self._behaviours(provider, outcomes, policy, operations)),
            document=self.document,
        )

    def _part(self, key: str, default: Any = None) -> Any:
        if key in self.document:
            return self.document[key]
        if default is not None:
            return default
        raise self.fail(key, "is missing")

    def _only_known_private_keys(self) -> None:
        root_only = {"x-outcomes", "x-policy", "x-behaviours"}
        for place, key in _keys("", self.document):
            if not key.startswith("x-"):
                continue
            if key not in PRIVATE_KEYS:
                raise self.fail(f"{place}/{key}", f"unknown extension key; known are {', '.join(sorted(PRIVATE_KEYS))}")
            if key in root_only and place:
                raise self.fail(f"{place}/{key}", "belongs at the root of the file")

    def _all_references_lead_somewhere(self) -> None:
        for place, node in _mappings("", self.document):
            if "$ref" in node:
                try:
                    resolve(self.document, node)
                except (KeyError, TypeError) as error:
                    raise self.fail(place, f"$ref {node['$ref']} leads nowhere") from error

    def _outcomes(self) -> dict[str, Outcome]:
        rows: dict[str, Outcome] = {}
        for name, row in self._part("x-outcomes").items():
            place = f"x-outcomes/{name}"
            self._fields(place, row, {"code", "message", "condition", "evidence", "source"}, {"success", "status"})
            if type(row["code"]) not in {str, int}:
                raise self.fail(place, f"code {row['code']!r} is neither a quoted text nor an integer")
            if row["evidence"] not in EVIDENCE:
                raise self.fail(place, f"evidence {row['evidence']!r} is none of {', '.join(EVIDENCE)}")
            self._types(place, row, {"condition": str, "source": str, "success": bool, "status": int})
            if row["message"] is not None:
                self._types(place, row, {"message": str})
            rows[name] = Outcome(name=name, **row)
        kinds = {type(row.code) for row in rows.values()}
        if len(kinds) > 1:
            odd = next(row for row in rows.values() if not isinstance(row.code, str))
            raise self.fail(f"x-outcomes/{odd.name}", f"code {odd.code} is not quoted, but other codes are text")
        return rows

    def _policy(self) -> dict[str, int]:
        policy: dict[str, Any] = self._part("x-policy", {})
        for name, number in policy.items():
            if type(number) is not int:
                raise self.fail(f"x-policy/{name}", f"{number!r} is not an integer")
        return policy

    def _operations(self, outcomes: Mapping[str, Outcome]) -> Iterator[Operation]:
        seen: set[str] = set()
        for path, item in self._part("paths").items():
            for method in METHODS:
                if method not in item:
                    continue
                operation = self._operation(path, method, item[method], outcomes)
                if operation.id in seen:
                    raise self.fail(f"paths/{path}/{method}", f"operationId {operation.id} stands twice")
                seen.add(operation.id)
                yield operation

    def _operation(self, path: str, method: str, written: dict[str, Any], outcomes: Mapping[str, Outcome]) -> Operation:
        place = f"paths/{path}/{method}"
        for key in ("operationId", "x-role", "x-answers", "responses"):
            if key not in written:
                raise self.fail(place, f"{key} is missing")
        if written["x-role"] not in ROLES:
            raise self.fail(f"{place}/x-role", f"{written['x-role']!r} is none of {', '.join(ROLES)}")
        answers = tuple(self._answers(f"{place}/x-answers", written["x-answers"], outcomes))
        body = self.resolve(written.get("requestBody", {})).get("content", {})
        fields = self._operation_fields(place, written.get("parameters", []), body)
        causes = {cause for answer in answers for cause in answer.causes}
        for field in fields.values():
            for cause in (field.missing, field.malformed):
                if cause is not None and cause not in causes:
                    raise self.fail(f"{place}/{field.name}", f"x-invalid names {cause}, which is not in x-answers")
        return Operation(
            id=written["operationId"],
            name=written["operationId"].partition(".")[0],
            method=method.upper(),
            path=path.partition("#")[0],
            role=written["x-role"],
            summary=written.get("summary", ""),
            answers=answers,
            fields=fields,
            bodies=frozenset(body),
        )

    def _answers(self, place: str, written: list[Any], outcomes: Mapping[str, Outcome]) -> Iterator[Answer]:
        seen: set[str] = set()
        for entry in _flat(written):
            row = {entry: []} if isinstance(entry, str) else entry
            if not isinstance(row, dict) or len(row) != 1:
                raise self.fail(place, f"{entry!r} is neither an outcome nor one outcome with a list of causes")
            ((name, others),) = row.items()
            if not isinstance(others, list) or not all(isinstance(cause, str) for cause in others):
                raise self.fail(place, f"the causes of {name} are not a list of names")
            if name not in outcomes:
                raise self.fail(place, f"outcome {name} is not defined in x-outcomes")
            causes = (name, *others)
            for cause in causes:
                if cause in seen:
                    raise self.fail(place, f"cause {cause} stands twice")
                seen.add(cause)
            yield Answer(outcome=name, causes=causes)

    def _operation_fields(self, place: str, parameters: list[Any], body: Mapping[str, Any]) -> dict[str, Field]:
        found: dict[str, tuple[set[str], dict[str, Any]]] = {}
        for parameter in map(self.resolve, parameters):
            schema = self.resolve(parameter.get("schema", {}))
            places, merged = found.setdefault(parameter["name"], (set(), {}))
            places.add(parameter["in"])
            merged.update(schema | {key: value for key, value in parameter.items() if key == "x-invalid"})
        for media in body.values():
            for name, schema in self.resolve(media.get("schema", {})).get("properties", {}).items():
                places, merged = found.setdefault(name, (set(), {}))
                places.add("body")
                merged.update(self.resolve(schema))
        fields = {}
        for name, (places, schema) in found.items():
            invalid = schema.get("x-invalid", {})
            self._fields(f"{place}/{name}/x-invalid", invalid, set(), {"missing", "malformed"})
            fields[name] = Field(name, frozenset(places), schema.get("const"), **invalid)
        return fields

    def _behaviours(
        self,
        provider: str,
        outcomes: Mapping[str, Outcome],
        policy: Mapping[str, int],
        operations: tuple[Operation, ...],
    ) -> Iterator[Behaviour]:
        seen: set[str] = set()
        names = {operation.name for operation in operations}
        causes = {cause for operation in operations for cause in operation.causes}
        for number, row in enumerate(self._part("x-behaviours")):
            place = f"x-behaviours/{row.get('id', number) if isinstance(row, dict) else number}"
            self._fields(place, row, {"id", "text", "evidence", "source"}, {"operations", "options", "default"})
            self._types(place, row, {"id": str, "text": str, "source": str})
            if not row["id"].startswith(f"{provider}."):
                raise self.fail(place, f"id does not begin with {provider}.")
            if row["id"] in seen:
                raise self.fail(place, "id stands twice")
            seen.add(row["id"])
            if row["evidence"] not in EVIDENCE:
                raise self.fail(place, f"evidence {row['evidence']!r} is none of {', '.join(EVIDENCE)}")
            for operation in row.get("operations", []):
                if operation not in names:
                    raise self.fail(place, f"operation {operation} does not exist")
            if "default" in row and "options" not in row:
                raise self.fail(place, "has a default but no options")
            yield Behaviour(
                id=row["id"],
                text=row["text"],
                evidence=row["evidence"],
                source=row["source"],
                operations=tuple(row.get("operations", [])),
                options=self._options(place, row, outcomes, policy, causes) if "options" in row else None,
                default=row.get("default"),
            )

    def _options(
        self,
        place: str,
        row: dict[str, Any],
        outcomes: Mapping[str, Outcome],
        policy: Mapping[str, int],
        causes: set[str],
    ) -> dict[str, Option]:
        options = {}
        for option_id, option in row["options"].items():
            where = f"{place}/options/{option_id}"
            self._fields(where, option, {"text"}, {"outcome", "policy", "cause"})
            self._types(where, option, {"text": str})
            if option.get("outcome") is not None and option["outcome"] not in outcomes:
                raise self.fail(where, f"outcome {option['outcome']} is not defined in x-outcomes")
            if option.get("policy") is not None and option["policy"] not in policy:
                raise self.fail(where, f"policy number {option['policy']} is not defined in x-policy")
            if option.get("cause") is not None and option["cause"] not in causes:
                raise self.fail(where, f"cause {option['cause']} is in no x-answers")
            options[option_id] = Option(option_id, **option)
        if row.get("default") not in options:
            raise self.fail(place, f"default {row.get('default')!r} is none of its options")
        return options

    def _fields(self, place: str, row: Any, required: set[str], optional: set[str]) -> None:
        if not isinstance(row, dict):
            raise self.fail(place, "is not a mapping")
        for key in sorted(required - set(row)):
            raise self.fail(place, f"{key} is missing")
        for key in row:
            if key not in required | optional:
                raise self.fail(place, f"unknown key {key}")

    def _types(self, place: str, row: dict[str, Any], kinds: Mapping[str, type]) -> None:
        for key, kind in kinds.items():
            if key in row and type(row[key]) is not kind:
                raise self.fail(place, f"{key} {row[key]!r} is not {_KIND_NAMES[kind]}")

    def resolve(self, node: dict[str, Any]) -> dict[str, Any]:
        return resolve(self.document, node)  # all references were tried before


def _flat(entries: list[Any]) -> Iterator[Any]:
    """Yield the entries of a list; a list in it, which several operations share, stands for its own entries."""
    for entry in entries:
        if isinstance(entry, list):
            yield from _flat(entry)
        else:
            yield entry


def _keys(place: str, node: Any) -> Iterator[tuple[str, str]]:
    """Yield every keyword of the document: no names of properties or headers."""
    for where, mapping in _mappings(place, node):
        if not where.endswith(("/properties", "/headers")):
            yield from ((where, key) for key in mapping)


def _mappings(place: str, node: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every mapping of the document that says something in OpenAPI: no bodies of examples."""
    if _SAMPLE.search(place):
        return
    if isinstance(node, dict):
        yield place, node
        for key, value in node.items():
            yield from _mappings(f"{place}/{key}", value)
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _mappings(f"{place}/{index}", value)
