"""Mistakes that somebody could make at eSMS in Zalo messages with an SMS behind them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import orjson

from mutants.esms import made
from mutants.esms.callbacks import of_urls
from mutants.esms.codes import challenges
from mutants.esms.sends import MULTI, V5
from mutants.kit import Decided, Spoil, forgiven, handler, of_facts, of_messages, on, with_values, written
from otp_sandbox.contract import Call
from otp_sandbox.domain.challenges import CODES, RECIPIENTS
from otp_sandbox.domain.messages import MESSAGES, Message
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store import Event, State
from otp_sandbox.providers.esms.details import details_of


def sms_kept(otherwise: Callable[[Message, Message], Message | None]) -> Spoil:
    """Keep another SMS for when Zalo fails; it is given the Zalo message and the SMS."""

    def changed(message: Message) -> Message:
        details = details_of(message)
        if details.otherwise is None:
            return message
        return replace(message, details=replace(details, otherwise=otherwise(message, details.otherwise)))

    return of_messages(lambda _, held: changed(held))


def both_at_once(call: Call, _: State, change: Decided) -> Decided:
    """Send the SMS together with the Zalo message."""
    for key in written(change, MESSAGES):
        sms = details_of(change.writes[key]).otherwise
        if sms is not None:
            change.writes[MESSAGES, sms.id] = sms
            change.moved.add((MESSAGES, sms.id))
            change.due.append(Event(call.now, "delivery", sms.provider, sms.id, sms.to))
    return change


_ZALO: Final = (V5, MULTI)


def _without_code(_: Call, __: State, change: Decided) -> Decided:
    for table in (CODES, RECIPIENTS):
        for key in written(change, table):
            del change.writes[key]
    change.moved &= change.writes.keys()
    return change


def _lower(_: Call, __: State, change: Decided) -> Decided:
    challenges(change, lambda held: replace(held, code=held.code.lower()))
    for key in written(change, MESSAGES):
        change.writes[key] = replace(change.writes[key], code=(change.writes[key].code or "").lower())
    return change


def _longer(_: Call, __: State, change: Decided) -> Decided:
    def otherwise(held: Any) -> Any:
        return replace(held, expires_at=held.expires_at + timedelta(minutes=5)) if held.expires_at else held

    challenges(change, otherwise)
    change.due = [event for event in change.due if event.kind != "expiry"]
    return change


def _told(_: Call, state: State, change: Decided) -> Decided:
    codes = [change.writes[key].code for key in written(change, CODES)]
    return of_facts(lambda facts: {**facts, "sms_id": (codes[-1] + str(facts["sms_id"]))[:32]})(_, state, change)


def _data(change: Callable[[list[dict[str, Any]]], Any]) -> Callable[[Call], Call]:
    """Read other data for the two channels."""

    def spoil(call: Call) -> Call:
        if not isinstance(call.values.get("Data"), tuple):
            return call
        return with_values(call, Data=tuple(change([dict(each) for each in call.values["Data"]])))

    return spoil


def _with(place: int, **members: Any) -> Callable[[Call], Call]:
    def change(held: list[dict[str, Any]]) -> list[dict[str, Any]]:
        held[place] |= members
        return held

    return _data(change)


def _any_number(call: Call) -> Call:
    """Take the first two objects of however many there are."""
    text = call.text("Data")
    if "channels_invalid" in call.invalid and text.startswith("[{") and call.text("Channels") == "zalo,sms":
        held = orjson.loads(text)
        if len(held) > 1:
            return forgiven(call, "channels_invalid", Data=(held[0], held[1]))
    return call


def _any_order(call: Call) -> Call:
    return forgiven(call, "channels_invalid") if call.text("Channels") == "sms,zalo" else call


_turned: Final = _data(lambda held: [{**held[0], "Params": tuple(reversed(held[0].get("Params") or ()))}, held[1]])


def _fitted(call: Call) -> Call:
    """Take one value, however many came."""
    data = call.values.get("Data")
    fits = not isinstance(data, tuple) or len(data[0].get("Params") or ()) == 1
    return call if fits else _with(0, Params=("1",))(call)


WRITTEN: Final = (
    made("no-fallback", "nothing follows a failed Zalo message", on(_ZALO, change=sms_kept(lambda *_: None))),
    made(
        "v5-other-code",
        "the SMS has another code than the Zalo message",
        handler(
            V5,
            change=sms_kept(lambda _, sms: replace(sms, code="0" * 6, text=sms.text.replace(sms.code or "", "0" * 6))),
        ),
    ),
    made(
        "v5-sms-first",
        "the code goes by SMS",
        handler(V5, change=of_messages(lambda _, held: replace(held, channel="sms"))),
    ),
    made("v5-both", "the SMS is sent with the Zalo message", handler(V5, change=both_at_once)),
    made("v5-no-code", "the code of V5 is good for nothing", handler(V5, change=_without_code)),
    made("v5-lower-case", "the codes of V5 are small letters", handler(V5, change=_lower)),
    made("v5-tells", "the SMSID begins with the code", handler(V5, change=_told)),
    made(
        "v5-type-one-sends",
        "TypeId 1 sends as well",
        handler(V5, readers={"TypeId": lambda text: True if text in ("1", "2") else None}),
    ),
    made("v5-lifetime-ignored", "V5 ignores TimeAlive", handler(V5, readers={"TimeAlive": lambda _: 5})),
    made("v5-lifetime-longer", "codes of V5 live five minutes longer", handler(V5, change=_longer)),
    made("channels-both", "the SMS is sent with the Zalo message", handler(MULTI, change=both_at_once)),
    made("channels-any-order", "the channels may be turned", handler(MULTI, call=_any_order)),
    made("channels-any-number", "more objects than channels are taken", handler(MULTI, call=_any_number)),
    made("channels-any-type", "the SMS may have any type", handler(MULTI, call=_with(1, SmsType="2"))),
    made("channels-any-name", "the SMS may have any sender", handler(MULTI, call=_with(1, Brandname="Sandbox"))),
    made("channels-first-id", "only Zalo's RequestId counts", handler(MULTI, call=_with(1, RequestId=""))),
    made("channels-try-sent", "a try over two channels is sent", handler(MULTI, call=_with(0, Sandbox="0"))),
    made(
        "channels-one-callback",
        "both channels tell one address",
        handler(
            MULTI,
            change=sms_kept(
                lambda zalo, sms: replace(sms, details=replace(sms.details, callback_url=details_of(zalo).callback_url))
            ),
        ),
    ),
    made(
        "channels-two-ids",
        "the SMS has an SMSID of its own",
        of_urls(lambda url, message: url if message.channel == "zalo" else re.sub("SMSID=.", "SMSID=_", url)),
    ),
    made("zalo-params-unchecked", "any number of values is taken", handler(MULTI, call=_fitted)),
    made("zalo-params-turned", "values come in the wrong order", handler(MULTI, call=_turned)),
)
