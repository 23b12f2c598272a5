"""How the mistakes in what eSMS tells are made."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from mutants.kit import Mistake, Mutant, both, handler, wire, with_values
from otp_sandbox.contract import Call
from otp_sandbox.domain.messages import MESSAGES
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store import WHOLE, Change, Key, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.esms.carriers import CARRIERS
from otp_sandbox.providers.esms.operations.get_registered import Registered
from otp_sandbox.providers.esms.send_results import SendResult, fate_of

BALANCE: Final = "GetBalance_json"
STATUS: Final = "GetSendStatus"
RECEIVERS: Final = "GetSmsReceiverStatus_get"
SENT_DATA: Final = "GetSmsSentData_V2"
BRANDNAMES: Final = "GetListBrandname"
TEMPLATES: Final = "GetTemplate"
BY_ID: Final = (STATUS, RECEIVERS)
QUERIES: Final = (BALANCE, STATUS, RECEIVERS, SENT_DATA, BRANDNAMES, TEMPLATES)

Told = Change[Verdict]


def query(name: str, group: str, text: str, mistake: Mistake | None = None, **forced: str) -> Mutant:
    choices = {f"esms.{key.replace('_', '-')}": option for key, option in forced.items()}
    return Mutant(f"esms.{name}", group, text, mistake or (lambda provider: provider), choices)


def every(make: Callable[[str], Mistake], *operations: str) -> Mistake:
    """Make one mistake in several operations."""
    mistake = make(operations[0])
    for operation in operations[1:]:
        mistake = both(mistake, make(operation))
    return mistake


def spelled(pattern: bytes, instead: bytes | Callable[[re.Match[bytes]], bytes], *operations: str) -> Mistake:
    """Write a piece of the answer otherwise."""
    return wire(lambda text: re.sub(pattern, instead, text), *operations)


def refused(pattern: bytes, instead: bytes, *operations: str) -> Mistake:
    """Write a piece of a refusal otherwise."""
    return wire(lambda text: text if b'":"100"' in text else re.sub(pattern, instead, text), *operations)


def fate(change: Callable[[SendResult], SendResult], *operations: str) -> Mistake:
    """Tell another fate of a message."""

    def spoil(_: Call, __: State, told: Told) -> Told:
        held = told.verdict.facts.get("fate")
        return Change(replace(told.verdict, facts={"fate": change(held)})) if isinstance(held, SendResult) else told

    return every(lambda name: handler(name, change=spoil), *(operations or BY_ID))


def delivered_when_sent(held: SendResult) -> SendResult:
    return replace(held, status=5, reached=True) if held.sent and not held.failed else held


def late_refusal_unknown(_: Call, __: State, told: Told) -> Told:
    held = told.verdict.facts.get("fate")
    return (
        Change(Verdict("message_not_found")) if isinstance(held, SendResult) and held.failed and not held.sent else told
    )


def any_case_id(call: Call) -> Call:
    ref = call.values.get("RefId")
    return with_values(call, RefId=ref.lower()) if isinstance(ref, str) else call


def all_messages(_: Call) -> tuple[Key, ...]:
    return ((MESSAGES, WHOLE),)


def newest_instead(_: Call, state: State, told: Told) -> Told:
    if told.verdict.cause != "message_not_found":
        return told
    newest = next(iter(state.entries(MESSAGES)), None)
    return told if newest is None else Change(Verdict("status_told", {"fate": fate_of(newest)}))


def moved(name: str, by: timedelta) -> Mistake:
    """Shift an end of the period."""

    def shift(call: Call) -> Call:
        held = call.values.get(name)
        return with_values(call, **{name: held + by}) if isinstance(held, datetime) else call

    return handler(SENT_DATA, call=shift)


def put_in_order(call: Call) -> Call:
    """Take the earlier end for the begin."""
    first, last = call.values.get("From"), call.values.get("To")
    if isinstance(first, datetime) and isinstance(last, datetime):
        return with_values(call, From=min(first, last), To=max(first, last))
    return call


def paged(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Mistake:
    """Read the paging otherwise."""

    def spoil(call: Call) -> Call:
        numbers = {key: held for key in ("Page", "PageSize") if isinstance(held := call.values[key], int)}
        return with_values(call, **change(numbers))

    return handler(SENT_DATA, call=spoil)


def rows(change: Callable[[tuple[Any, ...]], tuple[Any, ...]]) -> Mistake:
    """List other messages, or in another order."""

    def spoil(_: Call, __: State, told: Told) -> Told:
        facts = told.verdict.facts
        if "messages" not in facts:
            return told
        held: Any = facts["messages"]
        return Change(replace(told.verdict, facts={**facts, "messages": change(held)}))

    return handler(SENT_DATA, change=spoil)


def total_of_page(_: Call, __: State, told: Told) -> Told:
    facts = told.verdict.facts
    held: Any = facts.get("messages", ())
    return Change(replace(told.verdict, facts={**facts, "total": len(held)})) if "messages" in facts else told


def templates(change: Callable[[Call, tuple[Registered, ...]], tuple[Registered, ...]]) -> Mistake:
    """List other templates."""

    def spoil(call: Call, _: State, told: Told) -> Told:
        held: Any = told.verdict.facts.get("templates")
        if held is None:
            return told
        return Change(replace(told.verdict, facts={"templates": change(call, held)}))

    return handler(TEMPLATES, change=spoil)


def once(_: Call, held: tuple[Registered, ...]) -> tuple[Registered, ...]:
    return tuple({each.text: each for each in reversed(held)}.values())


def at_all_carriers(_: Call, held: tuple[Registered, ...]) -> tuple[Registered, ...]:
    return tuple(each._replace(carrier=carrier.id) for each in once(_, held) for carrier in CARRIERS)


def same_ids(_: Call, held: tuple[Registered, ...]) -> tuple[Registered, ...]:
    return tuple(each._replace(id=held[0].id) for each in held)


def of_all_names(call: Call, held: tuple[Registered, ...]) -> tuple[Registered, ...]:
    known = {each.text for each in held}
    others = {text: None for each in call.account.brandnames for text in each.templates or () if text not in known}
    return (*held, *(Registered(1, text, 1) for text in others))


def names(change: Callable[[tuple[Any, ...]], tuple[Any, ...]]) -> Mistake:
    """List other sender names."""

    def spoil(_: Call, __: State, told: Told) -> Told:
        held: Any = told.verdict.facts["brandnames"]
        return Change(replace(told.verdict, facts={"brandnames": change(held)}))

    return handler(BRANDNAMES, change=spoil)


def balance(change: Callable[[int], int]) -> Mistake:
    """Tell another balance."""

    def spoil(_: Call, __: State, told: Told) -> Told:
        held: Any = told.verdict.facts["balance"]
        return Change(replace(told.verdict, facts={**told.verdict.facts, "balance": change(held)}))

    return handler(BALANCE, change=spoil)
