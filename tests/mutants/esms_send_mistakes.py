"""How the mistakes in the sends of eSMS are made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from typing import Any, Final, cast

from mutants.esms_query_mistakes import every
from mutants.kit import (
    Mistake,
    Mutant,
    body,
    events,
    forgiven,
    handler,
    with_fields,
    with_values,
    without_fields,
    written,
)
from otp_sandbox.contract import Call, EventContext
from otp_sandbox.domain import duplicates
from otp_sandbox.domain.callbacks import CALLBACKS, Callback
from otp_sandbox.domain.messages import MESSAGES, Message
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store import Change, Event, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.esms.account import KEY, Account
from otp_sandbox.providers.esms.dates import sending_date
from otp_sandbox.providers.esms.details import details_of

GENCODE: Final = "SendMessageAutoGenCode_V4_get"
JSON_SEND: Final = "SendMultipleMessage_V4_post_json"
V5: Final = "SendMessageAutoGenCode_V5"
MULTI: Final = "MultiChannelMessage"
TRANSPORTS: Final = (
    JSON_SEND,
    "SendMultipleMessage_V4_get",
    "SendMultipleMessage_V4_post",
    "SendMultipleMessage_V4",
)
SENDS: Final = (*TRANSPORTS, GENCODE, V5, MULTI)

Sent = Change[Verdict]


def send(name: str, group: str, text: str, mistake: Mistake | None = None, **forced: str) -> Mutant:
    choices = {f"esms.{key.replace('_', '-')}": option for key, option in forced.items()}
    return Mutant(f"esms.{name}", group, text, mistake or (lambda provider: provider), choices)


def on(operations: tuple[str, ...], **parts: Any) -> Mistake:
    """Alter the handlers of several operations alike."""
    return every(lambda name: handler(name, **parts), *operations)


def texts(**change: Callable[[str], str]) -> Mistake:
    """Read fields of a text otherwise."""

    def spoil(call: Call) -> Call:
        return with_fields(call, **{name: change[name](call.text(name)) for name in change if name in call.fields})

    return on(TRANSPORTS, call=spoil)


def values(*operations: str, **change: Callable[[Any], Any]) -> Mistake:
    """Take other values for what was read."""

    def spoil(call: Call) -> Call:
        return with_values(call, **{name: change[name](call.values[name]) for name in change if name in call.values})

    return on(operations, call=spoil)


def forgiving(*causes: str, **instead: Any) -> Callable[[Call], Call]:
    """Take something in place of a field that is missing or malformed."""
    return lambda call: forgiven(call, *causes, **instead)


def any_name(call: Call) -> Call:
    if call.text("Brandname") in ("Baotrixemay", "Sandbox"):
        return call
    return with_values(with_fields(call, Brandname="Baotrixemay"), Brandname="Baotrixemay")


def without_field(name: str) -> Callable[[Call], Call]:
    return lambda call: without_fields(call, name)


def of_messages(otherwise: Callable[[Message], Message]) -> Callable[[Call, State, Sent], Sent]:
    """Send other messages."""

    def spoil(_: Call, __: State, change: Sent) -> Sent:
        for key in written(change, MESSAGES):
            change.writes[key] = otherwise(change.writes[key])
        return change

    return spoil


def sms_kept(otherwise: Callable[[Message, Message], Message | None]) -> Callable[[Call, State, Sent], Sent]:
    """Keep another SMS for when Zalo fails; it is given the Zalo message and the SMS."""

    def changed(message: Message) -> Message:
        details = details_of(message)
        if details.otherwise is None:
            return message
        return replace(message, details=replace(details, otherwise=otherwise(message, details.otherwise)))

    return of_messages(changed)


def both_at_once(call: Call, _: State, change: Sent) -> Sent:
    """Send the SMS together with the Zalo message."""
    for key in written(change, MESSAGES):
        sms = details_of(change.writes[key]).otherwise
        if sms is not None:
            change.writes[MESSAGES, sms.id] = sms
            change.moved.add((MESSAGES, sms.id))
            change.due.append(Event(call.now, "delivery", sms.provider, sms.id, sms.to))
    return change


def with_facts(facts: Callable[[Mapping[str, object]], Mapping[str, object]]) -> Callable[[Call, State, Sent], Sent]:
    def spoil(_: Call, __: State, change: Sent) -> Sent:
        return replace(change, verdict=replace(change.verdict, facts=facts(change.verdict.facts)))

    return spoil


def no_id(facts: Mapping[str, object]) -> Mapping[str, object]:
    return {name: fact for name, fact in facts.items() if name != "sms_id"}


def paid(times: int) -> Callable[[Call, State, Sent], Sent]:
    """Charge so many prices, whatever would be charged."""

    def spoil(call: Call, _: State, change: Sent) -> Sent:
        change.writes[KEY] = call.account.charged(times * (call.account.price or 0))
        return change

    return spoil


def no_refund(_: Event, state: State, __: EventContext, change: Change[bool]) -> Change[bool]:
    account = cast("Account", state.get(*KEY))
    held = change.writes.get(KEY)
    if isinstance(held, Account) and held.balance > account.balance:
        del change.writes[KEY]
    return change


def is_try(call: Call) -> bool:
    return call.text("Sandbox") in ("1", "true")


def try_charged(call: Call, _: State, change: Sent) -> Sent:
    if is_try(call):
        change.writes[KEY] = call.account.charged(850)
    return change


def try_uses_id(call: Call, _: State, change: Sent) -> Sent:
    if is_try(call) and call.text("RequestId"):
        duplicates.accept(change, "esms", call.text("RequestId"), call.now, "1")
    return change


def refusal_uses_id(call: Call, _: State, change: Sent) -> Sent:
    if call.text("RequestId"):
        duplicates.accept(change, "esms", call.text("RequestId"), call.now, "1")
    return change


def try_id_dropped(call: Call, _: State, change: Sent) -> Sent:
    return replace(change, verdict=Verdict(change.verdict.cause)) if is_try(call) else change


def unless_try(call: Call) -> Call:
    """Let a try name a registered sender and text."""
    return with_fields(call, Brandname="Sandbox") if is_try(call) else call


def id_of(text: Callable[[Call], str]) -> Mistake:
    """Take another text for the RequestId."""
    return on(TRANSPORTS, call=lambda call: with_fields(call, RequestId=text(call)) if call.text("RequestId") else call)


def id_of_content(call: Call) -> Call:
    return with_fields(call, RequestId=call.text("RequestId") or call.text("Phone") + call.text("Content"))


def used_this_utc_day(call: Call, state: State) -> bool:
    request_id = call.text("RequestId")
    since = datetime.combine(call.now, time(), call.now.tzinfo)
    return bool(request_id) and duplicates.duplicate_of(state, "esms", request_id, since) is not None


def too_long(call: Call, _: State) -> bool:
    return len(call.text("RequestId")) > call.dialect.policy("request_id_length_max")


def state_in_refusal(otherwise: Callable[[dict[str, Any]], dict[str, Any]], *operations: str) -> Mistake:
    return body(
        lambda held: otherwise(held) if str(held.get("ErrorMessage")).startswith("Request exist") else held,
        *operations,
    )


def dates_as_utc(call: Call) -> Call:
    at = sending_date(call.text("SendDate"))
    return with_fields(call, SendDate=f"{at + timedelta(hours=7):%Y-%m-%d %H:%M:%S}") if at is not None else call


def dates_strict(call: Call, _: State) -> bool:
    text = call.text("SendDate")
    return call.values["SmsType"] is None or (bool(text) and sending_date(text) is None)


def dates_wait(call: Call) -> Call:
    """Send what is past a year later."""
    at = sending_date(call.text("SendDate"))
    if at is None or at > call.now:
        return call
    return with_fields(call, SendDate=f"{at.replace(year=call.now.year + 1):%Y-%m-%d %H:%M:%S}")


def blocked_as_written(call: Call, _: State) -> bool:
    return call.text("Phone") in call.account.blocked_phones


def word_as_written(call: Call, _: State) -> bool:
    text = " ".join((call.text("Content"), call.text("message"), call.text("Data"), "xac minh"))
    return any(word in text for word in call.account.blocked_words)


def of_callbacks(otherwise: Callable[[Callback, Any], Callback | None]) -> Mistake:
    """Tell customers otherwise; None tells them nothing."""

    def change(event: Event, _: State, __: EventContext, change: Change[bool]) -> Change[bool]:
        message = change.writes.get((MESSAGES, event.id))
        for key in written(change, CALLBACKS):
            told = otherwise(change.writes[key], message)
            if told is None:
                del change.writes[key]
                change.due = [each for each in change.due if each.kind != "callback"]
            else:
                change.writes[key] = told
        return change

    return events("delivery", change)


def of_urls(otherwise: Callable[[str, Any], str]) -> Mistake:
    return of_callbacks(lambda callback, message: replace(callback, url=otherwise(callback.url, message)))
