"""The fields of a fault: what they may be, and what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Annotated, Any, Final, Literal, get_args

from pydantic import BeforeValidator, Field

from otp_sandbox.contract import Provider
from otp_sandbox.domain.faults import (
    BODY_MOST,
    LATE,
    LATER,
    PRESETS,
    Action,
    Calling,
    Delivery,
    Fault,
    Kind,
    Match,
    When,
)
from otp_sandbox.domain.record import replace
from otp_sandbox.lanes.lane import Lane
from otp_sandbox.web.control.endpoint import Control, find_provider
from otp_sandbox.web.control.reading import Model, ShortDuration, Text, later
from otp_sandbox.web.problems import wrong

DELAY_MOST: Final = timedelta(minutes=10)
"""How long a request is held up in real time."""
RATE_MOST: Final = 1_000_000_000
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]{0,99}")
_CALLS: Final = re.compile(r"([0-9]{1,9})(?:(\.\.)([0-9]{1,9})?)?", re.ASCII)
_DRIP: Final = re.compile(r"([0-9]{1,10})(B|kB)/s", re.ASCII)
_CONTENT_TYPE: Final = re.compile(r"[!-~][ -~]*")
_WITHOUT_BODY: Final = (204, 304)
_KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
_LATE: Final = ("late", "reordered")


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _only_true(value: Any) -> Any:
    if value is not True:
        raise ValueError("takes true, and nothing else")
    return value


Rows = Annotated[
    list[Text], BeforeValidator(_listed, json_schema_input_type=str | list[str]), Field(min_length=1, max_length=20)
]
Whole = Annotated[int, Field(strict=True, ge=1, le=1_000_000_000)]
Yes = Annotated[Literal[True], BeforeValidator(_only_true)]


class MatchBody(Model):
    """Which calls are meant. What is left out leaves all in; what is given must hold together."""

    provider: Text | None = None
    operation: Text | None = None
    phone: Text | None = None
    calls: Annotated[str, Field(max_length=30, examples=["1..2"])] | None = None
    every: Whole | None = None
    p: Annotated[float, Field(ge=0, le=1, strict=True)] | None = None


class HttpBody(Model):
    """An answer that no provider gives."""

    status: Annotated[int, Field(strict=True, ge=200, le=599)]
    body: Annotated[str, Field(max_length=BODY_MOST)] = ""
    content_type: Annotated[str, Field(max_length=200)] = "text/plain; charset=utf-8"


class ActionBody(Model):
    """What happens instead: one of these, and `clock` beside `delay`, `by` beside a late delivery or callback."""

    outcome: Rows | None = None
    http: HttpBody | None = None
    delay: ShortDuration | None = None
    clock: Literal["real", "lane"] | None = None
    reset: Yes | None = None
    truncate: Annotated[int, Field(strict=True, ge=0, le=1_000_000_000)] | None = None
    drip: Annotated[str, Field(max_length=30, examples=["100B/s"])] | None = None
    malformed: Yes | None = None
    delivery: Delivery | None = None
    callback: Calling | None = None
    by: ShortDuration | None = None


class FaultBody(Model):
    """A fault: a preset, or an action with the calls that it is for."""

    name: Text | None = None
    preset: Text | None = None
    action: ActionBody | None = None
    match: MatchBody | None = None
    when: When | None = None
    uses: Whole | None = None
    ttl: ShortDuration | None = None


def read_fault(control: Control, lane: Lane, body: FaultBody) -> Fault:
    """Check what a fault is to be. Its number, and a name that it has not got, are the lane's to give.

    Raises:
        Problem: a field is wrong; it is named.
    """
    if body.name is not None and not _NAME.fullmatch(body.name):
        raise wrong("name", "takes 1 to 100 letters, digits and . _ ~ -")
    if (body.preset is None) == (body.action is None):
        raise wrong("action" if body.preset is None else "preset", "give either preset or action")
    if body.ttl is not None and not body.ttl:
        raise wrong("ttl", "is not longer than 0s")
    match = _read_match(control, body.match or MatchBody())
    if body.action is not None:
        action, when = _read_action(body.action), body.when
    else:
        preset = PRESETS.get(body.preset or "")
        if preset is None:
            raise wrong("preset", f"{body.preset!r} is none of {', '.join(PRESETS)}")
        action, when = preset.action, body.when or preset.when
        if match.first is None and match.last is None:
            match = replace(match, first=preset.match.first, last=preset.match.last)
    if when is None:
        when = "after" if action.kind in ("truncate", "drip", "malformed", *LATER) else "before"
    if when == "before" and action.kind in LATER:
        raise wrong("when", f"a {action.kind} goes wrong after the call: nothing is sent before")
    if action.kind == "outcome":
        action = _read_outcomes(control.providers, action, match, is_preset=body.preset is not None)
    return Fault(
        name=body.name or "",
        number=0,
        match=match,
        when=when,
        action=action,
        uses=body.uses,
        expires_at=later("ttl", lane.now(), body.ttl) if body.ttl is not None else None,
    )


def _read_match(control: Control, body: MatchBody) -> Match:
    provider = None
    if body.provider is not None:
        provider = find_provider(control.providers, "match.provider", body.provider)
    meant = [provider] if provider is not None else list(control.providers.values())
    if body.operation is not None:
        names = [name for each in meant for other in each.spec.operations for name in (other.name, other.id)]
        if body.operation not in names:
            there = ", ".join(dict.fromkeys(other.name for each in meant for other in each.spec.operations))
            raise wrong("match.operation", f"{body.operation!r} is no operation; there are {there}")
    phones: tuple[str, ...] = ()
    if body.phone is not None:
        if provider is not None and (own := provider.phones.fold(body.phone)) is not None:
            phones = (own,)
        else:
            phones = tuple(sorted(control.recipient("match.phone", body.phone)))
    first, last = _read_calls(body.calls) if body.calls is not None else (None, None)
    shown = phones[0] if len(phones) == 1 else body.phone
    return Match(body.provider, body.operation, shown, phones, first, last, body.every, body.p)


def _read_calls(text: str) -> tuple[int, int | None]:
    found = _CALLS.fullmatch(text)
    if found is None:
        raise wrong("match.calls", f'{text!r} is no range of calls; write "1..2", "3.." or "2"')
    first = int(found[1])
    last = int(found[3]) if found[3] else None if found[2] else first
    if first < 1:
        raise wrong("match.calls", "calls are counted from 1")
    if last is not None and last < first:
        raise wrong("match.calls", f"{text} ends before it begins")
    return first, last


def _read_action(body: ActionBody) -> Action:
    given = [kind for kind in _KINDS if getattr(body, kind) is not None]
    if len(given) != 1:
        told = f"has {' and '.join(given)}" if given else "is empty"
        raise wrong("action", f"{told}; it takes exactly one of {', '.join(_KINDS)}")
    (kind,) = given
    if body.clock is not None and kind != "delay":
        raise wrong("action.clock", "goes with delay only")
    if body.by is not None and not any(each in _LATE for each in (body.delivery, body.callback)):
        raise wrong("action.by", "goes with a delivery that is late or reordered, or a late callback")
    read = _READERS.get(kind)
    return read(body) if read is not None else Action(kind)


def _read_delay(body: ActionBody) -> Action:
    on_lane, length = body.clock == "lane", body.delay or timedelta(0)
    if not length:
        raise wrong("action.delay", "is not longer than 0s")
    if not on_lane and length > DELAY_MOST:
        raise wrong("action.delay", 'is longer than 10m; with {"clock": "lane"} it may be')
    return Action("delay", length=length, on_lane_clock=on_lane)


def _read_later(body: ActionBody) -> Action:
    if body.by is not None and not body.by:
        raise wrong("action.by", "is not longer than 0s")
    late = any(each in _LATE for each in (body.delivery, body.callback))
    kind: Kind = "delivery" if body.delivery is not None else "callback"
    by = (body.by or LATE) if late else timedelta(0)
    return Action(kind, length=by, delivery=body.delivery, callback=body.callback)


def _read_http(body: ActionBody) -> Action:
    wanted = body.http or HttpBody(status=500)
    if len(wanted.body.encode("utf-8", "replace")) > BODY_MOST:
        raise wrong("action.http.body", f"is longer than {BODY_MOST} bytes")
    if wanted.body and wanted.status in _WITHOUT_BODY:
        raise wrong("action.http.body", f"an answer with status {wanted.status} has none")
    if not _CONTENT_TYPE.fullmatch(wanted.content_type):
        raise wrong("action.http.content_type", "takes printable ASCII characters")
    return Action("http", status=wanted.status, body=wanted.body, content_type=wanted.content_type)


def _read_drip(body: ActionBody) -> Action:
    found = _DRIP.fullmatch(body.drip or "")
    rate = int(found[1]) * (1000 if found[2] == "kB" else 1) if found is not None else 0
    if not 0 < rate <= RATE_MOST:
        raise wrong("action.drip", f'{body.drip!r} is no rate; write "100B/s" or "2kB/s", at most 1000000kB/s')
    return Action("drip", number=rate)


_READERS: Final[Mapping[Kind, Callable[[ActionBody], Action]]] = {
    "outcome": lambda body: Action("outcome", outcomes=tuple(body.outcome or ())),
    "http": _read_http,
    "delay": _read_delay,
    "truncate": lambda body: Action("truncate", number=body.truncate or 0),
    "drip": _read_drip,
    "delivery": _read_later,
    "callback": _read_later,
}


def _read_outcomes(providers: Mapping[str, Provider], action: Action, match: Match, *, is_preset: bool) -> Action:
    """Let rows pass that those who are meant have; of a provider that is named, its own one."""
    meant = [providers[match.provider]] if match.provider is not None else list(providers.values())
    if match.operation is not None:
        meant = [each for each in meant if any(match.operation in (one.name, one.id) for one in each.spec.operations)]
    own = tuple(name for name in action.outcomes if any(name in each.spec.outcomes for each in meant))
    for name in action.outcomes:
        if not is_preset and name not in own:
            raise wrong("action.outcome", _tell_unknown(providers, meant, name))
        if any(name in each.spec.outcomes and each.spec.outcomes[name].success for each in meant):
            raise wrong("action.outcome", f"{name} is a success; a fault asks for a refusal")
    if not own:
        raise wrong("match.provider", "has no such outcome")
    return replace(action, outcomes=own)


def _tell_unknown(providers: Mapping[str, Provider], meant: list[Provider], name: str) -> str:
    others = [each.name for each in providers.values() if name in each.spec.outcomes]
    if others:
        return f"{name!r} is an outcome of {', '.join(others)}, not of {', '.join(each.name for each in meant)}"
    if len(meant) == 1:
        rows = ", ".join(row.name for row in meant[0].spec.outcomes.values() if not row.success)
        return f"{name!r} is no outcome of {meant[0].name}; there are {rows}"
    return f"{name!r} is no outcome of any provider; GET /providers/{{provider}}/outcomes lists them"
