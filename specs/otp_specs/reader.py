"""Reads a spec strictly: whatever is not understood stops with file, place and reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from otp_specs import compiled
from otp_specs.bundle import Bundle, make_bundle
from otp_specs.documents import FOLDER, keep_compiled, read_files
from otp_specs.model import (
    EVIDENCE,
    ROLES,
    SOURCE_KINDS,
    Answer,
    Behaviour,
    Evidence,
    Field,
    Operation,
    Option,
    Outcome,
    Source,
    Spec,
)
from otp_specs.refs import resolve
from otp_specs.sources import check_sources
from otp_specs.whole import check_document

METHODS: Final = ("get", "put", "post", "delete", "patch", "head", "options", "trace")
_KIND_NAMES: Final = {str: "a text", bool: "a boolean", int: "an integer"}


def load(provider: str, folder: Path = FOLDER) -> Spec:
    """Read the spec of a provider, compiled if it is, and compile it if it is not.

    Raises:
        SpecError: the file is missing, is not what it says, or holds something the reader does not know.
    """
    files = read_files(provider, folder)
    spec = compiled.read(provider, folder, files)
    if spec is None:
        spec = read_bundle(make_bundle(provider, files))
        keep_compiled(spec, folder, files)
    return spec


def read_bundle(bundle: Bundle) -> Spec:
    """Read a spec word by word.

    Raises:
        SpecError: it holds something the reader does not know.
    """
    check_document(bundle)
    spec = _Reader(bundle).read()
    check_sources(bundle, spec)
    return spec


class _Reader:
    def __init__(self, bundle: Bundle) -> None:
        self.provider = bundle.provider
        self.document = bundle.document
        self.fail = bundle.make_error

    def read(self) -> Spec:
        sources = self._read_sources()
        outcomes = self._read_outcomes()
        policy = self._read_policy()
        operations = tuple(self._read_operations(outcomes))
        return Spec(
            provider=self.provider,
            title=str(self._take("info").get("title", self.provider)),
            sources=sources,
            operations=operations,
            outcomes=outcomes,
            policy=policy,
            behaviours=tuple(self._read_behaviours(outcomes, policy, operations)),
            load_document=lambda: self.document,
        )

    def _take(self, key: str, default: Any = None) -> Any:
        if key in self.document:
            return self.document[key]
        if default is not None:
            return default
        raise self.fail(key, "is missing")

    def _read_sources(self) -> dict[str, Source]:
        sources = {}
        for label, row in self._take("x-sources").items():
            place = f"x-sources/{label}"
            self._require_keys(place, row, {"kind", "title", "date"}, {"where"})
            self._require_types(place, row, {"kind": str, "title": str, "date": str, "where": str})
            if row["kind"] not in SOURCE_KINDS:
                raise self.fail(place, f"kind {row['kind']!r} is none of {', '.join(SOURCE_KINDS)}")
            sources[label] = Source(label, **row)
        return sources

    def _read_outcomes(self) -> dict[str, Outcome]:
        rows: dict[str, Outcome] = {}
        for name, row in self._take("x-outcomes").items():
            place = f"x-outcomes/{name}"
            self._require_keys(
                place, row, {"code", "message", "condition", "evidence", "source"}, {"success", "status"}
            )
            if type(row["code"]) not in {str, int}:
                raise self.fail(place, f"code {row['code']!r} is neither a quoted text nor an integer")
            self._require_types(place, row, {"condition": str, "source": str, "success": bool, "status": int})
            if row["message"] is not None:
                self._require_types(place, row, {"message": str})
            rows[name] = Outcome(name=name, **{**row, "evidence": self._read_evidence(place, row)})
        kinds = {type(row.code) for row in rows.values()}
        if len(kinds) > 1:
            odd = next(row for row in rows.values() if not isinstance(row.code, str))
            raise self.fail(f"x-outcomes/{odd.name}", f"code {odd.code} is not quoted, but other codes are text")
        return rows

    def _read_evidence(self, place: str, row: dict[str, Any]) -> Evidence:
        """Read how sure code and text are, each for itself; where there is no text, nothing is said of it."""
        told = {"code"} if row["message"] is None else {"code", "text"}
        self._require_keys(f"{place}/evidence", row["evidence"], told, set())
        for what, kind in row["evidence"].items():
            self._require_evidence(f"{place}/evidence/{what}", kind)
        return Evidence(**row["evidence"])

    def _require_evidence(self, place: str, kind: Any) -> None:
        if kind not in EVIDENCE:
            raise self.fail(place, f"evidence {kind!r} is none of {', '.join(EVIDENCE)}")

    def _read_policy(self) -> dict[str, int]:
        policy: dict[str, Any] = self._take("x-policy", {})
        for name, number in policy.items():
            if type(number) is not int:
                raise self.fail(f"x-policy/{name}", f"{number!r} is not an integer")
        return policy

    def _read_operations(self, outcomes: Mapping[str, Outcome]) -> Iterator[Operation]:
        seen: set[str] = set()
        for path, item in self._take("paths").items():
            for method in METHODS:
                if method not in item:
                    continue
                operation = self._read_operation(path, method, item[method], outcomes)
                if operation.id in seen:
                    raise self.fail(f"paths/{path}/{method}", f"operationId {operation.id} stands twice")
                seen.add(operation.id)
                yield operation

    def _read_operation(
        self, path: str, method: str, written: dict[str, Any], outcomes: Mapping[str, Outcome]
    ) -> Operation:
        place = f"paths/{path}/{method}"
        for key in ("operationId", "x-role", "x-answers", "responses"):
            if key not in written:
                raise self.fail(place, f"{key} is missing")
        if written["x-role"] not in ROLES:
            raise self.fail(f"{place}/x-role", f"{written['x-role']!r} is none of {', '.join(ROLES)}")
        answers = tuple(self._read_answers(f"{place}/x-answers", written["x-answers"], outcomes))
        body = self._resolve(written.get("requestBody", {})).get("content", {})
        fields = self._read_fields(place, written.get("parameters", []), body)
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
            bodies=tuple(body),
            hosts=tuple(filter(None, (urlsplit(each["url"]).hostname for each in written.get("servers", ())))),
        )

    def _read_answers(self, place: str, written: list[Any], outcomes: Mapping[str, Outcome]) -> Iterator[Answer]:
        seen: set[str] = set()
        for entry in written:
            row = {entry: []} if isinstance(entry, str) else entry
            if not isinstance(row, dict) or len(row) != 1:
                raise self.fail(place, f"{entry!r} is neither an outcome nor one outcome with a list of causes")
            ((name, others),) = row.items()
            if not isinstance(others, list) or not all(isinstance(cause, str) for cause in others):
                raise self.fail(place, f"the causes of {name} are not a list of names")
            if name not in outcomes:
                raise self.fail(place, f"outcome {name} is not defined in x-outcomes")
            causes = tuple(others) if name in others else (name, *others)
            for cause in causes:
                if cause in seen:
                    raise self.fail(place, f"cause {cause} stands twice")
                seen.add(cause)
            yield Answer(outcome=name, causes=causes)

    def _read_fields(self, place: str, parameters: list[Any], body: Mapping[str, Any]) -> dict[str, Field]:
        found: dict[str, tuple[list[str], dict[str, Any]]] = {}
        for parameter in map(self._resolve, parameters):
            schema = self._resolve(parameter.get("schema", {}))
            places, merged = found.setdefault(parameter["name"], ([], {}))
            places.append(parameter["in"])
            merged.update(schema | {key: value for key, value in parameter.items() if key == "x-invalid"})
        for media in body.values():
            for name, schema in self._resolve(media.get("schema", {})).get("properties", {}).items():
                places, merged = found.setdefault(name, ([], {}))
                places.append("body")
                merged.update(self._resolve(schema))
        fields = {}
        for name, (places, schema) in found.items():
            invalid = schema.get("x-invalid", {})
            self._require_keys(f"{place}/{name}/x-invalid", invalid, set(), {"missing", "malformed"})
            many = schema.get("type") == "array"
            fields[name] = Field(name, tuple(dict.fromkeys(places)), schema.get("const"), **invalid, many=many)
        return fields

    def _read_behaviours(
        self,
        outcomes: Mapping[str, Outcome],
        policy: Mapping[str, int],
        operations: tuple[Operation, ...],
    ) -> Iterator[Behaviour]:
        seen: set[str] = set()
        names = {operation.name for operation in operations}
        causes = {cause for operation in operations for cause in operation.causes}
        for number, row in enumerate(self._take("x-behaviours")):
            place = f"x-behaviours/{row.get('id', number) if isinstance(row, dict) else number}"
            self._require_keys(place, row, {"id", "text", "evidence", "source"}, {"operations", "options", "default"})
            self._require_types(place, row, {"id": str, "text": str, "source": str})
            if not row["id"].startswith(f"{self.provider}."):
                raise self.fail(place, f"id does not begin with {self.provider}.")
            if row["id"] in seen:
                raise self.fail(place, "id stands twice")
            seen.add(row["id"])
            self._require_evidence(place, row["evidence"])
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
                options=self._read_options(place, row, outcomes, policy, causes) if "options" in row else None,
                default=row.get("default"),
            )

    def _read_options(
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
            self._require_keys(where, option, {"text"}, {"outcome", "policy", "cause"})
            self._require_types(where, option, {"text": str})
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

    def _require_keys(self, place: str, row: Any, required: set[str], optional: set[str]) -> None:
        if not isinstance(row, dict):
            raise self.fail(place, "is not a mapping")
        for key in sorted(required - set(row)):
            raise self.fail(place, f"{key} is missing")
        for key in row:
            if key not in required | optional:
                raise self.fail(place, f"unknown key {key}")

    def _require_types(self, place: str, row: dict[str, Any], kinds: Mapping[str, type]) -> None:
        for key, kind in kinds.items():
            if key in row and type(row[key]) is not kind:
                raise self.fail(place, f"{key} {row[key]!r} is not {_KIND_NAMES[kind]}")

    def _resolve(self, node: dict[str, Any]) -> dict[str, Any]:
        return resolve(self.document, node)  # all references were tried before
