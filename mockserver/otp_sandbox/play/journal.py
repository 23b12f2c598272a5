"""What was asked of a lane: one entry a request, secrets masked before anything is kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from operator import attrgetter
from time import perf_counter
from typing import Any, Final

import orjson

from otp_sandbox.contract import Fields, Provider, Reply
from otp_sandbox.domain.record import Record, replace
from otp_sandbox.domain.store import Store, Table
from otp_sandbox.lanes.lane import Lane
from otp_sandbox.lanes.secrets import MASK
from otp_sandbox.play.player import REQUEST_COUNT, Played
from otp_sandbox.play.redaction import Redactor
from otp_sandbox.play.request import Request
from otp_sandbox.play.route import Route
from otp_specs.model import Code

BODY_MOST: Final = 16 * 1024
"""Bytes of an answer: what is longer is cut."""
REMEDY_MOST: Final = 4 * 1024
"""Characters of a patch that is told."""
_MEDIA_TYPES: Final = {
    each: each
    for each in (
        "application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "application/xml",
        "text/xml",
        "text/plain",
    )
}
ENTRY_OVERHEAD: Final = 1024
"""Bytes that an entry takes besides what was sent and answered; an estimate for the memory budget."""


class Entry(Record):
    """One request and its answer. `operation` and `outcome` are null where no operation was met.

    `size` estimates the bytes that the entry takes, all texts included. `remedy` is the patch on the account, as JSON,
    that would have let a refused call pass. `came` says how the request came, in the flags of `contract.came`. `fault`
    is the name of the fault that fired, and `fault_told` what it did; where it let nothing happen, there is no outcome
    either. A `status` of 0 is no answer at all. `host` is the header, `body_type` the media type of a body, or `other`.
    """

    id: str
    at: datetime
    provider: str | None
    operation: str | None
    role: str | None
    method: str
    path: str
    fields: Mapping[str, str]
    outcome: str | None
    cause: str | None
    reason: str
    success: bool
    code: Code | None
    status: int
    response: bytes
    duration_ms: float
    warnings: tuple[str, ...]
    magic: bool
    size: int
    remedy: str = ""
    came: int = 0
    fault: str = ""
    fault_told: str = ""
    host: str = ""
    scheme: str = "http"
    body_type: str = ""


REQUESTS: Final = Table("requests", Entry, log=True, weigh=attrgetter("size"))

Watch = Callable[[Lane, Entry], None]


class Journal:
    """Keeps an entry of each request in its lane.

    Args:
        store: where the lanes keep what happened.
        redactor: takes out what must not be kept.
        watch: is told of each entry, for the log.
    """

    def __init__(self, store: Store, redactor: Redactor, watch: Watch) -> None:
        self._store = store
        self._redactor = redactor
        self._watch = watch
        self.counts: defaultdict[tuple[str, str, str], int] = defaultdict(int)
        """How many requests there were since the start, by provider, operation and outcome."""

    def note(self, lane: Lane, route: Route, request: Request, played: Played, started: float) -> Awaitable[None]:
        """Keep a call with its answer; `started` is when it came, by the performance counter."""
        call, row, verdict, reply = played.call, played.row, played.verdict, played.reply
        operation, fields, body = route.operation, request.fields, reply.body
        reason, warnings = verdict.reason or row.condition, played.warnings
        documented = route.names if request.has_unnamed else None
        shown, is_odd = self._redactor.fields(fields, route.secrets, documented, size=request.size)
        if is_odd:
            reason, body = self._redactor.remark(reason), self._redactor.content(body[:BODY_MOST])
        if warnings:
            warnings = tuple(map(self._redactor.remark, warnings))
        remedy = self._write_remedy(verdict.remedy) if verdict.remedy is not None else ""
        name = told = ""
        if (fault := played.fault) is not None:
            name, told = fault.name, self._redactor.again(_faulty().tell(fault))
        entry = Entry(
            call.request_id,
            call.now,
            route.provider.name,
            operation.name,
            operation.role,
            request.method,
            shown_path(route, request.path, fields),
            shown,
            row.name,
            verdict.cause,
            reason,
            row.success,
            row.code,
            reply.status,
            body if len(body) <= BODY_MOST else body[:BODY_MOST],
            (perf_counter() - started) * 1000,
            warnings,
            verdict.magic,
            ENTRY_OVERHEAD + request.size + len(body) + len(reason) + len(remedy) + len(told) + sum(map(len, warnings)),
            remedy,
            request.came,
            name,
            told,
            self._redactor.host(request.headers.get("Host", "")),
            request.source.scheme,
            body_type(request),
        )
        if fault is not None:
            entry = _faulty().entered(entry, fault, happened=played.happened)
            if fault.action.body:  # its maker may have written anything: nothing was sent that looks odd
                entry = replace(entry, response=self._redactor.content(entry.response))
        self.counts[route.provider.name, operation.name, entry.outcome or "fault"] += 1
        self._watch(lane, entry)
        return self._store.append(lane.key, REQUESTS, entry.id, entry)

    def _write_remedy(self, remedy: Mapping[str, object]) -> str:
        """Write a patch; one that holds a secret, or that nobody would type, is left out."""
        text = orjson.dumps(remedy).decode()
        return text if len(text) <= REMEDY_MOST and text == self._redactor.known(text) else ""

    async def note_unmatched(
        self,
        lane: Lane,
        provider: Provider | None,
        request: Request,
        reply: Reply,
        what: str,
        *,
        hints: Sequence[str],
        started: float,
    ) -> None:
        """Keep a request that met no operation; `what` says so, `hints` what may have been meant.

        Path, answer and texts are redacted already; the fields are here.
        """
        fields, _ = self._redactor.fields(request.fields, documented=())
        hint = f"; nearest: {', '.join(hints)}" if hints else ""
        entry = Entry(
            f"req-{await self._store.count(lane.key, REQUEST_COUNT)}",
            lane.now(),
            provider.name if provider is not None else None,
            None,
            None,
            request.method,
            request.path,
            fields,
            None,
            None,
            what,
            False,
            None,
            reply.status,
            reply.body[:BODY_MOST],
            (perf_counter() - started) * 1000,
            (what + hint,),
            False,
            ENTRY_OVERHEAD + request.size + len(reply.body) + 2 * len(what) + len(hint),
            host=self._redactor.host(request.headers.get("Host", "")),
            scheme=request.source.scheme,
            body_type=body_type(request),
        )
        self.counts[provider.name if provider is not None else "none", "none", f"http_{reply.status}"] += 1
        self._watch(lane, entry)
        await self._store.append(lane.key, REQUESTS, entry.id, entry)


@cache
def _faulty() -> Any:
    from otp_sandbox.play import faults  # noqa: PLC0415  (most lanes never have one)

    return faults


def body_type(request: Request) -> str:
    """Tell the media type of a request's body; empty where there is none."""
    if request.method == "GET":
        return ""
    header = request.headers.get("Content-Type", "")
    return _MEDIA_TYPES.get(header.partition(";")[0].strip().lower(), "other") if header else ""


def shown_path(route: Route, path: str, fields: Fields) -> str:
    """Give a path without the secrets that it holds, right or wrong."""
    own = route.operation.path
    if "{" not in own:
        return path
    for name in route.operation.fields:
        own = own.replace(f"{{{name}}}", MASK if name in route.secrets else fields.get(name, ""))
    return own
