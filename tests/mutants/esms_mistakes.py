"""How the mistakes in eSMS are made."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final
from urllib.parse import quote

from mutants.kit import (
    Mistake,
    forgiven,
    handler,
    with_check,
    with_fields,
    with_values,
    written,
)
from otp_sandbox.contract import Call
from otp_sandbox.domain.challenges import CODES, RECIPIENTS, Challenge, Recipient, recipient_key
from otp_sandbox.domain.messages import MESSAGES, Message
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store import Change, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.esms.account import KEY

GENCODE: Final = "SendMessageAutoGenCode_V4_get"
CHECKCODE: Final = "CheckCodeGen_V4_get"


def coded(spell: Callable[[Call, str], str]) -> Mistake:
    """Issue another code: in the challenge, in the message and in its text."""

    def spoil(call: Call, _: State, change: Change[Verdict]) -> Change[Verdict]:
        for key in written(change, MESSAGES):
            message: Message = change.writes[key]
            old, new = message.code or "", spell(call, message.code or "")
            change.writes[key] = replace(message, code=new, text=message.text.replace(old, new))
        challenges(change, lambda held: replace(held, code=spell(call, held.code)))
        return change

    return handler(GENCODE, change=spoil)


def lived(length: Callable[[timedelta], timedelta]) -> Mistake:
    """Let codes live otherwise."""

    def spoil(_: Call, __: State, change: Change[Verdict]) -> Change[Verdict]:
        def otherwise(held: Challenge) -> Challenge:
            if held.expires_at is None or held.superseded:
                return held
            return replace(held, expires_at=held.issued_at + length(held.expires_at - held.issued_at))

        challenges(change, otherwise)
        change.due = [event for event in change.due if event.kind != "expiry"]
        return change

    return handler(GENCODE, change=spoil)


def challenges(change: Change[Any], otherwise: Callable[[Challenge], Challenge]) -> None:
    for key in written(change, CODES):
        change.writes[key] = otherwise(change.writes[key])
    for key in written(change, RECIPIENTS):
        recipient: Recipient = change.writes[key]
        change.writes[key] = replace(recipient, live=tuple(map(otherwise, recipient.live)))


def sent(text: Callable[[Call, Message], str]) -> Mistake:
    """Send another text."""

    def spoil(call: Call, _: State, change: Change[Verdict]) -> Change[Verdict]:
        for key in written(change, MESSAGES):
            change.writes[key] = replace(change.writes[key], text=text(call, change.writes[key]))
        return change

    return handler(GENCODE, change=spoil)


def charged(times: int) -> Mistake:
    def spoil(call: Call, _: State, change: Change[Verdict]) -> Change[Verdict]:
        change.writes[KEY] = call.account.charged(times * (call.account.price or 0))
        return change

    return handler(GENCODE, change=spoil)


def checked(verdict: Callable[[Call, State, Change[Verdict]], str | None]) -> Mistake:
    """Judge a check otherwise: another cause, or None to leave it."""

    def spoil(call: Call, state: State, change: Change[Verdict]) -> Change[Verdict]:
        cause = verdict(call, state, change)
        return change if cause is None else replace(change, verdict=Verdict(cause))

    return handler(CHECKCODE, change=spoil)


def never_consumed(_: Call, __: State, change: Change[Verdict]) -> Change[Verdict]:
    return Change(change.verdict)


def burnt(call: Call, _: State, change: Change[Verdict]) -> Change[Verdict]:
    if change.verdict.cause != "code_valid":
        change.writes[RECIPIENTS, recipient_key("esms", call.values["Phone"])] = None
    return change


def refusal_charged(call: Call, _: State, change: Change[Verdict]) -> Change[Verdict]:
    if "sms_id" in change.verdict.facts:
        change.writes[KEY] = call.account.charged(call.account.price or 0)
    return change


def without_id(_: Call, __: State, change: Change[Verdict]) -> Change[Verdict]:
    return Change(Verdict(change.verdict.cause))


def renamed(call: Call) -> Call:
    return with_fields(call, message=quote(call.text("message")))


def phone_as_sent(call: Call) -> Call:
    if not isinstance(call.values.get("Phone"), str):
        return call
    return with_values(call, Phone="+" + call.text("Phone").lstrip("+").replace(" ", ""))


class Shared:
    """Remembers codes of all accounts, as if there was only one."""

    def __init__(self) -> None:
        self.codes: set[tuple[str, str]] = set()

    def sent(self, call: Call, _: State, change: Change[Verdict]) -> Change[Verdict]:
        for key in written(change, MESSAGES):
            self.codes.add((call.values["Phone"], change.writes[key].code))
        return change

    def checked(self, call: Call, _: State, change: Change[Verdict]) -> Change[Verdict]:
        pair = (call.values["Phone"], call.text("Code"))
        if pair in self.codes:
            self.codes.discard(pair)
            return replace(change, verdict=Verdict("code_valid"))
        return change


SHARED: Final = Shared()


def any_phone(call: Call, _: State, change: Change[Verdict]) -> Change[Verdict]:
    if change.verdict.cause == "never_issued" and call.text("Code") in SEEN:
        return replace(change, verdict=Verdict("code_valid"))
    return change


SEEN: Final[set[str]] = set()


def seen(_: Call, __: State, change: Change[Verdict]) -> Change[Verdict]:
    SEEN.update(change.writes[key].code for key in written(change, MESSAGES))
    return change


def reordered(document: Any) -> Any:
    return dict(reversed(document.items()))


def numeric(document: Any) -> Any:
    return {**document, "CodeResult": int(document["CodeResult"])} if "CodeResult" in document else document


def dropped(key: str) -> Callable[[Any], Any]:
    return lambda document: {name: value for name, value in document.items() if name != key}


def other_id(value: Callable[[str], str]) -> Callable[[Any], Any]:
    return lambda document: {**document, "SMSID": value(document["SMSID"])} if "SMSID" in document else document


def told(_: Call, __: State, change: Change[Verdict]) -> Change[Verdict]:
    codes = [change.writes[key].code for key in written(change, MESSAGES)]
    sms_id = str(change.verdict.facts["sms_id"])
    return replace(change, verdict=Verdict(change.verdict.cause, {"sms_id": (codes[0] + sms_id)[: len(sms_id)]}))


def length_plus_one(call: Call) -> Call:
    asked = call.values["NumCharOfCode"]
    return with_values(call, NumCharOfCode=asked % 20 + 1) if isinstance(asked, int) else call


def template_matches(reading: Callable[[str], str], place: int) -> Mistake:
    """Compare templates otherwise: the text read in a way, places taking some more."""

    def mismatch(call: Call, _: State) -> bool:
        length = call.values["NumCharOfCode"] if isinstance(call.values["NumCharOfCode"], int) else 6
        text = reading(call.text("message")).replace("{OTP}", "0" * max(1, length - place))
        brandname = call.account.brandname(call.text("Brandname"))
        return brandname is None or not brandname.takes(text)

    return with_check(GENCODE, "template_mismatch", mismatch)


def untrimmed(call: Call, _: State) -> bool:
    text = call.text("message")
    brandname = call.account.brandname(call.text("Brandname"))
    return text != text.strip() or not brandname.takes(text.replace("{OTP}", "000000"))


def first_brandname(call: Call) -> Call:
    if call.text("Brandname") in ("Baotrixemay", "Sandbox"):
        return call
    return forgiven(with_fields(call, Brandname="Baotrixemay"), "brandname_missing")


def folded_brandname(call: Call) -> Call:
    return with_fields(call, Brandname="Baotrixemay") if call.text("Brandname").lower() == "baotrixemay" else call


def any_type(call: Call) -> Call:
    return forgiven(call, "type_missing", "type_not_supported")


def any_spelling(call: Call) -> Call:
    return forgiven(call, "phone_missing", "phone_invalid", Phone="+84" + call.text("Phone"))


def late(call: Call) -> Call:
    if not call.invalid:
        return call
    return replace(call, credentials={name: call.fields.get(name, "") for name in call.credentials})


def echoed(call: Call) -> Call:
    phone = call.values.get("Phone")
    return with_fields(call, Phone="0" + phone.removeprefix("+84")) if isinstance(phone, str) else call


def missing_code_differs(_: Call, __: State, change: Change[Verdict]) -> Change[Verdict]:
    return replace(change, verdict=Verdict("authorize_failed")) if change.verdict.cause == "code_missing" else change


def as_digits(_: Call, code: str) -> str:
    return "".join(str(ord(each) % 10) for each in code)
