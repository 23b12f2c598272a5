"""How the mistakes in Amoot are made."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from mutants.kit import (
    Mistake,
    Mutant,
    body,
    credential,
    forgiven,
    handler,
    never,
    with_fields,
    with_values,
    without_fields,
    written,
)
from otp_sandbox.contract import Call, Check
from otp_sandbox.domain.challenges import CODES
from otp_sandbox.domain.messages import MESSAGES
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store import Change, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.amoot.account import KEY
from otp_sandbox.providers.amoot.identity import CHECKS

SEND: Final = "SendOTP"


def told(**facts: Callable[[Any], Any]) -> Mistake:
    """Tell other facts in a successful answer."""

    def spoil(_: Call, __: State, change: Change[Verdict]) -> Change[Verdict]:
        held = dict(change.verdict.facts)
        return replace(change, verdict=Verdict("success", held | {name: f(held[name]) for name, f in facts.items()}))

    return handler(SEND, change=spoil)


def coded(spell: Callable[[str], str]) -> Mistake:
    """Make another code, in the answer and in the message."""

    def spoil(_: Call, __: State, change: Change[Verdict]) -> Change[Verdict]:
        old = str(change.verdict.facts["code"])
        for key in written(change, MESSAGES):
            held = change.writes[key]
            change.writes[key] = replace(held, code=spell(old), text=held.text.replace(old, spell(old)))
        return replace(change, verdict=Verdict("success", {**change.verdict.facts, "code": spell(old)}))

    return handler(SEND, change=spoil)


def sent(text: Callable[[Call, Any], str]) -> Mistake:
    def spoil(call: Call, _: State, change: Change[Verdict]) -> Change[Verdict]:
        for key in written(change, MESSAGES):
            change.writes[key] = replace(change.writes[key], text=text(call, change.writes[key]))
        return change

    return handler(SEND, change=spoil)


def charged(times: int) -> Mistake:
    def spoil(call: Call, _: State, change: Change[Verdict]) -> Change[Verdict]:
        change.writes[KEY] = call.account.charged(times * call.account.price)
        return change

    return handler(SEND, change=spoil)


def states(state: Any) -> Mistake:
    """Put every message into a state."""

    def spoil(_: Call, __: State, change: Change[Verdict]) -> Change[Verdict]:
        for key in written(change, MESSAGES):
            change.writes[key] = replace(change.writes[key], state=state)
        return change

    return handler(SEND, change=spoil)


def expiring(_: Call, __: State, change: Change[Verdict]) -> Change[Verdict]:
    for key in written(change, CODES):
        held = change.writes[key]
        change.writes[key] = replace(held, expires_at=held.issued_at + timedelta(minutes=5))
    return change


def changed(**fields: Callable[[str], str]) -> Mistake:
    """Read fields otherwise."""

    def change(call: Call) -> Call:
        return with_fields(call, **{name: f(call.text(name)) for name, f in fields.items() if call.text(name)})

    return handler(SEND, call=change)


def forgiving(*causes: str, **values: Any) -> Mistake:
    """Take what is missing or malformed, for a value of its own."""
    return handler(SEND, call=lambda call: forgiven(call, *causes, **values))


def same_error(cause: str, other: str) -> Mistake:
    """Answer one cause with another."""

    def spoil(_: Call, __: State, change: Change[Verdict]) -> Change[Verdict]:
        return replace(change, verdict=Verdict(other)) if change.verdict.cause == cause else change

    return handler(SEND, refusal=spoil)


def caller_code(call: Call, _: State, change: Change[Verdict]) -> Change[Verdict]:
    asked = call.text("OptionalCode")
    return replace(change, verdict=Verdict("success", {**change.verdict.facts, "code": asked})) if asked else change


def first_mobile(call: Call) -> Call:
    first, several, _ = call.text("Mobile").partition(",")
    return forgiven(call, "mobile_invalid", Mobile=f"+98{first}") if several else call


def utc(call: Call) -> Call:
    text = call.text("SendDateTime")
    if text and "+" not in text and "Z" not in text and text[-6:-5] != " " and "/" not in text and text[:1] == "2":
        return with_fields(call, SendDateTime=text.replace(" ", "T") + "+00:00")
    return call


def without_header(call: Call) -> Call:
    return replace(call, headers={})


def no_bearer(call: Call) -> Call:
    bearer = call.headers.get("Authorization", "").lower().startswith("bearer ")
    return without_header(call) if bearer else call


def first_only(call: Call) -> Call:
    if call.headers.get("Authorization"):
        return without_fields(call, "Token", "UserName", "Password")
    return without_fields(call, "UserName", "Password") if call.text("Token") else call


def last_told(call: Call) -> Call:
    if call.text("UserName"):
        return without_fields(without_header(call), "Token")
    return without_header(call) if call.text("Token") else call


def password_ignored(call: Call) -> Call:
    return with_fields(call, Password=call.credentials["Password"]) if call.text("Password") else call


def users_refused(call: Call) -> Call:
    return without_fields(call, "UserName", "Password")


def undecoded(call: Call) -> Call:
    text = call.text("SMSMessageText").encode().hex()
    return with_values(with_fields(call, SMSMessageText=text), CodeLength=4)


def inclusive(call: Call, state: State) -> bool:
    token = call.account.token
    return bool(CHECKS["token_expired"](call, state)) and call.now > token.expires_at


def one_price(call: Call, _: State) -> bool:
    return bool(call.account.credit < call.account.price)


def off_by_one(call: Call, _: State) -> bool:
    return bool(call.account.credit <= call.account.price)


def exact_line(call: Call, _: State) -> bool:
    return call.text("LineNumber") not in call.account.lines


def data(change: Callable[[dict[str, Any]], Any]) -> Mistake:
    return body(lambda document: {**document, "Data": change(document["Data"])} if document["Data"] else document)


def halves_alike(call: Call, state: State) -> bool:
    check: Check = CHECKS["user_name_empty"]
    return bool(check(call, state) or CHECKS["password_empty"](call, state))


def made(name: str, group: str, text: str, mistake: Mistake | None = None, **forced: str) -> Mutant:
    choices = {f"amoot.{key.replace('_', '-')}": option for key, option in forced.items()}
    return Mutant(f"amoot.{name}", group, text, mistake or (lambda provider: provider), choices)


def ignored(name: str, cause: str, text: str) -> Mutant:
    return made(name, "authentication", text, credential(cause, never))
