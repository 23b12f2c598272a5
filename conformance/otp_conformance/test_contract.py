"""Layer 1, contract: an item an operation, and one for the links of a provider."""

from __future__ import annotations

from typing import Any

import pytest

from otp_conformance.case import Level, Tier
from otp_conformance.contract import Contract, kept
from otp_conformance.exchange import masked
from otp_conformance.options import Options
from otp_conformance.plugin import OPTIONS
from otp_conformance.results import Kind, Result
from otp_conformance.suite import Suite
from otp_conformance.targets import CouldNotRun, Lane
from otp_specs import available, load

SPECS = {name: load(name) for name in available()}
OPERATIONS: list[tuple[str, str | None]] = [
    (name, operation.id) for name, spec in SPECS.items() for operation in spec.operations
]
LINKED: list[tuple[str, str | None]] = [(name, None) for name, spec in SPECS.items() if "'links'" in str(spec.document)]


@pytest.mark.parametrize(("provider", "operation"), OPERATIONS + LINKED, ids=lambda value: value or "links")
def test_contract(
    provider: str, operation: str | None, suite: Suite, judge: Any, request: pytest.FixtureRequest
) -> None:
    """Answers keep to the spec, whatever is sent."""
    options: Options = request.config.stash[OPTIONS]
    spec = SPECS[provider]
    paid = operation is None or _role(provider, operation) in ("send", "rent")
    result = Result(
        id=f"{provider}.contract.{operation or 'links'}",
        provider=provider,
        family="contract",
        layer="contract",
        rule="Answers keep to the spec, whatever is sent: status, type, schema, code, text; no secret comes back.",
        level=Level.MUST,
        tier=Tier.SENDS if paid else Tier.READS,
        sources=["the spec"],
        covers=[],
        kind=Kind.PASSED,
    )
    live = suite.target.live
    if live is not None and result.id in live.resumed:
        result = Result(**live.resumed[result.id])
        judge(result)
        return
    reason = suite.cannot(provider, result.tier)
    if reason is None and live is not None:
        reason = live.cannot_contract(result.id, provider, links=operation is None, paid=paid)
        live.begin_contract(paid=paid)
    if suite.unreachable:
        result.kind, result.reason = Kind.COULD_NOT_RUN, suite.unreachable
    elif reason is not None:
        result.kind, result.reason = Kind.NOT_APPLICABLE, reason
    else:
        try:
            with suite.lane() as lane:
                found = kept(
                    spec,
                    operation,
                    suite.target.base(provider),
                    lane,
                    max_examples=options.max_examples,
                    seed=options.seed,
                    rate=options.rate,
                    choices=suite.target.choices,
                    live=live,
                )
                if found.requests and operation is not None:
                    result.operations = [operation.partition(".")[0]]
                _judge(found, result, lane)
        except CouldNotRun as failure:
            if result.kind == Kind.PASSED:
                result.kind, result.reason = Kind.COULD_NOT_RUN, str(failure)
    judge(result)


def _judge(found: Contract, result: Result, lane: Lane) -> None:
    if found.problems:
        different = list(dict.fromkeys(found.problems))
        result.kind = Kind.FAILED
        result.expected = ["answers of the spec"]
        told = f"{len(different)} kinds of problems in {found.requests} requests: " + "; ".join(different[:5])
        result.actual = masked(told, lane.secrets)
        result.exchanges = [exchange.shown() for exchange in found.exchanges[:5]]
    elif found.unreachable:
        result.kind, result.reason = Kind.COULD_NOT_RUN, found.unreachable
    elif not found.requests:
        result.kind, result.reason = Kind.COULD_NOT_RUN, "no request was sent"


def _role(provider: str, operation: str) -> str:
    return next(each.role for each in SPECS[provider].operations if each.id == operation)
