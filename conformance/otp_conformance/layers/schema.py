"""Layer 1, contract: schemathesis sends what a spec allows and what it forbids; answers are held against the spec."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import orjson

from otp_conformance.case import Case, Level, Tier
from otp_conformance.driver import Driver
from otp_conformance.exchange import Exchange
from otp_conformance.expect import Unexpected
from otp_conformance.response import Response, option_in_force
from otp_conformance.rooms import ROOMS, spec_of
from otp_conformance.stops import Broke, CouldNotRun, NoAnswer, NotApplicable
from otp_conformance.target import World
from otp_conformance.transport import BOUNDED_ROLES, COSTLY_ROLES, Reply, Request
from otp_specs import Operation

MEANINGLESS_CHECKS = (
    "ignored_auth",
    "missing_required_header",
    "negative_data_rejection",
    "positive_data_acceptance",
    "unsupported_method",
)
"""Checks that mean nothing where every answer is HTTP 200; one of them would repeat requests that cost money."""
COSTLY_REQUESTS, REQUESTS = 3, 200
"""Requests to an operation at a real provider at most: where it costs money or changes something, and elsewhere."""
SHOWN_PROBLEMS = 5


@dataclass(frozen=True, slots=True)
class Generation:
    """How requests are generated.

    Attributes:
        max_examples: generated examples an operation.
        seed: the same seed sends the same requests.
        rate: requests a second at most; 0 knows no limit.
    """

    max_examples: int
    seed: int
    rate: int = 0


def contract_items() -> list[tuple[str, str | None]]:
    """List what has an item: each operation, and the links between those of a provider that has some."""
    specs = [spec_of(name) for name in ROOMS]
    operations: list[tuple[str, str | None]] = [(spec.provider, each.id) for spec in specs for each in spec.operations]
    return operations + [(spec.provider, None) for spec in specs if "'links'" in str(spec.document)]


def contract_case(provider: str, operation: str | None, generation: Generation) -> Case:
    """Make the case of an operation, by its operationId, or of the links between them."""
    roles = {each.id: each.role for each in spec_of(provider).operations}
    costly = operation is None or roles[operation] in BOUNDED_ROLES

    async def run(driver: Driver) -> None:
        report = _send_generated(driver, operation, generation, await driver.choices_of_strangers())
        if report.requests and operation is not None:
            driver.operations.append(operation.partition(".")[0])
        driver.exchanges += report.exchanges[:SHOWN_PROBLEMS]
        _judge(report)

    return Case(
        id=f"{provider}.contract.{operation or 'links'}",
        provider=provider,
        family="contract",
        rule="Answers keep to the spec, whatever is sent: status, type, schema, code, text; no secret comes back.",
        level=Level.MUST,
        tier=Tier.SENDS if costly else Tier.READS,
        needs=frozenset(),
        sources=("the spec",),
        covers=(),
        kills=(),
        choices={},
        sends=COSTLY_REQUESTS if costly else 0,
        run=run,
        requests=COSTLY_REQUESTS if costly else REQUESTS,
        never_live="links are not followed at a real provider" if operation is None else "",
    )


@dataclass(slots=True)
class _Report:
    """What came of generated requests."""

    requests: int = 0
    problems: list[str] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)
    unreachable: str = ""


def _judge(report: _Report) -> None:
    """End the case accordingly.

    Raises:
        Unexpected: an answer is not as the spec says.
        CouldNotRun: there was no answer.
    """
    if report.problems:
        different = list(dict.fromkeys(report.problems))
        told = "; ".join(different[:SHOWN_PROBLEMS])
        raise Unexpected(
            ["answers of the spec"], f"{len(different)} kinds of problems in {report.requests} requests: {told}"
        )
    if report.unreachable:
        raise NoAnswer(report.unreachable)
    if not report.requests:
        raise CouldNotRun("no request was sent")


def _send_generated(
    driver: Driver, operation: str | None, generation: Generation, strangers: Mapping[str, str]
) -> _Report:
    """Send examples, boundary values and generated data, valid and not, and look at the answers.

    Where the target's terms say so, an operation is called with the spec's examples only.

    Args:
        driver: the world whose credentials are used where data are to be valid.
        operation: an operationId, or None for the stateful phase, which follows the links between operations.
        generation: how many requests, and which.
        strangers: the choices under which requests are answered whose credentials are spoilt.
    """
    from schemathesis import openapi  # noqa: PLC0415  (slow to load)
    from schemathesis.config import SchemathesisConfig  # noqa: PLC0415  (as above)
    from schemathesis.engine import from_schema  # noqa: PLC0415  (as above)

    by_id = {each.id: each for each in driver.spec.operations}
    stateful = operation is None
    examples_only = operation is not None and driver.target.terms.examples_only(by_id[operation])
    config = SchemathesisConfig.from_dict(
        {
            "base-url": driver.base(by_id[operation].name if operation is not None else ""),
            "seed": generation.seed,
            **({"rate-limit": f"{generation.rate}/s"} if generation.rate else {}),
            **({"tls-verify": driver.target.ca} if driver.target.ca else {}),
            "generation": {
                "deterministic": True,
                "max-examples": generation.max_examples,
                "with-security-parameters": False,
                "allow-extra-parameters": False,
                "database": "none",
            },
            "phases": {
                "examples": {"enabled": not stateful},
                "coverage": {"enabled": not stateful and not examples_only, "unexpected-methods": []},
                "fuzzing": {"enabled": not stateful and not examples_only},
                "stateful": {"enabled": stateful},
            },
            "checks": {name: {"enabled": False} for name in _checks_left_out(driver, strangers)},
        }
    )
    schema: Any = openapi.from_dict(_with_credentials(driver), config=config)
    if operation is not None:
        schema = schema.include(operation_id=operation)
    report = _Report()
    with _watch_requests(driver, by_id) as gate:
        events: Iterator[Any] = from_schema(schema).execute()
        for event in events:
            name = type(event).__name__
            if name == "Interrupted":
                raise Broke
            if name in ("NonFatalError", "FatalError") and not gate.closed:
                text = str(getattr(event, "info", "") or getattr(event, "exception", ""))
                report.unreachable = text.strip().splitlines()[0] if text.strip() else name
            if name == "ScenarioFinished":
                _take_answers(event.recorder, by_id, driver, strangers, report)
    return report


def _checks_left_out(driver: Driver, strangers: Mapping[str, str]) -> Iterable[str]:
    """Name the checks that are left out; the spec's media type may be one option of a choice."""
    untyped = driver.wire.untyped_under
    held = [option_in_force(driver.spec, choices, untyped[0]) for choices in (driver.choices, strangers) if untyped]
    if untyped is not None and untyped[1] in held:
        return (*MEANINGLESS_CHECKS, "content_type_conformance")
    return MEANINGLESS_CHECKS


@dataclass(slots=True)
class _Gate:
    closed: bool = False


@contextmanager
def _watch_requests(driver: Driver, by_id: Mapping[str, Operation]) -> Iterator[_Gate]:
    """Show each request to the target's terms before it is sent; one that they stop closes the gate.

    What costs money keeps the same distance from the one before as requests of cases.
    """
    from schemathesis import hook  # noqa: PLC0415  (slow to load)
    from schemathesis.hooks import unregister  # noqa: PLC0415  (as above)

    gate = _Gate()

    def request_of(case: Any) -> Request:
        operation = by_id[case.operation.definition.raw["operationId"]]
        costs = operation.role in COSTLY_ROLES
        return Request(driver.provider, operation, operation.method, "", {}, "", costs=costs)

    def before_call(context: Any, case: Any, kwargs: Any) -> None:  # noqa: ARG001  (the library's names)
        request = request_of(case)
        case.headers = {**(case.headers or {}), **driver.host(request.operation)}
        try:
            driver.target.terms.admit_generated(driver.provider, request.operation, case.query, case.body)
        except (NotApplicable, CouldNotRun):
            gate.closed = True
            raise
        # A real host has no clock that could be moved, and the library calls this hook where nothing can be awaited.
        time.sleep(driver.target.pace.begin(request))

    def after_call(context: Any, case: Any, response: Any) -> None:  # noqa: ARG001  (as above)
        text = response.content.decode("utf-8", "replace")
        driver.target.pace.end(Reply(request_of(case), response.status_code, {}, text))

    hook(before_call)
    hook(after_call)
    try:
        yield gate
    finally:
        unregister(before_call)
        unregister(after_call)


def _take_answers(
    recorder: Any, by_id: Mapping[str, Operation], driver: Driver, strangers: Mapping[str, str], report: _Report
) -> None:
    for case_id, interaction in recorder.interactions.items():
        report.requests += 1
        if interaction.response is None or case_id not in recorder.cases:
            continue
        raw = recorder.cases[case_id].value.operation.definition.raw
        intended = by_id[raw["operationId"]]
        operation = _meant(intended, interaction.request.uri, by_id.values())
        exchange = _exchange(operation, interaction, driver.world)
        # Spoilt data may have made it a request to another operation of the path, which has a schema of its own.
        problems = list(_failed_checks(recorder.checks.get(case_id, ()))) if operation is intended else []
        # Which credentials were spoilt is not known: an answer is right if it is so for one of the two.
        for choices in (driver.choices, strangers):
            told = list(_verdict_problems(Response(exchange, driver.spec, operation, choices), driver.world))
            if not told:
                break
        problems += told
        if problems:
            report.problems += problems
            report.exchanges.append(exchange)


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


def _verdict_problems(answer: Response, world: World) -> Iterator[str]:
    """Judge what HTTP does not: the code inside, and that no secret comes back."""
    spec, operation = answer.spec, answer.operation
    for secret in world.secrets:
        if secret and len(secret) > 7 and secret in answer.text:  # noqa: PLR2004  (short ones occur by chance)
            yield "a secret is repeated in the answer"
    if operation.role == "audio":
        return
    wire = ROOMS[spec.provider].wire
    code = wire.read_code(answer.json)
    if code is None and not isinstance(answer.json, dict):
        yield f"the answer is no JSON object: HTTP {answer.status} {answer.text[:100]!r}"
        return
    rows = [row for row in spec.outcomes.values() if wire.code_of(row, answer) == code]
    if not rows:
        yield f"code {code!r} is in no row of the table"
        return
    allowed = {answer.row_for(each.outcome) for each in operation.answers} | {
        each.outcome for each in operation.answers
    }
    if not any(row.name in allowed for row in rows):
        yield f"{rows[0].name} is no answer of {operation.name}"
        return
    text = wire.read_text(answer.json)
    fitting = (row.text_is_assumed or _fits(row.message, text) for row in rows if row.name in allowed)
    if wire.has_text and not any(fitting):
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


def _exchange(operation: Operation, interaction: Any, world: World) -> Exchange:
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
        secrets=world.secrets,
    )


def _with_credentials(driver: Driver) -> dict[str, Any]:
    """Give the document with the world's credentials as the only valid ones, numbers as ordinary numbers."""
    document: dict[str, Any] = orjson.loads(orjson.dumps(driver.spec.document, default=_number))
    held = driver.world.credentials.get(driver.provider, {})
    sent = [name for name in driver.room.credentials.sent if name in held]
    for item in document["paths"].values():
        for operation in item.values():
            if isinstance(operation, dict):
                for parameter in operation.get("parameters", []):
                    if parameter.get("name") in sent:
                        parameter["schema"] = {"type": "string", "enum": [held[parameter["name"]]]}
                        _drop_examples(parameter)
    shared = document.get("components", {})
    for parameter in shared.get("parameters", {}).values():
        if parameter.get("name") in held:
            _drop_examples(parameter)
    schemas = shared.get("schemas", {})
    for name in schemas.keys() & sent:  # those in bodies
        schemas[name] = {"type": "string", "enum": [held[name]]}
    return document


def _drop_examples(parameter: dict[str, Any]) -> None:
    parameter.pop("example", None)
    parameter.pop("examples", None)


def _number(value: object) -> float:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(value)
