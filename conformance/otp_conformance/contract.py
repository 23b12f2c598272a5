"""Layer 1, contract: schemathesis sends what a spec allows and what it forbids; answers are held against the spec."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import orjson

from otp_conformance.dialects import DIALECTS
from otp_conformance.driver import Answer
from otp_conformance.exchange import Exchange
from otp_conformance.live import PAID, RECIPIENTS, Live
from otp_conformance.targets import CouldNotRun, Lane, NotApplicable
from otp_specs import Operation, Spec

_OFF = (
    "ignored_auth",
    "missing_required_header",
    "negative_data_rejection",
    "positive_data_acceptance",
    "unsupported_method",
)
"""Checks that mean nothing where every answer is HTTP 200; one of them would repeat requests that cost money."""


def _off(choices: Mapping[str, str]) -> Iterable[str]:
    """Give the checks that are left out; the spec's media type is one option of a choice."""
    html = choices.get("thuesim.content-type") == "html"
    return (*_OFF, "content_type_conformance") if html else _OFF


@dataclass(slots=True)
class Contract:
    """What a run over one operation, or over the links of all, came to."""

    requests: int = 0
    problems: list[str] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)
    unreachable: str = ""


def kept(
    spec: Spec,
    operation: str | None,
    url: str,
    lane: Lane,
    *,
    max_examples: int,
    seed: int,
    choices: Mapping[str, str],
    rate: int = 0,
    live: Live | None = None,
) -> Contract:
    """Send examples, boundary values and generated data, valid and not, and judge the answers.

    Args:
        spec: the provider's spec.
        operation: an operationId, or None for the stateful phase, which follows the links between operations.
        url: the target.
        lane: whose credentials are used where data are to be valid.
        max_examples: generated examples an operation.
        seed: the same seed sends the same requests.
        choices: how the target plays contested points.
        rate: requests a second at most; 0 knows no limit.
        live: at a real provider, what may be done there: a paid operation is called with examples only.
    """
    from schemathesis import openapi  # noqa: PLC0415  (slow to load)
    from schemathesis.config import SchemathesisConfig  # noqa: PLC0415  (as above)
    from schemathesis.engine import from_schema  # noqa: PLC0415  (as above)

    stateful = operation is None
    by_id = {each.id: each for each in spec.operations}
    paid = live is not None and operation is not None and by_id[operation].role in PAID
    config = SchemathesisConfig.from_dict(
        {
            "base-url": url,
            "seed": seed,
            **({"rate-limit": f"{rate}/s"} if rate else {}),
            "generation": {
                "deterministic": True,
                "max-examples": max_examples,
                "with-security-parameters": False,
                "allow-extra-parameters": False,
                "database": "none",
            },
            "phases": {
                "examples": {"enabled": not stateful},
                "coverage": {"enabled": not stateful and not paid, "unexpected-methods": []},
                "fuzzing": {"enabled": not stateful and not paid},
                "stateful": {"enabled": stateful},
            },
            "checks": {name: {"enabled": False} for name in _off(choices)},
        }
    )
    schema: Any = openapi.from_dict(_with_credentials(spec, lane), config=config)
    if operation is not None:
        schema = schema.include(operation_id=operation)
    found = Contract()
    with _guarded(spec, by_id, live) as gate:
        events: Iterator[Any] = from_schema(schema).execute()
        for event in events:
            name = type(event).__name__
            if name in ("NonFatalError", "FatalError") and not gate.closed:
                text = str(getattr(event, "info", "") or getattr(event, "exception", ""))
                found.unreachable = text.strip().splitlines()[0] if text.strip() else name
            if name == "ScenarioFinished":
                _take(event.recorder, by_id, spec, lane, choices, found)
    return found


@dataclass(slots=True)
class _Gate:
    closed: bool = False


@contextmanager
def _guarded(spec: Spec, by_id: Mapping[str, Operation], live: Live | None) -> Iterator[_Gate]:
    """At a real provider, send to allowed numbers only, and no more than is allowed."""
    from schemathesis import hook  # noqa: PLC0415  (slow to load)
    from schemathesis.hooks import unregister  # noqa: PLC0415  (as above)

    gate = _Gate()
    if live is None:
        yield gate
        return

    def before_call(context: Any, case: Any, kwargs: Any) -> None:  # noqa: ARG001  (the library's names)
        for fields in (case.query, case.body):
            _to_allowed(fields, live.phone(spec.provider))
        operation = by_id[case.operation.definition.raw["operationId"]]
        body = case.body if isinstance(case.body, str) else json.dumps(case.body, default=str)
        try:
            live.before(spec.provider, operation, "?" + urlencode(case.query or {}), body)
        except (NotApplicable, CouldNotRun):
            gate.closed = True
            raise

    hook(before_call)
    try:
        yield gate
    finally:
        unregister(before_call)


def _to_allowed(value: Any, phone: str) -> None:
    """Put an allowed number in the place of every recipient, however deep it stands."""
    if isinstance(value, list):
        for each in value:
            _to_allowed(each, phone)
    if isinstance(value, dict):
        for name, each in value.items():
            if isinstance(each, dict) or (isinstance(each, list) and any(isinstance(one, dict) for one in each)):
                _to_allowed(each, phone)
            elif name.lower() in RECIPIENTS:
                value[name] = [phone] if isinstance(each, list) else phone


def _take(  # noqa: PLR0917  (an event, and what it is judged by)
    recorder: Any,
    by_id: Mapping[str, Operation],
    spec: Spec,
    lane: Lane,
    choices: Mapping[str, str],
    found: Contract,
) -> None:
    for case_id, interaction in recorder.interactions.items():
        found.requests += 1
        if interaction.response is None or case_id not in recorder.cases:
            continue
        raw = recorder.cases[case_id].value.operation.definition.raw
        intended = by_id[raw["operationId"]]
        operation = _meant(intended, interaction.request.uri, by_id.values())
        exchange = _exchange(operation, interaction, lane)
        # Spoilt data may have made it a request to another operation of the path, which has a schema of its own.
        problems = list(_failed_checks(recorder.checks.get(case_id, ()))) if operation is intended else []
        problems += _verdict_problems(Answer(exchange, spec, operation, choices), lane)
        if problems:
            found.problems += problems
            found.exchanges.append(exchange)


def _meant(intended: Operation, uri: str, operations: Iterable[Operation]) -> Operation:
    sent = dict(parse_qsl(urlsplit(uri).query, keep_blank_values=True))
    siblings = [each for each in operations if (each.path, each.method) == (intended.path, intended.method)]
    for each in siblings:
        if each.constants and all(sent.get(name) == value for name, value in each.constants.items()):
            return each
    return next((each for each in siblings if not each.constants), intended)


def _failed_checks(checks: Any) -> Iterator[str]:
    for check in checks:
        if check.failure_info is not None:
            failure = check.failure_info.failure
            yield f"{check.name}: {failure.title}: {' '.join(str(failure.message).split())[:300]}"


def _verdict_problems(answer: Answer, lane: Lane) -> Iterator[str]:
    """Judge what HTTP does not: the code inside, and that no secret comes back."""
    spec, operation = answer.spec, answer.operation
    shown = answer.text
    for secret in lane.secrets:
        if secret and len(secret) > 7 and secret in shown:  # noqa: PLR2004  (short ones occur by chance)
            yield "a secret is repeated in the answer"
    if operation.role == "audio":
        return
    if not isinstance(answer.json, dict):
        yield f"the answer is no JSON object: HTTP {answer.status} {shown[:100]!r}"
        return
    dialect = DIALECTS[spec.provider]
    code = dialect.code(answer)
    numeric = answer.choice("status-format") == "number"
    rows = [row for row in spec.outcomes.values() if dialect.written_code(row, numeric=numeric) == code]
    if not rows:
        yield f"code {code!r} is in no row of the table"
        return
    allowed = {answer.replaced(each.outcome) for each in operation.answers} | {
        each.outcome for each in operation.answers
    }
    if not any(row.name in allowed for row in rows):
        yield f"{rows[0].name} is no answer of {operation.name}"
        return
    text = dialect.text(answer)
    if dialect.has_text and not any(_fits(row.message, text) for row in rows if row.name in allowed):
        yield f"text {text!r} does not belong to code {code!r}"


def _fits(message: str | None, text: Any) -> bool:
    if message is None:
        return text is None or text == ""
    head, _, rest = message.partition("{")
    tail = rest.rpartition("}")[2]
    return (
        isinstance(text, str)
        and text.startswith(head)
        and (not rest or text.endswith(tail))
        and (bool(rest) or text == message)
    )


def _exchange(operation: Operation, interaction: Any, lane: Lane) -> Exchange:
    request, response = interaction.request, interaction.response
    body = request.body
    return Exchange(
        operation=operation.name,
        method=request.method,
        url=request.uri,
        headers={
            name: ", ".join(values)
            for name, values in request.headers.items()
            if name in ("Content-Type", "Authorization")
        },
        body=body.decode("utf-8", "replace") if isinstance(body, bytes) else "",
        status=response.status_code,
        answer_headers={name.title(): ", ".join(values) for name, values in response.headers.items()},
        answer=response.content.decode("utf-8", "replace") if response.content else "",
        secrets=lane.secrets,
    )


def _with_credentials(spec: Spec, lane: Lane) -> dict[str, Any]:
    """Give the document with the lane's credentials as the only valid ones, numbers as ordinary numbers."""
    document: dict[str, Any] = orjson.loads(orjson.dumps(spec.document, default=_number))
    held = lane.credentials.get(spec.provider, {})
    for item in document["paths"].values():
        for operation in item.values():
            if isinstance(operation, dict):
                for parameter in operation.get("parameters", []):
                    name = parameter.get("name")
                    if name in held and name not in ("UserName", "Password"):
                        parameter["schema"] = {"type": "string", "enum": [held[name]]}
                        parameter.pop("example", None)
                        parameter.pop("examples", None)
    shared = document.get("components", {})
    for parameter in shared.get("parameters", {}).values():
        if parameter.get("name") in held:
            parameter.pop("example", None)
            parameter.pop("examples", None)
    schemas = shared.get("schemas", {})
    for name in held.keys() & schemas.keys() - {"UserName", "Password"}:  # those in bodies
        schemas[name] = {"type": "string", "enum": [held[name]]}
    return document


def _number(value: object) -> float:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(value)
