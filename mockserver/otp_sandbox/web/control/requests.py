"""The endpoints of the journal: list requests to providers, and explain why one was answered as it was."""

from __future__ import annotations

import orjson

from otp_sandbox.domain.challenges import CODES
from otp_sandbox.domain.record import replace
from otp_sandbox.lanes.lane import DEFAULT
from otp_sandbox.play.journal import REQUESTS, Entry
from otp_sandbox.web.control.endpoint import PREFIX, ControlEndpoint, ControlRequest, find_provider
from otp_sandbox.web.control.paging import page
from otp_sandbox.web.control.reading import Page
from otp_sandbox.web.control.schemas import ExplainedShape, RemedyShape, RequestsShape
from otp_sandbox.web.control.views import request_view
from otp_sandbox.web.problems import Problem


class RequestsQuery(Page):
    """Which requests, and which part of their list."""

    provider: str | None = None
    operation: str | None = None
    outcome: str | None = None


async def _list(request: ControlRequest) -> RequestsShape:
    query: RequestsQuery = request.query
    if query.provider is not None:
        find_provider(request.control.providers, "provider", query.provider)
    entries, cursor, more = await page(
        request,
        REQUESTS,
        lambda entry: (
            query.provider in (None, entry.provider)
            and query.operation in (None, entry.operation)
            and query.outcome in (None, entry.outcome)
        ),
    )
    return {"requests": [request_view(request.lane, each) for each in entries], "cursor": cursor, "more": more}


async def _unmatched(request: ControlRequest) -> RequestsShape:
    entries, cursor, more = await page(request, REQUESTS, lambda entry: entry.operation is None)
    return {"requests": [request_view(request.lane, each) for each in entries], "cursor": cursor, "more": more}


async def _clear(request: ControlRequest) -> None:
    await request.control.store.clear(request.lane.key, [REQUESTS.name])


async def _one(request: ControlRequest) -> ExplainedShape:
    entry = await request.control.store.get(request.lane.key, REQUESTS, request.path["id"])
    if entry is None:
        raise Problem(404, f"request {request.path['id']} does not exist in lane {request.lane.id}")
    return {
        **request_view(request.lane, entry),
        "remedy": _remedy(request, entry),
        "explanation": await _explanation(request, entry),
    }


def _remedy(request: ControlRequest, entry: Entry) -> RemedyShape | None:
    """Give the call that would have let a refused request pass."""
    if not entry.remedy or entry.provider is None:
        return None
    return {"method": "PATCH", "path": _account_path(request, entry.provider), "body": orjson.loads(entry.remedy)}


async def _explanation(request: ControlRequest, entry: Entry) -> list[str]:
    """Tell step by step why a request was answered so."""
    if entry.operation is None or entry.provider is None:
        return list(entry.warnings) or [entry.reason]
    provider = request.control.providers[entry.provider]
    operation = next((each for each in provider.spec.operations if each.name == entry.operation), None)
    if operation is None:  # an entry of a snapshot that somebody wrote
        return [entry.reason]
    steps = [f"{entry.method} {entry.path} is {operation.name} of {provider.title}"]
    if entry.fault_told:
        steps.append(entry.fault_told)
    if entry.outcome is None:
        answered = f"HTTP {entry.status}" if entry.status else "no answer"
        return [*steps, f"nothing happened; {answered} went out"]
    if entry.magic:
        told = ", ".join(
            f"{name}={entry.fields[name]}" for name in provider.phones.magic.fields if name in entry.fields
        )
        steps.append(f"the magic value {told} asks for {entry.outcome}")
    else:
        before = operation.causes[: operation.causes.index(entry.cause)] if entry.cause in operation.causes else ()
        steps += [f"{cause}: no" for cause in before]
        steps.append(f"{entry.cause}: yes ({entry.reason})")
    if entry.remedy:
        steps.append(f"this lets it pass: PATCH {_account_path(request, provider.name)} {entry.remedy}")
    steps += await _codes_of(request, entry)
    if entry.status:
        steps.append(f"answered with {entry.outcome} (code {entry.code}, HTTP {entry.status})")
    else:
        steps.append(f"{entry.outcome} (code {entry.code}) was to be answered; no answer went out")
    return steps + [f"warning: {warning}" for warning in entry.warnings]


def _account_path(request: ControlRequest, provider: str) -> str:
    lane = request.lane.id
    return f"{PREFIX}{'' if lane == DEFAULT else f'/lanes/{lane}'}/accounts/{provider}"


async def _codes_of(request: ControlRequest, entry: Entry) -> list[str]:
    """For a refused check, say what became of the codes of that phone."""
    if entry.role != "verify" or entry.success or entry.provider is None:
        return []
    provider = request.control.providers[entry.provider]
    phones = provider.phones.recipients(entry.fields)
    placed = await request.control.store.entries(
        request.lane.key, CODES, limit=3, where=lambda code: code.provider == provider.name and code.to in phones
    )
    # Its end may have come since.
    then = [(code, replace(code, expired=False).state(entry.at)) for _, code in placed]
    return [
        f"code {code.code} of {code.issued_at.isoformat()} was {state} at the time of the check" for code, state in then
    ]


ENDPOINTS = [
    ControlEndpoint("GET", "/requests", "List requests, newest last", _list, RequestsShape, query=RequestsQuery),
    ControlEndpoint("DELETE", "/requests", "Forget all requests", _clear, status=204),
    ControlEndpoint(
        "GET", "/requests/unmatched", "List requests that met no operation", _unmatched, RequestsShape, query=Page
    ),
    ControlEndpoint(
        "GET", "/requests/{id}", "Get a request with its explanation", _one, ExplainedShape, problems=(404,)
    ),
]
